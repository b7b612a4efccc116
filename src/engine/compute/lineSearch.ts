/** A function's value and derivative along a line. */
export interface LinePoint {
  readonly value: number;
  readonly slope: number;
}

export interface LineStep extends LinePoint {
  readonly step: number;
}

/** Constants of the strong Wolfe conditions, as in L-BFGS-B. */
const sufficientDecrease = 1e-3;
const curvature = 0.9;
/** The search ends once its interval is this small relative to its upper end. */
const intervalTolerance = 1e-8;
const maximumEvaluations = 50;

/**
 * Finds a step along a descent direction that satisfies the strong Wolfe conditions: the method of Moré and Thuente,
 * "Line search algorithms with guaranteed sufficient decrease", ACM TOMS 20 (1994), sections 2 to 4.
 *
 * The last call of `evaluate` is at the step that is returned, so what it left behind belongs to that step.
 *
 * @param evaluate value and slope at a step > 0; where the value isn't finite, shorter steps are tried.
 * @param origin value and slope at step 0; the slope must be negative.
 * @param initialStep the first step to try, > 0.
 * @returns undefined when no step lowers the value: the direction doesn't descend, or rounding hides the decrease.
 */
export function searchLine(
  evaluate: (step: number) => LinePoint,
  origin: LinePoint,
  initialStep: number,
): LineStep | undefined {
  if (!(origin.slope < 0) || !(initialStep > 0)) {
    return undefined;
  }
  const requiredSlope = sufficientDecrease * origin.slope;
  const interval = new Interval(origin, initialStep);
  let longest = Infinity;
  let step = initialStep;
  // Until a step is found whose value is low enough, the interval follows value − step·requiredSlope (section 3).
  let auxiliary = true;

  for (let evaluation = 0; evaluation < maximumEvaluations; evaluation++) {
    const trial: LineStep = { step, ...evaluate(step) };
    if (!Number.isFinite(trial.value) || !Number.isFinite(trial.slope)) {
      longest = step;
      step = interval.best.step + (step - interval.best.step) / 4;
      continue;
    }
    const limit = origin.value + step * requiredSlope;
    if (trial.value <= limit && Math.abs(trial.slope) <= -curvature * origin.slope) {
      return trial;
    }
    if (interval.isExhausted(step)) {
      return trial.value < origin.value ? trial : undefined;
    }
    if (trial.value <= limit && trial.slope >= 0) {
      auxiliary = false;
    }
    const tilted = auxiliary && trial.value <= interval.best.value && trial.value > limit;
    step = interval.next(trial, tilted ? requiredSlope : 0);
    if (step >= longest) {
      step = (interval.best.step + longest) / 2;
    }
    if (interval.isExhausted(step)) {
      step = interval.best.step;
      if (step === 0) {
        return undefined;
      }
    }
  }
  return undefined;
}

/** The interval of uncertainty: `best` has the lowest value so far, an acceptable step lies between it and `other`. */
class Interval {
  best: LineStep;
  private other: LineStep;
  private bracketed = false;
  private width = Infinity;
  private widthBefore = Infinity;
  /** Bounds of the next trial step. */
  private lower = 0;
  private upper: number;

  constructor(origin: LinePoint, initialStep: number) {
    this.best = { step: 0, ...origin };
    this.other = this.best;
    this.upper = 5 * initialStep;
  }

  /** True when nothing is left between the ends to try. */
  isExhausted(step: number): boolean {
    return this.bracketed
      && (step <= this.lower || step >= this.upper || this.upper - this.lower <= intervalTolerance * this.upper);
  }

