import { decimalLimits } from '../numbers';
import { columnKind } from './kernel';

/*
 * Where the threads that read a file put a column's values. The room has a place for every form that they may turn out to need, one after the
 * other from narrow to wide; memory that is never touched costs nothing. A thread writes rows in the narrowest form that has held all of its
 * own so far; once all rows are read, each thread brings its earlier rows to the widest form that any thread has needed.
 */

/** Forms of numbers; codes have the first three. Each holds what the ones before it hold. */
export const columnForm = { int8: 0, int16: 1, int32: 2, int40: 3, float64: 4 } as const;

/** How numbers are to be read, by column. */
export interface NumberPlans {
  /** The power of ten that they are kept in; `noDecimals` for 64-bit floats. */
  readonly decimals: Int8Array;
  /** The form to begin with. */
  readonly forms: Uint8Array;
}

export const noDecimals = -1;

/** Plans to read all numbers as 64-bit floats. */
export function floatPlans(columns: number): NumberPlans {
  return { decimals: new Int8Array(columns).fill(noDecimals), forms: new Uint8Array(columns).fill(columnForm.float64) };
}

/** Memory for a column; a part that its kind never needs is null. */
export interface ColumnRoom {
  /** int8, int16, int32 values and int8 high parts, `capacity` of each. */
  readonly narrow: RoomPlace | null;
  /** float64 values. */
  readonly wide: RoomPlace | null;
}

interface RoomPlace {
  readonly buffer: SharedArrayBuffer;
  /** Bytes; a multiple of 8. */
  readonly at: number;
}

const narrowRowBytes = 8;
const wideRowBytes = 8;
/** Buffers are of this size at least where there are columns to fill them. */
const bufferBytes = 64 * 1024 * 1024;

/**
 * Rooms for columns of these kinds, null for skipped ones. They share buffers: small ones would come from memory that was used before and
 * have to be cleared, which touches all of it, and Node takes time that grows as the square of their number to give them to a thread.
 *
 * @param capacity rows; a multiple of 8.
 */
export function columnRooms(kinds: Uint8Array, { decimals }: NumberPlans, capacity: number): (ColumnRoom | null)[] {
  const narrow = places(Array.from(kinds, (kind, column) =>
    (kind === columnKind.dictionary || (kind === columnKind.number && decimals[column] !== noDecimals) ? capacity * narrowRowBytes : 0)));
  const wide = places(Array.from(kinds, (kind) => (kind === columnKind.skip || kind === columnKind.dictionary ? 0 : capacity * wideRowBytes)));
  return Array.from(kinds, (kind, column) => (kind === columnKind.skip ? null : { narrow: narrow[column], wide: wide[column] }));
}

function places(sizes: readonly number[]): (RoomPlace | null)[] {
  const made: (RoomPlace | null)[] = [];
  while (made.length < sizes.length) {
    const first = made.length;
    let [end, bytes] = [first, 0];
    while (end < sizes.length && bytes < bufferBytes) {
      bytes += sizes[end++];
    }
    const buffer = new SharedArrayBuffer(bytes);
    let at = 0;
    for (const size of sizes.slice(first, end)) {
      made.push(size === 0 ? null : { buffer, at });
      at += size;
    }
  }
  return made;
}

/** The values of one room as arrays over its memory, of so many rows. */
export class RoomArrays {
  /** @param capacity as in `columnRooms`. */
  constructor(private readonly room: ColumnRoom, private readonly capacity: number, private readonly rows = capacity) {}

  /** @param form int8, int16 or int32; int40's low parts are int32. */
  wholes(form: number): Int8Array | Int16Array | Int32Array {
    const { buffer, at } = present(this.room.narrow);
    switch (form) {
      case columnForm.int8:
        return new Int8Array(buffer, at, this.rows);
      case columnForm.int16:
        return new Int16Array(buffer, at + this.capacity, this.rows);
      default:
        return new Int32Array(buffer, at + this.capacity * 3, this.rows);
    }
  }

  get high(): Int8Array {
    const { buffer, at } = present(this.room.narrow);
    return new Int8Array(buffer, at + this.capacity * 7, this.rows);
  }

  get floats(): Float64Array {
    const { buffer, at } = present(this.room.wide);
    return new Float64Array(buffer, at, this.rows);
  }
}

function present(place: RoomPlace | null): RoomPlace {
  if (place === null) {
    throw new TypeError('A column is written in a form that there is no room for.');
  }
  return place;
}

/** The narrowest form that holds decimals up to a magnitude. */
export function formOfMagnitude(most: number): number {
  return most <= decimalLimits.int8 ? columnForm.int8
    : most <= decimalLimits.int16 ? columnForm.int16
      : most <= decimalLimits.int32 ? columnForm.int32
        : most <= decimalLimits.int40 ? columnForm.int40 : columnForm.float64;
}

/** The narrowest form that holds codes of so many categories. */
export function formOfCodes(categories: number): number {
  return categories <= 0x80 ? columnForm.int8 : categories <= 0x8000 ? columnForm.int16 : columnForm.int32;
}
