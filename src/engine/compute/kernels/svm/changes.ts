/**
 * What the working set's changes of beta do to v of all rows: v_k −= Σ_i Δbeta_i K_ik, in 64-bit floats and in the set's order.
 *
 * Threads own panels of rows. A tile of them stays in the nearest cache while all changed rows are taken over it, four at a time.
 * Kernel rows that are not in the cache are computed two at a time, a tile of them just before it is used; they are kept if beta ended inside
 * its box, because such rows change again. A cached row is given up by the clock rule (Corbató, "A paging experiment with the Multics
 * system", 1968): the hand passes rows used since it last came by.
 */
import { shareBegin, threadCount, threadIndex } from '../common/team';
import { paddedSet } from './blockSolver';
import { kernelTile } from './kernelTiles';
import {
  betaAt, cacheAt, changedFreshAt, changedRowsAt, changedSlotsAt, freshOnesAt, halvesAt, inSetAt, lowerAt, memberPadded, featureCount,
  panelRows, panelsAt, ringRows, ringsAt, rowOfAt, setBetaAt, setCapacity, setDeltaAt, setRowsAt, slotCount, slotOfAt, stampOfAt, tileRows, upperAt,
  usedMarksAt, valuesAt,
} from './layout';
import { afterRow, findExtremes, firstRow, forgetExtremes, isFree, memberAt, publishExtremes, setBiases } from './problem';
import { changedCount, freshCount, round, setChangedCounts, setKeptCount } from './state';
import { setCount } from './workingSet';

let hand: i32 = 0;
let cacheIsBusy: bool = false;
let freshDone: i32 = 0;

