/**
 * Sequential minimal optimisation of the dual of a support vector machine, with second-order choice of the pair: Fan, Chen, Lin,
 * "Working set selection using second order information for training support vector machines", JMLR 6, 2005; the objectives are
 * libsvm's C-SVC and epsilon-SVR (Chang, Lin, "LIBSVM", ACM TIST 2(3), 2011).
 *
 * One formulation serves both. With beta = y · α (regression: α − α*) and v = −y · gradient, the labels vanish from the updates: raising
 * beta_i and lowering beta_j by t changes every v_k by −t (K_ki − K_kj). beta_i may rise where v_i + upBias_i is finite, beta_j may
 * fall where v_j + lowBias_j is. In regression the tube makes the slope jump by 2 ε where beta passes 0, which the biases hold, and a
 * step ends there.
 *
 *     i = argmax v + upBias,   j = argmax (m − v_j − lowBias_j)² / (K_ii + K_jj − 2 K_ij),   until max − min of v < tolerance
 *
 * Threads own panels of rows: their part of v, beta, the biases and kernel rows. Decisions are taken by all alike from the records
 * in which each thread proposes its best (ties go to the lower row); there are two barriers an iteration.
 *
 * Record of a thread, 128 bytes:
 *
 *     0   f64  greatest v + upBias        64  f64  greatest gain
 *     8   i32  its row i                  72  i32  its row j
 *     16  f64  how far beta_i may rise    80  f64  m − v_j − lowBias_j
 *     24  f64  least v + lowBias          88  f64  how far beta_j may fall
 *                                         96  f64  K_ii + K_jj − 2 K_ij
 */
import { barrier, threadCount, threadIndex } from '../common/team';
import { afterRow, firstRow, kernelRow, slotOfRow } from './kernelRows';
import {
  betaAt, diagonalAt, lowBiasAt, lowerAt, recordsAt, tube, upBiasAt, upperAt, valuesAt,
} from './layout';

const recordBytes: usize = 128;
/** The least curvature, as in libsvm. */
const leastCurvature: f64 = 1e-12;

let riseRow: i32 = -1;
let greatest: f64 = 0;
let riseLimit: f64 = 0;
let least: f64 = 0;

// @ts-ignore: decorator
@inline
function record(thread: i32): usize {
  return recordsAt + <usize>thread * recordBytes;
}

/** Sets the biases of all of this thread's rows and proposes the first i. All threads, once a problem. */
export function beginSolve(): void {
  const after = afterRow();
  for (let row = firstRow(); row < after; row++) setBiases(row);
  propose(0, 0, 0);
  barrier();
}

/** What may be added to v at a row, from its beta and box. Padding rows have an empty box. */
function setBiases(row: i32): void {
  const at = <usize>row << 3;
  const beta = load<f64>(betaAt + at);
  const kink = tube > 0;
  const up = kink && beta < 0 ? tube : beta < load<f64>(upperAt + at) ? 0 : -Infinity;
  const low = kink && beta <= 0 ? (beta > load<f64>(lowerAt + at) ? tube : Infinity) : beta > load<f64>(lowerAt + at) ? 0 : Infinity;
  store<f64>(upBiasAt + at, up);
  store<f64>(lowBiasAt + at, low);
}

/** How far beta may rise before its box, or the tube's kink, ends. */
function roomAbove(row: i32): f64 {
  const at = <usize>row << 3;
  const beta = load<f64>(betaAt + at);
  return tube > 0 && beta < 0 ? -beta : load<f64>(upperAt + at) - beta;
}

function roomBelow(row: i32): f64 {
  const at = <usize>row << 3;
  const beta = load<f64>(betaAt + at);
  return tube > 0 && beta > 0 ? beta : beta - load<f64>(lowerAt + at);
}

/**
 * Takes steps.
 *
 * @returns 1 when the tolerance is reached, 0 after `iterations` steps.
 */
