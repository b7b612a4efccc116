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
 *
 * A search record is a candidate and behind it the facts of its leaf:
 *
 *     64  f64  gradient G                           96  f64  lower bound of the value
 *     72  f64  hessian H                            104 f64  upper bound
 *     80  f64  least hessian of a side              112 f64  the candidate's worth (scanBorders), or that of a worse one before it
 *     88  f64  rows per hessian                     120 i32  node
 */
import { gradientUnit, hessianUnit } from './gradients';
import {
  binCountsAt, categorySmoothing, categoryTablesAt, featureBytes, featureMasksAt, featureCount, hasMissingAt, histogramBins, l2,
  minHessian, minSamplesLeaf, missingBin, monotonicAt, scratchAt, scratchBytes,
} from './layout';
import { threadIndex } from '../common/team';

export const candidateBytes: i32 = 64;
/** Bytes of a candidate with the facts of the leaf that it is searched in. */
export const searchBytes: i32 = 128;
/** Less than 1 by more than the rounding errors of a comparison. */
const nearlyOne: f64 = 1.0 - 1e-12;
/** Stands for a border that is still to be found. */
const pendingBin: i32 = -1;

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
 * Starts the search for the best split of a leaf: writes its facts behind the candidate.
 *
 * @param packed the leaf's sums. @param count its rows. @param node number of its node, for the feature mask.
 */
export function beginSearch(search: usize, packed: i64, count: i32, node: i32, lower: f64, upper: f64): void {
  const hessian = hessianOf(packed);
  // Rows are counted by their share of the hessian, exactly so where every row's is 1; as LightGBM does.
  const byCount = hessian * <f64>minSamplesLeaf / <f64>count;
  store<f64>(search, 0);
  store<f64>(search, gradientOf(packed), 64);
  store<f64>(search, hessian, 72);
  store<f64>(search, max(max(byCount * (1.0 - 1e-12), hessianUnit > 0 ? minHessian / hessianUnit : 1.0), 1e-300), 80);
  store<f64>(search, <f64>count / hessian, 88);
  store<f64>(search, lower, 96);
  store<f64>(search, upper, 104);
  store<f64>(search, 0, 112);
  store<i32>(search, node, 120);
}

/** Searches a feature. `cells`: its histogram in the leaf. */
export function searchFeature(search: usize, feature: i32, cells: usize): void {
  if (featureMasksAt != 0 && load<u8>(featureMasksAt + <usize>load<i32>(search, 120) * featureCount + feature) == 0) return;
  if (load<usize>(categoryTablesAt + (<usize>feature << 3)) != 0) searchCategories(search, feature, cells);
  else if (monotonicAt != 0) searchBounded(search, feature, cells);
  else searchOrdered(search, feature, cells);
}

/**
 * Finds the border of the best split where only its worth is known so far.
 *
 * @param histogram of all features, in the leaf.
 */
export function finishSearch(search: usize, histogram: usize): void {
  if (load<f64>(search) > 0 && load<i32>(search, 12) == pendingBin) findBorder(search, histogram);
}

/** Borders between ordered bins. */
function searchOrdered(search: usize, feature: i32, cells: usize): void {
  const bins = load<i32>(binCountsAt + (<usize>feature << 2));
  const missing = load<i64>(cells, missingBin * 8);
  keepOrdered(search, feature, scanBorders(search, cells, bins, 0), 0);
  if (missing != 0 && load<u8>(hasMissingAt + feature) != 0) {
    keepOrdered(search, feature, scanBorders(search, cells, bins, missing), 1);
  }
}

/**
 * The greatest worth of a border if it beats the candidate's, else 0 or one that doesn't. With S = H + 2 λ, l = H_L + λ and r = S − l,
 *
 *     G_L² / l + G_R² / r = ((G_L S − G l)² / (l r) + G²) / S
 *
 * so borders compare by the first fraction, their worth. Two borders a turn are only asked whether one's numerator exceeds the best
 * worth times its denominator (less a margin for rounding), which few do; those are divided. An odd number of bins brings one cell
 * more along, whose border no row is right of. Bins at either end that leave a side too small are passed over.
 *
 * @param initial what is left of the first bin.
 */
export function scanBorders(search: usize, cells: usize, bins: i32, initial: i64): f64 {
  const hessian = load<f64>(search, 72);
  const total = f64x2.splat(hessian + 2.0 * ridge());
  const gradient = f64x2.splat(load<f64>(search, 64));
  const added = f64x2.splat(ridge());
  const zero = i64x2.splat(0);
  const enough = <i64>Math.ceil(load<f64>(search, 80));
  const end = lastEnough(cells, bins, initial == 0 ? load<i64>(cells, missingBin * 8) : 0, enough);
  let passed = initial;
  let cell = cells;
  for (; cell < end; cell += 16) {
    const sum = passed + load<i64>(cell) + load<i64>(cell, 8);
    if ((sum & 0xffffffff) >= enough) break;
    passed = sum;
  }
  let before = i64x2.splat(passed);
  let best: f64 = 0;
  let bar = f64x2.splat(load<f64>(search, 112) * nearlyOne);
  for (; cell < end; cell += 16) {
    const pair = v128.load(cell);
    const sums = i64x2.add(i64x2.add(pair, v128.shuffle<i64>(zero, pair, 0, 2)), before);
    before = v128.shuffle<i64>(sums, sums, 1, 1);
    const left = f64x2.add(f64x2.convert_low_i32x4_s(v128.shuffle<i32>(sums, sums, 0, 2, 0, 2)), added);
    const gLeft = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(sums, sums, 1, 3, 1, 3));
    const apart = f64x2.sub(f64x2.mul(gLeft, total), f64x2.mul(gradient, left));
    const squared = f64x2.mul(apart, apart);
    const divisor = f64x2.mul(left, f64x2.sub(total, left));
    if (v128.any_true(f64x2.gt(squared, f64x2.mul(bar, divisor)))) {
      const worth = allowedWorth(search, sums, f64x2.div(squared, divisor));
      if (worth > best) {
        best = worth;
        bar = f64x2.splat(max(worth * nearlyOne, f64x2.extract_lane(bar, 0)));
      }
    }
  }
  return best;
}

