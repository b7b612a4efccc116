import { mean } from '../../compute/gram';
import { minimizeLbfgs } from '../../compute/lbfgs';
import type { Matrix } from '../../compute/matrix';
import { minimizeOwlqn } from '../../compute/owlqn';
import type { Hyperparameters } from '../../../schema/algorithm';
import type { Algorithm, Estimator, FitContext, Model, TrainingData } from '../estimator';
import { choiceParameter, classWeightDeclaration, classWeights, numberParameter } from '../hyperparameters';
import { compactTarget, presentClasses } from '../presentClasses';
import { LinearClassifier } from './linearClassifier';
import { LogisticLoss } from './logisticLoss';
import { l1RatioHelp } from './penaltyHyperparameters';
import { Preconditioning } from './preconditioning';
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
    const point = this.minimize(data.features, target, weights, context);
    const outputs = classes.length === 2 ? 1 : classes.length;
    const coefficientCount = outputs * data.features.columns;
    return new LinearClassifier(point.slice(0, coefficientCount), centred(point.slice(coefficientCount)), shape);
  }

  /** The best coefficients, output after output, and then the intercepts. */
  private minimize(features: Matrix, target: Float64Array, weights: Float64Array, context: FitContext): Float64Array {
    const { l1, l2 } = this.penalties(target, weights);
    const tolerance = numberParameter(this.hyperparameters, 'tol');
    const maxIterations = numberParameter(this.hyperparameters, 'maxIter');
    const pause = (): void => context.throwIfCancelled();
    const onIteration = (iteration: number, value: number): void => {
      context.report(iteration / maxIterations, `iteration ${iteration}: mean loss ${value.toPrecision(5)}`);
    };
    if (l1 > 0 && weights.length === 2) {
      const fitted = fitProximalNewton(features, target, { classWeights: weights, l1, l2, maxIterations, tolerance, pause, onIteration });
      return Float64Array.from([...fitted.coefficients, fitted.intercept]);
    }
    const loss = new LogisticLoss(features, target, { classWeights: weights, l2, pause });
    const preconditioning = new Preconditioning(features, loss.outputs, l2);
    const options = { maxIterations, gradientTolerance: tolerance, onIteration };
    const evaluate = preconditioning.wrap(loss.evaluate, loss.size);
    const start = new Float64Array(loss.size);
    const found = l1 > 0
      ? minimizeOwlqn(evaluate, start, preconditioning.coordinatePenalties(l1), options)
      : minimizeLbfgs(evaluate, start, options);
    const point = new Float64Array(loss.size);
    preconditioning.toPoint(found.point, point);
    return point;
  }

  /**
   * The penalties' factors for the mean loss: scikit-learn's objective is C·Σ loss + r·‖w‖₁ + ½(1 − r)·‖w‖², where r is the
   * share of L1.
   */
  private penalties(target: Float64Array, weights: Float64Array): { l1: number; l2: number } {
    const penalty = choiceParameter(this.hyperparameters, 'penalty', ['l2', 'l1', 'elasticNet', 'none']);
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

/** With an output for each class only differences of intercepts matter: the ones whose sum is 0 stand for all. */
function centred(intercepts: Float64Array): Float64Array {
  const shift = intercepts.length > 1 ? mean(intercepts) : 0;
  return intercepts.map((intercept) => intercept - shift);
}
