import type { BooleanHyperparameter } from '../../../schema/algorithm';
import { solveByColumns, solveLeastSquares } from '../../compute/leastSquares';
import type { Matrix } from '../../compute/matrix';
import type { Algorithm, FitContext } from '../estimator';
import { booleanParameter } from '../hyperparameters';
import { inferLeastSquares } from './inference';
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
    fit: async ({ features, target }, _random, context) =>
      fitLeastSquares(features, target, booleanParameter(hyperparameters, 'fitIntercept'), context),
  }),
  loadModel: (_task, saved) => LinearRegressor.load(saved),
};

function fitLeastSquares(features: Matrix, target: Float64Array, fitIntercept: boolean, context: FitContext): LinearRegressor {
  const pause = (): void => context.throwIfCancelled();
  const options = { fitIntercept, l2: 0, pause, threads: context.threads };
  if (features.columns > features.rows) {
    return new LinearRegressor(
      solveLeastSquares(features, target, options),
      'There are no standard errors: there are more features than rows, so many sets of coefficients fit the training rows exactly.',
    );
  }
  const solved = solveByColumns(features, target, options);
  return new LinearRegressor(solved.solution, inferLeastSquares(features, target, solved, fitIntercept, pause));
}
