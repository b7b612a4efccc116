/**
 * The best border of a large node, from histograms of the features tried, five at a time.
 *
 * Of borders before and behind an empty bin, which leave the same records on each side, a scan keeps the first.
 *
 * sumsAt: f64[32] the node's classes (nodeSums.ts), f64[32] counts of classes left of a border.
 */
import { drawFeatures, featureAt } from './features';
import { addFive, cellBytes, clearSlot, rowsIn, sixClassesBytes, slotAt, slots } from './histograms';
import { classCount, classWeightsAt, featureCount, maxFeatures, minSamplesLeaf, randomBorders, recordStride, sumsAt, weighted } from './layout';
import { classWeight, mostClasses, nodeCount, nodeSquares, nodeTarget, nodeWeight, sumOfLanes } from './nodeSums';
import { drawBorder } from './randomBorder';
import { bestFeature, isBetter, offer, startSearch, worthOfClasses, worthOfSums, worthOfTwo, worthOfTwoClasses } from './search';

/** The bin left of the border that a scan found. */
let bestBin: i32 = -1;

/** Looks for the best border of records [first, after): tries `maxFeatures` features, and on until one varies. @returns whether there is one. */
export function findBorderOfLarge(first: usize, after: usize, stream: usize, treeWeight: f64): bool {
  startSearch(treeWeight, nodeWeight, nodeSquares);
  drawFeatures(stream, 0, maxFeatures);
  for (let tried = 0; tried < maxFeatures; tried += slots) {
    const last = min(tried + slots, maxFeatures) - 1;
    tryFeatures(tried, last, first, after, stream);
  }
  if (bestFeature >= 0) return true;
  let varies = false;
  for (let tried = 0; tried < maxFeatures && !varies; tried++) varies = !isConstant(featureAt(tried), first, after);
  for (let tried = maxFeatures; tried < featureCount && !varies; tried++) {
    drawFeatures(stream, tried, 1);
    varies = !isConstant(featureAt(tried), first, after);
    if (varies) tryFeatures(tried, tried, first, after, stream);
  }
  return bestFeature >= 0;
}

/** Fills, judges and clears the histograms of the features at places tried … last of the draw. */
function tryFeatures(tried: i32, last: i32, first: usize, after: usize, stream: usize): void {
  // Fewer than five repeat the last one in slots that nobody reads.
  addFive(
    featureAt(tried), featureAt(min(tried + 1, last)), featureAt(min(tried + 2, last)), featureAt(min(tried + 3, last)),
    featureAt(min(tried + 4, last)), first, after,
  );
  for (let place = tried; place <= last; place++) {
    const slot = slotAt(place - tried);
    const feature = featureAt(place);
    if (randomBorders != 0) {
      judgeDrawnBorder(slot, feature, stream);
      continue;
    }
    const worth = minSamplesLeaf > 1 ? scanWithLeaves(slot) : classCount <= 2 ? scanPairs(slot) : classCount <= 6 ? scanSixClasses(slot) : scanClasses(slot);
    if (isBetter(worth)) offer(worth, feature, bestBin, nextUsed(slot, bestBin));
  }
  for (let slot = 0; slot < slots; slot++) clearSlot(slotAt(slot));
}

function isConstant(feature: i32, first: usize, after: usize): bool {
  const bin = load<u8>(first + feature);
  for (let record = first; record < after; record += recordStride) {
    if (load<u8>(record + feature) != bin) return false;
  }
  return true;
}

/** A bin's sums: count and count · target, or for two classes count and count of class 1. */
// @ts-ignore: decorator
@inline
function pairOf(slot: usize, bin: i32): v128 {
  if (classCount == 0) return v128.load(slot + (<usize>bin << 4));
  return f64x2.convert_low_i32x4_s(v128.load64_zero(slot + (<usize>bin << 3)));
}

