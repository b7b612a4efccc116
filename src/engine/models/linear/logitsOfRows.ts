import type { Matrix } from '../../compute/matrix';

/** Rows are taken four at a time, so that each coefficient is loaded once for four products, which don't wait for each other. */
export const rowsAtOnce = 4;

/**
 * Writes the logits of some rows of features: an intercept, plus coefficients times features in their order.
 *
 * @param coefficients outputs × features, perhaps with more behind them. @param intercepts one an output.
 * @param row the first one. @param count 1 to 4 rows. @param logits takes rowsAtOnce × outputs; those of absent rows are without meaning.
 */
export function logitsOfRows(
  { columns, values }: Matrix, coefficients: Float64Array, intercepts: Float64Array, row: number, count: number, logits: Float64Array,
): void {
  const outputs = intercepts.length;
  const row0 = row * columns;
  const row1 = count > 1 ? row0 + columns : row0;
  const row2 = count > 2 ? row1 + columns : row0;
  const row3 = count > 3 ? row2 + columns : row0;
  for (let output = 0; output < outputs; output++) {
    const offset = output * columns;
    const intercept = intercepts[output];
    let sum0 = intercept;
    let sum1 = intercept;
    let sum2 = intercept;
    let sum3 = intercept;
    for (let j = 0; j < columns; j++) {
      const coefficient = coefficients[offset + j];
      sum0 += coefficient * values[row0 + j];
      sum1 += coefficient * values[row1 + j];
      sum2 += coefficient * values[row2 + j];
      sum3 += coefficient * values[row3 + j];
    }
    logits[output] = sum0;
    logits[outputs + output] = sum1;
    logits[2 * outputs + output] = sum2;
    logits[3 * outputs + output] = sum3;
  }
}
