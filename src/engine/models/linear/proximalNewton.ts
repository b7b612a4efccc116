import { prepareDesign, solveElasticNet } from '../../compute/coordinateDescent';
import { columnMeans } from '../../compute/gram';
import type { LinearFunction } from '../../compute/linearFunction';
import { withIntercept } from '../../compute/leastSquares';
import type { Matrix } from '../../compute/matrix';
import { columnScales } from './preconditioning';

export interface ProximalNewtonOptions {
  /** Each row's weight by its class code. */
  readonly classWeights: Float64Array;
  /** Factors of the penalties, relative to the mean loss of a row: of absolute coefficients, and of half their squares. */
  readonly l1: number;
  readonly l2: number;
  readonly maxIterations: number;
  /** Stops once the slope of the penalised mean loss, per standard deviation of a feature, is nowhere larger. */
  readonly tolerance: number;
  /** How many may be used; the result doesn't depend on it. */
  readonly threads: number;
  /** Called every few milliseconds; may throw. */
  readonly pause: () => void;
  /** Called with the penalised mean loss after every step; may throw. */
  readonly onIteration: (iteration: number, value: number) => void;
  /** Looked at before every further step: true ends the fit with what has been found. */
  readonly isStopRequested?: () => boolean;
}

/** Beyond so many columns, products of columns cost more than passes over them. */
const mostProducts = 300;
/** Rows that the model is sure of still count a little, so that the quadratic model has a finite minimum. */
const smallestCurvature = 1e-6;
const sufficientDecrease = 1e-4;
const maximumHalvings = 40;

/**
 * Fits logistic regression of two classes with an L1 penalty by proximal Newton steps: the loss is replaced by its
 * second-order expansion, a weighted least squares problem that coordinate descent solves together with the penalties, and
 * a line search guards the step (Friedman, Hastie, Tibshirani, "Regularization paths for generalized linear models via
 * coordinate descent", Journal of Statistical Software 33, 2010, section 3; Lee, Sun, Saunders, "Proximal Newton-type
 * methods for minimizing composite functions", SIAM Journal on Optimization 24, 2014).
 *
 * @param target class codes 0 and 1.
 * @returns the fitted function; `stopped` when it was asked to end early.
 */
export function fitProximalNewton(features: Matrix, target: Float64Array, options: ProximalNewtonOptions): LinearFunction & { readonly stopped: boolean } {
  const fit = new ProximalNewton(features, target, options);
  for (let iteration = 1; iteration <= options.maxIterations && fit.expand() > options.tolerance; iteration++) {
    if (options.isStopRequested?.() === true) {
      return { ...fit.current, stopped: true };
    }
    const fell = fit.step();
    options.onIteration(iteration, fit.value);
    if (!fell) {
      break;
    }
  }
  return { ...fit.current, stopped: false };
}

class ProximalNewton {
  /** What has been found so far, and its penalised mean loss. */
  current: LinearFunction;
  value: number;

  private readonly rowWeights: Float64Array;
  private readonly totalWeight: number;
  private readonly means: Float64Array;
  private readonly scales: Float64Array;
  private logits: Float64Array;
  /** The loss's downward slope by each row's logit. */
  private readonly residuals: Float64Array;
  /** The rows' weights in the quadratic model, and what each logit would best be. */
  private readonly curvatures: Float64Array;
  private readonly response: Float64Array;
  private slope = Infinity;

  constructor(
    private readonly features: Matrix,
    private readonly target: Float64Array,
    private readonly options: ProximalNewtonOptions,
  ) {
    const { rows, columns } = features;
    this.rowWeights = target.map((label) => options.classWeights[label]);
    this.totalWeight = this.rowWeights.reduce((sum, weight) => sum + weight, 0);
    this.means = columnMeans(features);
    this.scales = columnScales(features, this.means, options.l2);
    this.logits = new Float64Array(rows);
    this.residuals = new Float64Array(rows);
    this.curvatures = new Float64Array(rows);
    this.response = new Float64Array(rows);
    this.current = { coefficients: new Float64Array(columns), intercept: 0 };
    this.value = this.penalizedLoss(this.current, this.logits);
  }

  /** Expands the loss around the current function; returns how far the conditions of a minimum are missed there. */
  expand(): number {
    for (let row = 0; row < this.logits.length; row++) {
      const probability = 1 / (1 + Math.exp(-this.logits[row]));
      const curvature = Math.max(smallestCurvature, probability * (1 - probability));
      const difference = this.target[row] - probability;
      this.residuals[row] = this.rowWeights[row] * difference;
      this.curvatures[row] = this.rowWeights[row] * curvature;
      this.response[row] = this.logits[row] + difference / curvature;
    }
    this.slope = this.largestSlope();
    return this.slope;
  }

