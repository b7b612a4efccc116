import type { Task } from '../../../schema/algorithm';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { Model, PredictContext, SavedModel } from '../estimator';
import { damaged, savedChoice, savedCount, savedFloat64, savedInt32 } from '../savedModels';
import type { IsotonicFunction } from './isotonic';
import { evaluateIsotonic } from './isotonic';
import { coupleProbabilities, sigmoidPredict } from './platt';
import { Decisions } from './svmDecisions';
import type { SvmKernel } from './svmKernel';
import { svmKernelKinds } from './svmKernel';

/** What a support vector machine has learned. */
export interface SvmParts {
  readonly kernel: SvmKernel;
  readonly supportVectors: Matrix;
  /** functions × support vectors: one function for regression, one for each pair of classes i < j, in order. */
  readonly coefficients: Matrix;
  readonly intercepts: Float64Array;
  /** Class codes between which the functions decide; empty for regression. */
  readonly classes: Int32Array;
  readonly classCount: number;
  /** How each function's decisions become probabilities; empty without any. */
  readonly calibrations: readonly Calibration[];
}

/** Platt's sigmoid, or an isotonic function of the decision. */
export type Calibration = { readonly a: number; readonly b: number } | IsotonicFunction;

/** The decision value of classes that training rows had none of. */
const neverChosen = -1e300;

function calibrated(calibration: Calibration, decision: number): number {
  return 'a' in calibration ? sigmoidPredict(decision, calibration.a, calibration.b) : evaluateIsotonic(calibration, decision);
}

/** `sigmoids`: A and B of each function; or the points of isotonic functions, `isotonicStarts` saying where each one's begin. */
function savedCalibrations(calibrations: readonly Calibration[]): SavedModel['arrays'] {
  const sigmoids = calibrations.flatMap((one) => ('a' in one ? [one.a, one.b] : []));
  const isotonic = calibrations.flatMap((one) => ('a' in one ? [] : [one]));
  if (isotonic.length === 0) {
    return { sigmoids: Float64Array.from(sigmoids) };
  }
  const starts = new Int32Array(isotonic.length + 1);
  isotonic.forEach(({ x }, f) => (starts[f + 1] = starts[f] + x.length));
  return {
    sigmoids: new Float64Array(0), isotonicStarts: starts,
    isotonicX: Float64Array.from(isotonic.flatMap(({ x }) => [...x])), isotonicY: Float64Array.from(isotonic.flatMap(({ y }) => [...y])),
  };
}

function loadCalibrations(saved: SavedModel, functions: number): Calibration[] {
  if ('isotonicStarts' in saved.arrays) {
    const starts = savedInt32(saved, 'isotonicStarts', functions + 1);
    const x = savedFloat64(saved, 'isotonicX', starts[functions]);
    const y = savedFloat64(saved, 'isotonicY', starts[functions]);
    if (starts.some((start, f) => f > 0 && start <= starts[f - 1])) {
      throw damaged('isotonicStarts');
    }
    return Array.from({ length: functions }, (_, f) => ({ x: x.slice(starts[f], starts[f + 1]), y: y.slice(starts[f], starts[f + 1]) }));
  }
  const sigmoids = savedFloat64(saved, 'sigmoids');
  if (sigmoids.length !== 0 && sigmoids.length !== 2 * functions) {
    throw damaged('sigmoids');
  }
  return Array.from({ length: sigmoids.length / 2 }, (_, f) => ({ a: sigmoids[2 * f], b: sigmoids[2 * f + 1] }));
}

/** A fitted SVC or SVR. */
export class SvmModel implements Model {
  readonly predictProba?: (features: Matrix, context?: PredictContext) => Matrix;

  private readonly decider: Decisions;

  constructor(readonly parts: SvmParts) {
    this.decider = new Decisions(parts);
    if (parts.calibrations.length > 0 || parts.classes.length === 1) {
      this.predictProba = (features, context) => this.probabilities(features, context);
    }
  }

  predict(features: Matrix, context?: PredictContext): Float64Array {
    const { classes } = this.parts;
    const decisions = this.decisions(features, context);
    if (classes.length === 0) {
      return decisions.values;
    }
    const labels = new Float64Array(features.rows);
    for (let row = 0; row < features.rows; row++) {
      labels[row] = classes[this.winner(decisions.values, row * decisions.columns)];
    }
    return labels;
  }

