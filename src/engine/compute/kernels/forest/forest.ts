/**
 * Random forests and extra trees (Breiman, "Random forests", Machine Learning 45, 2001; Geurts, Ernst, Wehenkel, "Extremely
 * randomized trees", Machine Learning 63, 2006) on binned features. Each thread grows whole trees, one at a time; a tree depends on
 * its own random streams alone.
 *
 * Trees are grown depth first, left child first, on records of rows (records.ts): large nodes by histograms (largeNodes.ts), the many
 * small ones by sorting (smallNodes.ts). A node draws `maxFeatures` features, then more until one varies among its records. `growTrees`
 * returns after a bounded piece of work and goes on where it stopped.
 *
 * Order of calls: joinTeam, configure; prepareFeature (mapColumns), binRows (mapRows); growTrees until no tree is left.
 */
import { startFeatures } from './features';
import { findBorderOfLarge } from './largeNodes';
import {
  classCount, counterAt, maxDepth, maxFeatures, minSamplesLeaf, minSamplesSplit, recordStride, stackAt, streamsAt, treeCount,
} from './layout';
import { isPure, nodeTarget, nodeWeight, sumNode } from './nodeSums';
import { addLeafOfClasses, addNode, addValue, finishOutput, hasRoom, linkRight, startOutput } from './output';
import { drawRecords, partition, recordsOf } from './records';
import { bestFeature, bestLower, bestUpper } from './search';
import { growSmall } from './smallNodes';

export { joinTeam } from '../common/team';
export { configure } from './layout';
export { binRows, prepareFeature } from './binning';
// Inner loops, exported only to stay functions of their own (docs/kernels.md).
export { addSixClasses, addTwoClasses, addValues } from './histograms';
export { scanClasses, scanPairs, scanSixClasses } from './largeNodes';
export { drawRecords, partition } from './records';
export { findBorder, gatherKeys, markSames, scanTwo, scanTwoOfClasses } from './smallSearch';

/** Nodes of so many records at most are grown by smallNodes.ts, which has room for 128; histograms of more classes take longer. */
const smallNode: i32 = 96;
const smallNodeOfClasses: i32 = 128;

/** Nodes that wait on the stack of the tree at hand; 0: no tree is at hand. */
let waiting: i32 = 0;
let featureStream: usize = 0;
let treeWeight: f64 = 0;

/**
 * Grows trees until about `budget` records have been looked at in a feature or no tree is left to begin.
 *
 * @param centre what was taken from all targets (regression).
 */
export function growTrees(budget: i32, centre: f64): void {
  let left = budget;
  while (left > 0) {
    if (waiting == 0) {
      if (!hasRoom()) return;
      const tree = atomic.add<i32>(counterAt, 1);
      if (tree >= treeCount) return;
      left -= startTree(tree);
    }
    left -= growNode(centre);
    if (waiting == 0) finishOutput();
  }
}

/** @returns looks that it was worth. */
function startTree(tree: i32): i32 {
  const streams = streamsAt + (<usize>tree << 5);
  featureStream = streams + 16;
  const drawn = drawRecords(streams);
  startFeatures();
  startOutput(tree);
  sumNode(recordsOf(0), 0, drawn);
  treeWeight = nodeWeight;
  push(0, drawn, 0, -1);
  return 8 * drawn;
}

/** @param parent the node whose right child waits; −1 for a left child or the root. */
// @ts-ignore: decorator
@inline
function push(start: i32, end: i32, depth: i32, parent: i32): void {
  const entry = stackAt + (<usize>waiting << 4);
  store<i32>(entry, start);
  store<i32>(entry, end, 4);
  store<i32>(entry, depth, 8);
  store<i32>(entry, parent, 12);
  waiting++;
}

/** Takes a node from the stack and makes it a leaf, or splits it and puts its children there. @returns looks that it was worth. */
function growNode(centre: f64): i32 {
  waiting--;
  const entry = stackAt + (<usize>waiting << 4);
  const start = load<i32>(entry);
  const end = load<i32>(entry, 4);
  const depth = load<i32>(entry, 8);
  const parent = load<i32>(entry, 12);
  if (parent >= 0) linkRight(parent);
  const count = end - start;
  const looks = count * (min(maxFeatures, 1 << 10) + 3);
  const records = recordsOf(depth);
  const first = records + <usize>start * recordStride;
  if (count <= (classCount > 2 ? smallNodeOfClasses : smallNode)) {
    growSmall(first, count, depth, featureStream, treeWeight, centre);
    return looks * (33 - clz(count));
  }
  sumNode(records, start, end);
  const mayBeSplit = !isPure && count >= minSamplesSplit && count >= 2 * minSamplesLeaf && depth < maxDepth;
  if (!mayBeSplit || !findBorderOfLarge(first, records + <usize>end * recordStride, featureStream, treeWeight)) {
    if (classCount == 0) addValue(<f32>(nodeTarget / nodeWeight + centre));
    else addLeafOfClasses(nodeWeight);
    return count;
  }
  const node = addNode(bestFeature, bestLower, bestUpper);
  const middle = partition(records, recordsOf(depth + 1), start, end, bestFeature, bestLower);
  push(middle, end, depth + 1, node);
  push(start, middle, depth + 1, -1);
  return looks;
}
