/** What thread 0 tells the others across a barrier; all 0 at a problem's start. */
import { stateAt } from './layout';

/** Rows at the beginning of `setRows` that stay in the next working set. */
export function keptCount(): i32 {
  return load<i32>(stateAt);
}

export function setKeptCount(count: i32): void {
  store<i32>(stateAt, count);
}

/** Rows whose beta the last block changed, and how many of their kernel rows must be computed. */
export function changedCount(): i32 {
  return load<i32>(stateAt, 4);
}

export function freshCount(): i32 {
  return load<i32>(stateAt, 8);
}

export function setChangedCounts(changed: i32, fresh: i32): void {
  store<i32>(stateAt, changed, 4);
  store<i32>(stateAt, fresh, 8);
}

/** Steps taken so far, of all blocks. */
export function stepCount(): i32 {
  return load<i32>(stateAt, 12);
}

export function setStepCount(count: i32): void {
  store<i32>(stateAt, count, 12);
}

/** Whether the block at hand is solved. */
export function blockIsSolved(): bool {
  return load<i32>(stateAt, 16) != 0;
}

export function setBlockIsSolved(solved: bool): void {
  store<i32>(stateAt, <i32>solved, 16);
}

/** Number of the round. */
export function round(): i32 {
  return load<i32>(stateAt, 20);
}

export function countRound(): void {
  store<i32>(stateAt, round() + 1, 20);
}
