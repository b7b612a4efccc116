import type { LinearFunction } from '../../compute/linearFunction';
import { evaluateLinear } from '../../compute/linearFunction';
import type { Matrix } from '../../compute/matrix';
import { UserError } from '../../errors';
import type { FittedCoefficients, Inference, Model, SavedModel } from '../estimator';
import { savedFloat64 } from '../savedModels';

/** Said of penalised fits, whose coefficients are small on purpose: textbook standard errors don't hold for them. */
const noInference = 'There are no standard errors: the penalty pulls coefficients towards 0, for which the usual ones don\'t hold.';

/** Standard errors as an array of a saved model: those of the features, output after output, then the intercept's. */
export function savedErrors(inference: Inference | string): SavedModel['arrays'] {
  return typeof inference === 'string' ? {} : { standardErrors: Float64Array.from([...inference.standardErrors, inference.interceptError]) };
}

/** A fitted linear function of the features. */
export class LinearRegressor implements Model {
  readonly coefficients: Float64Array;
  readonly intercept: number;

  /**
   * @param inference how far the coefficients may be trusted, or why that isn't known.
   * @throws UserError when the fit overflowed.
   */
  constructor({ coefficients, intercept }: LinearFunction, private readonly inference: Inference | string = noInference) {
    if (!coefficients.every(Number.isFinite) || !Number.isFinite(intercept)) {
      throw new UserError('The features\' values are too large for a linear model. Scale them (prepare, numeric, scale: "standard").');
    }
    this.coefficients = coefficients;
    this.intercept = intercept;
  }

  predict(features: Matrix): Float64Array {
    const predicted = new Float64Array(features.rows);
    evaluateLinear(this, features, 0, predicted);
    return predicted;
  }

  fittedCoefficients(): FittedCoefficients {
    return {
      coefficients: this.coefficients, intercepts: Float64Array.of(this.intercept), classes: new Int32Array(0), inference: this.inference,
    };
  }

  /** Arrays `coefficients` (one a feature) and `intercept` (one element); `standardErrors` (features, then the intercept) where they are known. */
  save(): SavedModel {
    const arrays = { coefficients: this.coefficients, intercept: Float64Array.of(this.intercept) };
    return { parameters: {}, arrays: { ...arrays, ...savedErrors(this.inference) } };
  }

  static load(saved: SavedModel): LinearRegressor {
    return new LinearRegressor({
      coefficients: savedFloat64(saved, 'coefficients'),
      intercept: savedFloat64(saved, 'intercept', 1)[0],
    });
  }
}
