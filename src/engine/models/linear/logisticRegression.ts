import { mean } from '../../compute/gram';
import type { DifferentiableFunction, LbfgsOptions, LbfgsResult } from '../../compute/lbfgs';
import { minimizeLbfgs } from '../../compute/lbfgs';
import type { Matrix } from '../../compute/matrix';
import { minimizeOwlqn } from '../../compute/owlqn';
import type { Hyperparameters } from '../../../schema/algorithm';
import type { Algorithm, Estimator, FitContext, Inference, Model, TrainingData } from '../estimator';
import { choiceParameter, classWeightDeclaration, classWeights, numberParameter } from '../hyperparameters';
import { compactTarget, presentClasses } from '../presentClasses';
import { inferLogistic } from './inference';
import { kernelFits, KernelLogisticLoss } from './kernelLogisticLoss';
import { LinearClassifier } from './linearClassifier';
import { LogisticLoss } from './logisticLoss';
import { l1RatioHelp } from './penaltyHyperparameters';
import { Preconditioning, scalesOf } from './preconditioning';
import { fitProximalNewton } from './proximalNewton';
import { logisticCost } from './linearCost';

/** Logistic regression: the objective of scikit-learn's LogisticRegression, for all its penalties. */
export const logisticRegression: Algorithm = {
  declaration: {
    id: 'logisticRegression',
    label: 'Logistic regression',
    summary: 'A weighted sum of the features gives each class\'s probability: fast, steady and easy to read; a good first model.',
    tasks: ['classification'],
    preparation: { scale: 'standard', encode: 'oneHot' },
    stoppable: true,
    hyperparameters: [
      {
        name: 'penalty',
        label: 'Penalty',
        help: 'L2 keeps coefficients small, which helps on data that the model has not seen. L1 sets those of unneeded features to 0. '
          + 'Elastic net does both. None fits the training rows as closely as it can.',
        sklearnName: 'penalty',
        type: 'choice',
        default: 'l2',
        choices: [
          { value: 'l2', label: 'L2 (ridge)' },
          { value: 'l1', label: 'L1 (lasso)' },
          { value: 'elasticNet', label: 'Elastic net' },
          { value: 'none', label: 'None' },
        ],
      },
      {
        name: 'C',
        label: 'Inverse penalty strength (C)',
        help: 'Smaller values keep coefficients smaller. Lower it when the test score is far below the training score; raise it when both are low.',
        sklearnName: 'C',
        type: 'number',
        default: 1,
        minimum: 0,
        exclusiveMinimum: true,
      },
      {
        name: 'l1Ratio',
        label: 'Share of L1',
        help: `Only for the elastic net. ${l1RatioHelp}`,
        sklearnName: 'l1_ratio',
        advanced: true,
        type: 'number',
        default: 0.5,
        minimum: 0,
        maximum: 1,
      },
      classWeightDeclaration,
      {
        name: 'maxIter',
        label: 'Most iterations',
        help: 'The fit stops after so many steps even if it could still improve.',
        sklearnName: 'max_iter',
        advanced: true,
        type: 'integer',
        default: 100,
        minimum: 1,
      },
      {
        name: 'tol',
        label: 'Tolerance',
        help: 'The fit stops once the slope of the mean loss, per standard deviation of a feature, is nowhere larger than this. Smaller is more exact and slower.',
        sklearnName: 'tol',
        advanced: true,
        type: 'number',
        default: 1e-4,
        minimum: 0,
        exclusiveMinimum: true,
      },
    ],
  },
  cost: logisticCost,
  createEstimator: (_task, hyperparameters) => new LogisticRegression(hyperparameters),
  loadModel: (_task, saved) => LinearClassifier.load(saved),
};

const penalties = ['l2', 'l1', 'elasticNet', 'none'] as const;

class LogisticRegression implements Estimator {
  constructor(private readonly hyperparameters: Hyperparameters) {}

