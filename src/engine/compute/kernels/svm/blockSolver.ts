/**
 * The working set's own problem, solved by sequential minimal optimisation with second-order choice of the pair (Fan, Chen, Lin, "Working
 * set selection using second order information for training support vector machines", JMLR 6, 2005):
 *
 *     i = argmax v + upBias,   j = argmax (m − v_j − lowBias_j)² / (K_ii + K_jj − 2 K_ij),   m the greatest v + upBias
 *
 * Its kernel matrix lies in the second cache and a step touches some thousand numbers, so threads couldn't share it: thread 0 does
 * it. Here v is held in 32-bit floats less the middle of all rows' extremes: towards the optimum those of rows inside their box go
 * to 0, so they keep their digits. What is lost is made up for by the next block, which starts from all rows' exact v.
 */
import { shareBegin, shareEnd, threadCount, threadIndex } from '../common/team';
import { kernelTile, packRow } from './kernelTiles';
import {
  betaAt, diagonalAt, halvesAt, lowBiasAt, lowerAt, memberCount, featureCount, panelRows, setBetaAt, setCapacity, setDiagonalAt, setHalvesAt,
  setKernelAt, setLowAt, setLowerAt, setPanelsAt, setRowsAt, setUpAt, setUpperAt, setValuesAt, tileRows, tube, upBiasAt, upperAt, valuesAt,
} from './layout';
import { lowBiasOf, memberAt, upBiasOf } from './problem';
import { setBlockIsSolved, setStepCount, stepCount } from './state';
import { greatest, least, setCount } from './workingSet';

/** The least curvature, as in libsvm. */
const leastCurvature: f64 = 1e-12;
/** A block is solved to this share of the gap over all rows: more would be undone by the next block. */
const blockShare: f64 = 0.1;
/** And to this share of the tolerance at most. */
const toleranceShare: f64 = 0.5;
/** Steps of a block per row of the set: computing kernel rows for the changes takes about as long. */
const stepsPerRow: i32 = 20;

let goal: f32 = 0;
let stepsLeft: i32 = 0;
let riseRow: i32 = 0;
let most: f32 = 0;
let lowest: f32 = 0;
let fallRow: i32 = 0;

/** Rows of the working set, up to the end of a panel. */
// @ts-ignore: decorator
@inline
export function paddedSet(): i32 {
  return (setCount + panelRows - 1) & ~(panelRows - 1);
}

/** Copies this thread's share of the working set's rows. */
export function gatherSet(): void {
  const middle = (greatest + least) / 2;
  const panels = paddedSet() / panelRows;
  const after = shareEnd(panels) * panelRows;
  for (let k = shareBegin(panels) * panelRows; k < after; k++) {
    const row = k < setCount ? load<i32>(setRowsAt + (<usize>k << 2)) : -1;
    const at = <usize>row << 3;
    const half = <usize>row << 2;
    const to = <usize>k << 3;
    const toHalf = <usize>k << 2;
    const isRow = row >= 0;
    packRow(isRow ? memberAt(row) : 0, setPanelsAt, k);
    store<f32>(setHalvesAt + toHalf, isRow ? load<f32>(halvesAt + half) : 0);
    store<f32>(setDiagonalAt + toHalf, isRow ? load<f32>(diagonalAt + half) : 1);
    store<f32>(setValuesAt + toHalf, isRow ? <f32>(load<f64>(valuesAt + at) - middle) : 0);
    store<f32>(setUpAt + toHalf, isRow ? <f32>load<f64>(upBiasAt + at) : -Infinity);
    store<f32>(setLowAt + toHalf, isRow ? <f32>load<f64>(lowBiasAt + at) : Infinity);
    store<f64>(setBetaAt + to, isRow ? load<f64>(betaAt + at) : 0);
    store<f64>(setLowerAt + to, isRow ? load<f64>(lowerAt + at) : 0);
    store<f64>(setUpperAt + to, isRow ? load<f64>(upperAt + at) : 0);
  }
}

