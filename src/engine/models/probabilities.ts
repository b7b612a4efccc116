import type { Matrix } from '../compute/matrix';
import type { PredictContext } from './estimator';

/** The class with the largest probability of each row; the first of equals. */
export function mostProbable({ rows, columns, values }: Matrix): Float64Array {
  const predicted = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let best = 0;
    for (let k = 1; k < columns; k++) {
      if (values[i * columns + k] > values[i * columns + best]) {
        best = k;
      }
    }
    predicted[i] = best;
  }
  return predicted;
}

/** Scales every row, none of which may be all zeros, so that it sums to one. */
export function normalizeRows({ rows, columns, values }: Matrix): void {
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let k = 0; k < columns; k++) {
      sum += values[i * columns + k];
    }
    for (let k = 0; k < columns; k++) {
      values[i * columns + k] /= sum;
    }
  }
}

/** Replaces the logits of every row by probabilities; a logit of −∞ becomes 0, and one at least must be finite. */
export function softmaxRows(matrix: Matrix): void {
  const { rows, columns, values } = matrix;
  for (let i = 0; i < rows; i++) {
    const row = values.subarray(i * columns, (i + 1) * columns);
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    for (let k = 0; k < columns; k++) {
      row[k] = Math.exp(row[k] - largest);
    }
  }
  normalizeRows(matrix);
}

/** Says how many rows a model has answered for. */
export function reportRows(context: PredictContext | undefined, done: number, rows: number): void {
  context?.report(done / rows, `predicted ${done} of ${rows} rows`);
}
