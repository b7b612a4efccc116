import type { CostModel } from '../cost';
import { atThreads } from '../cost';
import { numberParameter } from '../hyperparameters';

/** The kernel of every pair of rows, several times over for the probabilities of classes: quadratic in rows. */
export const svmCost: CostModel = ({ rows, features, threads }, task, hyperparameters) => ({
  seconds: 0.05 + atThreads(rows ** 2 * (task === 'classification' ? features * 2e-9 + 1.4e-8 : features * 3e-10 + 6e-9), threads),
  // About as if every row became a support vector.
  secondsPerPrediction: rows * (features * 2e-9 + 1.2e-8),
  bytes: rows * features * 8 + numberParameter(hyperparameters, 'cacheSize') * 1e6,
});
