import { minimizeLbfgs } from '../../compute/lbfgs';
import type { Hyperparameters } from '../../../schema/algorithm';
import type { Algorithm, Estimator, FitContext, Model, TrainingData } from '../estimator';
import { choiceParameter, classWeightDeclaration, classWeights, numberParameter } from '../hyperparameters';
import { compactTarget, presentClasses } from '../presentClasses';
import { LinearClassifier } from './linearClassifier';
import { LogisticLoss } from './logisticLoss';
import { Preconditioning } from './preconditioning';

/** Logistic regression: scikit-learn's LogisticRegression with its L-BFGS solver. */
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
        help: 'L2 keeps coefficients small, which helps on data that the model has not seen. None fits the training rows as closely as it can.',
        sklearnName: 'penalty',
        type: 'choice',
        default: 'l2',
        choices: [
          { value: 'l2', label: 'L2 (ridge)' },
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
    const l2 = this.l2(target, weights);
    const pause = (): void => context.throwIfCancelled();
    const loss = new LogisticLoss(data.features, target, { classWeights: weights, l2, pause });
    const preconditioning = new Preconditioning(data.features, loss.outputs, l2);
    const maxIterations = numberParameter(this.hyperparameters, 'maxIter');
    const found = minimizeLbfgs(preconditioning.wrap(loss.evaluate, loss.size), new Float64Array(loss.size), {
      maxIterations,
      gradientTolerance: numberParameter(this.hyperparameters, 'tol'),
      onIteration: (iteration, value) => {
        context.report(iteration / maxIterations, `iteration ${iteration}: mean loss ${value.toPrecision(5)}`);
      },
    });
    const point = new Float64Array(loss.size);
    preconditioning.toPoint(found.point, point);
    const coefficientCount = loss.outputs * data.features.columns;
    return new LinearClassifier(point.slice(0, coefficientCount), point.slice(coefficientCount), shape);
  }

  /** The penalty's factor for the mean loss: scikit-learn's objective is C · Σ loss + ½‖w‖². */
  private l2(target: Float64Array, weights: Float64Array): number {
    if (choiceParameter(this.hyperparameters, 'penalty', ['l2', 'none']) === 'none') {
      return 0;
    }
    let weightSum = 0;
    for (let i = 0; i < target.length; i++) {
      weightSum += weights[target[i]];
    }
    return 1 / (numberParameter(this.hyperparameters, 'C') * weightSum);
  }
}
