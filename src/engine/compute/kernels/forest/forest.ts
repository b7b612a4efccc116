/**
 * Random forests and extra trees (Breiman, "Random forests", Machine Learning 45, 2001; Geurts, Ernst, Wehenkel, "Extremely
 * randomized trees", Machine Learning 63, 2006) on binned features. Each thread grows whole trees, one at a time; a tree depends on
 * its own random streams alone.
 *
 * Trees are grown depth first, left child first, with the decisions and the random draws of models/trees/growTree.ts, so both
 * grow the same trees. `growTrees` returns after a bounded piece of work and goes on where it stopped.
 *
 * Order of calls: joinTeam, configure; prepareFeature (mapColumns), binRows (mapRows); growTrees until no tree is left.
 */
import { nextInt } from '../common/random';
import { addFeature, addFive, clearSlot, slotAt, slots } from './histograms';
import {
  counterAt, featureCount, maxDepth, maxFeatures, minSamplesLeaf, minSamplesSplit, orderAt, recordStride, stackAt, streamsAt, treeCount,
} from './layout';
import { isPure, nodeWeight, sumNode } from './nodeSums';
import { addLeaf, addNode, finishOutput, hasRoom, startOutput } from './output';
import { drawRecords, partition, recordsOf } from './records';
import { bestFeature, bestLower, bestUpper, isPerfect, scanAll, scanTouched, startSearch } from './search';

export { joinTeam } from '../common/team';
export { configure } from './layout';
export { binRows, prepareFeature } from './binning';

/** Nodes of more records sum up five features in a pass and scan all bins; smaller ones go feature by feature over touched bins. */
const largeNode: i32 = 160;

/** Nodes that wait on the stack of the tree at hand; 0: no tree is at hand. */
let waiting: i32 = 0;
let featureStream: usize = 0;
let treeWeight: f64 = 0;

/**
 * Grows trees until about `budget` records have been looked at or no tree is left to begin.
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

function startTree(tree: i32): i32 {
  const streams = streamsAt + (<usize>tree << 5);
  featureStream = streams + 16;
  const drawn = drawRecords(streams);
  for (let feature = 0; feature < featureCount; feature++) store<i32>(orderAt + (<usize>feature << 2), feature);
  startOutput(tree);
  sumNode(recordsOf(0), 0, drawn);
  treeWeight = nodeWeight;
  push(0, drawn, 0);
  return 2 * drawn;
}

// @ts-ignore: decorator
@inline
function push(start: i32, end: i32, depth: i32): void {
  const entry = stackAt + (<usize>waiting << 4);
  store<i32>(entry, start);
  store<i32>(entry, end, 4);
  store<i32>(entry, depth, 8);
  waiting++;
}

/** Takes a node from the stack and makes it a leaf, or splits it and puts its children there. @returns its records. */
function growNode(centre: f64): i32 {
  waiting--;
  const entry = stackAt + (<usize>waiting << 4);
  const start = load<i32>(entry);
  const end = load<i32>(entry, 4);
  const depth = load<i32>(entry, 8);
  const count = end - start;
  const records = recordsOf(depth);
  sumNode(records, start, end);
  const mayBeSplit = !isPure && count >= minSamplesSplit && count >= 2 * minSamplesLeaf && depth < maxDepth;
  if (!mayBeSplit || !findSplit(records, start, end)) {
    addLeaf(centre);
    return count;
  }
  addNode(bestFeature, bestLower, bestUpper);
  const middle = partition(records, recordsOf(depth + 1), start, end, bestFeature, bestLower);
  push(middle, end, depth + 1);
  push(start, middle, depth + 1);
  return count;
}

/** Tries features in random order: `maxFeatures` of them, and on until one varies among the node's records. */
function findSplit(records: usize, start: i32, end: i32): bool {
  startSearch(treeWeight);
  const first = records + <usize>start * recordStride;
  const after = records + <usize>end * recordStride;
  let tried: i32 = 0;
  let anyVaries = false;
  if (end - start > largeNode) {
    while (maxFeatures - tried > 1 && !isPerfect()) {
      const group = min(slots, maxFeatures - tried);
      for (let slot = 0; slot < group; slot++) {
        rememberDraw(slot);
        drawFeature(tried + slot);
      }
      // A group of fewer repeats its last feature in slots that nobody reads.
      const last = tried + group - 1;
      addFive(
        featureAt(tried), featureAt(min(tried + 1, last)), featureAt(min(tried + 2, last)), featureAt(min(tried + 3, last)),
        featureAt(min(tried + 4, last)), first, after,
      );
      let read: i32 = 0;
      for (; read < group && !isPerfect(); read++) {
        anyVaries = scanAll(slotAt(read), featureAt(tried + read), featureStream) || anyVaries;
      }
      if (read < group) undoDraws(tried, read, group);
      for (let slot = read; slot < slots; slot++) clearSlot(slotAt(slot));
      tried += group;
    }
  }
  for (; tried < featureCount && (tried < maxFeatures || !anyVaries) && !isPerfect(); tried++) {
    drawFeature(tried);
    addFeature(slotAt(0), featureAt(tried), first, after);
    anyVaries = scanTouched(slotAt(0), featureAt(tried), featureStream) || anyVaries;
  }
  return bestFeature >= 0;
}

// @ts-ignore: decorator
@inline
function featureAt(place: i32): i32 {
  return load<i32>(orderAt + (<usize>place << 2));
}

/** The feature stream's states before each draw of a group. */
let state0: v128 = i32x4.splat(0), state1: v128 = state0, state2: v128 = state0, state3: v128 = state0, state4: v128 = state0;

function rememberDraw(slot: i32): void {
  const state = v128.load(featureStream);
  if (slot == 0) state0 = state;
  else if (slot == 1) state1 = state;
  else if (slot == 2) state2 = state;
  else if (slot == 3) state3 = state;
  else state4 = state;
}

/** Takes back the draws of a group from its `first` on, as if they had not been made: a perfect split needs no more of them. */
function undoDraws(tried: i32, first: i32, group: i32): void {
  for (let slot = group - 1; slot >= first; slot--) {
    const state = slot == 0 ? state0 : slot == 1 ? state1 : slot == 2 ? state2 : slot == 3 ? state3 : state4;
    v128.store(featureStream, state);
    const chosen = tried + slot + <i32>nextInt(featureStream, featureCount - tried - slot);
    const feature = featureAt(tried + slot);
    store<i32>(orderAt + (<usize>(tried + slot) << 2), featureAt(chosen));
    store<i32>(orderAt + (<usize>chosen << 2), feature);
    v128.store(featureStream, state);
  }
}

/** Draws one of the features from place `tried` on and puts it there. */
function drawFeature(tried: i32): void {
  const chosen = tried + <i32>nextInt(featureStream, featureCount - tried);
  const feature = featureAt(chosen);
  store<i32>(orderAt + (<usize>chosen << 2), featureAt(tried));
  store<i32>(orderAt + (<usize>tried << 2), feature);
}
