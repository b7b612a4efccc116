import { z } from 'zod';
import type { SavedModel } from '../models/estimator';

const arrayTypes = { float64: Float64Array, float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const;

/** Where each array lies among the packed ones: byte offset and number of elements. */
export const arrayPlacesSchema = z.record(z.string(), z.strictObject({
  type: z.enum(['float64', 'float32', 'int32', 'uint8']),
  offset: z.int().min(0),
  length: z.int().min(0),
}));
export type ArrayPlaces = z.infer<typeof arrayPlacesSchema>;

/**
 * Lays arrays one after the other, little-endian; each starts at a multiple of eight bytes, so that it can be viewed in place.
 *
 * @returns where they lie, and the bytes in pieces: views of the arrays, since models may take gigabytes.
 */
export function packArrays(arrays: SavedModel['arrays']): { readonly places: ArrayPlaces; readonly pieces: readonly Buffer[] } {
  const places: ArrayPlaces = {};
  const pieces: Buffer[] = [];
  let offset = 0;
  for (const name of Object.keys(arrays).sort()) {
    const array = arrays[name];
    places[name] = { type: typeName(array), offset, length: array.length };
    const padding = (8 - (array.byteLength % 8)) % 8;
    pieces.push(Buffer.from(array.buffer, array.byteOffset, array.byteLength), Buffer.alloc(padding));
    offset += array.byteLength + padding;
  }
  return { places, pieces };
}

/**
 * Arrays out of what `packArrays` made, copied.
 *
 * @throws RangeError when the bytes end before an array does.
 */
export function unpackArrays(places: ArrayPlaces, bytes: Buffer): SavedModel['arrays'] {
  return Object.fromEntries(Object.entries(places).map(([name, { type, offset, length }]) => {
    const size = length * arrayTypes[type].BYTES_PER_ELEMENT;
    if (offset + size > bytes.length) {
      throw new RangeError(`Array "${name}" ends after the file.`);
    }
    // A copy, because the file's own buffer may start anywhere.
    return [name, new arrayTypes[type](Uint8Array.from(bytes.subarray(offset, offset + size)).buffer)];
  }));
}

function typeName(array: SavedModel['arrays'][string]): keyof typeof arrayTypes {
  if (array instanceof Float64Array) {
    return 'float64';
  }
  if (array instanceof Float32Array) {
    return 'float32';
  }
  return array instanceof Int32Array ? 'int32' : 'uint8';
}
