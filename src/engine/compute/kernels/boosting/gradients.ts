/**
 * Gradient and hessian of the loss at each row's score, as integers.
 *
 * Per row and output 8 bytes: the gradient in the high, the hessian in the low half of one i64, so one 64-bit addition adds
 * both, and sums are exact whatever their order: neither threads nor subtraction of histograms change a bit. No carry crosses the
 * halves: hessians are not negative and the scales are chosen so that the sums over all rows stay below 2³¹.
 *
 *     gradient ≈ integer / gradientScale,  gradientScale = (2³¹ − 1 − n) / Σ |gradient|
 *     hessian  ≈ integer / hessianScale,   hessianScale = (2³¹ − 1 − n) / Σ hessian, or 1 where every hessian is 1
 *
 * The sums are taken over blocks of 512 rows, and the blocks' sums are added in order, so they don't depend on threads.
 * Losses as in scikit-learn's HistGradientBoosting; Huber as in Friedman, "Greedy function approximation: a gradient boosting
 * machine", Annals of Statistics 29(5), 2001.
 */
import { replaceByExponentials } from '../common/exponential';
import { barrier, threadCount, threadIndex } from '../common/team';
import {
  blockSumsAt, constantHessian, gradientsAt, loss, lossParameter, outputCount, rowCount, rowPadded, scoresAt, scratchAt, scratchBytes,
  targetAt, weightsAt,
} from './layout';
import { firstOwnRow, nextOwnRow, ownBlockRows } from './ownRows';

/** Bytes of a float for each row of a block. */
const blockFloats: i32 = ownBlockRows * 4;

export const squaredLoss: i32 = 0;
export const absoluteLoss: i32 = 1;
export const huberLoss: i32 = 2;
export const poissonLoss: i32 = 3;
export const quantileLoss: i32 = 4;
export const binaryLoss: i32 = 5;
export const multinomialLoss: i32 = 6;

/** What is summed over each block: absolute gradients and hessians as floats, packed integers. */
const gradientSum: i32 = 0;
const hessianSum: i32 = 1;
const packedSum: i32 = 2;

/** Real gradient (or hessian) by integer, of the output whose tree grows. */
export let gradientUnit: f64 = 0;
export let hessianUnit: f64 = 0;

/** Computes the integers of every output and this thread's rows. All threads. */
export function computeGradients(): void {
  for (let from = firstOwnRow(); from < rowPadded; from = nextOwnRow(from)) {
    const to = min(from + ownBlockRows, rowPadded);
    if (loss == multinomialLoss) multinomialRows(from, to);
    else if (loss == binaryLoss || loss == poissonLoss) exponentialRows(from, to);
    else residualRows(from, to);
    for (let output = 0; output < outputCount; output++) sumBlock(output, from, to);
  }
  barrier();
  for (let output = 0; output < outputCount; output++) {
    const gradientScale = scaleOf(output, gradientSum);
    const hessianScale = scaleOf(output, hessianSum);
    for (let from = firstOwnRow(); from < rowPadded; from = nextOwnRow(from)) {
      quantise(output, from, min(from + ownBlockRows, rowPadded), gradientScale, hessianScale);
    }
  }
}

/** Sets the units for the tree of `output`. */
export function selectUnits(output: i32): void {
  const gradientScale = scaleOf(output, gradientSum);
  const hessianScale = scaleOf(output, hessianSum);
  gradientUnit = gradientScale > 0 ? 1.0 / gradientScale : 0;
  hessianUnit = hessianScale > 0 ? 1.0 / hessianScale : 0;
}

/** The sum of the packed integers of this thread's rows. */
export function sumOwnGradients(output: i32): i64 {
  let sum: i64 = 0;
  for (let row = firstOwnRow(); row < rowPadded; row = nextOwnRow(row)) sum += load<i64>(blockSum(output, packedSum, row));
  return sum;
}

/** Integers per unit of gradient or hessian. */
function scaleOf(output: i32, which: i32): f64 {
  if (which == hessianSum && constantHessian != 0) return 1.0;
  let total: f64 = 0;
  for (let row = 0; row < rowPadded; row += ownBlockRows) total += load<f64>(blockSum(output, which, row));
  return total > 0 ? (2147483647.0 - <f64>rowPadded) / total : 0;
}