  /** rows × functions: the sum over support vectors plus the intercept. */
  decisions(features: Matrix, context?: PredictContext): Matrix {
    return this.decider.of(features, context);
  }

  /**
   * For machines without probabilities, rows × classes: the more a row is like a class. Of two classes it is the distance from the
   * border to either side, of more the votes and how sure they are, as scikit-learn's `decision_function` has it.
   */
  decisionValues(features: Matrix, context?: PredictContext): Matrix {
    const { classes, classCount } = this.parts;
    const result = zeros(features.rows, classCount);
    result.values.fill(neverChosen);
    const decisions = this.decisions(features, context);
    const sums = new Float64Array(classes.length);
    const votes = new Float64Array(classes.length);
    for (let row = 0; row < features.rows; row++) {
      sums.fill(0);
      votes.fill(0);
      let f = row * decisions.columns;
      for (let i = 0; i < classes.length; i++) {
        for (let j = i + 1; j < classes.length; j++) {
          const decision = decisions.values[f++];
          votes[decision > 0 ? i : j]++;
          sums[i] += decision;
          sums[j] -= decision;
        }
      }
      classes.forEach((label, k) => {
        result.values[row * classCount + label] = classes.length === 2 ? sums[k] : votes[k] + sums[k] / (3 * (Math.abs(sums[k]) + 1));
      });
    }
    return result;
  }

  keepReady(): () => void {
    return this.decider.keepReady();
  }

  save(): SavedModel {
    const { kernel, supportVectors, coefficients, intercepts, classes, classCount, calibrations } = this.parts;
    return {
      parameters: {
        kernel: kernel.kind, gamma: kernel.gamma, coef0: kernel.coef0, degree: kernel.degree, classCount,
        supportVectors: supportVectors.rows, features: supportVectors.columns,
      },
      arrays: { supportVectors: supportVectors.values, coefficients: coefficients.values, intercepts, classes, ...savedCalibrations(calibrations) },
    };
  }

  /** @throws UserError when the model is damaged. */
  static load(task: Task, saved: SavedModel): SvmModel {
    const count = savedCount(saved, 'supportVectors');
    const columns = savedCount(saved, 'features');
    const classes = savedInt32(saved, 'classes');
    const classCount = savedCount(saved, 'classCount');
    const functions = task === 'regression' ? 1 : (classes.length * (classes.length - 1)) / 2;
    const { gamma, coef0 } = saved.parameters;
    const isClassifier = task === 'classification';
    if (isClassifier !== classes.length > 0 || classes.some((label) => label < 0 || label >= classCount)) {
      throw damaged('classes');
    }
    if (typeof gamma !== 'number' || typeof coef0 !== 'number') {
      throw damaged('gamma');
    }
    const kernel = { kind: savedChoice(saved, 'kernel', svmKernelKinds), gamma, coef0, degree: savedCount(saved, 'degree') };
    return new SvmModel({
      kernel,
      supportVectors: { rows: count, columns, values: savedFloat64(saved, 'supportVectors', count * columns) },
      coefficients: { rows: functions, columns: count, values: savedFloat64(saved, 'coefficients', functions * count) },
      intercepts: savedFloat64(saved, 'intercepts', functions),
      classes, classCount, calibrations: loadCalibrations(saved, functions),
    });
  }

  /** The class with most votes, the first of equals, as in libsvm. */
  private winner(decisions: Float64Array, offset: number): number {
    const { classes } = this.parts;
    const votes = new Int32Array(classes.length);
    let f = 0;
    for (let i = 0; i < classes.length; i++) {
      for (let j = i + 1; j < classes.length; j++) {
        votes[decisions[offset + f++] > 0 ? i : j]++;
      }
    }
    return votes.indexOf(votes.reduce((most, count) => Math.max(most, count), 0));
  }

  private probabilities(features: Matrix, context?: PredictContext): Matrix {
    const { classes, classCount, calibrations } = this.parts;
    const result = zeros(features.rows, classCount);
    const decisions = this.decisions(features, context);
    for (let row = 0; row < features.rows; row++) {
      const pairs = Float64Array.from({ length: decisions.columns }, (_, f) =>
        calibrated(calibrations[f], decisions.values[row * decisions.columns + f]));
      const shares = classes.length === 1 ? [1] : coupleProbabilities(pairs, classes.length);
      classes.forEach((label, k) => {
        result.values[row * classCount + label] = shares[k];
      });
    }
    return result;
  }
}