  async fit(data: TrainingData, _random: unknown, context: FitContext): Promise<Model> {
    const classes = presentClasses(data.target, data.classCount);
    const shape = { classes, classCount: data.classCount };
    if (classes.length < 2) {
      return new LinearClassifier(new Float64Array(data.features.columns), Float64Array.of(0), shape);
    }
    const target = compactTarget(data.target, classes, data.classCount);
    const weights = classWeights(target, classes.length, this.hyperparameters);
    const { point, stopped } = this.minimize(data.features, target, weights, context);
    const outputs = classes.length === 2 ? 1 : classes.length;
    const coefficientCount = outputs * data.features.columns;
    const [coefficients, intercepts] = [point.slice(0, coefficientCount), centred(point.slice(coefficientCount))];
    const inference = stopped
      ? 'There are no standard errors: training was stopped before the coefficients had come to rest.'
      : this.infer(data.features, target, new LinearClassifier(coefficients, intercepts, shape), classes, context);
    return new LinearClassifier(coefficients, intercepts, shape, inference);
  }

  /** Standard errors where the fit is a plain one of two classes; else why there are none. */
  private infer(features: Matrix, target: Float64Array, fitted: LinearClassifier, classes: Int32Array, context: FitContext): Inference | string {
    if (choiceParameter(this.hyperparameters, 'penalty', penalties) !== 'none') {
      return 'There are no standard errors: the penalty pulls coefficients towards 0, for which the usual ones don\'t hold. Without a penalty there are.';
    }
    if (choiceParameter(this.hyperparameters, 'classWeight', ['none', 'balanced']) !== 'none') {
      return 'There are no standard errors: class weights count rows more or less often than they were seen.';
    }
    if (classes.length > 2) {
      return 'There are no standard errors for more than two classes, whose coefficients only count against each other.';
    }
    const { columns, values } = fitted.predictProba(features);
    const probabilities = Float64Array.from({ length: features.rows }, (_, row) => values[row * columns + classes[1]]);
    return inferLogistic(features, target, probabilities, { pause: () => context.throwIfCancelled(), threads: context.threads });
  }

  /** The best coefficients, output after output, and then the intercepts; those so far when the user stopped the search. */
  private minimize(features: Matrix, target: Float64Array, weights: Float64Array, context: FitContext): { readonly point: Float64Array; readonly stopped: boolean } {
    const maxIterations = numberParameter(this.hyperparameters, 'maxIter');
    let iterations = 0;
    let latest = 'before the first iteration';
    const say = (): void => context.report(iterations / maxIterations, latest);
    const found = this.search(features, target, weights, { ...context, throwIfCancelled: () => {
      context.throwIfCancelled();
      say();
    } }, maxIterations, (iteration, value) => {
      iterations = iteration;
      latest = `iteration ${iteration}: mean loss ${value.toPrecision(5)}`;
      say();
    });
    if (found.stopped) {
      context.stoppedAfter?.(iterations, maxIterations, 'iterations', false);
    }
    return found;
  }

  private search(
    features: Matrix,
    target: Float64Array,
    weights: Float64Array,
    context: FitContext,
    maxIterations: number,
    onIteration: (iteration: number, value: number) => void,
  ): { readonly point: Float64Array; readonly stopped: boolean } {
    const { l1, l2 } = this.penalties(target, weights);
    const tolerance = numberParameter(this.hyperparameters, 'tol');
    const pause = (): void => context.throwIfCancelled();
    const isStopRequested = (): boolean => context.stopRequested?.() === true;
    if (l1 > 0 && weights.length === 2) {
      const { coefficients, intercept, stopped } = fitProximalNewton(features, target, {
        classWeights: weights, l1, l2, maxIterations, tolerance, pause, onIteration, isStopRequested, threads: context.threads,
      });
      return { point: Float64Array.from([...coefficients, intercept]), stopped };
    }
    const options = { l1, maxIterations, gradientTolerance: tolerance, onIteration, isStopRequested };
    const lossOptions = { classWeights: weights, l2, pause };
    const outputs = weights.length === 2 ? 1 : weights.length;
    if (!kernelFits(features, outputs)) {
      const loss = new LogisticLoss(features, target, lossOptions);
      return minimizeLoss(loss, Preconditioning.of(features, outputs, l2), options);
    }
    const loss = new KernelLogisticLoss(features, target, lossOptions, context.threads);
    try {
      return minimizeLoss(loss, new Preconditioning(loss.means, scalesOf(loss.variances, l2), outputs), options);
    } finally {
      loss.close();
    }
  }

