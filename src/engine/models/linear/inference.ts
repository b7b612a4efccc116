import type { Matrix } from '../../compute/matrix';
import { coefficientVariance } from '../../compute/coefficientVariance';
import type { Moments } from '../../compute/gram';
import { momentsOf } from '../../compute/kernelMoments';
import type { SolvedByColumns } from '../../compute/leastSquares';
import type { LinearFunction } from '../../compute/linearFunction';
import { evaluateLinear } from '../../compute/linearFunction';
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
  const known = triangle === undefined ? residualSquaresOf(moments, solution.coefficients) : undefined;
  const noise = (known ?? residualSquares(features, target, solution, pause)) / degreesOfFreedom;
  return {
    degreesOfFreedom,
    residualStandardError: Math.sqrt(noise),
    standardErrors: variance.coefficients.map((value) => Math.sqrt(value * noise)),
    interceptError: Math.sqrt(variance.intercept * noise),
    rank: variance.rank,
  };
}

/** What must be left of the terms' sizes: products carry some 1e-13 of rounding, of which the difference then has 1e-10 at most. */
const leastShare = 1e-3;

/**
 * The residual sum of squares as y·y − 2·b·(X·y) + b·(XᵀX)·b, which needs no further look at the rows.
 *
 * @returns undefined where the terms all but cancel each other.
 */
function residualSquaresOf({ gram, moment, targetSquares }: Moments, coefficients: Float64Array): number | undefined {
  const columns = coefficients.length;
  let sum = targetSquares;
  let size = targetSquares;
  for (let i = 0; i < columns; i++) {
    let product = -2 * moment[i];
    let productSize = Math.abs(product);
    for (let j = 0; j < columns; j++) {
      const term = gram[i * columns + j] * coefficients[j];
      product += term;
      productSize += Math.abs(term);
    }
    sum += coefficients[i] * product;
    size += Math.abs(coefficients[i]) * productSize;
  }
  return sum >= leastShare * size ? sum : undefined;
}

/** Rows between two looks at whether to go on. */
const residualRows = 8192;

function residualSquares(features: Matrix, target: Float64Array, solution: LinearFunction, pause: () => void): number {
  const fitted = new Float64Array(Math.min(residualRows, features.rows));
  let sum = 0;
  for (let first = 0; first < features.rows; first += residualRows) {
    pause();
    const count = Math.min(residualRows, features.rows - first);
    evaluateLinear(solution, features, first, fitted.subarray(0, count));
    for (let i = 0; i < count; i++) {
      const residual = target[first + i] - fitted[i];
      sum += residual * residual;
    }
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
export function inferLogistic(
  features: Matrix,
  target: Float64Array,
  fitted: Float64Array,
  { pause, threads }: { readonly pause: () => void; readonly threads: number },
): Inference | string {
  if (features.columns > mostFeatures || features.columns >= features.rows) {
    return 'There are no standard errors: there are too many features for the rows.';
  }
  if (fitted.every((probability, row) => Math.abs(probability - target[row]) < separated)) {
    return 'There are no standard errors: the features separate the classes perfectly, so coefficients could grow without end.';
  }
  const weights = fitted.map((probability) => probability * (1 - probability));
  const moments = momentsOf(features, target, { centre: true, pause, weights, threads });
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
