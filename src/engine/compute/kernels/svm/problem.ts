/** The problem at hand: its rows in panels, and the box of each row. */
import { barrier, shareBegin, shareEnd, threadIndex } from '../common/team';
import { diagonalOf, packRow, rowAt } from './kernelTiles';
import {
  betaAt, diagonalAt, halvesAt, inSetAt, lowBiasAt, lowerAt, memberCount, memberPadded, membersAt, panelRows, panelsAt, recordsAt,
  rowHalvesAt, rowOfAt, slotCount, slotOfAt, stateAt, tube, upBiasAt, upperAt, usedMarksAt, valuesAt,
} from './layout';

/** First and next-after-last row of this thread's panels. */
// @ts-ignore: decorator
@inline
export function firstRow(): i32 {
  return shareBegin(memberPadded / panelRows) * panelRows;
}

// @ts-ignore: decorator
@inline
export function afterRow(): i32 {
  return shareEnd(memberPadded / panelRows) * panelRows;
}

/** The stored row of a row of the problem. */
// @ts-ignore: decorator
@inline
export function memberAt(row: i32): usize {
  return rowAt(load<i32>(membersAt + (<usize>row << 2)));
}

/** Packs this thread's share of the problem's rows into panels. */
export function packPanels(): void {
  const after = afterRow();
  for (let row = firstRow(); row < after; row++) {
    const at = <usize>row << 2;
    const isMember = row < memberCount;
    packRow(isMember ? memberAt(row) : 0, panelsAt, row);
    store<f32>(halvesAt + at, isMember ? load<f32>(rowHalvesAt + (<usize>load<i32>(membersAt + at) << 2)) : 0);
  }
}

/** Packs the problem's rows, empties the cache and the working set and finds the first extremes. All threads. */
export function packProblem(): void {
  packPanels();
  const first = firstRow();
  const after = afterRow();
  for (let row = first; row < after; row++) {
    const at = <usize>row << 2;
    store<f32>(diagonalAt + at, row < memberCount ? diagonalOf(memberAt(row)) : 1);
    store<i32>(slotOfAt + at, -1);
    store<u8>(inSetAt + row, 0);
    setBiases(row);
  }
  if (threadIndex == 0) {
    for (let slot = 0; slot < slotCount; slot++) store<i32>(rowOfAt + (<usize>slot << 2), -1);
    memory.fill(usedMarksAt, 0, slotCount);
    memory.fill(stateAt, 0, 64);
  }
  forgetExtremes();
  findExtremes(first, after);
  publishExtremes();
  barrier();
}

/** What may be added to v at a row, from its beta and box. Padding rows have an empty box. */
export function setBiases(row: i32): void {
  const at = <usize>row << 3;
  const beta = load<f64>(betaAt + at);
  store<f64>(upBiasAt + at, upBiasOf(beta, load<f64>(upperAt + at)));
  store<f64>(lowBiasAt + at, lowBiasOf(beta, load<f64>(lowerAt + at)));
}

// @ts-ignore: decorator
@inline
export function upBiasOf(beta: f64, upper: f64): f64 {
  return tube > 0 && beta < 0 ? tube : beta < upper ? 0 : -Infinity;
}

// @ts-ignore: decorator
@inline
export function lowBiasOf(beta: f64, lower: f64): f64 {
  return tube > 0 && beta <= 0 ? (beta > lower ? tube : Infinity) : beta > lower ? 0 : Infinity;
}

/** Whether beta is at no end of its box and not at the tube's kink. */
// @ts-ignore: decorator
@inline
export function isFree(beta: f64, lower: f64, upper: f64): bool {
  return beta > lower && beta < upper && beta != 0;
}

let greatestOwn: f64 = -Infinity;
let leastOwn: f64 = Infinity;

export function forgetExtremes(): void {
  greatestOwn = -Infinity;
  leastOwn = Infinity;
}

/** Takes rows first … after − 1 into this thread's greatest v + upBias and least v + lowBias. */
export function findExtremes(first: i32, after: i32): void {
  let up = f64x2.splat(greatestOwn);
  let low = f64x2.splat(leastOwn);
  for (let row = first; row < after; row += 2) {
    const at = <usize>row << 3;
    const v = v128.load(valuesAt + at);
    up = f64x2.pmax(up, f64x2.add(v, v128.load(upBiasAt + at)));
    low = f64x2.pmin(low, f64x2.add(v, v128.load(lowBiasAt + at)));
  }
  greatestOwn = Math.max(f64x2.extract_lane(up, 0), f64x2.extract_lane(up, 1));
  leastOwn = Math.min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
}

/** Writes this thread's record: f64 greatest, f64 least; 64 bytes apart. */
export function publishExtremes(): void {
  const record = recordsAt + (<usize>threadIndex << 6);
  store<f64>(record, greatestOwn);
  store<f64>(record, leastOwn, 8);
}
