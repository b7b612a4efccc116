import type { Moments } from './gram';
import { columnMeans, mean } from './gram';
import { momentsOf } from './kernelMoments';
import type { Matrix } from './matrix';

/** Least squares as coordinate descent sees it: products with the residual, and what a change of one coefficient does to them. */
export interface Design {
  readonly columns: number;
  /** Squares of each centred column. */
  readonly columnSquares: Float64Array;
  /** Squares of the centred target. */
  readonly targetSquares: number;
  /** Column j times the residual. */
  correlation(column: number): number;
  /** Takes in that coefficient `column` grew by `change`. */
  update(column: number, change: number): void;
  /** Squares of the residual, and the residual times the target, for these coefficients. */
  residualProducts(coefficients: Float64Array): { squares: number; withTarget: number };
}

/** Works on the products of columns only: each change costs one row of them, however many rows the data has. */
export class GramDesign implements Design {
  readonly columns: number;
  readonly columnSquares: Float64Array;
  readonly targetSquares: number;
  private readonly correlations: Float64Array;

  constructor(private readonly moments: Moments) {
    this.columns = moments.moment.length;
    this.columnSquares = Float64Array.from({ length: this.columns }, (_, j) => moments.gram[j * this.columns + j]);
    this.targetSquares = moments.targetSquares;
    this.correlations = Float64Array.from(moments.moment);
  }

  correlation(column: number): number {
    return this.correlations[column];
  }

  update(column: number, change: number): void {
    const { correlations, columns } = this;
    const { gram } = this.moments;
    const row = column * columns;
    for (let k = 0; k < columns; k++) {
      correlations[k] -= change * gram[row + k];
    }
  }

  residualProducts(coefficients: Float64Array): { squares: number; withTarget: number } {
    let explained = 0;
    let both = 0;
    for (let j = 0; j < this.columns; j++) {
      explained += coefficients[j] * this.moments.moment[j];
      both += coefficients[j] * (this.moments.moment[j] + this.correlations[j]);
    }
    return { squares: Math.max(0, this.targetSquares - both), withTarget: this.targetSquares - explained };
  }
}

/** Works on the columns and the residual themselves: for more columns than their products would fit in memory. */
export class ResidualDesign implements Design {
  readonly columns: number;
  readonly columnSquares: Float64Array;
  readonly targetSquares: number;
  readonly featureMeans: Float64Array;
  readonly targetMean: number;
  /** Centred, column after column. */
  private readonly values: Float64Array;
  private readonly residual: Float64Array;
  private readonly target: Float64Array;

  /** @param weights how much each row counts; all the same when absent. */
  constructor(features: Matrix, target: Float64Array, centre: boolean, weights?: Float64Array) {
    const { rows, columns } = features;
    this.columns = columns;
    this.featureMeans = centre ? columnMeans(features, weights) : new Float64Array(columns);
    this.targetMean = centre ? mean(target, weights) : 0;
    this.values = new Float64Array(rows * columns);
    const scales = weights?.map(Math.sqrt);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        this.values[j * rows + i] = (scales?.[i] ?? 1) * (features.values[i * columns + j] - this.featureMeans[j]);
      }
    }
    this.target = target.map((value, i) => (scales?.[i] ?? 1) * (value - this.targetMean));
    this.residual = this.target.slice();
    this.targetSquares = dot(this.target, 0, this.target);
    this.columnSquares = Float64Array.from({ length: columns }, (_, j) =>
      dot(this.values, j * rows, this.values.subarray(j * rows, (j + 1) * rows)));
  }

  correlation(column: number): number {
    return dot(this.values, column * this.residual.length, this.residual);
  }

  update(column: number, change: number): void {
    const { values, residual } = this;
    const begin = column * residual.length;
    for (let i = 0; i < residual.length; i++) {
      residual[i] -= change * values[begin + i];
    }
  }

  residualProducts(): { squares: number; withTarget: number } {
    return { squares: dot(this.residual, 0, this.residual), withTarget: dot(this.residual, 0, this.target) };
  }
}

/** `b` times as many elements of `a`, from `offset` on; two sums, since one would make each addition wait for the last. */
function dot(a: Float64Array, offset: number, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  const pairs = b.length - (b.length % 2);
  for (let i = 0; i < pairs; i += 2) {
    even += a[offset + i] * b[i];
    odd += a[offset + i + 1] * b[i + 1];
  }
  return pairs < b.length ? even + odd + a[offset + pairs] * b[pairs] : even + odd;
}

export interface ElasticNetOptions {
  /** Weight of the sum of absolute coefficients. */
  readonly l1: number;
  /** Weight of half the sum of squared coefficients. */
  readonly l2: number;
  readonly maxIterations: number;
  /** Stops once the duality gap is below this share of the target's squares. */
  readonly tolerance: number;
  /** Called after every pass over the coefficients with the largest change of one, relative to the largest of them; may throw. */
  readonly onIteration: (iteration: number, change: number) => void;
  /** Looked at before every further pass: true ends the search with the coefficients that it has come to. */
  readonly isStopRequested?: () => boolean;
  /** Called within a pass, where the columns are many or long; may throw. */
  readonly pause?: () => void;
  /** Where to begin; all zeros when absent. */
  readonly start?: Float64Array;
}

