/**
 * The best split of a leaf, from its histogram.
 *
 * With G, H the sums of gradients and hessians left (L) and right (R) of a border, the gain of Chen, Guestrin: "XGBoost: A
 * Scalable Tree Boosting System", KDD 2016, eq. 7 (times two, as in scikit-learn):
 *
 *     gain = G_L² / (H_L + λ) + G_R² / (H_R + λ) − G² / (H + λ)
 *
 * Each border is tried with missing values right and, where training has some, left. Categories are sorted by G / (rows + smoothing)
 * and split there (Fisher, "On grouping for maximum homogeneity", JASA 53, 1958). With monotonic constraints a side's value is
 * clipped to the leaf's bounds, and a border whose sides are in the wrong order doesn't count.
 *
 * Everything is computed from integer sums in 64-bit floats, feature by feature; ties go to the lower feature, then the lower
 * bin. So the result is the same whoever searches which feature.
 *
 * Candidate record, bytes:
 *
 *     0   f64  gain; not above 0: no split          20  i32  1: categorical
 *     8   i32  feature                              24  i64  packed sums of the left side
 *     12  i32  last bin that goes left              32  u8[32]  categorical: bit b set, when bin b goes left
 *     16  i32  1: missing goes left
 */
import { gradientUnit, hessianUnit } from './gradients';
import { leafHistogram, usedBins } from './histogram';
import {
  binCountsAt, categorySmoothing, categoryTablesAt, featureBytes, featureMasksAt, featureCount, hasMissingAt, histogramBins, l2,
  minHessian, minSamplesLeaf, missingBin, monotonicAt, scratchAt, scratchBytes,
} from './layout';
import { threadIndex } from '../common/team';

export const candidateBytes: i32 = 64;

/** The leaf at hand. */
let totalGradient: f64 = 0;
let totalHessian: f64 = 0;
let leastHessian: f64 = 0;
let rowsPerHessian: f64 = 0;
let lambda: f64 = 0;
let lowerBound: f64 = 0;
let upperBound: f64 = 0;
let parentTerm: f64 = 0;

/** The best so far in the feature at hand: gain term (without the parent's), border, side of the missing. */
let bestTerm: f64 = 0;
let bestBin: i32 = -1;

// @ts-ignore: decorator
@inline
export function gradientOf(packed: i64): f64 {
  return <f64>(<i32>(packed >> 32));
}

// @ts-ignore: decorator
@inline
export function hessianOf(packed: i64): f64 {
  return <f64>(<u32>packed);
}

/**
 * Searches this thread's share of the features.
 *
 * @param packed the leaf's sums. @param count its rows. @param node number of its node, for the feature mask.
 */
export function searchFeatures(
  slot: i32, packed: i64, count: i32, node: i32, lower: f64, upper: f64, begin: i32, end: i32, candidate: usize,
): void {
  store<f64>(candidate, 0);
  totalGradient = gradientOf(packed);
  totalHessian = hessianOf(packed);
  lambda = hessianUnit > 0 ? l2 / hessianUnit : 0;
  rowsPerHessian = <f64>count / totalHessian;
  // Rows are counted by their share of the hessian, exactly so where every row's is 1; as LightGBM does.
  const byCount = totalHessian * <f64>minSamplesLeaf / <f64>count;
  leastHessian = max(max(byCount * (1.0 - 1e-12), hessianUnit > 0 ? minHessian / hessianUnit : 1.0), 1e-300);
  lowerBound = lower;
  upperBound = upper;
  parentTerm = totalGradient * totalGradient / (totalHessian + lambda);
  const histogram = leafHistogram(slot);
  for (let feature = begin; feature < end; feature++) {
    if (featureMasksAt != 0 && load<u8>(featureMasksAt + <usize>node * featureCount + feature) == 0) continue;
    const cells = histogram + <usize>feature * featureBytes;
    if (load<usize>(categoryTablesAt + (<usize>feature << 3)) != 0) searchCategories(feature, cells, candidate);
    else if (monotonicAt != 0) searchBounded(feature, cells, candidate);
    else searchOrdered(feature, cells, candidate);
  }
}

