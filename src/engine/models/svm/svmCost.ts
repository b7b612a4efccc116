import type { CostModel } from '../cost';
import { atThreads } from '../cost';
import { booleanParameter, numberParameter } from '../hyperparameters';

/** Five more fits of four fifths of the rows, and their decisions on the rest, beside the one fit. */
const fitsForProbabilities = 4.2;

/** The kernel of every row that becomes a support vector and every other row: quadratic in rows. */
export const svmCost: CostModel = ({ rows, features, threads }, task, hyperparameters) => ({
  seconds: 0.05 + atThreads(rows ** 2 * perPair(task === 'classification', features, hyperparameters), threads),
  // About as if every row became a support vector.
  secondsPerPrediction: atThreads(rows * (features * 3e-11 + 5e-10), threads),
  bytes: rows * features * 8 + numberParameter(hyperparameters, 'cacheSize') * 1e6,
});

function perPair(classifies: boolean, features: number, hyperparameters: Parameters<CostModel>[2]): number {
  if (!classifies) {
    return features * 2.7e-11 + 1.9e-9;
  }
  return (features * 5e-11 + 2.4e-10) * (booleanParameter(hyperparameters, 'probability') ? fitsForProbabilities : 1);
}