/** The greater of two borders' worths that leave each side enough hessian; 0 where neither does. */
function allowedWorth(search: usize, sums: v128, worth: v128): f64 {
  const hessian = load<f64>(search, 72);
  const least = load<f64>(search, 80);
  const most = hessian - least;
  const hFirst = hessianOf(i64x2.extract_lane(sums, 0));
  const hSecond = hessianOf(i64x2.extract_lane(sums, 1));
  const first = hFirst >= least && hFirst <= most ? f64x2.extract_lane(worth, 0) : 0;
  return hSecond >= least && hSecond <= most ? max(first, f64x2.extract_lane(worth, 1)) : first;
}

/** The end of the pairs of cells behind whose first the right side has `enough` hessian. `sum`: what is right of the last bin. */
// @ts-ignore: decorator
@inline
function lastEnough(cells: usize, bins: i32, sum: i64, enough: i64): usize {
  let end = cells + (<usize>((bins + 1) & ~1) << 3);
  for (; end > cells; end -= 16) {
    // A pair's first border has its second cell on the right, when that is a bin's.
    const first = sum + (bins == missingBin && end == cells + 2048 ? 0 : load<i64>(end - 8));
    if ((first & 0xffffffff) >= enough) break;
    sum = first + load<i64>(end - 16);
  }
  return end;
}

/** Keeps a border of which only the worth is known where it beats the candidate. */
function keepOrdered(search: usize, feature: i32, worth: f64, missingLeft: i32): void {
  if (worth <= 0) return;
  const gradient = load<f64>(search, 64);
  const hessian = load<f64>(search, 72);
  const lambda = ridge();
  const gain = realGain((worth + gradient * gradient) / (hessian + 2.0 * lambda) - gradient * gradient / (hessian + lambda));
  if (gain <= load<f64>(search)) return;
  keep(search, gain, feature, pendingBin, missingLeft, 0, 0);
  store<f64>(search, worth, 112);
}

/** The first border that has the candidate's worth, by the arithmetic of `scanBorders`. */
function findBorder(search: usize, histogram: usize): void {
  const feature = load<i32>(search, 8);
  const cells = histogram + <usize>feature * featureBytes;
  const hessian = load<f64>(search, 72);
  const least = load<f64>(search, 80);
  const most = hessian - least;
  const gradient = load<f64>(search, 64);
  const worth = load<f64>(search, 112);
  const lambda = ridge();
  const total = hessian + 2.0 * lambda;
  let left: i64 = load<i32>(search, 16) != 0 ? load<i64>(cells, missingBin * 8) : 0;
  for (let bin = 0; bin < histogramBins; bin++) {
    left += load<i64>(cells + (<usize>bin << 3));
    const hLeft = hessianOf(left);
    if (hLeft < least || hLeft > most) continue;
    const divisor = hLeft + lambda;
    const apart = gradientOf(left) * total - gradient * divisor;
    if (apart * apart / (divisor * (total - divisor)) == worth) {
      store<i32>(search, bin, 12);
      store<i64>(search, left, 24);
      return;
    }
  }
  unreachable();
}

/** λ in the unit of the integers. */
// @ts-ignore: decorator
@inline
function ridge(): f64 {
  return hessianUnit > 0 ? l2 / hessianUnit : 0;
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
function boundedGain(search: usize, left: i64, direction: i32): f64 {
  const totalGradient = load<f64>(search, 64);
  const totalHessian = load<f64>(search, 72);
  const leastHessian = load<f64>(search, 80);
  const lowerBound = load<f64>(search, 96);
  const upperBound = load<f64>(search, 104);
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
function searchBounded(candidate: usize, feature: i32, cells: usize): void {
  const direction = load<i8>(monotonicAt + feature);
  const bins = load<i32>(binCountsAt + (<usize>feature << 2));
  const missing = load<i64>(cells, missingBin * 8);
  const sides = missing != 0 && load<u8>(hasMissingAt + feature) != 0 ? 2 : 1;
  for (let missingLeft = 0; missingLeft < sides; missingLeft++) {
    let left: i64 = missingLeft != 0 ? missing : 0;
    for (let bin = 0; bin < bins; bin++) {
      left += load<i64>(cells + (<usize>bin << 3));
      const gain = boundedGain(candidate, left, direction);
      if (gain > load<f64>(candidate)) keep(candidate, gain, feature, bin, missingLeft, 0, left);
    }
  }
}

/**
 * Categories, the missing ones among them, sorted by G / (rows + smoothing) by insertion; then a prefix of them goes left, from
 * either end. Categories with fewer rows than the smoothing are too rare to be told apart: they stay on the other side. Rows are
 * estimated by the hessian, as everywhere.
 */
function searchCategories(candidate: usize, feature: i32, cells: usize): void {
  // Orders of categories (u8[256]) and keys (f64[256]); behind the block buffer of histogram.ts.
  const keys = scratchAt + <usize>threadIndex * scratchBytes + 4096;
  const order = keys + 2048;
  const bins = load<i32>(binCountsAt + (<usize>feature << 2));
  const rowsPerHessian = load<f64>(candidate, 88);
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
      const gain = boundedGain(candidate, left, 0);
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
