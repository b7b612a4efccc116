import type { LinearFunction } from '../../compute/leastSquares';
import type { Matrix } from '../../compute/matrix';
import { UserError } from '../../errors';
import type { Model, SavedModel } from '../estimator';
import { savedFloat64 } from '../savedModels';

/** A fitted linear function of the features. */
export class LinearRegressor implements Model {
  readonly coefficients: Float64Array;
  readonly intercept: number;

  /** @throws UserError when the fit overflowed. */
  constructor({ coefficients, intercept }: LinearFunction) {
    if (!coefficients.every(Number.isFinite) || !Number.isFinite(intercept)) {
      throw new UserError('The features\' values are too large for a linear model. Scale them (prepare, numeric, scale: "standard").');
    }
    this.coefficients = coefficients;
    this.intercept = intercept;
  }

  predict(features: Matrix): Float64Array {
    const { rows, columns, values } = features;
    const predicted = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      let sum = this.intercept;
      for (let j = 0; j < columns; j++) {
        sum += this.coefficients[j] * values[i * columns + j];
      }
      predicted[i] = sum;
    }
    return predicted;
  }

  /** Arrays `coefficients` (one a feature) and `intercept` (one element). */
  save(): SavedModel {
    return { parameters: {}, arrays: { coefficients: this.coefficients, intercept: Float64Array.of(this.intercept) } };
  }

  static load(saved: SavedModel): LinearRegressor {
    return new LinearRegressor({
      coefficients: savedFloat64(saved, 'coefficients'),
      intercept: savedFloat64(saved, 'intercept', 1)[0],
    });
  }
}
