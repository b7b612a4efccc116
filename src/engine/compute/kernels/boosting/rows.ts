/**
 * The rows of a tree's leaves: how they are listed at the root, parted by a split, and added to histograms.
 *
 * Each thread has its own rows (ownRows.ts) in its own piece of every list, and parts only those: a leaf's rows lie in as many runs as
 * there are threads. A split reads the leaf's run from one list and writes both children's to the same places of the other, the left
 * child's before the right one's.
 */
import { barrier, threadCount, threadIndex } from '../common/team';
import { sumOwnGradients } from './gradients';
import { addRows } from './histogram';
import {
  columnBinsAt, columnStride, gradientsAt, missingBin, rootRowsAt, rowCount, rowPadded, rowsAAt, rowsBAt, sampleAt, scratchAt, scratchBytes,
  threadCountsAt, threadPlaces,
} from './layout';
import { firstOwnRow, nextOwnRow, ownBlockRows } from './ownRows';

/** Where the 256 bytes that say which bins go left lie in a thread's scratch. */
const stepsInScratch: usize = 8192;
/** Sides of a split; a tree's root has all rows. */
export const leftSide: i32 = 0;
export const rightSide: i32 = 1;
export const wholeSide: i32 = 2;

let gradients: usize = 0;
/** Whether trees are grown on every row. */
export let isEveryRow: bool = true;
/** This thread's rows that trees are grown on. */
export let rootCount: i32 = 0;
/** This thread's other rows: the last so many of its places in rootRows. */
export let otherCount: i32 = 0;
/** The list that the last split wrote. */
let partedAt: usize = 0;

/**
 * A line of each thread for the others to read: 0, i32: rows of the split leaf that go left; 4, i32: first place of its run; 8, i64: its
 * part of the root's sums; 16, i32: rows of the run; 20, i32: rows of its run of the root.
 */
// @ts-ignore: decorator
@inline
function threadLine(thread: i32): usize {
  return threadCountsAt + (<usize>thread << 6);
}

/** The first place of a thread in every list of rows. */
// @ts-ignore: decorator
@inline
export function firstPlace(thread: i32): i32 {
  return thread * threadPlaces;
}

/** The list that holds a leaf's rows. */
// @ts-ignore: decorator
@inline
export function listAt(depth: i32): usize {
  if (depth == 0) return rootRowsAt;
  return (depth & 1) != 0 ? rowsAAt : rowsBAt;
}

/** Lists the rows that the next trees are grown on: the first `count` of `sample`, or every row. All threads. */
export function takeRows(count: i32): void {
  isEveryRow = count == rowCount;
  let inside = rootRowsAt + (<usize>firstPlace(threadIndex) << 2);
  let outside = inside + (<usize>threadPlaces << 2);
  const first = inside;
  const last = outside;
  let place: i32 = 0;
  for (let begin = firstOwnRow(); begin < rowCount; begin = nextOwnRow(begin)) {
    const end = min(begin + ownBlockRows, rowCount);
    if (!isEveryRow) while (place < count && sampled(place) < begin) place++;
    for (let row = begin; row < end; row++) {
      if (isEveryRow || (place < count && sampled(place) == row)) {
        store<i32>(inside, row);
        inside += 4;
        place++;
      } else {
        outside -= 4;
        store<i32>(outside, row);
      }
    }
  }
  rootCount = <i32>((inside - first) >> 2);
  otherCount = <i32>((last - outside) >> 2);
  store<i32>(threadLine(threadIndex), rootCount, 20);
}

// @ts-ignore: decorator
@inline
function sampled(place: i32): i32 {
  return load<i32>(sampleAt + (<usize>place << 2));
}

/** Begins the tree of `output`: notes this thread's part of the sum of the root's packed gradients. */
export function beginRows(output: i32): void {
  gradients = gradientsAt + (<usize>(output * rowPadded) << 3);
  store<i64>(threadLine(threadIndex), isEveryRow ? sumOwnGradients(output) : sumRows(), 8);
}

/** The root's sum, once all threads have noted their parts. */
export function rootSum(): i64 {
  let total: i64 = 0;
  for (let thread = 0; thread < threadCount; thread++) total += load<i64>(threadLine(thread), 8);
  return total;
}

function sumRows(): i64 {
  const rows = rootRowsAt + (<usize>firstPlace(threadIndex) << 2);
  let sum: i64 = 0;
  for (let i: i32 = 0; i < rootCount; i++) sum += load<i64>(gradients + (<usize>load<i32>(rows + (<usize>i << 2)) << 3));
  return sum;
}