/** The greatest worth of a histogram, of two borders at a time; values and two classes. */
export function scanPairs(slot: usize): f64 {
  const weight = f64x2.splat(nodeWeight);
  const target = f64x2.splat(nodeTarget);
  const weight0 = f64x2.splat(classWeight(0));
  const weight1 = f64x2.splat(classWeight(1));
  const isWeighted = weighted != 0;
  let left = f64x2.splat(0);
  let best = f64x2.splat(-1);
  let bins = i64x2(0, 1);
  let bestBins = bins;
  for (let bin = 0; bin < 256; bin += 2) {
    const lower = f64x2.add(left, pairOf(slot, bin));
    left = f64x2.add(lower, pairOf(slot, bin + 1));
    let weights = i64x2.shuffle(lower, left, 0, 2);
    let targets = i64x2.shuffle(lower, left, 1, 3);
    if (isWeighted) {
      weights = f64x2.add(f64x2.mul(weights, weight0), f64x2.mul(targets, f64x2.sub(weight1, weight0)));
      targets = f64x2.mul(targets, weight1);
    }
    const worth = worthOfTwo(weights, targets, weight, target);
    bestBins = v128.bitselect(bins, bestBins, f64x2.gt(worth, best));
    best = f64x2.pmax(best, worth);
    bins = i64x2.add(bins, i64x2.splat(2));
  }
  const even = f64x2.extract_lane(best, 0);
  const odd = f64x2.extract_lane(best, 1);
  const evenBin = <i32>i64x2.extract_lane(bestBins, 0);
  const oddBin = <i32>i64x2.extract_lane(bestBins, 1);
  bestBin = even > odd || (even == odd && evenBin < oddBin) ? evenBin : oddBin;
  return max(even, odd);
}

// @ts-ignore: decorator
@inline
function leftCounts(label: i32): usize {
  return sumsAt + mostClasses * 8 + (<usize>label << 3);
}

/** Moves a bin's classes to the left. @returns the worth of the border behind it. */
// @ts-ignore: decorator
@inline
function moveClasses(cell: usize): f64 {
  let weights = f64x2.splat(0);
  let squares = f64x2.splat(0);
  let products = f64x2.splat(0);
  for (let label = 0; label < classCount; label += 2) {
    const at = <usize>label << 3;
    const counts = f64x2.add(v128.load(leftCounts(label)), f64x2.convert_low_i32x4_s(v128.load64_zero(cell + (at >> 1))));
    v128.store(leftCounts(label), counts);
    const own = f64x2.mul(counts, v128.load(classWeightsAt + at));
    weights = f64x2.add(weights, own);
    squares = f64x2.add(squares, f64x2.mul(own, own));
    products = f64x2.add(products, f64x2.mul(own, v128.load(sumsAt + at)));
  }
  const weight = sumOfLanes(weights);
  if (weight <= 0 || weight >= nodeWeight) return NaN;
  return worthOfClasses(weight, sumOfLanes(squares), sumOfLanes(products), nodeWeight, nodeSquares);
}

/** The greatest worth of a histogram; more classes. */
export function scanClasses(slot: usize): f64 {
  memory.fill(leftCounts(0), 0, mostClasses * 8);
  const stride = <usize>cellBytes();
  let cell = slot;
  let best: f64 = -1;
  for (let bin = 0; bin < 256; bin++) {
    const worth = moveClasses(cell);
    if (worth > best) {
      best = worth;
      bestBin = bin;
    }
    cell += stride;
  }
  return best;
}

/** `scanClasses` for up to six classes, whose sums stay in registers, two borders at a time. */
export function scanSixClasses(slot: usize): f64 {
  const weight = f64x2.splat(nodeWeight);
  const squares = f64x2.splat(nodeSquares);
  const node0 = v128.load(sumsAt), node1 = v128.load(sumsAt, 16), node2 = v128.load(sumsAt, 32);
  const weight0 = v128.load(classWeightsAt), weight1 = v128.load(classWeightsAt, 16), weight2 = v128.load(classWeightsAt, 32);
  let left0 = f64x2.splat(0), left1 = left0, left2 = left0;
  let best: f64 = -1;
  for (let bin = 0; bin < 256; bin += 2) {
    const cell = slot + <usize>bin * sixClassesBytes;
    left0 = f64x2.add(left0, f64x2.convert_low_i32x4_s(v128.load64_zero(cell)));
    left1 = f64x2.add(left1, f64x2.convert_low_i32x4_s(v128.load64_zero(cell, 8)));
    left2 = f64x2.add(left2, f64x2.convert_low_i32x4_s(v128.load64_zero(cell, 16)));
    let own0 = f64x2.mul(left0, weight0), own1 = f64x2.mul(left1, weight1), own2 = f64x2.mul(left2, weight2);
    const weights = f64x2.add(f64x2.add(own0, own1), own2);
    const ownSquares = f64x2.add(f64x2.add(f64x2.mul(own0, own0), f64x2.mul(own1, own1)), f64x2.mul(own2, own2));
    const products = f64x2.add(f64x2.add(f64x2.mul(own0, node0), f64x2.mul(own1, node1)), f64x2.mul(own2, node2));
    left0 = f64x2.add(left0, f64x2.convert_low_i32x4_s(v128.load64_zero(cell, 24)));
    left1 = f64x2.add(left1, f64x2.convert_low_i32x4_s(v128.load64_zero(cell, 32)));
    left2 = f64x2.add(left2, f64x2.convert_low_i32x4_s(v128.load64_zero(cell, 40)));
    own0 = f64x2.mul(left0, weight0);
    own1 = f64x2.mul(left1, weight1);
    own2 = f64x2.mul(left2, weight2);
    const weightsOfNext = f64x2.add(f64x2.add(own0, own1), own2);
    const squaresOfNext = f64x2.add(f64x2.add(f64x2.mul(own0, own0), f64x2.mul(own1, own1)), f64x2.mul(own2, own2));
    const productsOfNext = f64x2.add(f64x2.add(f64x2.mul(own0, node0), f64x2.mul(own1, node1)), f64x2.mul(own2, node2));
    const worth = worthOfTwoClasses(
      sumsOfLanes(weights, weightsOfNext), sumsOfLanes(ownSquares, squaresOfNext), sumsOfLanes(products, productsOfNext), weight, squares,
    );
    if (v128.any_true(f64x2.gt(worth, f64x2.splat(best)))) {
      const first = f64x2.extract_lane(worth, 0);
      const second = f64x2.extract_lane(worth, 1);
      // One of them may be NaN.
      const isFirst = first > best && !(second > first);
      best = isFirst ? first : second;
      bestBin = isFirst ? bin : bin + 1;
    }
  }
  return best;
}

