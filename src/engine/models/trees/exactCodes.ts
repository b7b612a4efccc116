import type { Matrix } from '../../compute/matrix';
import { between } from './binning';

/** Features as the ranks of their values, so that trees can split between any two of them. */
export interface ExactCodes {
  /** Column after column: the rank of row i's value of feature j among the feature's distinct values, at `j * rows + i`. */
  readonly codes: Int32Array;
  /** The largest number of distinct values of a feature. */
  readonly codeCount: number;
  /** Each feature's distinct values, ascending. */
  readonly distinct: readonly Float64Array[];
}

/** @param pause called before each feature with the number of those that are done; may throw. */
export function rankValues({ rows, columns, values }: Matrix, pause: (done: number) => void): ExactCodes {
  const codes = new Int32Array(rows * columns);
  const distinct: Float64Array[] = [];
  const column = new Float64Array(rows);
  for (let j = 0; j < columns; j++) {
    pause(j);
    for (let i = 0; i < rows; i++) {
      column[i] = values[i * columns + j];
    }
    const own = distinctSorted(column);
    for (let i = 0; i < rows; i++) {
      codes[j * rows + i] = rankOf(column[i], own);
    }
    distinct.push(own);
  }
  return { codes, codeCount: distinct.reduce((most, own) => Math.max(most, own.length), 0), distinct };
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
