import { sharedFloat64 } from '../data/table';

/** A dense matrix, row after row: element (i, j) is `values[i * columns + j]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** A matrix of zeros over shared memory. */
export function zeros(rows: number, columns: number): Matrix {
  return { rows, columns, values: sharedFloat64(rows * columns) };
}

/** One row as a view, not a copy. */
export function rowOf(matrix: Matrix, row: number): Float64Array {
  return matrix.values.subarray(row * matrix.columns, (row + 1) * matrix.columns);
}

/** The given rows, in that order, copied into a matrix of their own. */
export function takeRows(matrix: Matrix, rows: Uint32Array): Matrix {
  const taken = zeros(rows.length, matrix.columns);
  for (let i = 0; i < rows.length; i++) {
    taken.values.set(rowOf(matrix, rows[i]), i * matrix.columns);
  }
  return taken;
}