export function solve(iterations: i32, tolerance: f64): i32 {
  for (let iteration = 0; iteration < iterations; iteration++) {
    chooseRise();
    if (riseRow < 0 || greatest - least < tolerance) return 1;
    const riseKernel = kernelRow(riseRow, -1);
    proposeFall(riseKernel);
    barrier();
    const fall = chooseFall();
    if (fall < 0) return 1;
    const from = record(fall);
    const fallRow = load<i32>(from, 72);
    const step = Math.min(load<f64>(from, 80) / load<f64>(from, 96), Math.min(riseLimit, load<f64>(from, 88)));
    const fallKernel = kernelRow(fallRow, slotOfRow(riseRow));
    moveBeta(riseRow, step, riseLimit);
    moveBeta(fallRow, -step, load<f64>(from, 88));
    propose(riseKernel, fallKernel, step);
    barrier();
  }
  return 0;
}

/** The greatest − least of v over rows that may move: what is compared with the tolerance. */
export function currentGap(): f64 {
  chooseRise();
  return greatest - least;
}

function chooseRise(): void {
  let best = record(0);
  least = load<f64>(best, 24);
  for (let thread = 1; thread < threadCount; thread++) {
    const other = record(thread);
    if (load<f64>(other) > load<f64>(best)) best = other;
    least = Math.min(least, load<f64>(other, 24));
  }
  greatest = load<f64>(best);
  riseRow = greatest == -Infinity ? -1 : load<i32>(best, 8);
  riseLimit = load<f64>(best, 16);
}

/** Moves beta of one of this thread's rows; a step that uses all the room lands on the bound exactly. */
function moveBeta(row: i32, step: f64, room: f64): void {
  if (row < firstRow() || row >= afterRow()) return;
  const at = <usize>row << 3;
  const beta = load<f64>(betaAt + at);
  let moved = beta + step;
  if (Math.abs(step) == room) {
    const bound = step > 0
      ? (tube > 0 && beta < 0 ? 0 : load<f64>(upperAt + at))
      : (tube > 0 && beta > 0 ? 0 : load<f64>(lowerAt + at));
    moved = bound;
  }
  store<f64>(betaAt + at, moved);
  setBiases(row);
}

/** Updates this thread's v by a step and proposes the next i, in one pass; `step` 0: proposes only. */
function propose(riseKernel: usize, fallKernel: usize, step: f64): void {
  const first = firstRow();
  const after = afterRow();
  const size = f64x2.splat(step);
  let up = f64x2.splat(-Infinity);
  let upAt = i64x2.splat(-1);
  let low = f64x2.splat(Infinity);
  let rows = i64x2(first, first + 1);
  for (let row = first; row < after; row += 2) {
    const at = <usize>row << 3;
    let v = v128.load(valuesAt + at);
    if (step != 0) {
      const half = <usize>row << 2;
      const difference = f64x2.sub(
        f64x2.promote_low_f32x4(v128.load64_zero(riseKernel + half)), f64x2.promote_low_f32x4(v128.load64_zero(fallKernel + half)),
      );
      v = f64x2.sub(v, f64x2.mul(size, difference));
      v128.store(valuesAt + at, v);
    }
    const rise = f64x2.add(v, v128.load(upBiasAt + at));
    const better = f64x2.gt(rise, up);
    up = v128.bitselect(rise, up, better);
    upAt = v128.bitselect(rows, upAt, better);
    low = f64x2.pmin(low, f64x2.add(v, v128.load(lowBiasAt + at)));
    rows = i64x2.add(rows, i64x2.splat(2));
  }
  const own = record(threadIndex);
  const row = betterLane(up, upAt);
  store<f64>(own, Math.max(f64x2.extract_lane(up, 0), f64x2.extract_lane(up, 1)));
  store<i32>(own, row, 8);
  store<f64>(own, row < 0 ? 0 : roomAbove(row), 16);
  store<f64>(own, Math.min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1)), 24);
}

/** The index of the greater lane, the lower index where they are equal. */
function betterLane(values: v128, indices: v128): i32 {
  const even = f64x2.extract_lane(values, 0);
  const odd = f64x2.extract_lane(values, 1);
  const evenAt = <i32>i64x2.extract_lane(indices, 0);
  const oddAt = <i32>i64x2.extract_lane(indices, 1);
  if (evenAt < 0) return oddAt;
  if (oddAt < 0) return evenAt;
  return odd > even || (odd == even && oddAt < evenAt) ? oddAt : evenAt;
}