  /** Goes to the minimum of the expansion, or as far towards it as the value falls enough; false when it falls nowhere. */
  step(): boolean {
    const { l1, l2, pause, threads } = this.options;
    const { design, featureMeans, targetMean } = prepareDesign(
      this.features, this.response, { centre: true, pause, weights: this.curvatures, mostProducts, threads },
    );
    const { coefficients } = solveElasticNet(design, {
      l1: l1 * this.totalWeight,
      l2: l2 * this.totalWeight,
      maxIterations: 1000,
      // Near the minimum steps must be exact, far from it they needn't be.
      tolerance: Math.min(1e-4, Math.max(1e-15, 0.01 * this.slope * this.slope)),
      onIteration: pause,
      pause,
      start: this.current.coefficients,
    });
    return this.moveTowards(withIntercept(coefficients, featureMeans, targetMean));
  }

  /** In the coordinates in which L-BFGS sees the loss (Preconditioning). */
  private largestSlope(): number {
    const { columns, values } = this.features;
    const { l1, l2 } = this.options;
    const pulls = new Float64Array(columns);
    let interceptPull = 0;
    for (let row = 0; row < this.residuals.length; row++) {
      const residual = this.residuals[row] / this.totalWeight;
      interceptPull += residual;
      for (let j = 0; j < columns; j++) {
        pulls[j] += residual * (values[row * columns + j] - this.means[j]);
      }
    }
    let largest = Math.abs(interceptPull);
    this.current.coefficients.forEach((value, j) => {
      const pull = pulls[j] - l2 * value;
      const excess = value === 0 ? Math.max(0, Math.abs(pull) - l1) : Math.abs(pull - Math.sign(value) * l1);
      largest = Math.max(largest, excess / this.scales[j]);
    });
    return largest;
  }

  private moveTowards(aim: LinearFunction): boolean {
    const { current, logits } = this;
    const aimLogits = this.logitsOf(aim);
    const promised = this.promisedChange(aim, aimLogits);
    for (let halving = 0, share = 1; halving < maximumHalvings; halving++, share /= 2) {
      const between = (from: number, to: number): number => (share === 1 ? to : from + share * (to - from));
      const next = {
        coefficients: current.coefficients.map((value, j) => between(value, aim.coefficients[j])),
        intercept: between(current.intercept, aim.intercept),
      };
      const nextLogits = logits.map((value, row) => between(value, aimLogits[row]));
      const value = this.penalizedLoss(next, nextLogits);
      if (value <= this.value + sufficientDecrease * share * promised) {
        const fell = value < this.value;
        this.current = next;
        this.logits = nextLogits;
        this.value = value;
        return fell;
      }
    }
    return false;
  }

  /** By how much the value would change on the whole way if it kept its slope: a negative number. */
  private promisedChange(aim: LinearFunction, aimLogits: Float64Array): number {
    const { l1, l2 } = this.options;
    let change = 0;
    for (let row = 0; row < aimLogits.length; row++) {
      change -= (this.residuals[row] * (aimLogits[row] - this.logits[row])) / this.totalWeight;
    }
    this.current.coefficients.forEach((value, j) => {
      const goal = aim.coefficients[j];
      change += l2 * value * (goal - value) + l1 * (Math.abs(goal) - Math.abs(value));
    });
    return change;
  }

  private logitsOf({ coefficients, intercept }: LinearFunction): Float64Array {
    const { rows, columns, values } = this.features;
    const logits = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      let logit = intercept;
      for (let j = 0; j < columns; j++) {
        logit += coefficients[j] * values[row * columns + j];
      }
      logits[row] = logit;
    }
    return logits;
  }

  private penalizedLoss({ coefficients }: LinearFunction, logits: Float64Array): number {
    const { l1, l2 } = this.options;
    let loss = 0;
    for (let row = 0; row < logits.length; row++) {
      const margin = this.target[row] === 1 ? logits[row] : -logits[row];
      loss += this.rowWeights[row] * (Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin))));
    }
    const penalty = coefficients.reduce((sum, value) => sum + l1 * Math.abs(value) + 0.5 * l2 * value * value, 0);
    return loss / this.totalWeight + penalty;
  }
}
