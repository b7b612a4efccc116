/**
 * Which rows are a thread's own. Blocks of rows are dealt out to the threads in turn: a thread computes the gradients and keeps the scores
 * of its own rows and parts them from leaf to leaf, so that these stay in its core's caches, and data that is sorted by a feature
 * still leaves every thread with some rows of each large leaf.
 */
import { threadCount, threadIndex } from '../common/team';

export const ownBlockRows: i32 = 512;

/** The first row of this thread's first block. */
// @ts-ignore: decorator
@inline
export function firstOwnRow(): i32 {
  return threadIndex * ownBlockRows;
}

/** The first row of the block after the one that begins at `row`. */
// @ts-ignore: decorator
@inline
export function nextOwnRow(row: i32): i32 {
  return row + threadCount * ownBlockRows;
}
