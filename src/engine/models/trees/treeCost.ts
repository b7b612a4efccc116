import type { Hyperparameters, Task } from '../../../schema/algorithm';
import type { CostModel } from '../cost';
import { atThreads } from '../cost';
import { booleanParameter, nullableNumberParameter, numberParameter } from '../hyperparameters';
import { maxFeaturesCount } from './treeHyperparameters';

/** A tree that is stopped early looks at all rows less often than one that grows to its leaves. */
function depthShare(rows: number, hyperparameters: Hyperparameters): number {
  const depth = nullableNumberParameter(hyperparameters, 'maxDepth');
  return depth === null ? 1 : Math.min(1, depth / Math.max(1, Math.log2(rows)));
}

/** A grown tree's nodes, at most two a row, and its leaves' classes: no more than there are rows, however many classes there are. */
function treeBytes(rows: number, classes: number, hyperparameters: Hyperparameters): number {
  const leaves = rows / Math.max(1, numberParameter(hyperparameters, 'minSamplesLeaf') * 2);
  return 2 * leaves * 24 + 16 * Math.min(rows, leaves * Math.max(1, classes));
}

/**
 * About how many nodes of a tree are divided: down to single rows for numbers, to rows of one class sooner.
 *
 * @param rows different ones.
 */
function dividedNodes(rows: number, task: Task, hyperparameters: Hyperparameters): number {
  const depth = nullableNumberParameter(hyperparameters, 'maxDepth') ?? Number.POSITIVE_INFINITY;
  const most = rows / Math.max(1, numberParameter(hyperparameters, 'minSamplesLeaf'));
  return Math.min(2 ** depth, task === 'regression' ? most : most * 0.3);
}

/** To look at one row in one feature of one tree, down to its leaves. */
const secondsPerLook = 4e-9;
/** To sort a feature's values into bins: once, and for each row. */
const secondsPerColumn = 7e-5;
const secondsPerValue = 4e-8;
/** A row's way down one level of a tree, most of it in memory that no cache holds. */
const secondsPerLevel = 1.3e-8;

/**
 * @param secondsPerNodeFeature what a node takes for each feature that it looks at, however few its rows are: most of the time
 * where features are many and rows few.
 */
function forestCost(secondsPerNodeFeature: number): CostModel {
  return ({ rows, features, classes, threads }, task, hyperparameters) => {
    const trees = numberParameter(hyperparameters, 'nEstimators');
    const drawn = rows * (nullableNumberParameter(hyperparameters, 'maxSamples') ?? 1);
    // Of rows drawn with replacement, 1 - 1/e are different ones.
    const different = booleanParameter(hyperparameters, 'bootstrap') ? drawn * 0.63 : drawn;
    const asked = maxFeaturesCount(hyperparameters, features);
    const looks = drawn * (asked + 3) * depthShare(rows, hyperparameters);
    const nodes = dividedNodes(different, task, hyperparameters);
    const binning = features * (secondsPerColumn + rows * secondsPerValue);
    return {
      seconds: 0.05 + atThreads(binning + trees * (looks * secondsPerLook + nodes * asked * secondsPerNodeFeature + 5e-4), threads),
      secondsPerPrediction: trees * Math.log2(rows + 2) * secondsPerLevel,
      bytes: rows * features * 2 + trees * treeBytes(different, classes, hyperparameters),
    };
  };
}

export const randomForestCost = forestCost(1.7e-8);
export const extraTreesCost = forestCost(3.3e-8);

/** Every feature is sorted once and looked at in each level, by one thread. */
export const decisionTreeCost: CostModel = ({ rows, features, classes }, _task, hyperparameters) => ({
  seconds: 0.02 + rows * maxFeaturesCount(hyperparameters, features) * Math.log2(rows + 2) * 5.6e-8 * depthShare(rows, hyperparameters),
  secondsPerPrediction: 6e-7,
  bytes: rows * features * 12 + treeBytes(rows, classes, hyperparameters),
});
