import type { Hyperparameters } from '../../../schema/algorithm';
import type { ElasticNetOptions } from '../../compute/coordinateDescent';
import { prepareDesign, solveElasticNet } from '../../compute/coordinateDescent';
import { solveLeastSquares, withIntercept } from '../../compute/leastSquares';
import type { Algorithm, Estimator, FitContext, Model, TrainingData } from '../estimator';
import { booleanParameter, numberParameter } from '../hyperparameters';
import { fitInterceptDeclaration } from './linearRegression';
import { LinearRegressor } from './linearRegressor';
import { alphaDeclaration, l1RatioHelp, maxIterDeclaration, tolDeclaration } from './penaltyHyperparameters';
import { leastSquaresCost } from './linearCost';

/** Least squares with an L1 and an L2 penalty (Zou, Hastie, JRSS B 67, 2005): scikit-learn's ElasticNet. */
export const elasticNet: Algorithm = {
  declaration: {
    id: 'elasticNet',
    label: 'Elastic net',
    summary: 'Linear regression between ridge and lasso: drops unneeded features, and keeps groups of similar ones together.',
    tasks: ['regression'],
    preparation: { scale: 'standard', encode: 'oneHot' },
    stoppable: true,
    hyperparameters: [
      alphaDeclaration('Larger values keep fewer features and smaller coefficients. It is in the target\'s unit: lower it when no feature is left.'),
      {
        name: 'l1Ratio',
        label: 'Share of L1',
        help: l1RatioHelp,
        sklearnName: 'l1_ratio',
        type: 'number',
        default: 0.5,
        minimum: 0,
        maximum: 1,
      },
      fitInterceptDeclaration,
      maxIterDeclaration,
      tolDeclaration,
    ],
  },
  cost: leastSquaresCost,
  createEstimator: (_task, hyperparameters) => new ElasticNet(hyperparameters),
  loadModel: (_task, saved) => LinearRegressor.load(saved),
};

/** Minimises the mean squared error, halved, plus alpha·(l1Ratio·‖w‖₁ + ½(1 − l1Ratio)·‖w‖²). */
export class ElasticNet implements Estimator {
  constructor(private readonly hyperparameters: Hyperparameters) {}

  async fit({ features, target }: TrainingData, _random: unknown, context: FitContext): Promise<Model> {
    const fitIntercept = booleanParameter(this.hyperparameters, 'fitIntercept');
    const strength = numberParameter(this.hyperparameters, 'alpha') * features.rows;
    const l1Ratio = numberParameter(this.hyperparameters, 'l1Ratio');
    const pause = (): void => context.throwIfCancelled();
    pause();
    if (l1Ratio === 0) {
      // Without an L1 part this is ridge regression, which has a solution in closed form.
      return new LinearRegressor(solveLeastSquares(features, target, { fitIntercept, l2: strength, pause, threads: context.threads }));
    }
    const maxIterations = numberParameter(this.hyperparameters, 'maxIter');
    const options: ElasticNetOptions = {
      l1: strength * l1Ratio,
      l2: strength * (1 - l1Ratio),
      maxIterations,
      tolerance: numberParameter(this.hyperparameters, 'tol'),
      onIteration: (iteration, change) => {
        context.throwIfCancelled();
        context.report(iteration / maxIterations, `pass ${iteration} over ${features.columns} coefficients, which changed by up to ${change.toPrecision(2)} of the largest`);
      },
      pause,
      isStopRequested: () => context.stopRequested?.() === true,
    };
    const { design, featureMeans, targetMean } = prepareDesign(features, target, { centre: fitIntercept, pause, threads: context.threads });
    const { coefficients, iterations, stopped } = solveElasticNet(design, options);
    if (stopped) {
      context.stoppedAfter?.(iterations, maxIterations, 'passes over the coefficients', false);
    }
    return new LinearRegressor(withIntercept(coefficients, featureMeans, targetMean));
  }
}