/** The products of more columns than this take too much memory, or too long. */
const maximumGramColumns = 4000;

/** Columns of a pass between two looks at the cancel flag. */
const columnsBetweenLooks = 16;

/** A least squares problem prepared in the cheaper way, with what the intercept needs. */
export interface PreparedDesign {
  readonly design: Design;
  readonly featureMeans: Float64Array;
  readonly targetMean: number;
}

/**
 * Chooses how to work: on products of columns, unless there are many of them.
 *
 * @param mostProducts columns up to which their products are worth computing.
 */
export function prepareDesign(
  features: Matrix,
  target: Float64Array,
  options: {
    readonly centre: boolean;
    readonly pause: () => void;
    readonly weights?: Float64Array;
    readonly mostProducts?: number;
    /** How many may be used; the result doesn't depend on it. */
    readonly threads: number;
  },
): PreparedDesign {
  const { centre, weights, mostProducts = maximumGramColumns } = options;
  if (features.columns <= Math.min(features.rows, mostProducts)) {
    const moments = momentsOf(features, target, options);
    return { design: new GramDesign(moments), featureMeans: moments.featureMeans, targetMean: moments.targetMean };
  }
  const design = new ResidualDesign(features, target, centre, weights);
  return { design, featureMeans: design.featureMeans, targetMean: design.targetMean };
}

export interface ElasticNetResult {
  readonly coefficients: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
  /** True when it ended because it was asked to. */
  readonly stopped: boolean;
}

/**
 * Minimises ½‖y − Xw‖² + l1·‖w‖₁ + ½·l2·‖w‖² one coefficient at a time (Friedman, Hastie, Tibshirani, "Regularization paths
 * for generalized linear models via coordinate descent", Journal of Statistical Software 33, 2010, section 2). The
 * duality gap bounds how far the value is above its minimum (Kim et al., "An interior-point method for large-scale
 * l1-regularized least squares", IEEE J-STSP 1, 2007, section III); stopping rules are scikit-learn's.
 */
export function solveElasticNet(design: Design, options: ElasticNetOptions): ElasticNetResult {
  const { l1, l2, maxIterations, tolerance } = options;
  const coefficients = new Float64Array(design.columns);
  options.start?.forEach((value, j) => {
    if (value !== 0) {
      coefficients[j] = value;
      design.update(j, value);
    }
  });
  const accuracy = tolerance * design.targetSquares;
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    if (options.isStopRequested?.() === true) {
      return { coefficients, iterations: iteration - 1, converged: false, stopped: true };
    }
    let largest = 0;
    let largestChange = 0;
    for (let j = 0; j < design.columns; j++) {
      const squares = design.columnSquares[j];
      if (squares === 0) {
        continue;
      }
      if (j % columnsBetweenLooks === 0) {
        options.pause?.();
      }
      const before = coefficients[j];
      const pull = design.correlation(j) + squares * before;
      const after = (Math.sign(pull) * Math.max(Math.abs(pull) - l1, 0)) / (squares + l2);
      if (after !== before) {
        coefficients[j] = after;
        design.update(j, after - before);
        largestChange = Math.max(largestChange, Math.abs(after - before));
      }
      largest = Math.max(largest, Math.abs(after));
    }
    // The gap is worth computing only once coefficients hardly move.
    const settled = largest === 0 || largestChange / largest < tolerance;
    const gap = settled || iteration === maxIterations ? dualityGap(design, coefficients, l1, l2) : undefined;
    options.onIteration(iteration, largest === 0 ? 0 : largestChange / largest);
    // Where rounding keeps the gap open, coefficients that don't move at all are as good as they get.
    if (gap !== undefined && (gap <= accuracy || largestChange <= Number.EPSILON * largest)) {
      return { coefficients, iterations: iteration, converged: true, stopped: false };
    }
  }
  return { coefficients, iterations: maxIterations, converged: false, stopped: false };
}

function dualityGap(design: Design, coefficients: Float64Array, l1: number, l2: number): number {
  let dualNorm = 0;
  let absolutes = 0;
  let squares = 0;
  for (let j = 0; j < coefficients.length; j++) {
    dualNorm = Math.max(dualNorm, Math.abs(design.correlation(j) - l2 * coefficients[j]));
    absolutes += Math.abs(coefficients[j]);
    squares += coefficients[j] * coefficients[j];
  }
  const residual = design.residualProducts(coefficients);
  const scale = dualNorm > l1 ? l1 / dualNorm : 1;
  return 0.5 * residual.squares * (1 + scale * scale) + l1 * absolutes - scale * residual.withTarget
    + 0.5 * l2 * (1 + scale * scale) * squares;
}