// @ts-ignore: decorator
@inline
function setKernelRow(k: i32): usize {
  return setKernelAt + (<usize>(k * setCapacity) << 2);
}

/** Computes every other pair of rows of the working set's kernel matrix. */
export function computeSetKernel(): void {
  const size = paddedSet();
  for (let first = 0; first < size; first += tileRows) {
    const panels = min(tileRows, size - first) / panelRows;
    const from = setPanelsAt + (<usize>(first * featureCount) << 2);
    const column = <usize>first << 2;
    for (let k = 2 * threadIndex; k < setCount; k += 2 * threadCount) {
      const other = min(k + 1, setCount - 1);
      kernelTile(
        memberAt(load<i32>(setRowsAt + (<usize>k << 2))), memberAt(load<i32>(setRowsAt + (<usize>other << 2))),
        load<f32>(setHalvesAt + (<usize>k << 2)), load<f32>(setHalvesAt + (<usize>other << 2)),
        from, setHalvesAt + column, panels, setKernelRow(k) + column, setKernelRow(other) + column,
      );
    }
  }
}

/** Before the first step of a block. Thread 0. */
export function beginBlock(tolerance: f64): void {
  const isAll = setCount == memberCount;
  goal = <f32>(isAll ? tolerance * toleranceShare : Math.max(tolerance * toleranceShare, blockShare * (greatest - least)));
  stepsLeft = isAll ? i32.MAX_VALUE : stepsPerRow * setCount;
  setBlockIsSolved(false);
  moveBlock(setKernelAt, setKernelAt, 0, <usize>paddedSet() << 2);
}

/** Takes at most so many steps. Thread 0. */
export function solveBlock(mostSteps: i32): void {
  const bytes = <usize>paddedSet() << 2;
  const steps = min(mostSteps, stepsLeft);
  let step = 0;
  for (; step < steps; step++) {
    if (!(most - lowest >= goal)) break;
    const riseKernel = setKernelRow(riseRow);
    const ownDiagonal = load<f32>(setDiagonalAt + (<usize>riseRow << 2));
    chooseFall(riseKernel, ownDiagonal, 1 / (most - lowest), bytes);
    if (fallRow < 0) break;
    const fall = <usize>fallRow << 2;
    const slope = <f64>most - <f64>load<f32>(setValuesAt + fall) - <f64>load<f32>(setLowAt + fall);
    const curvature = <f64>ownDiagonal + <f64>load<f32>(setDiagonalAt + fall) - 2 * <f64>load<f32>(riseKernel + fall);
    const room = Math.min(roomAbove(riseRow), roomBelow(fallRow));
    const size = Math.min(slope / Math.max(leastCurvature, curvature), room);
    moveBeta(riseRow, size, roomAbove(riseRow));
    moveBeta(fallRow, -size, roomBelow(fallRow));
    moveBlock(riseKernel, setKernelRow(fallRow), <f32>size, bytes);
  }
  stepsLeft -= step;
  setStepCount(stepCount() + step);
  setBlockIsSolved(step < steps || stepsLeft == 0);
}

/** How far beta may rise before its box, or the tube's kink, ends. */
function roomAbove(k: i32): f64 {
  const beta = load<f64>(setBetaAt + (<usize>k << 3));
  return tube > 0 && beta < 0 ? -beta : load<f64>(setUpperAt + (<usize>k << 3)) - beta;
}

function roomBelow(k: i32): f64 {
  const beta = load<f64>(setBetaAt + (<usize>k << 3));
  return tube > 0 && beta > 0 ? beta : beta - load<f64>(setLowerAt + (<usize>k << 3));
}

/** Moves a beta; a step that uses all the room lands on the bound exactly. */
function moveBeta(k: i32, step: f64, room: f64): void {
  const at = <usize>k << 3;
  const beta = load<f64>(setBetaAt + at);
  const lower = load<f64>(setLowerAt + at);
  const upper = load<f64>(setUpperAt + at);
  let moved = beta + step;
  if (Math.abs(step) == room) {
    if (step > 0) moved = tube > 0 && beta < 0 ? 0 : upper;
    else moved = tube > 0 && beta > 0 ? 0 : lower;
  }
  store<f64>(setBetaAt + at, moved);
  store<f32>(setUpAt + (<usize>k << 2), <f32>upBiasOf(moved, upper));
  store<f32>(setLowAt + (<usize>k << 2), <f32>lowBiasOf(moved, lower));
}

