import type { CostModel } from '../cost';
import { atThreads } from '../cost';
import { numberParameter } from '../hyperparameters';
import { keepsHistograms } from './boostingLayout';

/** A tree a class and iteration: its rows are added to histograms, then every bin of every leaf is looked at and, mostly, kept. */
export const boostingCost: CostModel = ({ rows, features, classes, threads }, _task, hyperparameters) => {
  const trees = numberParameter(hyperparameters, 'maxIter') * (classes > 2 ? classes : 1);
  const leaves = numberParameter(hyperparameters, 'maxLeafNodes');
  const bins = numberParameter(hyperparameters, 'maxBins') + 1;
  // Histograms that aren't kept stay in the nearest cache.
  const perBin = keepsHistograms(rows, features) ? 3e-9 : 5e-10;
  const tree = rows * numberParameter(hyperparameters, 'subsample') * (features * 1.5e-9 + 5e-8) + features * bins * leaves * perBin;
  return {
    seconds: 0.05 + atThreads(trees * tree, threads),
    secondsPerPrediction: trees * 7e-8,
    bytes: rows * (2 * features + 16 * Math.max(1, classes)) + (keepsHistograms(rows, features) ? features * bins * leaves * 24 : 0),
  };
};
