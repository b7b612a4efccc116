import type { CostModel } from '../cost';
import { atThreads } from '../cost';
import { numberParameter } from '../hyperparameters';

/** A tree a class and iteration: its rows are added to histograms, then every bin of every leaf is looked at. */
export const boostingCost: CostModel = ({ rows, features, classes, threads }, _task, hyperparameters) => {
  const trees = numberParameter(hyperparameters, 'maxIter') * (classes > 2 ? classes : 1);
  const leaves = numberParameter(hyperparameters, 'maxLeafNodes');
  const bins = numberParameter(hyperparameters, 'maxBins') + 1;
  const tree = rows * numberParameter(hyperparameters, 'subsample') * (features * 2.3e-9 + 7e-8) + features * bins * leaves * 7e-9;
  return {
    seconds: 0.05 + atThreads(trees * tree, threads),
    secondsPerPrediction: trees * 7e-8,
    bytes: rows * (features + 16 * Math.max(1, classes)) + features * bins * leaves * 24,
  };
};
