import type { Matrix } from '../../compute/matrix';
import { coefficientVariance } from '../../compute/coefficientVariance';
import { computeMoments } from '../../compute/gram';
import type { LinearFunction, SolvedByColumns } from '../../compute/leastSquares';
import type { Inference } from '../estimator';

/** Factors of more features than this take too long. */
const mostFeatures = 3000;

/**
 * Standard errors of least squares coefficients: s²·(XᵀX)⁻ with s² the residual sum of squares per degree of freedom (Hastie,
 * Tibshirani, Friedman 2009, section 3.2). They assume independent errors of one variance, as every table of this kind does.
 *
 * @returns why there are none, in a sentence, where there are none.
 */
export function inferLeastSquares(
  features: Matrix,
  target: Float64Array,
  { solution, moments, triangle }: SolvedByColumns,
  fitIntercept: boolean,
  pause: () => void,
): Inference | string {
  if (features.columns > mostFeatures) {
    return `Standard errors are left out for more than ${mostFeatures} features.`;
  }
  const variance = coefficientVariance(moments, features.rows, fitIntercept, pause, triangle);
  const degreesOfFreedom = features.rows - variance.rank - Number(fitIntercept);
  if (degreesOfFreedom < 1) {
    return 'There are no standard errors: the model has as many coefficients as there are rows, so nothing is left to judge them by.';
  }
  const noise = residualSquares(features, target, solution, pause) / degreesOfFreedom;
  return {
    degreesOfFreedom,
    residualStandardError: Math.sqrt(noise),
    standardErrors: variance.coefficients.map((value) => Math.sqrt(value * noise)),
    interceptError: Math.sqrt(variance.intercept * noise),
    rank: variance.rank,
  };
}

function residualSquares({ rows, columns, values }: Matrix, target: Float64Array, { coefficients, intercept }: LinearFunction, pause: () => void): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    if (i % 8192 === 0) {
      pause();
    }
    let residual = target[i] - intercept;
    for (let j = 0; j < columns; j++) {
      residual -= coefficients[j] * values[i * columns + j];
    }
    sum += residual * residual;
  }
  return sum;
}

/**
 * Standard errors of a maximum likelihood fit for two classes, from the observed information XᵀWX with W = p(1 − p) (McCullagh,
 * Nelder, "Generalized Linear Models", 2nd edition, 1989, section 4.4).
 *
 * @param fitted the second class's probability of each row.
 * @returns why there are none, in a sentence, where there are none.
 */
export function inferLogistic(features: Matrix, target: Float64Array, fitted: Float64Array, pause: () => void): Inference | string {
  if (features.columns > mostFeatures || features.columns >= features.rows) {
    return 'There are no standard errors: there are too many features for the rows.';
  }
  if (fitted.every((probability, row) => Math.abs(probability - target[row]) < separated)) {
    return 'There are no standard errors: the features separate the classes perfectly, so coefficients could grow without end.';
  }
  const weights = fitted.map((probability) => probability * (1 - probability));
  const moments = computeMoments(features, target, true, pause, weights);
  const variance = coefficientVariance(moments, weights.reduce((sum, weight) => sum + weight, 0), true, pause);
  return {
    degreesOfFreedom: null,
    standardErrors: variance.coefficients.map(Math.sqrt),
    interceptError: Math.sqrt(variance.intercept),
    rank: variance.rank,
  };
}

/** Probabilities nearer than this to the truth in every row mean that nothing is left to learn. */
const separated = 1e-3;