  /**
   * The penalties' factors for the mean loss: scikit-learn's objective is C·Σ loss + r·‖w‖₁ + ½(1 − r)·‖w‖², where r is the
   * share of L1.
   */
  private penalties(target: Float64Array, weights: Float64Array): { l1: number; l2: number } {
    const penalty = choiceParameter(this.hyperparameters, 'penalty', penalties);
    if (penalty === 'none') {
      return { l1: 0, l2: 0 };
    }
    let weightSum = 0;
    for (let i = 0; i < target.length; i++) {
      weightSum += weights[target[i]];
    }
    const strength = 1 / (numberParameter(this.hyperparameters, 'C') * weightSum);
    const l1Ratio = penalty === 'elasticNet' ? numberParameter(this.hyperparameters, 'l1Ratio') : Number(penalty === 'l1');
    return { l1: l1Ratio * strength, l2: (1 - l1Ratio) * strength };
  }
}

/** A loss, and perhaps a quick way to its first digits. */
interface MinimizableLoss {
  /** Length of a point. */
  readonly size: number;
  readonly evaluate: DifferentiableFunction;
  readonly evaluateQuickly?: DifferentiableFunction;
}

/** Slopes below this are beyond 32-bit floats. */
const quickTolerance = 1e-5;

/** The point with the least loss, or the one so far when the search was stopped. */
function minimizeLoss(
  loss: MinimizableLoss,
  preconditioning: Preconditioning,
  options: LbfgsOptions & { readonly l1: number },
): { readonly point: Float64Array; readonly stopped: boolean } {
  const evaluate = preconditioning.wrap(loss.evaluate, loss.size);
  const start = new Float64Array(loss.size);
  const point = new Float64Array(loss.size);
  const found = options.l1 > 0
    ? minimizeOwlqn(evaluate, start, preconditioning.coordinatePenalties(options.l1), options)
    : minimizeInTwoStages(evaluate, loss.evaluateQuickly && preconditioning.wrap(loss.evaluateQuickly, loss.size), start, options);
  preconditioning.toPoint(found.point, point);
  return { point, stopped: found.reason === 'stopped' };
}

/** Goes as far as the quick way leads; the rest, if any, in full precision. */
function minimizeInTwoStages(
  evaluate: DifferentiableFunction,
  quickly: DifferentiableFunction | undefined,
  start: Float64Array,
  options: LbfgsOptions,
): LbfgsResult {
  if (quickly === undefined) {
    return minimizeLbfgs(evaluate, start, options);
  }
  const { gradientTolerance, maxIterations, onIteration } = options;
  const first = minimizeLbfgs(quickly, start, { ...options, gradientTolerance: Math.max(gradientTolerance, quickTolerance) });
  const done = first.reason === 'stopped' || (first.reason === 'gradient' && gradientTolerance >= quickTolerance) || first.iterations >= maxIterations;
  if (done && Number.isFinite(first.value)) {
    return first;
  }
  return minimizeLbfgs(evaluate, first.point, {
    ...options,
    maxIterations: maxIterations - first.iterations,
    onIteration: (iteration, ...state) => onIteration?.(first.iterations + iteration, ...state),
  });
}

/** With an output for each class only differences of intercepts matter: the ones whose sum is 0 stand for all. */
function centred(intercepts: Float64Array): Float64Array {
  const shift = intercepts.length > 1 ? mean(intercepts) : 0;
  return intercepts.map((intercept) => intercept - shift);
}