/** The sum of the first's lanes, and that of the second's. */
// @ts-ignore: decorator
@inline
function sumsOfLanes(first: v128, second: v128): v128 {
  return f64x2.add(i64x2.shuffle(first, second, 0, 2), i64x2.shuffle(first, second, 1, 3));
}

/** The greatest worth of a histogram among borders that leave enough records on either side. */
function scanWithLeaves(slot: usize): f64 {
  memory.fill(leftCounts(0), 0, mostClasses * 8);
  let left = f64x2.splat(0);
  let best: f64 = -1;
  let rows: i32 = 0;
  for (let bin = 0; bin < 256; bin++) {
    let worth: f64 = 0;
    if (classCount > 2) worth = moveClasses(slot + <usize>bin * cellBytes());
    else {
      left = f64x2.add(left, pairOf(slot, bin));
      worth = worthOfPair(left);
    }
    rows += load<i32>(rowsIn(slot) + (<usize>bin << 2));
    if (worth > best && rows >= minSamplesLeaf && nodeCount - rows >= minSamplesLeaf) {
      best = worth;
      bestBin = bin;
    }
  }
  return best;
}

/** @param left count and count · target, or count of class 1. */
function worthOfPair(left: v128): f64 {
  let weight = f64x2.extract_lane(left, 0);
  let target = f64x2.extract_lane(left, 1);
  if (weighted != 0) {
    weight = weight * classWeight(0) + target * (classWeight(1) - classWeight(0));
    target = target * classWeight(1);
  }
  return weight <= 0 || weight >= nodeWeight ? NaN : worthOfSums(weight, target, nodeWeight, nodeTarget);
}

/** The first bin behind `bin` that has a record. */
function nextUsed(slot: usize, bin: i32): i32 {
  let used = bin + 1;
  while (isEmpty(slot, used)) used++;
  return used;
}

function isEmpty(slot: usize, bin: i32): bool {
  if (classCount <= 2) return f64x2.extract_lane(pairOf(slot, bin), 0) == 0;
  const cell = slot + <usize>bin * cellBytes();
  for (let at: usize = 0; at < <usize>cellBytes(); at += 8) {
    if (load<i64>(cell + at) != 0) return false;
  }
  return true;
}

/** Draws a border and judges it (extra trees). */
function judgeDrawnBorder(slot: usize, feature: i32, stream: usize): void {
  let first = 0;
  let last = 255;
  while (isEmpty(slot, first)) first++;
  while (isEmpty(slot, last)) last--;
  if (first == last) return;
  const drawn = drawBorder(feature, first, last, stream);
  memory.fill(leftCounts(0), 0, mostClasses * 8);
  let left = f64x2.splat(0);
  let worth: f64 = 0;
  let rows: i32 = 0;
  for (let bin = first; bin <= drawn; bin++) {
    if (classCount > 2) worth = moveClasses(slot + <usize>bin * cellBytes());
    else left = f64x2.add(left, pairOf(slot, bin));
    if (minSamplesLeaf > 1) rows += load<i32>(rowsIn(slot) + (<usize>bin << 2));
  }
  if (minSamplesLeaf > 1 && (rows < minSamplesLeaf || nodeCount - rows < minSamplesLeaf)) return;
  if (classCount <= 2) worth = worthOfPair(left);
  if (isBetter(worth)) offer(worth, feature, drawn, drawn + 1);
}
