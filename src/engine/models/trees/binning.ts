import type { Matrix } from '../../compute/matrix';
import type { RandomStream } from '../../compute/random';
import { rowNumbers } from '../../compute/rowNumbers';

/** Bins of a feature are numbered from 0, so a bin fits a byte. */
export const maximumBins = 255;
/** Quantiles of so many rows are as good as those of all. */
const sampledRows = 200_000;

/**
 * Where each feature is cut into bins: a value is in bin b when exactly b of the feature's thresholds lie below it, so
 * "bin ≤ b" means "value ≤ threshold b".
 */
export interface BinThresholds {
  /** Thresholds of all features, one after another, ascending within each. */
  readonly values: Float64Array;
  /** Feature j's thresholds are `values[starts[j]]` up to but without `values[starts[j + 1]]`. */
  readonly starts: Int32Array;
}

/**
 * Chooses thresholds: between any two neighbouring values when there are few distinct ones, else so that bins hold about
 * equally many rows (LightGBM's way: Ke et al., NeurIPS 2017, section 2.1).
 */
export function chooseThresholds(features: Matrix, random: RandomStream): BinThresholds {
  const rows = sampleRows(features.rows, random);
  const starts = new Int32Array(features.columns + 1);
  const values: number[] = [];
  const column = new Float64Array(rows.length);
  for (let j = 0; j < features.columns; j++) {
    for (let i = 0; i < rows.length; i++) {
      column[i] = features.values[rows[i] * features.columns + j];
    }
    for (const threshold of thresholdsOf(column.sort())) {
      values.push(threshold);
    }
    starts[j + 1] = values.length;
  }
  return { values: Float64Array.from(values), starts };
}

function sampleRows(count: number, random: RandomStream): Uint32Array {
  const rows = rowNumbers(count);
  if (count <= sampledRows) {
    return rows;
  }
  for (let i = 0; i < sampledRows; i++) {
    const j = i + random.nextInt(count - i);
    [rows[i], rows[j]] = [rows[j], rows[i]];
  }
  return rows.subarray(0, sampledRows);
}

function thresholdsOf(sorted: Float64Array): number[] {
  const thresholds: number[] = [];
  const distinct = countDistinct(sorted);
  let rowsLeft = sorted.length;
  let binsLeft = maximumBins;
  let inBin = 0;
  for (let i = 0; i + 1 < sorted.length; i++) {
    inBin++;
    if (sorted[i] === sorted[i + 1]) {
      continue;
    }
    if (distinct <= maximumBins || (binsLeft > 1 && inBin * binsLeft >= rowsLeft)) {
      thresholds.push(between(sorted[i], sorted[i + 1]));
      rowsLeft -= inBin;
      binsLeft--;
      inBin = 0;
    }
  }
  return thresholds;
}

function countDistinct(sorted: Float64Array): number {
  let count = Math.min(1, sorted.length);
  for (let i = 1; i < sorted.length; i++) {
    count += Number(sorted[i] !== sorted[i - 1]);
  }
  return count;
}

/** The middle of two neighbouring values; the lower one where rounding would make it the upper. */
export function between(lower: number, upper: number): number {
  const middle = lower / 2 + upper / 2;
  return middle >= lower && middle < upper ? middle : lower;
}

/** Bins of all values, column after column: that of row i and feature j at `j * rows + i`; over shared memory. */
export function binByColumn(features: Matrix, thresholds: BinThresholds): Uint8Array {
  const { rows, columns, values } = features;
  const bins = new Uint8Array(new SharedArrayBuffer(rows * columns));
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) {
      bins[j * rows + i] = binOf(values[i * columns + j], thresholds, j);
    }
  }
  return bins;
}

/** Writes the bins of `count` rows from `firstRow` on, row after row, into `bins`. */
export function binRows(
  features: Matrix,
  firstRow: number,
  count: number,
  thresholds: BinThresholds,
  bins: Uint8Array,
): void {
  const { columns, values } = features;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < columns; j++) {
      bins[i * columns + j] = binOf(values[(firstRow + i) * columns + j], thresholds, j);
    }
  }
}

function binOf(value: number, { values, starts }: BinThresholds, feature: number): number {
  const start = starts[feature];
  let low = start;
  let high = starts[feature + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= values[middle]) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low - start;
}
