/**
 * The best border of a node among the features tried: the one that lowers the Gini impurity or the squared error most (Breiman et
 * al., "Classification and Regression Trees", 1984). With w the weight of a side and w_k that of class k, S the sum of the targets:
 *
 *     classes       score = Σ w_k²(left) / w(left) + Σ w_k²(right) / w(right)
 *     regression    score = D² · (1 / w(left) + 1 / w(right)),  D = S(left) − w(left) · S / w
 *
 * Only bins that aren't empty are looked at; a border lies between two of them, `bestLower` and `bestUpper`. Scores are computed as
 * models/trees/classificationSearch.ts does, so that equal scores are equal here too; the first feature tried wins.
 */
import { thresholdBytes } from '../common/binning';
import { nextUint32 } from '../common/random';
import { bitmapIn, cellBytes, clearSlot, rowsIn } from './histograms';
import { classCount, minImpurityDecrease, minSamplesLeaf, randomBorders, sumsAt, thresholdsAt } from './layout';
import { classWeight, mostClasses, nodeClass, nodeCount, nodeTarget, nodeWeight } from './nodeSums';

export let bestFeature: i32 = -1;
export let bestLower: i32 = 0;
export let bestUpper: i32 = 0;
let bestScore: f64 = 0;
let perfectScore: f64 = 0;
let leastScore: f64 = 0;

/** The scan at hand. */
let lowerBin: i32 = -1;
let leftRows: i32 = 0;
let leftWeight: f64 = 0;
let leftSquares: f64 = 0;
let rightSquares: f64 = 0;
let leftTarget: f64 = 0;
let leftPacked: i64 = 0;
let varies: bool = false;
/** Random borders: the last bin left of the border drawn; −1: none. */
let drawnBin: i32 = -1;

/** Class weights left of the border, f64[32]. */
// @ts-ignore: decorator
@inline
function leftClass(label: i32): usize {
  return sumsAt + mostClasses * 8 + (<usize>label << 3);
}

/** @param treeWeight weight of all the tree's records. */
export function startSearch(treeWeight: f64): void {
  bestFeature = -1;
  bestScore = -Infinity;
  // Both sides of a border are pure when the squares of their weights, over the weights, are the weights.
  perfectScore = classCount == 0 ? Infinity : nodeWeight - 1e-12 * nodeWeight;
  leastScore = -Infinity;
  if (minImpurityDecrease > 0) leastScore = minImpurityDecrease * treeWeight + (classCount == 0 ? 0 : nodeSquares() / nodeWeight);
}

/** Whether no other feature can do better: classes only. */
export function isPerfect(): bool {
  return bestScore >= perfectScore;
}

function nodeSquares(): f64 {
  let sum: f64 = 0;
  for (let label = 0; label < classCount; label++) sum += nodeClass(label) * nodeClass(label);
  return sum;
}

/** Scans and clears a slot filled by `addFive`. @returns whether the feature varies among the node's records. */
export function scanAll(slot: usize, feature: i32, stream: usize): bool {
  startScan();
  if (randomBorders != 0) drawBorder(feature, firstUsed(slot), lastUsed(slot), stream);
  for (let bin = 0; bin < 256 && leftRows < nodeCount; bin++) {
    if (!isEmpty(slot, bin)) visit(slot, feature, bin);
  }
  clearSlot(slot);
  return varies;
}

/** Scans and clears a slot filled by `addFeature`. @returns whether the feature varies among the node's records. */
export function scanTouched(slot: usize, feature: i32, stream: usize): bool {
  startScan();
  const bitmap = bitmapIn(slot);
  if (randomBorders != 0) {
    let first = -1;
    let last = -1;
    for (let word = 0; word < 4; word++) {
      const bits = load<u64>(bitmap + (<usize>word << 3));
      if (bits == 0) continue;
      if (first < 0) first = (word << 6) + <i32>ctz<u64>(bits);
      last = (word << 6) + 63 - <i32>clz<u64>(bits);
    }
    drawBorder(feature, first, last, stream);
  }
  for (let word = 0; word < 4; word++) {
    let bits = load<u64>(bitmap + (<usize>word << 3));
    store<u64>(bitmap + (<usize>word << 3), 0);
    while (bits != 0) {
      const bin = (word << 6) + <i32>ctz<u64>(bits);
      bits &= bits - 1;
      visit(slot, feature, bin);
      clearBin(slot, bin);
    }
  }
  return varies;
}

function startScan(): void {
  lowerBin = -1;
  leftRows = 0;
  leftWeight = 0;
  leftSquares = 0;
  leftTarget = 0;
  leftPacked = 0;
  varies = false;
  drawnBin = -1;
  if (classCount > 2) {
    rightSquares = nodeSquares();
    memory.fill(leftClass(0), 0, mostClasses * 8);
  }
}

/**
 * Draws a value evenly between the middles of the node's least and greatest bin, and takes the border next above it: as extra trees
 * draw a value between a node's least and greatest one (Geurts, Ernst, Wehenkel 2006), also where none of its records lies.
 */