/**
 * Proposes the j of this thread's rows. Gains are compared in 32-bit floats, four rows at a time: which of two nearly equal ones is
 * taken doesn't matter. Differences are first made shares of the greatest there can be, so that their squares fit.
 */
function proposeFall(riseKernel: usize): void {
  const first = firstRow();
  const after = afterRow();
  const most = f64x2.splat(greatest);
  const unit = f64x2.splat(1 / (greatest - least));
  const own = <f64>load<f32>(diagonalAt + (<usize>riseRow << 2));
  const ownDiagonal = f32x4.splat(<f32>own);
  const tiny = f32x4.splat(<f32>leastCurvature);
  const zero = f32x4.splat(0);
  let best = zero;
  let bestAt = i32x4.splat(-1);
  let rows = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  const four = i32x4.splat(4);
  for (let row = first; row < after; row += 4) {
    const at = <usize>row << 3;
    const half = <usize>row << 2;
    const low = f64x2.sub(most, f64x2.add(v128.load(valuesAt + at), v128.load(lowBiasAt + at)));
    const high = f64x2.sub(most, f64x2.add(v128.load(valuesAt + at, 16), v128.load(lowBiasAt + at, 16)));
    const share = v128.shuffle<f64>(
      f32x4.demote_f64x2_zero(f64x2.mul(low, unit)), f32x4.demote_f64x2_zero(f64x2.mul(high, unit)), 0, 2,
    );
    const kernel = v128.load(riseKernel + half);
    const curvature = f32x4.pmax(tiny, f32x4.sub(f32x4.add(ownDiagonal, v128.load(diagonalAt + half)), f32x4.add(kernel, kernel)));
    const gain = f32x4.div(f32x4.mul(share, share), curvature);
    const better = v128.and(f32x4.gt(share, zero), f32x4.gt(gain, best));
    best = v128.bitselect(gain, best, better);
    bestAt = v128.bitselect(rows, bestAt, better);
    rows = i32x4.add(rows, four);
  }
  const proposal = record(threadIndex);
  const row = bestOfFour(best, bestAt);
  store<f64>(proposal, row < 0 ? -1 : <f64>greatestOfFour(best), 64);
  store<i32>(proposal, row, 72);
  if (row < 0) return;
  const at = <usize>row << 3;
  const diagonal = <f64>load<f32>(diagonalAt + (<usize>row << 2));
  const kernel = <f64>load<f32>(riseKernel + (<usize>row << 2));
  store<f64>(proposal, greatest - (load<f64>(valuesAt + at) + load<f64>(lowBiasAt + at)), 80);
  store<f64>(proposal, roomBelow(row), 88);
  store<f64>(proposal, Math.max(leastCurvature, own + diagonal - 2 * kernel), 96);
}

function greatestOfFour(values: v128): f32 {
  return max(
    max(f32x4.extract_lane(values, 0), f32x4.extract_lane(values, 1)), max(f32x4.extract_lane(values, 2), f32x4.extract_lane(values, 3)),
  );
}

/** The lowest index among the lanes with the greatest value; −1 where no lane has one. */
function bestOfFour(values: v128, indices: v128): i32 {
  const most = greatestOfFour(values);
  // As unsigned numbers lanes that have no index are the greatest.
  const candidates = v128.or(indices, v128.not(f32x4.eq(values, f32x4.splat(most))));
  return <i32>min(
    min(<u32>i32x4.extract_lane(candidates, 0), <u32>i32x4.extract_lane(candidates, 1)),
    min(<u32>i32x4.extract_lane(candidates, 2), <u32>i32x4.extract_lane(candidates, 3)),
  );
}

/** The thread with the best proposal; −1: nobody has one. */
function chooseFall(): i32 {
  let best: i32 = 0;
  for (let thread = 1; thread < threadCount; thread++) {
    if (load<f64>(record(thread), 64) > load<f64>(record(best), 64)) best = thread;
  }
  return load<f64>(record(best), 64) > 0 ? best : -1;
}