// @ts-ignore: decorator
@inline
function int(array: usize, index: i32): i32 {
  return load<i32>(array + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
function setInt(array: usize, index: i32, value: i32): void {
  store<i32>(array + (<usize>index << 2), value);
}

/** Lists the rows whose beta the block changed, and chooses those that stay in the set. Thread 0. */
export function collectChanges(): void {
  let changed: i32 = 0;
  let fresh: i32 = 0;
  cacheIsBusy = false;
  for (let k: i32 = 0; k < setCount; k++) {
    const row = int(setRowsAt, k);
    const at = <usize>row << 3;
    const beta = load<f64>(setBetaAt + (<usize>k << 3));
    const old = load<f64>(betaAt + at);
    if (beta == old) continue;
    store<f64>(betaAt + at, beta);
    setBiases(row);
    setInt(changedRowsAt, changed, row);
    store<f64>(setDeltaAt + (<usize>changed << 3), beta - old);
    const known = int(slotOfAt, row);
    if (known >= 0) {
      useSlot(known);
      setInt(changedFreshAt, changed, -1);
      setInt(changedSlotsAt, changed, known);
    } else {
      setInt(freshOnesAt, fresh, changed);
      setInt(changedFreshAt, changed, fresh++);
      setInt(changedSlotsAt, changed, rowIsFree(row) ? slotFor(row) : -1);
    }
    changed++;
  }
  setChangedCounts(changed, fresh);
  keepFreeRows();
}

function rowIsFree(row: i32): bool {
  const at = <usize>row << 3;
  return isFree(load<f64>(betaAt + at), load<f64>(lowerAt + at), load<f64>(upperAt + at));
}

function useSlot(slot: i32): void {
  setInt(stampOfAt, slot, round());
  store<u8>(usedMarksAt + slot, 1);
}

/** A slot for a row; −1: all are in use by this round. */
function slotFor(row: i32): i32 {
  for (let turn = 0; turn < 2 * slotCount && !cacheIsBusy; turn++) {
    const slot = hand;
    hand = hand + 1 == slotCount ? 0 : hand + 1;
    const old = int(rowOfAt, slot);
    if (old >= 0 && int(stampOfAt, slot) == round()) continue;
    if (load<u8>(usedMarksAt + slot) != 0) {
      store<u8>(usedMarksAt + slot, 0);
      continue;
    }
    if (old >= 0) setInt(slotOfAt, old, -1);
    setInt(rowOfAt, slot, row);
    setInt(slotOfAt, row, slot);
    useSlot(slot);
    return slot;
  }
  cacheIsBusy = true;
  return -1;
}

/** Keeps the newest rows that are inside their box, at most half of a full set. */
function keepFreeRows(): void {
  const mostKept = setCapacity >> 1;
  let kept: i32 = 0;
  for (let k = setCount - 1; k >= 0; k--) {
    const row = int(setRowsAt, k);
    if (kept < mostKept && rowIsFree(row)) setInt(setRowsAt, setCount - ++kept, row);
    else store<u8>(inSetAt + row, 0);
  }
  memory.copy(setRowsAt, setRowsAt + (<usize>(setCount - kept) << 2), <usize>kept << 2);
  setKeptCount(kept);
}

/** Tiles that the thread with most rows has. */
export function tileCount(): i32 {
  const panels = memberPadded / panelRows;
  const mostPanels = (panels + threadCount - 1) / threadCount;
  return (mostPanels * panelRows + tileRows - 1) / tileRows;
}

/** Takes all changes over tiles first … after − 1 of this thread's rows. */
export function applyChanges(firstTile: i32, afterTile: i32): void {
  if (firstTile == 0) forgetExtremes();
  const end = min(afterRow(), firstRow() + afterTile * tileRows);
  for (let first = firstRow() + firstTile * tileRows; first < end; first += tileRows) {
    const rows = min(tileRows, end - first);
    applyToTile(first, rows);
    findExtremes(first, first + rows);
  }
  publishExtremes();
}

function applyToTile(first: i32, rows: i32): void {
  const count = changedCount();
  freshDone = 0;
  for (let k: i32 = 0; k < count; k += 4) {
    const last = min(k + 3, count - 1);
    for (let next = min(k + 3, count - 1); next >= k; next--) {
      if (int(changedFreshAt, next) < 0) continue;
      while (freshDone <= int(changedFreshAt, next)) computeFresh(first, rows);
      break;
    }
    subtractRows(
      valuesAt + (<usize>first << 3), rows,
      tileOf(k, first), tileOf(min(k + 1, last), first), tileOf(min(k + 2, last), first), tileOf(last, first),
      deltaOf(k), k + 1 < count ? deltaOf(k + 1) : 0, k + 2 < count ? deltaOf(k + 2) : 0, k + 3 < count ? deltaOf(k + 3) : 0,
    );
  }
}

// @ts-ignore: decorator
@inline
function deltaOf(change: i32): f64 {
  return load<f64>(setDeltaAt + (<usize>change << 3));
}

/** Where a change's kernel row has its values for the tile that begins at a row. */
function tileOf(change: i32, first: i32): usize {
  const slot = int(changedSlotsAt, change);
  if (slot >= 0) return cacheAt + (<usize>slot * memberPadded << 2) + (<usize>first << 2);
  return ringsAt + (<usize>(threadIndex * ringRows + (int(changedFreshAt, change) & (ringRows - 1))) * tileRows << 2);
}

/** Computes the next two of the kernel rows that are not in the cache. */
function computeFresh(first: i32, rows: i32): void {
  const one = int(freshOnesAt, freshDone);
  const other = freshDone + 1 < freshCount() ? int(freshOnesAt, freshDone + 1) : one;
  const x0 = int(changedRowsAt, one);
  const x1 = int(changedRowsAt, other);
  kernelTile(
    memberAt(x0), memberAt(x1), load<f32>(halvesAt + (<usize>x0 << 2)), load<f32>(halvesAt + (<usize>x1 << 2)),
    panelsAt + (<usize>(first * featureCount) << 2), halvesAt + (<usize>first << 2), rows / panelRows, tileOf(one, first), tileOf(other, first),
  );
  freshDone += 2;
}

/** v −= d0 K0 + d1 K1 + d2 K2 + d3 K3, one after the other. Exported to stay a function. */
export function subtractRows(
  values: usize, rows: i32, k0: usize, k1: usize, k2: usize, k3: usize, d0: f64, d1: f64, d2: f64, d3: f64,
): void {
  const e0 = f64x2.splat(d0);
  const e1 = f64x2.splat(d1);
  const e2 = f64x2.splat(d2);
  const e3 = f64x2.splat(d3);
  const end = values + (<usize>rows << 3);
  let at: usize = 0;
  for (let to = values; to < end; to += 32) {
    let low = v128.load(to);
    let high = v128.load(to, 16);
    low = f64x2.sub(low, f64x2.mul(e0, f64x2.promote_low_f32x4(v128.load64_zero(k0 + at))));
    high = f64x2.sub(high, f64x2.mul(e0, f64x2.promote_low_f32x4(v128.load64_zero(k0 + at, 8))));
    low = f64x2.sub(low, f64x2.mul(e1, f64x2.promote_low_f32x4(v128.load64_zero(k1 + at))));
    high = f64x2.sub(high, f64x2.mul(e1, f64x2.promote_low_f32x4(v128.load64_zero(k1 + at, 8))));
    low = f64x2.sub(low, f64x2.mul(e2, f64x2.promote_low_f32x4(v128.load64_zero(k2 + at))));
    high = f64x2.sub(high, f64x2.mul(e2, f64x2.promote_low_f32x4(v128.load64_zero(k2 + at, 8))));
    low = f64x2.sub(low, f64x2.mul(e3, f64x2.promote_low_f32x4(v128.load64_zero(k3 + at))));
    high = f64x2.sub(high, f64x2.mul(e3, f64x2.promote_low_f32x4(v128.load64_zero(k3 + at, 8))));
    v128.store(to, low);
    v128.store(to, high, 16);
    at += 16;
  }
}
