/**
 * Grows one tree leaf by leaf: the leaf whose split gains most is split next (Shi, "Best-first decision tree learning", 2007; Ke et
 * al., "LightGBM", NeurIPS 2017).
 *
 * Every thread runs this code and takes the same decisions from its own copy of the leaf table; the work on rows and features
 * is shared. A split has two barriers: each thread partitions its piece of the leaf's rows and adds those of the smaller child to its
 * own histogram — barrier — each moves its rows to their final place, and combines and searches its share of the features, for the
 * smaller child and, after subtraction, for the larger — barrier — all read all candidates.
 *
 * Leaf record, 128 bytes:
 *
 *     0   i32  first row in rowsA           32  f64  lower bound of the value
 *     4   i32  rows                         40  f64  upper bound
 *     8   i64  packed sums                  64  best split: a candidate record (splitSearch.ts)
 *     16  i32  depth
 *     20  i32  slot of its histogram
 *     24  i32  node
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
import { addRows, clearHistogram, combineFeature, leafHistogram, threadHistogram, usedBins } from './histogram';
import {
  candidatesAt, columnBinsAt, columnStride, featureBytes, featureCount, gradientsAt, leafTablesAt, maxDepth, maxLeaves,
  minSamplesLeaf, missingBin, monotonicAt, nodesAt, rowPadded, rowsAAt, rowsBAt, scratchAt, scratchBytes, threadCountsAt,
} from './layout';
import { boundedValue, candidateBytes, gradientOf, hessianOf, searchFeatures } from './splitSearch';

export const leafBytes: i32 = 128;
export const nodeBytes: i32 = 96;
const splitInLeaf: usize = 64;
/** Where the 256 bytes that say which bins go left lie in a thread's scratch. */
const sidesInScratch: usize = 8192;

export let leafCount: i32 = 0;
export let nodeCount: i32 = 0;
let gradients: usize = 0;
let sampleCount: i32 = 0;

// @ts-ignore: decorator
@inline
export function leafRecord(leaf: i32): usize {
  return leafTablesAt + <usize>(threadIndex * maxLeaves + leaf) * leafBytes;
}

// @ts-ignore: decorator
@inline
export function nodeRecord(node: i32): usize {
  return nodesAt + <usize>node * nodeBytes;
}

// @ts-ignore: decorator
@inline
function candidateOf(thread: i32, child: i32): usize {
  return candidatesAt + <usize>(thread * 2 + child) * (<usize>candidateBytes * 2);
}

/**
 * Begins the tree of `output` on the rows in rowsA.
 *
 * @param count rows in rowsA. @param everyRow 1: they are rows 0 … count − 1.
 */
