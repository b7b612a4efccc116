import { numberParameter } from '../hyperparameters';
import type { CostModel } from '../cost';
import { atThreads } from '../cost';

const secondsPerCell = 3e-9;

/** Least squares by the normal equations: rows × features² for the Gram matrix, features³ for its solution; of the rows, where they are fewer. */
export const leastSquaresCost: CostModel = ({ rows, features, threads }) => {
  const unknowns = Math.min(rows, features);
  return {
    seconds: 0.03 + atThreads(rows * features * (unknowns * 3.5e-11 + 6e-10), threads) + unknowns ** 3 * 1e-9,
    secondsPerPrediction: features * secondsPerCell,
    bytes: rows * features * 8 + unknowns ** 2 * 16,
  };
};

/** Quasi-Newton iterations, each of which reads every cell once a class; most problems need a few dozen. */
export const logisticCost: CostModel = ({ rows, features, classes, threads }, _task, hyperparameters) => {
  const iterations = Math.min(numberParameter(hyperparameters, 'maxIter'), 100);
  return {
    seconds: 0.02 + atThreads(rows * (features + 5) * Math.max(1, classes === 2 ? 1 : classes) * iterations * 4e-10, threads),
    secondsPerPrediction: features * (classes === 2 ? 1 : classes) * 9e-10 + classes * 1e-8,
    bytes: rows * (features + 2 * classes) * 8,
  };
};