/** Updates the set's v by a step, and finds the next i and the extremes in the same pass. Exported to stay a function. */
export function moveBlock(riseKernel: usize, fallKernel: usize, step: f32, bytes: usize): void {
  const size = f32x4.splat(step);
  let up = f32x4.splat(-Infinity);
  let upAt = i32x4.splat(-1);
  let low = f32x4.splat(Infinity);
  let places = i32x4(0, 1, 2, 3);
  const four = i32x4.splat(4);
  for (let at: usize = 0; at < bytes; at += 16) {
    const difference = f32x4.sub(v128.load(riseKernel + at), v128.load(fallKernel + at));
    const v = f32x4.sub(v128.load(setValuesAt + at), f32x4.mul(size, difference));
    v128.store(setValuesAt + at, v);
    const rise = f32x4.add(v, v128.load(setUpAt + at));
    const better = f32x4.gt(rise, up);
    upAt = v128.bitselect(places, upAt, better);
    up = f32x4.pmax(up, rise);
    low = f32x4.pmin(low, f32x4.add(v, v128.load(setLowAt + at)));
    places = i32x4.add(places, four);
  }
  most = greatestOfFour(up);
  riseRow = bestOfFour(up, upAt);
  lowest = min(min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1)), min(f32x4.extract_lane(low, 2), f32x4.extract_lane(low, 3)));
}

/** Finds j. Differences are first made shares of the greatest there can be, so that their squares fit. Exported to stay a function. */
export function chooseFall(riseKernel: usize, ownDiagonal: f32, unit: f32, bytes: usize): void {
  const greatestValue = f32x4.splat(most);
  const units = f32x4.splat(unit);
  const own = f32x4.splat(ownDiagonal);
  const tiny = f32x4.splat(<f32>leastCurvature);
  const zero = f32x4.splat(0);
  let best = zero;
  let bestAt = i32x4.splat(-1);
  let places = i32x4(0, 1, 2, 3);
  const four = i32x4.splat(4);
  for (let at: usize = 0; at < bytes; at += 16) {
    const difference = f32x4.sub(greatestValue, f32x4.add(v128.load(setValuesAt + at), v128.load(setLowAt + at)));
    const share = f32x4.pmax(zero, f32x4.mul(difference, units));
    const kernel = v128.load(riseKernel + at);
    const curvature = f32x4.pmax(tiny, f32x4.sub(f32x4.add(own, v128.load(setDiagonalAt + at)), f32x4.add(kernel, kernel)));
    const gain = f32x4.div(f32x4.mul(share, share), curvature);
    bestAt = v128.bitselect(places, bestAt, f32x4.gt(gain, best));
    best = f32x4.pmax(best, gain);
    places = i32x4.add(places, four);
  }
  fallRow = bestOfFour(best, bestAt);
}

function greatestOfFour(values: v128): f32 {
  return max(
    max(f32x4.extract_lane(values, 0), f32x4.extract_lane(values, 1)), max(f32x4.extract_lane(values, 2), f32x4.extract_lane(values, 3)),
  );
}

/** The lowest index among the lanes with the greatest value; −1 where no lane has one. */
function bestOfFour(values: v128, indices: v128): i32 {
  // As unsigned numbers lanes that have no index are the greatest.
  const candidates = v128.or(indices, v128.not(f32x4.eq(values, f32x4.splat(greatestOfFour(values)))));
  return <i32>min(
    min(<u32>i32x4.extract_lane(candidates, 0), <u32>i32x4.extract_lane(candidates, 1)),
    min(<u32>i32x4.extract_lane(candidates, 2), <u32>i32x4.extract_lane(candidates, 3)),
  );
}
