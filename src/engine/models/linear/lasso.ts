import type { Algorithm } from '../estimator';
import { ElasticNet } from './elasticNet';
import { fitInterceptDeclaration } from './linearRegression';
import { LinearRegressor } from './linearRegressor';
import { alphaDeclaration, maxIterDeclaration, tolDeclaration } from './penaltyHyperparameters';
import { leastSquaresCost } from './linearCost';

/** Least squares with an L1 penalty (Tibshirani, JRSS B 58, 1996): scikit-learn's Lasso. */
export const lasso: Algorithm = {
  declaration: {
    id: 'lasso',
    label: 'Lasso',
    summary: 'Linear regression that sets the coefficients of unneeded features to exactly 0: picks features by itself.',
    tasks: ['regression'],
    preparation: { scale: 'standard', encode: 'oneHot' },
    stoppable: true,
    hyperparameters: [
      alphaDeclaration('Larger values keep fewer features. It is in the target\'s unit: lower it when no feature is left, raise it when too many are.'),
      fitInterceptDeclaration,
      maxIterDeclaration,
      tolDeclaration,
    ],
  },
  cost: leastSquaresCost,
  createEstimator: (_task, hyperparameters) => new ElasticNet({ ...hyperparameters, l1Ratio: 1 }),
  loadModel: (_task, saved) => LinearRegressor.load(saved),
};
