/**
 * One tree from gradients to scores, in as few calls as possible: between two calls the helper threads fall asleep, and waking them
 * takes as long as a small split.
 */
import { computeGradients } from './gradients';
import { beginTree, growTree } from './grow';
import { rootPairsAt } from './layout';
import { finishTree } from './leaves';
import { fillRootPairs } from './rootPairs';

let outputAtHand: i32 = 0;

/**
 * Begins the tree of `output`; before an iteration's first, the gradients of all outputs are computed.
 *
 * @param count the rows that `takeRows` listed. @param splits at most so many before it returns.
 * @returns 1 when the tree is grown and its values are added to the scores, else 0: call `continueTree`.
 */
export function startTree(output: i32, count: i32, splits: i32): i32 {
  outputAtHand = output;
  if (output == 0) {
    computeGradients();
    // Set aside only where every tree is grown on every row.
    if (rootPairsAt != 0) fillRootPairs();
  }
  beginTree(output, count);
  return continueTree(splits);
}

/** Grows on. @returns as `startTree` does. */
export function continueTree(splits: i32): i32 {
  if (growTree(splits) == 0) return 0;
  finishTree(outputAtHand);
  return 1;
}
