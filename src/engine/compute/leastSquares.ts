import type { Moments } from './gram';
import { columnMeans, mean } from './gram';
import { HouseholderQr } from './householder';
import { momentsOf, rowProductsOf } from './kernelMoments';
import type { LinearFunction } from './linearFunction';
import type { Matrix } from './matrix';
import { dependence, solveSymmetric, solveUpperTransposed } from './symmetricSolve';

export interface LeastSquaresOptions {
  readonly fitIntercept: boolean;
  /** Weight of the squared coefficients (ridge regression); 0 for plain least squares. */
  readonly l2: number;
  /** Called every few milliseconds; may throw. */
  readonly pause: () => void;
  /** How many may be used; the result doesn't depend on it. Default: 1. */
  readonly threads?: number;
}

/**
 * The linear function with the least sum of squared errors (plus `l2` times that of its coefficients); the one with the
 * shortest coefficients when features depend on each other, as one-hot features and an intercept always do.
 *
 * Solves the normal equations, of the rows when there are more features than rows (Hastie, Tibshirani, Friedman, "The
 * Elements of Statistical Learning", 2nd edition, 2009, sections 3.2, 3.4.1 and 18.3.5). These lose digits when features
 * are nearly, but not quite, dependent: then an orthogonal factorisation takes over.
 */
export function solveLeastSquares(features: Matrix, target: Float64Array, options: LeastSquaresOptions): LinearFunction {
  return features.columns > features.rows ? solveByRows(features, target, options) : solveByColumns(features, target, options).solution;
}

/** A solution with what it was found from. */
export interface SolvedByColumns {
  readonly solution: LinearFunction;
  /** The features' products, `l2` added to their diagonal. */
  readonly moments: Moments;
  /** R of the centred features' QR factorisation, column after column, where their products have lost too many digits. */
  readonly triangle?: Float64Array;
}

/** `solveLeastSquares` for at least as many rows as features. */
export function solveByColumns(features: Matrix, target: Float64Array, options: LeastSquaresOptions): SolvedByColumns {
  const moments = momentsOf(features, target, { centre: options.fitIntercept, pause: options.pause, threads: options.threads });
  clearConstantFeatures(moments, features.rows);
  addToDiagonal(moments.gram, features.columns, options.l2);
  const { solution, reliable } = solveSymmetric(moments.gram, moments.moment, options.pause);
  const linear = (coefficients: Float64Array): LinearFunction => withIntercept(coefficients, moments.featureMeans, moments.targetMean);
  if (reliable) {
    return { solution: linear(solution), moments };
  }
  const { triangle, right } = foldRows(features, target, moments, options);
  return { solution: linear(solveByFactorization(triangle.slice(), right, moments, options)), moments, triangle };
}

/** The intercept that makes the function pass through the means. */
export function withIntercept(coefficients: Float64Array, featureMeans: Float64Array, targetMean: number): LinearFunction {
  let intercept = targetMean;
  for (let j = 0; j < coefficients.length; j++) {
    intercept -= coefficients[j] * featureMeans[j];
  }
  return { coefficients, intercept };
}

/** What rounding leaves of a constant feature once its mean is subtracted must not count as variation. */
function clearConstantFeatures({ gram, moment, featureMeans }: Moments, rows: number): void {
  const columns = moment.length;
  for (let j = 0; j < columns; j++) {
    const rounding = 4 * Number.EPSILON * rows * Math.abs(featureMeans[j]);
    if (gram[j * columns + j] <= rounding * rounding) {
      moment[j] = 0;
      for (let k = 0; k < columns; k++) {
        gram[j * columns + k] = 0;
        gram[k * columns + j] = 0;
      }
    }
  }
}

function addToDiagonal(matrix: Float64Array, size: number, value: number): void {
  for (let i = 0; i < size; i++) {
    matrix[i * size + i] += value;
  }
}

