/**
 * The rows of a tree's leaves: how they are numbered at the root, parted by a split, and added to histograms.
 *
 * Each thread parts its piece of a leaf's rows from rowsA into the same piece of rowsB; once all have, they add a side's rows from there
 * to histograms, and each moves its own to their place in rowsA.
 */
import { barrier, shareBegin, shareEnd, shareOf, threadCount, threadIndex } from '../common/team';
import { addRows } from './histogram';
import {
  columnBinsAt, columnStride, gradientsAt, missingBin, rowPadded, rowsAAt, rowsBAt, scratchAt, scratchBytes, threadCountsAt,
} from './layout';

/** Where the 256 bytes that say which bins go left lie in a thread's scratch. */
const stepsInScratch: usize = 8192;
/** Sides of a split; a tree's root has all rows. */
export const leftSide: i32 = 0;
export const rightSide: i32 = 1;
export const wholeSide: i32 = 2;

let gradients: usize = 0;
/** The root's rows as `addRows` takes them. */
let wholeRows: usize = 0;
/** The piece of rowsA that is split, and of rowsB that holds its sides. */
let splitStart: i32 = 0;
let splitCount: i32 = 0;

/** A line of each thread for the others to read: 0, i32: rows of its piece that go left; 8, i64: its part of the root's sums. */
// @ts-ignore: decorator
@inline
function threadLine(thread: i32): usize {
  return threadCountsAt + (<usize>thread << 6);
}

/**
 * Begins with the rows of a tree. All threads.
 *
 * @param count rows in rowsA. @param everyRow 1: they are rows 0 … count − 1.
 * @returns the sum of their packed gradients.
 */
export function beginRows(output: i32, count: i32, everyRow: i32): i64 {
  gradients = gradientsAt + (<usize>(output * rowPadded) << 3);
  wholeRows = everyRow != 0 ? 0 : rowsAAt;
  const sum = everyRow != 0 ? numberRows(shareBegin(count), shareEnd(count)) : sumRows(shareBegin(count), shareEnd(count));
  store<i64>(threadLine(threadIndex), sum, 8);
  barrier();
  let total: i64 = 0;
  for (let thread = 0; thread < threadCount; thread++) total += load<i64>(threadLine(thread), 8);
  return total;
}

/** Writes the numbers of rows to their places in rowsA. @returns the sum of the rows' packed gradients. */
function numberRows(begin: i32, end: i32): i64 {
  let sums = i64x2.splat(0);
  let place = begin;
  for (; place + 2 <= end; place += 2) {
    store<i64>(rowsAAt + (<usize>place << 2), (<i64>(place + 1) << 32) | <i64>place);
    sums = i64x2.add(sums, v128.load(gradients + (<usize>place << 3)));
  }
  let sum = i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
  if (place < end) {
    store<i32>(rowsAAt + (<usize>place << 2), place);
    sum += load<i64>(gradients + (<usize>place << 3));
  }
  return sum;
}

/** The sum of the packed gradients of rows in rowsA. */
function sumRows(begin: i32, end: i32): i64 {
  let sum: i64 = 0;
  for (let place = begin; place < end; place++) {
    sum += load<i64>(gradients + (<usize>load<i32>(rowsAAt + (<usize>place << 2)) << 3));
  }
  return sum;
}

/**
 * Parts the rows of a leaf. All threads.
 *
 * @param split a candidate record. @param start the leaf's first place in rowsA. @param count its rows.
 * @returns how many go left.
 */
export function partRows(split: usize, start: i32, count: i32): i32 {
  splitStart = start;
  splitCount = count;
  const begin = start + shareBegin(count);
  const end = start + shareEnd(count);
  const leftHere = partitionRows(split, begin, end);
  store<i32>(threadLine(threadIndex), leftHere);
  barrier();
  return placeRows(start, begin, end, leftHere);
}

/** Adds the rows `from` … `to` − 1 of a side, which still lie in the threads' pieces of rowsB. */
export function addSide(side: i32, histogram: usize, firstFeature: i32, afterFeature: i32, from: i32, to: i32): void {
  if (side == wholeSide) {
    const rows: usize = wholeRows == 0 ? 0 : wholeRows + (<usize>from << 2);
    addRows(histogram, firstFeature, afterFeature, rows, from, to - from, gradients);
    return;
  }
  let before: i32 = 0;
  for (let thread = 0; thread < threadCount; thread++) {
    const begin = splitStart + shareOf(splitCount, thread);
    const goLeft = load<i32>(threadLine(thread));
    const size = side == leftSide ? goLeft : splitStart + shareOf(splitCount, thread + 1) - begin - goLeft;
    const first = max(from - before, 0);
    const after = min(to - before, size);
    if (first < after) {
      const rows = rowsBAt + (<usize>(begin + first + (side == leftSide ? 0 : goLeft)) << 2);
      addRows(histogram, firstFeature, afterFeature, rows, 0, after - first, gradients);
    }
    before += size;
  }
}

/**
 * Writes rowsA[begin … end) to the same range of rowsB: left ones from the front, right ones from the back. Both writes always
 * happen and only one of the two places moves, so there is no branch to mispredict; the two come one row closer each time.
 *
 * @returns how many go left.
 */
function partitionRows(split: usize, begin: i32, end: i32): i32 {
  const steps = scratchAt + <usize>threadIndex * scratchBytes + stepsInScratch;
  fillSteps(steps, split);
  const left = rowsBAt + (<usize>begin << 2);
  const after = placeBySide(rowsAAt + (<usize>begin << 2), end - begin, columnBinsAt + <usize>load<i32>(split, 8) * columnStride, steps, left);
  return <i32>((after - left) >> 2);
}

/** Exported, so that it stays a function of its own. @returns the address behind the last row that went left. */
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

/** Copies this thread's rows to their place in rowsA, behind those of the threads before it. @returns the left child's rows. */
function placeRows(start: i32, begin: i32, end: i32, leftHere: i32): i32 {
  let leftBefore: i32 = 0;
  let leftCount: i32 = 0;
  for (let thread = 0; thread < threadCount; thread++) {
    const here = load<i32>(threadLine(thread));
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
