import type { Matrix } from '../../compute/matrix';
import { between } from './binning';
import { DigitSort } from './digitSort';

/** Features as the ranks of their values, so that trees can split between any two of them. */
export interface ExactCodes {
  /** Column after column: the rank of row i's value of feature j among the feature's distinct values, at `j * rows + i`. */
  readonly codes: Int32Array;
  /** The largest number of distinct values of a feature. */
  readonly codeCount: number;
  /** Each feature's distinct values, ascending. */
  readonly distinct: readonly Float64Array[];
}

/** Of fewer rows, ranks are looked up in the sorted values; of more, values are sorted together with their rows. */
const rowsOfOrder = 4096;

/** @param pause called before each feature with the number of those that are done; may throw. */
export function rankValues({ rows, columns, values }: Matrix, pause: (done: number) => void): ExactCodes {
  const codes = new Int32Array(rows * columns);
  const distinct: Float64Array[] = [];
  const column = new Float64Array(rows);
  const digits = rows < rowsOfOrder ? undefined : new DigitSort(rows);
  for (let j = 0; j < columns; j++) {
    pause(j);
    for (let i = 0; i < rows; i++) {
      column[i] = values[i * columns + j];
    }
    const own = codes.subarray(j * rows, (j + 1) * rows);
    distinct.push(digits === undefined ? rankByLookup(column, own) : rankByOrder(column, own, digits));
  }
  return { codes, codeCount: distinct.reduce((most, own) => Math.max(most, own.length), 0), distinct };
}

/** Writes the values' ranks. @returns the distinct ones. */
function rankByLookup(values: Float64Array, ranks: Int32Array): Float64Array {
  const distinct = distinctSorted(values);
  for (let i = 0; i < values.length; i++) {
    ranks[i] = rankOf(values[i], distinct);
  }
  return distinct;
}

/** The same; sorts by the low and then by the high halves of the values' bits, turned so that they ascend as the values do. */
function rankByOrder(values: Float64Array, ranks: Int32Array, digits: DigitSort): Float64Array {
  const { keys, slots } = digits;
  const count = values.length;
  const halves = new DataView(values.buffer, values.byteOffset, values.byteLength);
  const bitsAt = (row: number, half: number): number => halves.getInt32(row * 8 + half, true);
  for (let row = 0; row < count; row++) {
    slots[row] = row;
    keys[row] = bitsAt(row, 4) < 0 ? ~bitsAt(row, 0) : bitsAt(row, 0);
  }
  digits.sort(count);
  for (let i = 0; i < count; i++) {
    const high = bitsAt(slots[i], 4);
    keys[i] = high < 0 ? ~high : high ^ 0x80000000;
  }
  digits.sort(count);
  const distinct = new Float64Array(count);
  let last = -1;
  for (let i = 0; i < count; i++) {
    const value = values[slots[i]];
    if (last < 0 || value !== distinct[last]) {
      distinct[++last] = value;
    }
    ranks[slots[i]] = last;
  }
  return distinct.slice(0, last + 1);
}

/** The threshold between two ranks that are neighbours in a node: "value ≤ threshold" goes left. */
export function thresholdBetween({ distinct }: ExactCodes, feature: number, lower: number, upper: number): number {
  return between(distinct[feature][lower], distinct[feature][upper]);
}

function distinctSorted(values: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) {
      sorted[count++] = sorted[i];
    }
  }
  return sorted.slice(0, count);
}

function rankOf(value: number, ascending: Float64Array): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
