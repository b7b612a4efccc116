import type { Moments } from './gram';
import { HouseholderQr } from './householder';
import { dependence, factorize, diagonalScale } from './symmetricSolve';

/** How far coefficients of a linear function could lie from where they are, but for the noise's variance. */
export interface CoefficientVariance {
  /** Of each coefficient; NaN where other features can stand in for its feature, so that no single value is right. */
  readonly coefficients: Float64Array;
  /** Of the intercept; NaN likewise, and without an intercept. */
  readonly intercept: number;
  /** How many features are independent of each other. */
  readonly rank: number;
}

/** A factor of the features' products: its leading triangle and the rows of the features that depend on those. */
interface Factor {
  /** Feature at each place. */
  readonly order: ArrayLike<number>;
  readonly rank: number;
  /** What each feature's products were divided by. */
  readonly scale: Float64Array;
  /** Element of the lower factor; `row` counts places. */
  readonly at: (row: number, column: number) => number;
}

/** Features depend on others when the others' share in them is larger than this. */
const noShare = 1e-6;

/**
 * The diagonal of (XᵀX)⁻ where it is the same for every generalised inverse: coefficients are estimable exactly when no direction
 * that leaves all predictions alone changes them (Searle, "Linear Models", 1971, section 5.4).
 *
 * @param moments the features' (weighted) centred products. @param weight the sum of the rows' weights. @param hasIntercept whether they are centred.
 * @param triangle R of the features' QR factorisation (column after column), for features so nearly dependent that their products have lost too many digits.
 */
export function coefficientVariance(
  { gram, featureMeans }: Pick<Moments, 'gram' | 'featureMeans'>,
  weight: number,
  hasIntercept: boolean,
  pause: () => void,
  triangle?: Float64Array,
): CoefficientVariance {
  const size = featureMeans.length;
  const factor = triangle === undefined ? cholesky(gram, size, pause) : orthogonal(triangle, gram, size, pause);
  const inverse = invertLower(factor, pause);
  const { rank, order, scale } = factor;
  const isFree = dependentPlaces(factor, inverse, size);
  const coefficients = new Float64Array(size).fill(Number.NaN);
  for (let place = 0; place < rank; place++) {
    let sum = 0;
    for (let i = place; i < rank; i++) {
      sum += inverse[i * rank + place] ** 2;
    }
    if (!isFree[place]) {
      coefficients[order[place]] = sum / (scale[order[place]] * scale[order[place]]);
    }
  }
  return { coefficients, intercept: hasIntercept ? interceptVariance(factor, inverse, featureMeans, weight) : Number.NaN, rank };
}

function cholesky(gram: Float64Array, size: number, pause: () => void): Factor {
  const scale = diagonalScale(gram, size);
  const { factor, order, rank } = factorize(gram, scale, size, pause);
  return { order, rank, scale, at: (row, column) => factor[row * size + column] };
}

function orthogonal(triangle: Float64Array, gram: Float64Array, size: number, pause: () => void): Factor {
  const scale = diagonalScale(gram, size);
  const scaled = triangle.map((value, i) => value / scale[Math.floor(i / size)]);
  const qr = new HouseholderQr(scaled, size, size, { pivot: true, pause });
  return { order: qr.permutation, rank: qr.rank(dependence), scale, at: (row, column) => qr.upper(column, row) };
}

/** The inverse of the leading triangle, row after row. */
function invertLower({ rank, at }: Factor, pause: () => void): Float64Array {
  const inverse = new Float64Array(rank * rank);
  for (let i = 0; i < rank; i++) {
    pause();
    const diagonal = at(i, i);
    inverse[i * rank + i] = 1 / diagonal;
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) {
        sum += at(i, k) * inverse[k * rank + j];
      }
      inverse[i * rank + j] = -sum / diagonal;
    }
  }
  return inverse;
}

/** Marks the leading places whose feature takes part in a dependent one: a row of L₁⁻ᵀ·L₂ᵀ that isn't 0. */
function dependentPlaces({ rank, at }: Factor, inverse: Float64Array, size: number): Uint8Array {
  const marks = new Uint8Array(rank);
  for (let row = rank; row < size; row++) {
    for (let place = 0; place < rank; place++) {
      let share = 0;
      for (let i = place; i < rank; i++) {
        share += inverse[i * rank + place] * at(row, i);
      }
      marks[place] |= Math.abs(share) > noShare ? 1 : 0;
    }
  }
  return marks;
}

/** 1/Σw + m̄ᵀ·G⁻·m̄, where the means m̄ lie in the space that the features span. */
function interceptVariance({ order, rank, scale, at }: Factor, inverse: Float64Array, means: Float64Array, weight: number): number {
  const size = means.length;
  const at1 = (place: number): number => means[order[place]] / scale[order[place]];
  const solved = new Float64Array(rank);
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j <= i; j++) {
      solved[i] += inverse[i * rank + j] * at1(j);
    }
  }
  for (let row = rank; row < size; row++) {
    let rest = at1(row);
    let length = Math.abs(rest);
    for (let i = 0; i < rank; i++) {
      rest -= at(row, i) * solved[i];
      length += Math.abs(at(row, i) * solved[i]);
    }
    if (Math.abs(rest) > noShare * Math.max(length, noShare)) {
      return Number.NaN;
    }
  }
  return 1 / weight + solved.reduce((sum, value) => sum + value * value, 0);
}
