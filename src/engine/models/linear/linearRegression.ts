import type { BooleanHyperparameter } from '../../../schema/algorithm';
import { solveLeastSquares } from '../../compute/leastSquares';
import type { Algorithm } from '../estimator';
import { booleanParameter } from '../hyperparameters';
import { LinearRegressor } from './linearRegressor';
import { leastSquaresCost } from './linearCost';

export const fitInterceptDeclaration: BooleanHyperparameter = {
  name: 'fitIntercept',
  label: 'Intercept',
  help: 'Adds a constant to the weighted sum. Turn it off only when the answer must be 0 where all features are 0.',
  sklearnName: 'fit_intercept',
  advanced: true,
  type: 'boolean',
  default: true,
};

/** Ordinary least squares: scikit-learn's LinearRegression. */
export const linearRegression: Algorithm = {
  declaration: {
    id: 'linearRegression',
    label: 'Linear regression',
    summary: 'The weighted sum of the features with the least squared error: instant and easy to read; a good first model.',
    tasks: ['regression'],
    preparation: { scale: 'standard', encode: 'oneHot' },
    hyperparameters: [fitInterceptDeclaration],
  },
  cost: leastSquaresCost,
  createEstimator: (_task, hyperparameters) => ({
    fit: async (data, _random, context) =>
      new LinearRegressor(solveLeastSquares(data.features, data.target, {
        fitIntercept: booleanParameter(hyperparameters, 'fitIntercept'),
        l2: 0,
        pause: () => context.throwIfCancelled(),
      })),
  }),
  loadModel: (_task, saved) => LinearRegressor.load(saved),
};