export function beginTree(output: i32, count: i32, everyRow: i32): void {
  selectUnits(output);
  gradients = gradientsAt + (<usize>(output * rowPadded) << 3);
  sampleCount = count;
  leafCount = 1;
  nodeCount = 1;
  const begin = shareBegin(count);
  const end = shareEnd(count);
  if (everyRow != 0) {
    for (let row = begin; row < end; row++) store<i32>(rowsAAt + (<usize>row << 2), row);
  }
  const histogram = threadHistogram(threadIndex, 0);
  clearHistogram(histogram);
  addRows(histogram, everyRow != 0 ? 0 : rowsAAt + (<usize>begin << 2), begin, end - begin, gradients);
  barrier();
  const firstFeature = shareBegin(featureCount);
  const afterFeature = shareEnd(featureCount);
  for (let feature = firstFeature; feature < afterFeature; feature++) combineFeature(feature, 0, -1);
  barrier();
  const root = leafRecord(0);
  writeLeaf(root, 0, count, sumOfFeature(leafHistogram(0), 0), 0, 0, 0, -Infinity, Infinity);
  searchLeaf(root, 0, firstFeature, afterFeature);
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

/** A leaf's packed sums, as any one feature's histogram holds them. */
function sumOfFeature(histogram: usize, feature: i32): i64 {
  const cells = histogram + <usize>feature * featureBytes;
  const bins = min(usedBins(feature), missingBin);
  let sum = load<i64>(cells, missingBin * 8);
  for (let bin = 0; bin < bins; bin++) sum += load<i64>(cells + (<usize>bin << 3));
  return sum;
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

/** Searches this thread's features of a leaf that may be split. */
function searchLeaf(leaf: usize, child: i32, begin: i32, end: i32): void {
  const candidate = candidateOf(threadIndex, child);
  const count = load<i32>(leaf, 4);
  if (load<i32>(leaf, 16) >= maxDepth || count < 2 * minSamplesLeaf || leafCount >= maxLeaves) {
    store<f64>(candidate, 0);
    return;
  }
  searchFeatures(
    load<i32>(leaf, 20), load<i64>(leaf, 8), count, load<i32>(leaf, 24), load<f64>(leaf, 32), load<f64>(leaf, 40), begin, end, candidate,
  );
}

/** Copies the best of the threads' candidates into the leaf's record; threads have ascending features, so ties go to the lowest. */
function chooseCandidate(leaf: usize, child: i32): void {
  let best = candidateOf(0, child);
  for (let thread = 1; thread < threadCount; thread++) {
    const candidate = candidateOf(thread, child);
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
  const split = leaf + splitInLeaf;
  const start = load<i32>(leaf);
  const count = load<i32>(leaf, 4);
  const packed = load<i64>(leaf, 8);
  const slot = load<i32>(leaf, 20);
  const leftPacked = load<i64>(split, 24);
  const rightPacked = packed - leftPacked;
  const leftIsSmaller = hessianOf(leftPacked) <= hessianOf(rightPacked);

  const begin = start + shareBegin(count);
  const end = start + shareEnd(count);
  const leftHere = partitionRows(split, begin, end);
  store<i32>(threadCountsAt + (<usize>threadIndex << 6), leftHere);

  const newSlot = leafCount;
  // Children that can't be split again need no histogram.
  const splitAgain = leafCount + 1 < maxLeaves && load<i32>(leaf, 16) + 1 < maxDepth;
  if (splitAgain) {
    const histogram = threadHistogram(threadIndex, newSlot);
    clearHistogram(histogram);
    const smallerFirst = leftIsSmaller ? begin : begin + leftHere;
    const smallerCount = leftIsSmaller ? leftHere : end - begin - leftHere;
    addRows(histogram, rowsBAt + (<usize>smallerFirst << 2), 0, smallerCount, gradients);
  }
  barrier();

  const leftCount = placeRows(start, begin, end, leftHere);
  const right = leafRecord(leafCount);
  makeChildren(leaf, right, leftCount, leftPacked, rightPacked, leftIsSmaller ? newSlot : slot, leftIsSmaller ? slot : newSlot);
  leafCount++;
  const firstFeature = shareBegin(featureCount);
  const afterFeature = shareEnd(featureCount);
  if (splitAgain) {
    for (let feature = firstFeature; feature < afterFeature; feature++) combineFeature(feature, newSlot, slot);
  }
  searchLeaf(leaf, 0, firstFeature, afterFeature);
  searchLeaf(right, 1, firstFeature, afterFeature);
  barrier();
  chooseCandidate(leaf, 0);
  chooseCandidate(right, 1);
  if (threadIndex == 0) {
    writeNode(leaf);
    writeNode(right);
  }
}

/**
 * Writes rowsA[begin … end) to the same range of rowsB: left ones from the front, right ones from the back. Both writes always
 * happen and only one of the two pointers moves, so there is no branch to mispredict.
 *
 * @returns how many go left.
 */
function partitionRows(split: usize, begin: i32, end: i32): i32 {
  const sides = scratchAt + <usize>threadIndex * scratchBytes + sidesInScratch;
  fillSides(sides, split);
  const column = columnBinsAt + <usize>load<i32>(split, 8) * columnStride;
  const firstLeft = rowsBAt + (<usize>begin << 2);
  let left = firstLeft;
  let right = rowsBAt + (<usize>end << 2) - 4;
  const last = rowsAAt + (<usize>end << 2);
  for (let at = rowsAAt + (<usize>begin << 2); at < last; at += 4) {
    const row = load<i32>(at);
    const goesLeft = <usize>load<u8>(sides + load<u8>(column + row));
    store<i32>(left, row);
    store<i32>(right, row);
    left += goesLeft << 2;
    right -= (1 - goesLeft) << 2;
  }
  return <i32>((left - firstLeft) >> 2);
}

/** One byte a bin: 1 when it goes left. */
function fillSides(sides: usize, split: usize): void {
  if (load<i32>(split, 20) != 0) {
    for (let bin = 0; bin < 256; bin++) {
      store<u8>(sides + bin, (load<u8>(split + 32 + (bin >> 3)) >> <u8>(bin & 7)) & 1);
    }
    return;
  }
  const last = load<i32>(split, 12);
  memory.fill(sides, 1, last + 1);
  memory.fill(sides + last + 1, 0, 255 - last);
  store<u8>(sides + missingBin, load<i32>(split, 16));
}

/** Copies this thread's rows to their place in rowsA, behind those of the threads before it. @returns the left child's rows. */
function placeRows(start: i32, begin: i32, end: i32, leftHere: i32): i32 {
  let leftBefore: i32 = 0;
  let leftCount: i32 = 0;
  for (let thread = 0; thread < threadCount; thread++) {
    const here = load<i32>(threadCountsAt + (<usize>thread << 6));
    if (thread < threadIndex) leftBefore += here;
    leftCount += here;
  }
  const rightBefore = begin - start - leftBefore;
  memory.copy(rowsAAt + (<usize>(start + leftBefore) << 2), rowsBAt + (<usize>begin << 2), <usize>leftHere << 2);
  memory.copy(
    rowsAAt + (<usize>(start + leftCount + rightBefore) << 2), rowsBAt + (<usize>(begin + leftHere) << 2),
    <usize>(end - begin - leftHere) << 2,
  );
  return leftCount;
}

/** Turns the split leaf's record into its left child's and fills the right child's; notes the split in the parent's node. */
function makeChildren(
  leaf: usize, right: usize, leftCount: i32, leftPacked: i64, rightPacked: i64, leftSlot: i32, rightSlot: i32,
): void {
  const split = leaf + splitInLeaf;
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
  writeLeaf(leaf, start, leftCount, leftPacked, depth, leftSlot, leftNode, leftLower, leftUpper);
  writeLeaf(right, start + leftCount, count - leftCount, rightPacked, depth, rightSlot, leftNode + 1, rightLower, rightUpper);
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
