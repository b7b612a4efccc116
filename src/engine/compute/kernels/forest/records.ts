/**
 * The rows of a tree as records that are moved, not pointed to: each split brings the left rows' records together, then the right
 * ones', so every later scan reads memory in order. All nodes of even depth lie in recordsA, all of odd depth in recordsB; a
 * split copies a node's records from one to the other, to the same range.
 *
 * Record, recordStride bytes (a multiple of 16):
 *
 *     0               u8[F]   bins
 *     payloadOffset   two classes:    i64  count | (count of class 1) << 32
 *                     more classes:   i32  count, i32  class
 *                     regression:     f64  count, f64  target
 *
 * where the count is how often the bootstrap drew the row.
 */
import { nextInt } from '../common/random';
import {
  bootstrapRows, classCount, payloadOffset, recordsAAt, recordsBAt, recordStride, rowBinsAt, rowCount, rowStride, targetAt,
  weightsAt,
} from './layout';

// @ts-ignore: decorator
@inline
export function recordsOf(depth: i32): usize {
  return (depth & 1) == 0 ? recordsAAt : recordsBAt;
}

/** Draws the tree's rows and writes their records, without a branch on what was drawn. @returns how many different rows were drawn. */
export function drawRecords(stream: usize): i32 {
  if (bootstrapRows == 0) {
    for (let row = 0; row < rowCount; row++) store<u16>(weightsAt + (<usize>row << 1), 1);
  } else {
    memory.fill(weightsAt, 0, <usize>rowCount << 1);
    for (let i = 0; i < bootstrapRows; i++) {
      const at = weightsAt + (<usize>nextInt(stream, rowCount) << 1);
      store<u16>(at, load<u16>(at) + 1);
    }
  }
  let record = recordsAAt;
  const stride = <usize>rowStride;
  let bins = rowBinsAt;
  for (let row = 0; row < rowCount; row++) {
    const weight = <i32>load<u16>(weightsAt + (<usize>row << 1));
    for (let at: usize = 0; at < stride; at += 16) v128.store(record + at, v128.load(bins + at));
    writePayload(record + payloadOffset, weight, load<f64>(targetAt + (<usize>row << 3)));
    record += select<usize>(recordStride, 0, weight != 0);
    bins += stride;
  }
  return <i32>((record - recordsAAt) / recordStride);
}

// @ts-ignore: decorator
@inline
function writePayload(payload: usize, weight: i32, target: f64): void {
  if (classCount == 0) {
    store<f64>(payload, <f64>weight);
    store<f64>(payload, target, 8);
  } else {
    store<i32>(payload, weight);
    store<i32>(payload, classCount == 2 ? weight * <i32>target : <i32>target, 4);
  }
}

/**
 * Copies records start … end − 1 of one buffer to the same range of the other: those with at most `last` in `feature` first, the
 * others behind them (in reverse order). The destination is chosen without a branch.
 *
 * @returns where the right ones begin.
 */
export function partition(from: usize, to: usize, start: i32, end: i32, feature: i32, last: i32): i32 {
  const stride = <usize>recordStride;
  let left = to + <usize>start * stride;
  let right = to + <usize>(end - 1) * stride;
  const after = from + <usize>end * stride;
  for (let record = from + <usize>start * stride; record < after; record += stride) {
    const goesLeft = <i32>load<u8>(record + feature) <= last;
    const target = select<usize>(left, right, goesLeft);
    v128.store(target, v128.load(record));
    if (stride >= 32) v128.store(target, v128.load(record, 16), 16);
    if (stride >= 48) v128.store(target, v128.load(record, 32), 32);
    for (let at: usize = 48; at < stride; at += 16) v128.store(target + at, v128.load(record + at));
    const step = select<usize>(stride, 0, goesLeft);
    left += step;
    right += step - stride;
  }
  return <i32>((left - to) / stride);
}