/**
 * Parts this thread's run of a leaf's rows.
 *
 * @param split a candidate record. @param depth the leaf's. @param start its first place. @param count its rows.
 * @returns how many go left.
 */
export function partOwnRows(split: usize, depth: i32, start: i32, count: i32): i32 {
  partedAt = listAt(depth + 1);
  const steps = scratchAt + <usize>threadIndex * scratchBytes + stepsInScratch;
  fillSteps(steps, split);
  const left = partedAt + (<usize>start << 2);
  const column = columnBinsAt + <usize>load<i32>(split, 8) * columnStride;
  const after = placeBySide(listAt(depth) + (<usize>start << 2), count, column, steps, left);
  const leftHere = <i32>((after - left) >> 2);
  const line = threadLine(threadIndex);
  store<i32>(line, leftHere);
  store<i32>(line, start, 4);
  store<i32>(line, count, 16);
  return leftHere;
}

/** How many rows of all threads go left, once all have parted theirs. */
export function countLeft(): i32 {
  let count: i32 = 0;
  for (let thread = 0; thread < threadCount; thread++) count += load<i32>(threadLine(thread));
  return count;
}

/** Adds all rows of a side to the histograms of some features. */
export function addSide(side: i32, histogram: usize, firstFeature: i32, afterFeature: i32): void {
  if (side == wholeSide && isEveryRow) {
    addRows(histogram, firstFeature, afterFeature, 0, 0, rowCount, gradients);
    return;
  }
  for (let thread = 0; thread < threadCount; thread++) addRun(thread, side, histogram, firstFeature, afterFeature);
}

/** Adds this thread's rows of a side. */
export function addOwnSide(side: i32, histogram: usize, firstFeature: i32, afterFeature: i32): void {
  if (side != wholeSide || !isEveryRow) {
    addRun(threadIndex, side, histogram, firstFeature, afterFeature);
    return;
  }
  for (let row = firstOwnRow(); row < rowCount; row = nextOwnRow(row)) {
    addRows(histogram, firstFeature, afterFeature, 0, row, min(ownBlockRows, rowCount - row), gradients);
  }
}

function addRun(thread: i32, side: i32, histogram: usize, firstFeature: i32, afterFeature: i32): void {
  const line = threadLine(thread);
  if (side == wholeSide) {
    const rows = rootRowsAt + (<usize>firstPlace(thread) << 2);
    addRows(histogram, firstFeature, afterFeature, rows, 0, load<i32>(line, 20), gradients);
    return;
  }
  const goLeft = load<i32>(line);
  const run = partedAt + (<usize>load<i32>(line, 4) << 2);
  if (side == leftSide) addRows(histogram, firstFeature, afterFeature, run, 0, goLeft, gradients);
  else addRows(histogram, firstFeature, afterFeature, run + (<usize>goLeft << 2), 0, load<i32>(line, 16) - goLeft, gradients);
}

/**
 * Writes rows from `left` on: left ones from the front, right ones from the back. Both writes always happen and only one of the two places
 * moves, so there is no branch to mispredict; the two come one row closer each time.
 *
 * Exported, so that it stays a function of its own. @returns the address behind the last row that went left.
 */
export function placeBySide(rows: usize, count: i32, column: usize, steps: usize, left: usize): usize {
  const last = rows + (<usize>count << 2);
  let apart = <usize>(count - 1) << 2;
  for (const lastPair = last - 4; rows < lastPair; rows += 8) {
    const row = load<i32>(rows);
    store<i32>(left, row);
    store<i32>(left + apart, row);
    left += <usize>load<u8>(steps + load<u8>(column + row));
    const next = load<i32>(rows, 4);
    store<i32>(left, next);
    store<i32>(left + apart - 4, next);
    left += <usize>load<u8>(steps + load<u8>(column + next));
    apart -= 8;
  }
  if (rows < last) {
    const row = load<i32>(rows);
    store<i32>(left, row);
    left += <usize>load<u8>(steps + load<u8>(column + row));
  }
  return left;
}

/** One byte a bin: how far the left rows' place moves, 4 when it goes left, else 0. */
function fillSteps(steps: usize, split: usize): void {
  if (load<i32>(split, 20) != 0) {
    for (let bin = 0; bin < 256; bin++) {
      store<u8>(steps + bin, ((load<u8>(split + 32 + (bin >> 3)) >> <u8>(bin & 7)) & 1) << 2);
    }
    return;
  }
  const last = load<i32>(split, 12);
  memory.fill(steps, 4, last + 1);
  memory.fill(steps + last + 1, 0, 255 - last);
  store<u8>(steps + missingBin, load<i32>(split, 16) << 2);
}
