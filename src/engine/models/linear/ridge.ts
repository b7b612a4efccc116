import { solveLeastSquares } from '../../compute/leastSquares';
import type { Algorithm } from '../estimator';
import { booleanParameter, numberParameter } from '../hyperparameters';
import { fitInterceptDeclaration } from './linearRegression';
import { LinearRegressor } from './linearRegressor';
import { alphaDeclaration } from './penaltyHyperparameters';
import { leastSquaresCost } from './linearCost';

/** Least squares with an L2 penalty (Hoerl, Kennard, Technometrics 12, 1970): scikit-learn's Ridge. */
export const ridge: Algorithm = {
  declaration: {
    id: 'ridge',
    label: 'Ridge regression',
    summary: 'Linear regression that keeps coefficients small: steadier when features repeat each other or rows are few.',
    tasks: ['regression'],
    preparation: { scale: 'standard', encode: 'oneHot' },
    hyperparameters: [
      alphaDeclaration('Larger values keep coefficients smaller. Raise it when the test score is far below the training score.'),
      fitInterceptDeclaration,
    ],
  },
  cost: leastSquaresCost,
  createEstimator: (_task, hyperparameters) => ({
    fit: async (data, _random, context) =>
      new LinearRegressor(solveLeastSquares(data.features, data.target, {
        fitIntercept: booleanParameter(hyperparameters, 'fitIntercept'),
        l2: numberParameter(hyperparameters, 'alpha'),
        pause: () => context.throwIfCancelled(),
        threads: context.threads,
      })),
  }),
  loadModel: (_task, saved) => LinearRegressor.load(saved),
};