/** A sum of the block that begins at `row`. Those of a thread lie together, so that no two threads write to one cache line. */
function blockSum(output: i32, which: i32, row: i32): usize {
  const block = row / ownBlockRows;
  const places = (((rowPadded + ownBlockRows - 1) / ownBlockRows + threadCount - 1) / threadCount + 7) & ~7;
  const thread = block % threadCount;
  return blockSumsAt + (<usize>(((thread * outputCount + output) * 3 + which) * places + block / threadCount) << 3);
}

/** Sums a block's absolute gradients and hessians, four lanes in f64. */
function sumBlock(output: i32, from: i32, to: i32): void {
  let at = pairAt(output, from);
  const end = pairAt(output, to);
  let sum = f64x2.splat(0);
  for (; at < end; at += 16) {
    const pairs = v128.load(at);
    sum = f64x2.add(sum, f64x2.promote_low_f32x4(f32x4.abs(pairs)));
    sum = f64x2.add(sum, f64x2.promote_low_f32x4(f32x4.abs(v128.shuffle<i32>(pairs, pairs, 2, 3, 2, 3))));
  }
  store<f64>(blockSum(output, gradientSum, from), f64x2.extract_lane(sum, 0));
  store<f64>(blockSum(output, hessianSum, from), f64x2.extract_lane(sum, 1));
}

/**
 * Replaces pairs (gradient f32, hessian f32) by packed integers, two rows a turn. Adding 1.5 · 2⁵² rounds to the nearest integer and
 * leaves it, as a signed or unsigned 32-bit number, in the low half of the sum. Notes the block's sum.
 */
function quantise(output: i32, from: i32, to: i32, gradientScale: f64, hessianScale: f64): void {
  let at = pairAt(output, from);
  const end = pairAt(output, to);
  const gScale = f64x2.splat(gradientScale);
  const hScale = f64x2.splat(hessianScale);
  const toInteger = f64x2.splat(6755399441055744.0);
  let sum = i64x2.splat(0);
  for (; at < end; at += 16) {
    const pairs = v128.load(at);
    const g = f64x2.promote_low_f32x4(v128.shuffle<i32>(pairs, pairs, 0, 2, 0, 2));
    const h = f64x2.promote_low_f32x4(v128.shuffle<i32>(pairs, pairs, 1, 3, 1, 3));
    const gInteger = f64x2.add(f64x2.mul(g, gScale), toInteger);
    const hInteger = f64x2.add(f64x2.mul(h, hScale), toInteger);
    const packed = v128.shuffle<i32>(hInteger, gInteger, 0, 4, 2, 6);
    sum = i64x2.add(sum, packed);
    v128.store(at, packed);
  }
  store<i64>(blockSum(output, packedSum, from), i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1));
}

// @ts-ignore: decorator
@inline
function pairAt(output: i32, row: i32): usize {
  return gradientsAt + (<usize>(output * rowPadded + row) << 3);
}

/** Writes pairs (gradient, hessian) of four rows, times their weights. */
// @ts-ignore: decorator
@inline
function storePairs(at: usize, gradient: v128, hessian: v128, weight: v128): void {
  const g = f32x4.mul(gradient, weight);
  const h = f32x4.mul(hessian, weight);
  v128.store(at, v128.shuffle<i32>(g, h, 0, 4, 1, 5));
  v128.store(at, v128.shuffle<i32>(g, h, 2, 6, 3, 7), 16);
}

// @ts-ignore: decorator
@inline
function weightsOf(row: i32): v128 {
  return weightsAt == 0 ? f32x4.splat(1) : v128.load(weightsAt + (<usize>row << 2));
}

/** Losses whose gradient is an exponential less the target: two classes, and counts. */
function exponentialRows(from: i32, to: i32): void {
  const one = f32x4.splat(1);
  const sign = f32x4.splat(loss == binaryLoss ? -1 : 1);
  const exponentials = scratchAt + <usize>threadIndex * scratchBytes;
  for (let row = from; row < to; row += 4) {
    v128.store(exponentials + (<usize>(row - from) << 2), f32x4.mul(v128.load(scoresAt + (<usize>row << 2)), sign));
  }
  replaceByExponentials(exponentials, to - from);
  for (let row = from; row < to; row += 4) {
    const target = v128.load(targetAt + (<usize>row << 2));
    const power = v128.load(exponentials + (<usize>(row - from) << 2));
    if (loss == binaryLoss) {
      const probability = f32x4.div(one, f32x4.add(one, power));
      const variance = f32x4.mul(probability, f32x4.sub(one, probability));
      storePairs(pairAt(0, row), f32x4.sub(probability, target), variance, weightsOf(row));
    } else {
      storePairs(pairAt(0, row), f32x4.sub(power, target), power, weightsOf(row));
    }
  }
  clearPadding(0, from, to);
}

