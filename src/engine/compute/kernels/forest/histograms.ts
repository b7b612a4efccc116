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
/** Bytes of a slot: cells and records. */
const twoSlot: usize = 256 * 8 + 1024;
const valuesSlot: usize = 256 * 16 + 1024;
const sixSlot: usize = 256 * 24 + 1024;

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
  if (classCount == 0) addValues(f0, f1, f2, f3, f4, first, after);
  else if (classCount == 2) addTwoClasses(f0, f1, f2, f3, f4, first, after);
  else if (classCount <= 6) addSixClasses(f0, f1, f2, f3, f4, first, after);
  else addClasses(f0, f1, f2, f3, f4, first, after);
  if (minSamplesLeaf > 1) {
    countRecords(slotAt(0), f0, first, after);
    countRecords(slotAt(1), f1, first, after);
    countRecords(slotAt(2), f2, first, after);
    countRecords(slotAt(3), f3, first, after);
    countRecords(slotAt(4), f4, first, after);
  }
}

// Slots are told apart by constant offsets, which take no registers.

export function addTwoClasses(f0: i32, f1: i32, f2: i32, f3: i32, f4: i32, first: usize, after: usize): void {
  const h = histogramsAt;
  const stride = recordStride;
  const payload = payloadOffset;
  for (let record = first; record < after; record += stride) {
    const packed = load<i64>(record + payload);
    let cell = h + (<usize>load<u8>(record + f0) << 3);
    store<i64>(cell, load<i64>(cell) + packed);
    cell = h + (<usize>load<u8>(record + f1) << 3);
    store<i64>(cell, load<i64>(cell, twoSlot) + packed, twoSlot);
    cell = h + (<usize>load<u8>(record + f2) << 3);
    store<i64>(cell, load<i64>(cell, 2 * twoSlot) + packed, 2 * twoSlot);
    cell = h + (<usize>load<u8>(record + f3) << 3);
    store<i64>(cell, load<i64>(cell, 3 * twoSlot) + packed, 3 * twoSlot);
    cell = h + (<usize>load<u8>(record + f4) << 3);
    store<i64>(cell, load<i64>(cell, 4 * twoSlot) + packed, 4 * twoSlot);
  }
}

export function addValues(f0: i32, f1: i32, f2: i32, f3: i32, f4: i32, first: usize, after: usize): void {
  const h = histogramsAt;
  const stride = recordStride;
  const payload = payloadOffset;
  for (let record = first; record < after; record += stride) {
    const drawn = load<f64>(record + payload);
    const pair = f64x2.replace_lane(f64x2.splat(drawn), 1, drawn * load<f64>(record + payload, 8));
    let cell = h + (<usize>load<u8>(record + f0) << 4);
    v128.store(cell, f64x2.add(v128.load(cell), pair));
    cell = h + (<usize>load<u8>(record + f1) << 4);
    v128.store(cell, f64x2.add(v128.load(cell, valuesSlot), pair), valuesSlot);
    cell = h + (<usize>load<u8>(record + f2) << 4);
    v128.store(cell, f64x2.add(v128.load(cell, 2 * valuesSlot), pair), 2 * valuesSlot);
    cell = h + (<usize>load<u8>(record + f3) << 4);
    v128.store(cell, f64x2.add(v128.load(cell, 3 * valuesSlot), pair), 3 * valuesSlot);
    cell = h + (<usize>load<u8>(record + f4) << 4);
    v128.store(cell, f64x2.add(v128.load(cell, 4 * valuesSlot), pair), 4 * valuesSlot);
  }
}

export function addSixClasses(f0: i32, f1: i32, f2: i32, f3: i32, f4: i32, first: usize, after: usize): void {
  const h = histogramsAt;
  const stride = recordStride;
  const payload = payloadOffset;
  for (let record = first; record < after; record += stride) {
    const count = load<i32>(record + payload);
    const label = h + (<usize>load<i32>(record + payload, 4) << 2);
    let cell = label + <usize>load<u8>(record + f0) * sixClassesBytes;
    store<i32>(cell, load<i32>(cell) + count);
    cell = label + <usize>load<u8>(record + f1) * sixClassesBytes;
    store<i32>(cell, load<i32>(cell, sixSlot) + count, sixSlot);
    cell = label + <usize>load<u8>(record + f2) * sixClassesBytes;
    store<i32>(cell, load<i32>(cell, 2 * sixSlot) + count, 2 * sixSlot);
    cell = label + <usize>load<u8>(record + f3) * sixClassesBytes;
    store<i32>(cell, load<i32>(cell, 3 * sixSlot) + count, 3 * sixSlot);
    cell = label + <usize>load<u8>(record + f4) * sixClassesBytes;
    store<i32>(cell, load<i32>(cell, 4 * sixSlot) + count, 4 * sixSlot);
  }
}

export function addClasses(f0: i32, f1: i32, f2: i32, f3: i32, f4: i32, first: usize, after: usize): void {
  const cell = <usize>cellBytes();
  const slot = slotAt(1) - slotAt(0);
  const stride = recordStride;
  const payload = payloadOffset;
  for (let record = first; record < after; record += stride) {
    const count = load<i32>(record + payload);
    let label = histogramsAt + (<usize>load<i32>(record + payload, 4) << 2);
    addCount(label + <usize>load<u8>(record + f0) * cell, count);
    label += slot;
    addCount(label + <usize>load<u8>(record + f1) * cell, count);
    label += slot;
    addCount(label + <usize>load<u8>(record + f2) * cell, count);
    label += slot;
    addCount(label + <usize>load<u8>(record + f3) * cell, count);
    label += slot;
    addCount(label + <usize>load<u8>(record + f4) * cell, count);
  }
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
