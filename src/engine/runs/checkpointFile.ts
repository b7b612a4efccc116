import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { runFiles } from '../../schema/runLayout';
import type { CheckpointStore, SavedModel } from '../models/estimator';

const magic = 'TYCP0001';
const headerStart = 16;
const arrayTypes = { float64: Float64Array, float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const;

const headerSchema = z.strictObject({
  parameters: z.record(z.string(), z.json()),
  arrays: z.record(z.string(), z.strictObject({ type: z.enum(['float64', 'float32', 'int32', 'uint8']), offset: z.int().min(0), length: z.int().min(0) })),
});

/**
 * The checkpoint of a run, one file in its folder: magic, the header's length, a JSON header, then arrays at multiples of eight bytes,
 * little-endian. It is written to another name and renamed, so that a crash leaves the checkpoint before it.
 *
 * @param runDir where checkpoints are written. @param resumeFrom the run folder whose checkpoint is to be continued, if any.
 */
export function checkpointFile(runDir: string, resumeFrom?: string): CheckpointStore {
  const file = path.join(runDir, runFiles.checkpoint);
  return {
    load: () => (resumeFrom === undefined ? undefined : readCheckpointFile(path.join(resumeFrom, runFiles.checkpoint))),
    save: (checkpoint) => {
      writeFileSync(`${file}.tmp`, encode(checkpoint));
      renameSync(`${file}.tmp`, file);
    },
  };
}

/** A finished run needs no checkpoint. */
export function removeCheckpoint(runDir: string): void {
  rmSync(path.join(runDir, runFiles.checkpoint), { force: true });
}

/** @returns undefined when there is none or it is damaged: then training starts anew. */
export function readCheckpointFile(file: string): SavedModel | undefined {
  if (!existsSync(file)) {
    return undefined;
  }
  try {
    return decode(readFileSync(file));
  } catch {
    // Cut short or not ours: nothing in it can be trusted.
    return undefined;
  }
}

function encode({ parameters, arrays }: SavedModel): Buffer {
  const places: z.infer<typeof headerSchema>['arrays'] = {};
  const pieces: Buffer[] = [];
  let offset = 0;
  for (const [name, array] of Object.entries(arrays)) {
    const padding = (8 - (array.byteLength % 8)) % 8;
    places[name] = { type: typeName(array), offset, length: array.length };
    pieces.push(Buffer.from(array.buffer, array.byteOffset, array.byteLength), Buffer.alloc(padding));
    offset += array.byteLength + padding;
  }
  const json = Buffer.from(JSON.stringify({ parameters, arrays: places }));
  const header = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, 0x20)]);
  const start = Buffer.alloc(headerStart);
  start.write(magic, 'latin1');
  start.writeUInt32LE(header.length, 8);
  return Buffer.concat([start, header, ...pieces]);
}

function decode(bytes: Buffer): SavedModel {
  if (bytes.toString('latin1', 0, magic.length) !== magic) {
    throw new Error('not a checkpoint');
  }
  const end = headerStart + bytes.readUInt32LE(8);
  const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', headerStart, end)));
  const arrays = Object.entries(header.arrays).map(([name, { type, offset, length }]) => {
    const Kind = arrayTypes[type];
    const from = end + offset;
    const size = length * Kind.BYTES_PER_ELEMENT;
    if (from + size > bytes.length) {
      throw new Error('cut short');
    }
    const copy = new Uint8Array(bytes.subarray(from, from + size));
    return [name, new Kind(copy.buffer, 0, length)] as const;
  });
  return { parameters: header.parameters, arrays: Object.fromEntries(arrays) };
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
