/**
 * Histograms of a large node: what its records sum up to in each bin of a feature.
 *
 * A slot holds one feature's histogram; there are five, because five features are summed in one pass. All cells are zero between
 * two uses.
 *
 *     0                    cells[256]   two classes:  i64  count | (count of class 1) << 32
 *                                       more classes: i32[K]  count of each class, K rounded up to 6 or an even number
 *                                       regression:   f64  count, f64  count · target
 *     256 × cellBytes      i32[256]     records (only where a leaf needs more than one)
 */
import { classCount, histogramsAt, minSamplesLeaf, payloadOffset, recordStride } from './layout';

export const slots: i32 = 5;
/** A cell of three to six classes. */
export const sixClassesBytes: i32 = 24;

// @ts-ignore: decorator
@inline
export function cellBytes(): i32 {
  return classCount == 0 ? 16 : classCount == 2 ? 8 : classCount <= 6 ? sixClassesBytes : ((classCount + 1) & ~1) * 4;
}

// @ts-ignore: decorator
@inline
export function slotAt(slot: i32): usize {
  return histogramsAt + <usize>slot * (256 * cellBytes() + 1024);
}

// @ts-ignore: decorator
@inline
export function rowsIn(slot: usize): usize {
  return slot + 256 * cellBytes();
}

/** Adds five features of records [first, after) to the five slots. */
export function addFive(f0: i32, f1: i32, f2: i32, f3: i32, f4: i32, first: usize, after: usize): void {
  const s0 = slotAt(0);
  const s1 = slotAt(1);
  const s2 = slotAt(2);
  const s3 = slotAt(3);
  const s4 = slotAt(4);
  if (classCount == 2) {
    for (let record = first; record < after; record += recordStride) {
      const packed = load<i64>(record + payloadOffset);
      addPacked(s0 + (<usize>load<u8>(record + f0) << 3), packed);
      addPacked(s1 + (<usize>load<u8>(record + f1) << 3), packed);
      addPacked(s2 + (<usize>load<u8>(record + f2) << 3), packed);
      addPacked(s3 + (<usize>load<u8>(record + f3) << 3), packed);
      addPacked(s4 + (<usize>load<u8>(record + f4) << 3), packed);
    }
  } else if (classCount == 0) {
    for (let record = first; record < after; record += recordStride) {
      const drawn = load<f64>(record + payloadOffset);
      const pair = f64x2.replace_lane(f64x2.splat(drawn), 1, drawn * load<f64>(record + payloadOffset, 8));
      addPair(s0 + (<usize>load<u8>(record + f0) << 4), pair);
      addPair(s1 + (<usize>load<u8>(record + f1) << 4), pair);
      addPair(s2 + (<usize>load<u8>(record + f2) << 4), pair);
      addPair(s3 + (<usize>load<u8>(record + f3) << 4), pair);
      addPair(s4 + (<usize>load<u8>(record + f4) << 4), pair);
    }
  } else {
    const stride = <usize>cellBytes();
    for (let record = first; record < after; record += recordStride) {
      const count = load<i32>(record + payloadOffset);
      const label = <usize>load<i32>(record + payloadOffset, 4) << 2;
      addCount(s0 + <usize>load<u8>(record + f0) * stride + label, count);
      addCount(s1 + <usize>load<u8>(record + f1) * stride + label, count);
      addCount(s2 + <usize>load<u8>(record + f2) * stride + label, count);
      addCount(s3 + <usize>load<u8>(record + f3) * stride + label, count);
      addCount(s4 + <usize>load<u8>(record + f4) * stride + label, count);
    }
  }
  if (minSamplesLeaf > 1) {
    countRecords(s0, f0, first, after);
    countRecords(s1, f1, first, after);
    countRecords(s2, f2, first, after);
    countRecords(s3, f3, first, after);
    countRecords(s4, f4, first, after);
  }
}

// @ts-ignore: decorator
@inline
function addPacked(cell: usize, packed: i64): void {
  store<i64>(cell, load<i64>(cell) + packed);
}

// @ts-ignore: decorator
@inline
function addPair(cell: usize, pair: v128): void {
  v128.store(cell, f64x2.add(v128.load(cell), pair));
}

// @ts-ignore: decorator
@inline
function addCount(cell: usize, count: i32): void {
  store<i32>(cell, load<i32>(cell) + count);
}

function countRecords(slot: usize, feature: i32, first: usize, after: usize): void {
  const rows = rowsIn(slot);
  for (let record = first; record < after; record += recordStride) addCount(rows + (<usize>load<u8>(record + feature) << 2), 1);
}

/** Sets all cells and counts of a slot to zero. */
export function clearSlot(slot: usize): void {
  memory.fill(slot, 0, 256 * cellBytes());
  if (minSamplesLeaf > 1) memory.fill(rowsIn(slot), 0, 1024);
}