/** Borders between ordered bins. */
function searchOrdered(feature: i32, cells: usize, candidate: usize): void {
  const missing = load<i64>(cells, missingBin * 8);
  const bins = usedBins(feature);
  scanBorders(cells, bins, 0);
  keepOrdered(feature, cells, candidate, 0, 0);
  if (missing != 0 && load<u8>(hasMissingAt + feature) != 0) {
    scanBorders(cells, bins, missing);
    keepOrdered(feature, cells, candidate, missing, 1);
  }
}

/** Two borders a turn; `initial`: what is left of the first bin. Sets bestTerm and bestBin. */
function scanBorders(cells: usize, bins: i32, initial: i64): void {
  const zero = i64x2.splat(0);
  const gradient = f64x2.splat(totalGradient);
  const hessian = f64x2.splat(totalHessian);
  const least = f64x2.splat(leastHessian);
  const ridge = f64x2.splat(lambda);
  let before = i64x2.splat(initial);
  let best = f64x2.splat(0);
  let bestAt = i64x2.splat(-1);
  let border = i64x2(0, 1);
  const two = i64x2.splat(2);
  const end = cells + (<usize>bins << 3);
  for (let cell = cells; cell < end; cell += 16) {
    const pair = v128.load(cell);
    const sums = i64x2.add(i64x2.add(pair, v128.shuffle<i64>(zero, pair, 0, 2)), before);
    before = v128.shuffle<i64>(sums, sums, 1, 1);
    const gLeft = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(sums, sums, 1, 3, 1, 3));
    const hLeft = f64x2.convert_low_i32x4_u(v128.shuffle<i32>(sums, sums, 0, 2, 0, 2));
    const gRight = f64x2.sub(gradient, gLeft);
    const hRight = f64x2.sub(hessian, hLeft);
    const left = f64x2.add(hLeft, ridge);
    const right = f64x2.add(hRight, ridge);
    const term = f64x2.div(
      f64x2.add(f64x2.mul(f64x2.mul(gLeft, gLeft), right), f64x2.mul(f64x2.mul(gRight, gRight), left)),
      f64x2.mul(left, right),
    );
    const allowed = v128.and(f64x2.ge(hLeft, least), f64x2.ge(hRight, least));
    const better = v128.and(allowed, f64x2.gt(term, best));
    best = v128.bitselect(term, best, better);
    bestAt = v128.bitselect(border, bestAt, better);
    border = i64x2.add(border, two);
  }
  const even = f64x2.extract_lane(best, 0);
  const odd = f64x2.extract_lane(best, 1);
  const evenAt = <i32>i64x2.extract_lane(bestAt, 0);
  const oddAt = <i32>i64x2.extract_lane(bestAt, 1);
  const takeOdd = odd > even || (odd == even && oddAt < evenAt);
  bestTerm = takeOdd ? odd : even;
  bestBin = takeOdd ? oddAt : evenAt;
}

/** Keeps the border found by `scanBorders` where it beats the candidate. */
function keepOrdered(feature: i32, cells: usize, candidate: usize, initial: i64, missingLeft: i32): void {
  const gain = realGain(bestTerm - parentTerm);
  if (bestBin < 0 || gain <= load<f64>(candidate)) return;
  let left = initial;
  for (let bin = 0; bin <= bestBin; bin++) left += load<i64>(cells + (<usize>bin << 3));
  keep(candidate, gain, feature, bestBin, missingLeft, 0, left);
}

// @ts-ignore: decorator
@inline
function realGain(difference: f64): f64 {
  return difference * gradientUnit * gradientUnit / hessianUnit;
}

function keep(candidate: usize, gain: f64, feature: i32, bin: i32, missingLeft: i32, categorical: i32, left: i64): void {
  store<f64>(candidate, gain);
  store<i32>(candidate, feature, 8);
  store<i32>(candidate, bin, 12);
  store<i32>(candidate, missingLeft, 16);
  store<i32>(candidate, categorical, 20);
  store<i64>(candidate, left, 24);
}

/** A side's value −G / (H + λ), without learning rate, clipped to the leaf's bounds. */
export function boundedValue(gradient: f64, hessian: f64, lower: f64, upper: f64): f64 {
  const divisor = hessian * hessianUnit + l2;
  const value = divisor > 0 ? -gradient * gradientUnit / divisor : 0;
  return max(lower, min(upper, value));
}

/**
 * The gain of a border when values are bounded: with clipped values v the loss falls by −G v, so gain = G v − G_L v_L − G_R v_R, which is
 * the formula above where nothing is clipped (scikit-learn, _splitting.pyx). −1: the border breaks the constraint.
 */
