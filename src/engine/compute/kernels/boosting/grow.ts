/**
 * Grows one tree leaf by leaf: the leaf whose split gains most is split next (Shi, "Best-first decision tree learning", 2007; Ke et
 * al., "LightGBM", NeurIPS 2017).
 *
 * Every thread runs this code and takes the same decisions from its own copy of the leaf table; the work on rows and features
 * is shared. A split: each thread parts its own rows of the leaf (rows.ts) — barrier — each fills the histograms of its share of the
 * features from all rows of the smaller child, takes them from the parent's, which so become the larger child's, and
 * searches both — barrier — all read all candidates. Where the smaller child has many rows each thread adds its own ones to a
 * histogram of its own instead, and after one more barrier sums its features' cells: then no thread reads another's rows.
 *
 * With few rows and many features (`storesHistograms` = 0) reading and writing histograms would take longer than filling
 * them: none is kept, and each child's are filled, a few features at a time, in a piece of memory that the cache holds.
 *
 * Leaf record, 128 bytes:
 *
 *     0   i32  first place of the thread's run of its rows
 *     4   i32  rows, of all threads         32  f64  lower bound of the value
 *     8   i64  packed sums                  40  f64  upper bound
 *     16  i32  depth                        64  best split: a candidate record (splitSearch.ts)
 *     20  i32  slot of its histogram
 *     24  i32  node
 *     28  i32  rows of the thread's run
 *
 * Node record, 96 bytes, written by thread 0:
 *
 *     0   i32  feature, −1: a leaf          32  f64  value times learning rate, of leaves
 *     4   i32  last bin that goes left      40  f64  gain of the split
 *     8   i32  left node                    48  u8[32]  categories that go left
 *     12  i32  right node                   80  f64  hessian sum
 *     16  i32  1: missing goes left
 *     20  i32  1: categorical
 *     24  i32  rows
 *     28  i32  depth
 */
import { barrier, shareBegin, shareEnd, threadCount, threadIndex } from '../common/team';
import { hessianUnit, selectUnits } from './gradients';
import { clearFeatures, leafHistogram, subtractCells, sumThreads, threadHistogram } from './histogram';
import {
  candidatesAt, featureBytes, featureCount, leafTablesAt, maxDepth, maxLeaves, minSamplesLeaf, monotonicAt, nodesAt, storesHistograms,
  threadHistogramsAt,
} from './layout';
import { isPaired, sumRootPairs, takeRoot } from './rootPairs';
import { addOwnSide, addSide, beginRows, countLeft, firstPlace, leftSide, partOwnRows, rightSide, rootCount, rootSum, wholeSide } from './rows';
import { beginSearch, boundedValue, candidateBytes, finishSearch, gradientOf, hessianOf, searchBytes, searchFeature } from './splitSearch';

export const leafBytes: i32 = 128;
export const nodeBytes: i32 = 96;
const splitInLeaf: usize = 64;
/** From so many rows on threads share a child's rows rather than the features: staying with their own outweighs summing histograms. */
const fewestSharedRows: i32 = 8192;
/** Features whose histograms are filled together where none is kept. */
const passingFeatures: i32 = 64;

export let leafCount: i32 = 0;
export let nodeCount: i32 = 0;
let outputAtHand: i32 = 0;

// @ts-ignore: decorator
@inline
export function leafRecord(leaf: i32): usize {
  return leafRecordOf(threadIndex, leaf);
}

// @ts-ignore: decorator
@inline
export function leafRecordOf(thread: i32, leaf: i32): usize {
  return leafTablesAt + <usize>(thread * maxLeaves + leaf) * leafBytes;
}

// @ts-ignore: decorator
@inline
export function nodeRecord(node: i32): usize {
  return nodesAt + <usize>node * nodeBytes;
}

// @ts-ignore: decorator
@inline
function searchOf(thread: i32, child: i32): usize {
  return candidatesAt + <usize>(thread * 2 + child) * searchBytes;
}

/** Begins the tree of `output`, on `count` rows. */
export function beginTree(output: i32, count: i32): void {
  selectUnits(output);
  outputAtHand = output;
  leafCount = 1;
  nodeCount = 1;
  beginRows(output);
  const shared = storesHistograms != 0 && !isPaired(output) && areShared(count);
  if (shared) fillOwn(wholeSide);
  barrier();
  const root = leafRecord(0);
  writeLeaf(root, firstPlace(threadIndex), count, rootSum(), 0, 0, 0, -Infinity, Infinity);
  store<i32>(root, rootCount, 28);
  if (output == 0 && isPaired(0)) sumRootPairs();
  searchRoot(root, shared);
  barrier();
  chooseCandidate(root, 0);
  if (threadIndex == 0) writeNode(root);
}

/** Splits up to `splits` leaves. @returns 1 when the tree is grown. */
export function growTree(splits: i32): i32 {
  for (let split = 0; split < splits; split++) {
    if (leafCount == maxLeaves) return 1;
    const leaf = bestLeaf();
    if (leaf < 0) return 1;
    splitLeaf(leaf);
  }
  return 0;
}