function residualRows(from: i32, to: i32): void {
  const one = f32x4.splat(1);
  const parameter = f32x4.splat(<f32>lossParameter);
  for (let row = from; row < to; row += 4) {
    const score = v128.load(scoresAt + (<usize>row << 2));
    const target = v128.load(targetAt + (<usize>row << 2));
    const residual = f32x4.sub(score, target);
    let gradient = residual;
    if (loss == absoluteLoss) {
      gradient = signs(residual);
    } else if (loss == huberLoss) {
      gradient = f32x4.max(f32x4.min(residual, parameter), f32x4.neg(parameter));
    } else if (loss == quantileLoss) {
      gradient = v128.bitselect(f32x4.sub(one, parameter), f32x4.neg(parameter), f32x4.gt(residual, f32x4.splat(0)));
    }
    storePairs(pairAt(0, row), gradient, one, weightsOf(row));
  }
  clearPadding(0, from, to);
}

// @ts-ignore: decorator
@inline
function signs(x: v128): v128 {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  return f32x4.sub(v128.and(f32x4.gt(x, zero), one), v128.and(f32x4.lt(x, zero), one));
}

/** Softmax: probability − [class is the row's], probability · (1 − probability). */
function multinomialRows(from: i32, to: i32): void {
  const one = f32x4.splat(1);
  const exponentials = scratchAt + <usize>threadIndex * scratchBytes;
  const greatestAt = exponentials + blockFloats;
  const sumsAt = greatestAt + blockFloats;
  for (let row = from; row < to; row += 4) {
    let greatest = v128.load(scoresAt + (<usize>row << 2));
    for (let k = 1; k < outputCount; k++) greatest = f32x4.pmax(greatest, v128.load(scoreAt(k, row)));
    v128.store(greatestAt + (<usize>(row - from) << 2), greatest);
    v128.store(sumsAt + (<usize>(row - from) << 2), f32x4.splat(0));
  }
  for (let k = 0; k < outputCount; k++) {
    for (let row = from; row < to; row += 4) {
      const place = <usize>(row - from) << 2;
      v128.store(exponentials + place, f32x4.sub(v128.load(scoreAt(k, row)), v128.load(greatestAt + place)));
    }
    replaceByExponentials(exponentials, to - from);
    for (let row = from; row < to; row += 4) {
      const place = <usize>(row - from) << 2;
      const power = v128.load(exponentials + place);
      v128.store(sumsAt + place, f32x4.add(v128.load(sumsAt + place), power));
      v128.store(pairAt(k, row), power);
    }
  }
  for (let row = from; row < to; row += 4) {
    const sums = sumsAt + (<usize>(row - from) << 2);
    v128.store(sums, f32x4.div(one, v128.load(sums)));
  }
  for (let k = 0; k < outputCount; k++) {
    for (let row = from; row < to; row += 4) {
      const at = pairAt(k, row);
      const probability = f32x4.mul(v128.load(at), v128.load(sumsAt + (<usize>(row - from) << 2)));
      const isClass = v128.and(f32x4.eq(v128.load(targetAt + (<usize>row << 2)), f32x4.splat(<f32>k)), one);
      const variance = f32x4.mul(probability, f32x4.sub(one, probability));
      storePairs(at, f32x4.sub(probability, isClass), variance, weightsOf(row));
    }
  }
  for (let k = 0; k < outputCount; k++) clearPadding(k, from, to);
}

// @ts-ignore: decorator
@inline
function scoreAt(output: i32, row: i32): usize {
  return scoresAt + (<usize>(output * rowPadded + row) << 2);
}

/** Rows that only fill up to a multiple of four must not count in the sums. */
function clearPadding(output: i32, from: i32, to: i32): void {
  for (let row = max(from, rowCount); row < to; row++) store<i64>(pairAt(output, row), 0);
}