function boundedGain(left: i64, direction: i32): f64 {
  const gLeft = gradientOf(left);
  const hLeft = hessianOf(left);
  const gRight = totalGradient - gLeft;
  const hRight = totalHessian - hLeft;
  if (hLeft < leastHessian || hRight < leastHessian) return -1;
  const vLeft = boundedValue(gLeft, hLeft, lowerBound, upperBound);
  const vRight = boundedValue(gRight, hRight, lowerBound, upperBound);
  if ((direction > 0 && vLeft > vRight) || (direction < 0 && vLeft < vRight)) return -1;
  const own = boundedValue(totalGradient, totalHessian, lowerBound, upperBound);
  return gradientUnit * (totalGradient * own - gLeft * vLeft - gRight * vRight);
}

/** Borders between ordered bins under monotonic constraints. */
function searchBounded(feature: i32, cells: usize, candidate: usize): void {
  const direction = load<i8>(monotonicAt + feature);
  const bins = load<i32>(binCountsAt + (<usize>feature << 2));
  const missing = load<i64>(cells, missingBin * 8);
  const sides = missing != 0 && load<u8>(hasMissingAt + feature) != 0 ? 2 : 1;
  for (let missingLeft = 0; missingLeft < sides; missingLeft++) {
    let left: i64 = missingLeft != 0 ? missing : 0;
    for (let bin = 0; bin < bins; bin++) {
      left += load<i64>(cells + (<usize>bin << 3));
      const gain = boundedGain(left, direction);
      if (gain > load<f64>(candidate)) keep(candidate, gain, feature, bin, missingLeft, 0, left);
    }
  }
}

/**
 * Categories, the missing ones among them, sorted by G / (rows + smoothing) by insertion; then a prefix of them goes left, from
 * either end. Categories with fewer rows than the smoothing are too rare to be told apart: they stay on the other side. Rows are
 * estimated by the hessian, as everywhere.
 */
function searchCategories(feature: i32, cells: usize, candidate: usize): void {
  // Orders of categories (u8[256]) and keys (f64[256]); behind the block buffer of histogram.ts.
  const keys = scratchAt + <usize>threadIndex * scratchBytes + 4096;
  const order = keys + 2048;
  const bins = load<i32>(binCountsAt + (<usize>feature << 2));
  let used: i32 = 0;
  for (let bin = 0; bin < histogramBins; bin++) {
    if (bin >= bins && bin != missingBin) continue;
    const packed = load<i64>(cells + (<usize>bin << 3));
    const rows = hessianOf(packed) * rowsPerHessian;
    if (packed == 0 || rows < categorySmoothing) continue;
    const key = gradientOf(packed) / (rows + categorySmoothing);
    let place = used;
    for (; place > 0 && load<f64>(keys + (<usize>(place - 1) << 3)) > key; place--) {
      store<f64>(keys + (<usize>place << 3), load<f64>(keys + (<usize>(place - 1) << 3)));
      store<u8>(order + place, load<u8>(order + place - 1));
    }
    store<f64>(keys + (<usize>place << 3), key);
    store<u8>(order + place, bin);
    used++;
  }
  let best: i32 = -1;
  let fromTop: i32 = 0;
  let bestLeft: i64 = 0;
  let bestGain = load<f64>(candidate);
  for (let side = 0; side < 2; side++) {
    let left: i64 = 0;
    for (let place = 0; place < used; place++) {
      left += load<i64>(cells + (<usize>load<u8>(order + (side == 0 ? place : used - 1 - place)) << 3));
      const gain = boundedGain(left, 0);
      if (gain > bestGain) {
        bestGain = gain;
        best = place;
        fromTop = side;
        bestLeft = left;
      }
    }
  }
  if (best < 0) return;
  memory.fill(candidate + 32, 0, 32);
  let missingLeft: i32 = 0;
  for (let place = 0; place <= best; place++) {
    const bin = <i32>load<u8>(order + (fromTop == 0 ? place : used - 1 - place));
    const byte = candidate + 32 + (bin >> 3);
    store<u8>(byte, <i32>load<u8>(byte) | (1 << (bin & 7)));
    if (bin == missingBin) missingLeft = 1;
  }
  keep(candidate, bestGain, feature, 0, missingLeft, 1, bestLeft);
}
