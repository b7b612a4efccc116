import { CurvatureHistory, dot } from './curvatureHistory';
import type { DifferentiableFunction, LbfgsOptions, LbfgsResult } from './lbfgs';
import { maximumMagnitude } from './lbfgs';

/** Share of the promised decrease that a step must bring. */
const sufficientDecrease = 1e-4;
const maximumHalvings = 60;

/**
 * Minimises a smooth function plus Σ l1ᵢ·|xᵢ| by the orthant-wise limited-memory quasi-Newton method (Andrew, Gao, "Scalable
 * training of L1-regularized log-linear models", ICML 2007, algorithm 1): within an orthant the sum is linear, so steps
 * are those of L-BFGS, and whatever would leave the orthant is set to 0.
 *
 * @param start where to begin; left as it is.
 * @param l1 a weight ≥ 0 for each variable.
 */
export function minimizeOwlqn(
  evaluate: DifferentiableFunction,
  start: Float64Array,
  l1: Float64Array,
  options: LbfgsOptions,
): LbfgsResult {
  const size = start.length;
  const valueTolerance = options.valueTolerance ?? 64 * Number.EPSILON;
  const history = new CurvatureHistory(size, options.memory ?? 10);
  let point = Float64Array.from(start);
  let gradient = new Float64Array(size);
  let nextPoint = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  const slope = new Float64Array(size);
  const direction = new Float64Array(size);
  let value = evaluate(point, gradient) + penalty(point, l1);
  let iteration = 0;

  while (true) {
    steepestSlope(point, gradient, l1, slope);
    const gradientNorm = maximumMagnitude(slope);
    const result = (reason: LbfgsResult['reason']): LbfgsResult => ({ point, value, gradientNorm, iterations: iteration, reason });
    if (iteration > 0) {
      options.onIteration?.(iteration, value, gradientNorm);
    }
    if (gradientNorm <= options.gradientTolerance) {
      return result('gradient');
    }
    if (iteration >= options.maxIterations) {
      return result('iterations');
    }
    if (options.isStopRequested?.() === true) {
      return result('stopped');
    }
    history.descentDirection(slope, direction);
    keepDescending(direction, slope);
    const firstStep = history.isEmpty ? Math.min(1, 1 / Math.sqrt(dot(slope, slope))) : 1;
    const nextValue = backtrack((step) => {
      moveWithinOrthant(point, direction, step, slope, nextPoint);
      const trial = evaluate(nextPoint, nextGradient) + penalty(nextPoint, l1);
      return { value: trial, enough: trial <= value + sufficientDecrease * progress(slope, point, nextPoint) };
    }, firstStep);
    if (nextValue === undefined) {
      if (history.isEmpty) {
        return result('lineSearch');
      }
      history.clear();
      continue;
    }
    history.add(point, nextPoint, gradient, nextGradient);
    const decrease = value - nextValue;
    const scale = Math.max(Math.abs(value), Math.abs(nextValue), 1);
    [point, nextPoint] = [nextPoint, point];
    [gradient, nextGradient] = [nextGradient, gradient];
    value = nextValue;
    iteration++;
    if (decrease <= valueTolerance * scale) {
      steepestSlope(point, gradient, l1, slope);
      options.onIteration?.(iteration, value, maximumMagnitude(slope));
      return { point, value, gradientNorm: maximumMagnitude(slope), iterations: iteration, reason: 'value' };
    }
  }
}

/** Halves the step until it brings enough; returns the value there, or undefined when rounding hides any decrease. */
function backtrack(
  attempt: (step: number) => { value: number; enough: boolean },
  firstStep: number,
): number | undefined {
  let step = firstStep;
  for (let halving = 0; halving < maximumHalvings; halving++) {
    const { value, enough } = attempt(step);
    if (enough) {
      return value;
    }
    step /= 2;
  }
  return undefined;
}

function penalty(point: Float64Array, l1: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < point.length; i++) {
    sum += l1[i] * Math.abs(point[i]);
  }
  return sum;
}

/** The pseudo-gradient (equation 4): of all slopes at a kink, the one nearest to 0. */
function steepestSlope(point: Float64Array, gradient: Float64Array, l1: Float64Array, slope: Float64Array): void {
  for (let i = 0; i < point.length; i++) {
    if (point[i] !== 0) {
      slope[i] = gradient[i] + Math.sign(point[i]) * l1[i];
    } else {
      slope[i] = Math.sign(gradient[i]) * Math.max(Math.abs(gradient[i]) - l1[i], 0);
    }
  }
}

/** Drops the parts of a direction that climb. */
function keepDescending(direction: Float64Array, slope: Float64Array): void {
  for (let i = 0; i < direction.length; i++) {
    if (direction[i] * slope[i] >= 0) {
      direction[i] = 0;
    }
  }
}

/** A step that ends at 0 where it would change a variable's sign; one that starts at 0 goes down its slope. */
function moveWithinOrthant(
  point: Float64Array,
  direction: Float64Array,
  step: number,
  slope: Float64Array,
  next: Float64Array,
): void {
  for (let i = 0; i < point.length; i++) {
    const moved = point[i] + step * direction[i];
    const orthant = point[i] !== 0 ? Math.sign(point[i]) : -Math.sign(slope[i]);
    next[i] = moved * orthant > 0 ? moved : 0;
  }
}

/** What the slope promises for the step that was made: a negative number. */
function progress(slope: Float64Array, point: Float64Array, next: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < point.length; i++) {
    sum += slope[i] * (next[i] - point[i]);
  }
  return sum;
}