function writeLeaf(
  leaf: usize, start: i32, count: i32, packed: i64, depth: i32, slot: i32, node: i32, lower: f64, upper: f64,
): void {
  store<i32>(leaf, start);
  store<i32>(leaf, count, 4);
  store<i64>(leaf, packed, 8);
  store<i32>(leaf, depth, 16);
  store<i32>(leaf, slot, 20);
  store<i32>(leaf, node, 24);
  store<f64>(leaf, lower, 32);
  store<f64>(leaf, upper, 40);
}

function canSplit(leaf: usize): bool {
  return leafCount < maxLeaves && load<i32>(leaf, 16) < maxDepth && load<i32>(leaf, 4) >= 2 * minSamplesLeaf;
}

/** Starts this thread's search of a leaf. @returns whether the leaf may be split. */
function openSearch(leaf: usize, child: i32): bool {
  const search = searchOf(threadIndex, child);
  store<f64>(search, 0);
  if (!canSplit(leaf)) return false;
  beginSearch(
    search, load<i64>(leaf, 8), load<i32>(leaf, 4), load<i32>(leaf, 24), load<f64>(leaf, 32), load<f64>(leaf, 40),
  );
  return true;
}

/** Searches this thread's features of the root. @param shared each thread has filled a histogram with its own rows. */
function searchRoot(root: usize, shared: bool): void {
  if (!openSearch(root, 0)) return;
  const search = searchOf(threadIndex, 0);
  if (storesHistograms == 0) {
    searchPassing(search, wholeSide);
    return;
  }
  const paired = isPaired(outputAtHand);
  if (!paired && !shared) fillFeatures(wholeSide, 0);
  const end = shareEnd(featureCount);
  for (let feature = shareBegin(featureCount); feature < end; feature++) {
    const cells = leafHistogram(0) + <usize>feature * featureBytes;
    if (paired) takeRoot(outputAtHand, feature, cells);
    else if (shared) sumThreads(feature, 0);
    searchFeature(search, feature, cells);
  }
  finishSearch(search, leafHistogram(0));
}

/** Searches this thread's features of a split's children. */
function searchChildren(left: usize, right: usize): void {
  const canLeft = openSearch(left, 0);
  const canRight = openSearch(right, 1);
  // Children that can't be split again need no histogram.
  if (!canLeft && !canRight) return;
  const searchLeft = searchOf(threadIndex, 0);
  const searchRight = searchOf(threadIndex, 1);
  if (storesHistograms == 0) {
    if (canLeft) searchPassing(searchLeft, leftSide);
    if (canRight) searchPassing(searchRight, rightSide);
    return;
  }
  const leftSlot = load<i32>(left, 20);
  const rightSlot = load<i32>(right, 20);
  const leftIsFilled = leftSlot == leafCount - 1;
  const filledSlot = leftIsFilled ? leftSlot : rightSlot;
  const filledSide = leftIsFilled ? leftSide : rightSide;
  const shared = areShared(load<i32>(leftIsFilled ? left : right, 4));
  if (shared) {
    fillOwn(filledSide);
    barrier();
  } else {
    fillFeatures(filledSide, filledSlot);
  }
  const end = shareEnd(featureCount);
  for (let feature = shareBegin(featureCount); feature < end; feature++) {
    const offset = <usize>feature * featureBytes;
    if (shared) sumThreads(feature, filledSlot);
    subtractCells(leafHistogram(leftIsFilled ? rightSlot : leftSlot) + offset, leafHistogram(filledSlot) + offset, feature);
    if (canLeft) searchFeature(searchLeft, feature, leafHistogram(leftSlot) + offset);
    if (canRight) searchFeature(searchRight, feature, leafHistogram(rightSlot) + offset);
  }
  finishSearch(searchLeft, leafHistogram(leftSlot));
  finishSearch(searchRight, leafHistogram(rightSlot));
}

/** Whether each thread adds its own of a leaf's rows to a histogram of its own. */
function areShared(count: i32): bool {
  return threadCount > 1 && count >= fewestSharedRows;
}

/** Fills this thread's own histogram with its own rows of a side. */
function fillOwn(side: i32): void {
  const histogram = threadHistogram(threadIndex);
  clearFeatures(histogram, 0, featureCount);
  addOwnSide(side, histogram, 0, featureCount);
}

/** Fills this thread's features of a leaf's histogram with all rows of a side. */
function fillFeatures(side: i32, slot: i32): void {
  const first = shareBegin(featureCount);
  const after = shareEnd(featureCount);
  clearFeatures(leafHistogram(slot), first, after);
  addSide(side, leafHistogram(slot), first, after);
}

/** Fills and searches this thread's features a few at a time. */
function searchPassing(search: usize, side: i32): void {
  const end = shareEnd(featureCount);
  for (let first = shareBegin(featureCount); first < end; first += passingFeatures) {
    const after = min(first + passingFeatures, end);
    const histogram = threadHistogramsAt + <usize>(threadIndex * passingFeatures - first) * featureBytes;
    clearFeatures(histogram, first, after);
    addSide(side, histogram, first, after);
    for (let feature = first; feature < after; feature++) searchFeature(search, feature, histogram + <usize>feature * featureBytes);
    finishSearch(search, histogram);
  }
}