/** Coefficients are a combination of rows: Xᵀ·a with (X·Xᵀ + l2·I)·a = y. */
function solveByRows(features: Matrix, target: Float64Array, options: LeastSquaresOptions): LinearFunction {
  const { rows, columns, values } = features;
  const featureMeans = options.fitIntercept ? columnMeans(features) : new Float64Array(columns);
  const targetMean = options.fitIntercept ? mean(target) : 0;
  const products = rowProductsOf(features, featureMeans, options);
  addToDiagonal(products, rows, options.l2);
  const { solution } = solveSymmetric(products, target.map((value) => value - targetMean), options.pause);
  const coefficients = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      coefficients[j] += solution[i] * (values[i * columns + j] - featureMeans[j]);
    }
  }
  return withIntercept(coefficients, featureMeans, targetMean);
}

/**
 * Least squares by QR: rows are folded into a triangle block by block (Golub, Van Loan 2013, section 5.2.8), whose
 * complete orthogonal decomposition (section 5.5) gives the rank and the shortest solution. Never squares the condition.
 */
function solveByFactorization(triangle: Float64Array, right: Float64Array, moments: Moments, options: LeastSquaresOptions): Float64Array {
  const columns = right.length;
  // The rank is judged on columns of equal length, whatever the features' units are.
  const lengths = Float64Array.from({ length: columns }, (_, j) => Math.sqrt(moments.gram[j * columns + j]));
  for (let i = 0; i < triangle.length; i++) {
    const length = lengths[Math.floor(i / columns)];
    triangle[i] = length === 0 ? 0 : triangle[i] / length;
  }
  const qr = new HouseholderQr(triangle, columns, columns, { pivot: true, pause: options.pause });
  qr.applyTransposed(right);
  const rank = qr.rank(dependence);
  const transposed = new Float64Array(columns * rank);
  for (let k = 0; k < rank; k++) {
    for (let j = k; j < columns; j++) {
      transposed[k * columns + j] = qr.upper(k, j) * lengths[qr.permutation[j]];
    }
  }
  const rowSpace = new HouseholderQr(transposed, columns, rank, { pivot: false, pause: options.pause });
  right.fill(0, rank);
  solveUpperTransposed(rowSpace, rank, right);
  rowSpace.apply(right);
  const coefficients = new Float64Array(columns);
  qr.permutation.forEach((j, position) => {
    coefficients[j] = right[position];
  });
  return coefficients;
}

/** The triangle R (column after column) and Qᵀ·y of the centred rows, and of the penalty as further rows. */
function foldRows(
  features: Matrix,
  target: Float64Array,
  means: Pick<Moments, 'featureMeans' | 'targetMean'>,
  options: LeastSquaresOptions,
): { triangle: Float64Array; right: Float64Array } {
  const { rows, columns, values } = features;
  const blockRows = Math.max(64, columns);
  const height = columns + blockRows;
  const triangle = new Float64Array(columns * columns);
  const right = new Float64Array(columns);
  for (let i = 0; i < columns; i++) {
    triangle[i * columns + i] = Math.sqrt(options.l2);
  }
  for (let begin = 0; begin < rows; begin += blockRows) {
    const stacked = new Float64Array(height * columns);
    const stackedRight = new Float64Array(height);
    stackedRight.set(right);
    const count = Math.min(blockRows, rows - begin);
    for (let i = 0; i < count; i++) {
      stackedRight[columns + i] = target[begin + i] - means.targetMean;
    }
    for (let j = 0; j < columns; j++) {
      stacked.set(triangle.subarray(j * columns, (j + 1) * columns), j * height);
      for (let i = 0; i < count; i++) {
        stacked[j * height + columns + i] = values[(begin + i) * columns + j] - means.featureMeans[j];
      }
    }
    const qr = new HouseholderQr(stacked, height, columns, { pivot: false, pause: options.pause });
    qr.applyTransposed(stackedRight);
    right.set(stackedRight.subarray(0, columns));
    for (let j = 0; j < columns; j++) {
      for (let i = 0; i <= j; i++) {
        triangle[j * columns + i] = qr.upper(i, j);
      }
    }
  }
  return { triangle, right };
}