  /**
   * Takes a trial step in and proposes the next one.
   *
   * @param tilt subtracted as `step · tilt` from all values, and from all slopes, for this update.
   */
  next(trial: LineStep, tilt: number): number {
    const lean = (point: LineStep): LineStep => ({
      step: point.step, value: point.value - point.step * tilt, slope: point.slope - tilt,
    });
    let step = this.propose(lean(this.best), lean(this.other), lean(trial));
    this.shrink(lean(this.best), lean(trial), trial);
    if (this.bracketed) {
      const width = Math.abs(this.other.step - this.best.step);
      // Bisects when interpolation fails to shrink the interval by a third in two updates (section 4).
      if (width >= 0.66 * this.widthBefore) {
        step = this.best.step + 0.5 * (this.other.step - this.best.step);
      }
      this.widthBefore = this.width;
      this.width = width;
      this.lower = Math.min(this.best.step, this.other.step);
      this.upper = Math.max(this.best.step, this.other.step);
    } else {
      this.lower = step + 1.1 * (step - this.best.step);
      this.upper = step + 4 * (step - this.best.step);
    }
    return step;
  }

  /** Replaces an end so that the interval still holds an acceptable step (section 2, "updating algorithm"). */
  private shrink(best: LineStep, leaning: LineStep, trial: LineStep): void {
    if (leaning.value > best.value) {
      this.other = trial;
      return;
    }
    if (leaning.slope * Math.sign(best.slope) < 0) {
      this.other = this.best;
    }
    this.best = trial;
  }

  /** The trial value selection of section 4, in its four cases; notes whether the interval now brackets a minimum. */
  private propose(best: LineStep, other: LineStep, trial: LineStep): number {
    if (trial.value > best.value) {
      this.bracketed = true;
      const cubic = cubicMinimizer(best, trial);
      const quadratic = quadraticMinimizer(best, trial);
      return Math.abs(cubic - best.step) < Math.abs(quadratic - best.step) ? cubic : (cubic + quadratic) / 2;
    }
    const secant = secantMinimizer(trial, best);
    if (trial.slope * Math.sign(best.slope) < 0) {
      this.bracketed = true;
      const cubic = cubicMinimizer(trial, best);
      return Math.abs(cubic - trial.step) > Math.abs(secant - trial.step) ? cubic : secant;
    }
    const forward = trial.step > best.step;
    if (Math.abs(trial.slope) < Math.abs(best.slope)) {
      const minimizer = cubicMinimizer(trial, best);
      const beyond = forward ? minimizer > trial.step : minimizer < trial.step;
      const cubic = beyond ? minimizer : forward ? this.upper : this.lower;
      const cubicIsNearer = Math.abs(cubic - trial.step) < Math.abs(secant - trial.step);
      if (this.bracketed) {
        const step = cubicIsNearer ? cubic : secant;
        const farthest = trial.step + 0.66 * (other.step - trial.step);
        return forward ? Math.min(farthest, step) : Math.max(farthest, step);
      }
      return Math.min(this.upper, Math.max(this.lower, cubicIsNearer ? secant : cubic));
    }
    if (this.bracketed) {
      return cubicMinimizer(trial, other);
    }
    return forward ? this.upper : this.lower;
  }
}

/** Where the cubic through both values and slopes has its minimum; NaN-free: a cubic without one gives its inflection. */
function cubicMinimizer(a: LineStep, b: LineStep): number {
  const theta = (3 * (a.value - b.value)) / (b.step - a.step) + a.slope + b.slope;
  const scale = Math.max(Math.abs(theta), Math.abs(a.slope), Math.abs(b.slope));
  const discriminant = (theta / scale) ** 2 - (a.slope / scale) * (b.slope / scale);
  const gamma = Math.sign(b.step - a.step) * scale * Math.sqrt(Math.max(0, discriminant));
  const ratio = (gamma - a.slope + theta) / (2 * gamma - a.slope + b.slope);
  return Number.isFinite(ratio) ? a.step + ratio * (b.step - a.step) : (a.step + b.step) / 2;
}

/** Where the parabola through both values and the slope at `a` has its minimum. */
function quadraticMinimizer(a: LineStep, b: LineStep): number {
  const length = b.step - a.step;
  return a.step + (a.slope / ((a.value - b.value) / length + a.slope) / 2) * length;
}

/** Where the parabola through both slopes has its minimum. */
function secantMinimizer(a: LineStep, b: LineStep): number {
  return a.step + (a.slope / (a.slope - b.slope)) * (b.step - a.step);
}