function drawBorder(feature: i32, first: i32, last: i32, stream: usize): void {
  drawnBin = -1;
  if (last <= first) return;
  const thresholds = thresholdsAt + <usize>feature * thresholdBytes;
  const low = middleOf(thresholds, first);
  const value = low + (<f64>nextUint32(stream) / 4294967296.0) * (middleOf(thresholds, last) - low);
  drawnBin = first;
  while (drawnBin < last - 1 && load<f64>(thresholds + (<usize>drawnBin << 3)) < value) drawnBin++;
}

/** About where the values of a bin lie; the outermost bins are taken to be as wide as their neighbours. */
function middleOf(thresholds: usize, bin: i32): f64 {
  const below = bin > 0 ? load<f64>(thresholds + (<usize>(bin - 1) << 3)) : f64.NEGATIVE_INFINITY;
  const above = load<f64>(thresholds + (<usize>bin << 3));
  if (bin == 0) {
    const next = load<f64>(thresholds, 8);
    return isFinite<f64>(next - above) ? above - (next - above) / 2 : above;
  }
  if (!isFinite<f64>(above)) return bin > 1 ? below + (below - load<f64>(thresholds + (<usize>(bin - 2) << 3))) / 2 : below;
  return below / 2 + above / 2;
}

function firstUsed(slot: usize): i32 {
  let bin = 0;
  while (bin < 256 && isEmpty(slot, bin)) bin++;
  return bin;
}

function lastUsed(slot: usize): i32 {
  let bin = 255;
  while (bin >= 0 && isEmpty(slot, bin)) bin--;
  return bin;
}

// @ts-ignore: decorator
@inline
function isEmpty(slot: usize, bin: i32): bool {
  if (classCount == 2) return load<i64>(slot + (<usize>bin << 3)) == 0;
  if (classCount == 0) return load<f64>(slot + (<usize>bin << 4)) == 0;
  const cell = slot + <usize>bin * cellBytes();
  let any: i32 = 0;
  for (let label = 0; label < classCount; label++) any |= load<i32>(cell + (<usize>label << 2));
  return any == 0;
}

// @ts-ignore: decorator
@inline
function clearBin(slot: usize, bin: i32): void {
  if (classCount == 2) store<i64>(slot + (<usize>bin << 3), 0);
  else if (classCount == 0) v128.store(slot + (<usize>bin << 4), i64x2.splat(0));
  else memory.fill(slot + <usize>bin * cellBytes(), 0, cellBytes());
  if (minSamplesLeaf > 1) store<i32>(rowsIn(slot) + (<usize>bin << 2), 0);
}

/** Judges the border before a used bin, then moves the bin to the left. */
// @ts-ignore: decorator
@inline
function visit(slot: usize, feature: i32, bin: i32): void {
  if (lowerBin >= 0) {
    varies = true;
    const drawn = randomBorders == 0 || (lowerBin <= drawnBin && drawnBin < bin);
    const enough = minSamplesLeaf == 1 || (leftRows >= minSamplesLeaf && nodeCount - leftRows >= minSamplesLeaf);
    if (drawn && enough) {
      const score = scoreOfBorder();
      if (score > bestScore && score >= leastScore) {
        bestScore = score;
        bestFeature = feature;
        bestLower = randomBorders == 0 ? lowerBin : drawnBin;
        bestUpper = randomBorders == 0 ? bin : drawnBin + 1;
      }
    }
  }
  lowerBin = bin;
  if (minSamplesLeaf > 1) leftRows += load<i32>(rowsIn(slot) + (<usize>bin << 2));
  if (classCount == 2) leftPacked += load<i64>(slot + (<usize>bin << 3));
  else if (classCount == 0) {
    leftWeight += load<f64>(slot + (<usize>bin << 4));
    leftTarget += load<f64>(slot + (<usize>bin << 4), 8);
  } else moveClasses(slot + <usize>bin * cellBytes());
}

function moveClasses(cell: usize): void {
  for (let label = 0; label < classCount; label++) {
    const count = load<i32>(cell + (<usize>label << 2));
    if (count == 0) continue;
    const weight = <f64>count * classWeight(label);
    const left = load<f64>(leftClass(label));
    const right = nodeClass(label) - left;
    leftSquares += (left + weight) * (left + weight) - left * left;
    rightSquares += (right - weight) * (right - weight) - right * right;
    leftWeight += weight;
    store<f64>(leftClass(label), left + weight);
  }
}

// @ts-ignore: decorator
@inline
function scoreOfBorder(): f64 {
  if (classCount == 0) {
    const deviation = leftTarget - leftWeight * (nodeTarget / nodeWeight);
    return deviation * deviation * (1.0 / leftWeight + 1.0 / (nodeWeight - leftWeight));
  }
  if (classCount > 2) return leftSquares / leftWeight + rightSquares / (nodeWeight - leftWeight);
  const ones = leftPacked >> 32;
  const one = <f64>ones * classWeight(1);
  const zero = <f64>((leftPacked & 0xffffffff) - ones) * classWeight(0);
  const rightZero = nodeClass(0) - zero;
  const rightOne = nodeClass(1) - one;
  return (zero * zero + one * one) / (zero + one) + (rightZero * rightZero + rightOne * rightOne) / (nodeWeight - (zero + one));
}
