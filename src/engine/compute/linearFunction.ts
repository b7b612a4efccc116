import type { Matrix } from './matrix';

/** A linear function: features · coefficients + intercept. */
export interface LinearFunction {
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/**
 * Writes the function's values of some rows. Four rows at a time, because one row's sum waits for its previous addition; each row is still
 * added up from the intercept on, feature after feature.
 *
 * @param values one a row of `first` … `first + values.length − 1`.
 */
export function evaluateLinear({ coefficients, intercept }: LinearFunction, features: Matrix, first: number, values: Float64Array): void {
  const { columns, values: cells } = features;
  const count = values.length;
  const quads = count - (count % 4);
  for (let i = 0; i < quads; i += 4) {
    const row0 = (first + i) * columns;
    const row1 = row0 + columns;
    const row2 = row1 + columns;
    const row3 = row2 + columns;
    let sum0 = intercept;
    let sum1 = intercept;
    let sum2 = intercept;
    let sum3 = intercept;
    for (let j = 0; j < columns; j++) {
      const coefficient = coefficients[j];
      sum0 += coefficient * cells[row0 + j];
      sum1 += coefficient * cells[row1 + j];
      sum2 += coefficient * cells[row2 + j];
      sum3 += coefficient * cells[row3 + j];
    }
    values[i] = sum0;
    values[i + 1] = sum1;
    values[i + 2] = sum2;
    values[i + 3] = sum3;
  }
  for (let i = quads; i < count; i++) {
    const begin = (first + i) * columns;
    let sum = intercept;
    for (let j = 0; j < columns; j++) {
      sum += coefficients[j] * cells[begin + j];
    }
    values[i] = sum;
  }
}