/** Copies the best of the threads' candidates into the leaf's record; threads have ascending features, so ties go to the lowest. */
function chooseCandidate(leaf: usize, child: i32): void {
  let best = searchOf(0, child);
  for (let thread = 1; thread < threadCount; thread++) {
    const candidate = searchOf(thread, child);
    if (load<f64>(candidate) > load<f64>(best)) best = candidate;
  }
  memory.copy(leaf + splitInLeaf, best, candidateBytes);
}

function bestLeaf(): i32 {
  let best: i32 = -1;
  let bestGain: f64 = 0;
  for (let leaf = 0; leaf < leafCount; leaf++) {
    const gain = load<f64>(leafRecord(leaf), splitInLeaf);
    if (gain > bestGain) {
      bestGain = gain;
      best = leaf;
    }
  }
  return best;
}

function splitLeaf(index: i32): void {
  const leaf = leafRecord(index);
  const leftHere = partOwnRows(leaf + splitInLeaf, load<i32>(leaf, 16), load<i32>(leaf), load<i32>(leaf, 28));
  barrier();
  const right = leafRecord(leafCount);
  makeChildren(leaf, right, countLeft());
  divideRun(leaf, right, leftHere);
  leafCount++;
  searchChildren(leaf, right);
  barrier();
  chooseCandidate(leaf, 0);
  chooseCandidate(right, 1);
  if (threadIndex == 0) {
    writeNode(leaf);
    writeNode(right);
  }
}

/**
 * Turns the split leaf's record into its left child's and fills the right child's; notes the split in the parent's node. The child with
 * fewer rows gets a new histogram, the other its parent's.
 */
function makeChildren(leaf: usize, right: usize, leftCount: i32): void {
  const split = leaf + splitInLeaf;
  const leftPacked = load<i64>(split, 24);
  const rightPacked = load<i64>(leaf, 8) - leftPacked;
  const start = load<i32>(leaf);
  const count = load<i32>(leaf, 4);
  const depth = load<i32>(leaf, 16) + 1;
  const leftNode = nodeCount;
  nodeCount += 2;
  if (threadIndex == 0) writeSplit(nodeRecord(load<i32>(leaf, 24)), split, leftNode);
  const lower = load<f64>(leaf, 32);
  const upper = load<f64>(leaf, 40);
  let leftLower = lower, leftUpper = upper, rightLower = lower, rightUpper = upper;
  if (monotonicAt != 0) {
    const direction = load<i8>(monotonicAt + load<i32>(split, 8));
    const vLeft = boundedValue(gradientOf(leftPacked), hessianOf(leftPacked), lower, upper);
    const vRight = boundedValue(gradientOf(rightPacked), hessianOf(rightPacked), lower, upper);
    const middle = (vLeft + vRight) * 0.5;
    if (direction > 0) {
      leftUpper = middle;
      rightLower = middle;
    } else if (direction < 0) {
      leftLower = middle;
      rightUpper = middle;
    }
  }
  const slot = load<i32>(leaf, 20);
  const leftIsSmaller = leftCount <= count - leftCount;
  const leftSlot = leftIsSmaller ? leafCount : slot;
  const rightSlot = leftIsSmaller ? slot : leafCount;
  writeLeaf(leaf, start, leftCount, leftPacked, depth, leftSlot, leftNode, leftLower, leftUpper);
  writeLeaf(right, start, count - leftCount, rightPacked, depth, rightSlot, leftNode + 1, rightLower, rightUpper);
}

/** Gives the children their parts of this thread's run. */
function divideRun(left: usize, right: usize, leftHere: i32): void {
  const start = load<i32>(left);
  const count = load<i32>(left, 28);
  store<i32>(left, leftHere, 28);
  store<i32>(right, start + leftHere);
  store<i32>(right, count - leftHere, 28);
}

function writeSplit(node: usize, split: usize, leftNode: i32): void {
  store<i32>(node, load<i32>(split, 8));
  store<i32>(node, load<i32>(split, 12), 4);
  store<i32>(node, leftNode, 8);
  store<i32>(node, leftNode + 1, 12);
  store<i32>(node, load<i32>(split, 16), 16);
  store<i32>(node, load<i32>(split, 20), 20);
  store<f64>(node, load<f64>(split), 40);
  memory.copy(node + 48, split + 32, 32);
}

function writeNode(leaf: usize): void {
  const node = nodeRecord(load<i32>(leaf, 24));
  store<i32>(node, -1);
  store<i32>(node, load<i32>(leaf, 4), 24);
  store<i32>(node, load<i32>(leaf, 16), 28);
  store<f64>(node, hessianOf(load<i64>(leaf, 8)) * hessianUnit, 80);
}

/** Nodes of the tree so far. */
export function currentNodeCount(): i32 {
  return nodeCount;
}
