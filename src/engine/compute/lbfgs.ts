import { CurvatureHistory, dot } from './curvatureHistory';
import { searchLine } from './lineSearch';

/** Writes the gradient at `point` into `gradient` and returns the function's value there. */
export type DifferentiableFunction = (point: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** The most iterations, each one search direction. */
  readonly maxIterations: number;
  /** Stops once no component of the gradient is larger than this. */
  readonly gradientTolerance: number;
  /** Stops once an iteration lowers the value by less than this share of it. Default: 64 times the machine's epsilon. */
  readonly valueTolerance?: number;
  /** How many pairs of steps and gradient changes approximate the curvature. Default: 10. */
  readonly memory?: number;
  /** Called after every iteration; may throw to stop. */
  readonly onIteration?: (iteration: number, value: number, gradientNorm: number) => void;
  /** Looked at before every further iteration: true ends the search with the point that it has come to. */
  readonly isStopRequested?: () => boolean;
}

export interface LbfgsResult {
  readonly point: Float64Array;
  readonly value: number;
  /** Largest absolute component of the gradient at `point`. */
  readonly gradientNorm: number;
  readonly iterations: number;
  /** Why it stopped: a tolerance was met, the iterations ran out, it was asked to, or rounding left no better point to find. */
  readonly reason: 'gradient' | 'value' | 'iterations' | 'stopped' | 'lineSearch';
}

/**
 * Minimises a smooth function with the limited-memory BFGS method (Nocedal, Wright: "Numerical Optimization", 2nd
 * edition, 2006, algorithms 7.4 and 7.5), with the line search of Moré and Thuente. Stopping rules and constants are
 * those of L-BFGS-B 3.0 (Byrd, Lu, Nocedal, Zhu, 1995), which scikit-learn uses through SciPy.
 *
 * @param start where to begin; left as it is.
 */
export function minimizeLbfgs(
  evaluate: DifferentiableFunction,
  start: Float64Array,
  options: LbfgsOptions,
): LbfgsResult {
  const size = start.length;
  const valueTolerance = options.valueTolerance ?? 64 * Number.EPSILON;
  const history = new CurvatureHistory(size, options.memory ?? 10);
  let point = Float64Array.from(start);
  let gradient = new Float64Array(size);
  let nextPoint = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  const direction = new Float64Array(size);
  let value = evaluate(point, gradient);
  let gradientNorm = maximumMagnitude(gradient);
  let iteration = 0;
  const result = (reason: LbfgsResult['reason']): LbfgsResult => ({
    point, value, gradientNorm, iterations: iteration, reason,
  });

  while (true) {
    if (gradientNorm <= options.gradientTolerance) {
      return result('gradient');
    }
    if (iteration >= options.maxIterations) {
      return result('iterations');
    }
    if (options.isStopRequested?.() === true) {
      return result('stopped');
    }
    history.descentDirection(gradient, direction);
    const initialStep = history.isEmpty ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1;
    const found = searchLine(
      (step) => {
        for (let i = 0; i < size; i++) {
          nextPoint[i] = point[i] + step * direction[i];
        }
        const trial = evaluate(nextPoint, nextGradient);
        return { value: trial, slope: dot(nextGradient, direction) };
      },
      { value, slope: dot(gradient, direction) },
      initialStep,
    );
    if (found === undefined) {
      if (history.isEmpty) {
        return result('lineSearch');
      }
      // The curvature gathered so far may be spoiled by rounding: try once more along the steepest descent.
      history.clear();
      continue;
    }
    history.add(point, nextPoint, gradient, nextGradient);
    const decrease = value - found.value;
    const scale = Math.max(Math.abs(value), Math.abs(found.value), 1);
    [point, nextPoint] = [nextPoint, point];
    [gradient, nextGradient] = [nextGradient, gradient];
    value = found.value;
    gradientNorm = maximumMagnitude(gradient);
    iteration++;
    options.onIteration?.(iteration, value, gradientNorm);
    if (gradientNorm > options.gradientTolerance && decrease <= valueTolerance * scale) {
      return result('value');
    }
  }
}

/** The largest absolute element. */
export function maximumMagnitude(vector: Float64Array): number {
  let maximum = 0;
  for (let i = 0; i < vector.length; i++) {
    maximum = Math.max(maximum, Math.abs(vector[i]));
  }
  return maximum;
}
