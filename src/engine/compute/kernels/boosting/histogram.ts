/**
 * Histograms: for every feature and bin the sum of the packed gradients of a leaf's rows.
 *
 *     histogram    i64[F][256], cell (f, b) at byte 2048 f + 8 b
 *
 * This is where boosting spends its time. Rows go in blocks of 256: first their gradients and the addresses of their bins are
 * gathered into a small buffer (the loads don't depend on each other, so the processor overlaps their cache misses; WebAssembly
 * has no prefetch), which leaves the block in the first cache; then features go ten at a time, whose histograms (20 KB) stay there
 * too, with ten independent additions a row.
 *
 * Buffer of a thread, bytes: 8 × 256 gradients, then 4 × 256 addresses.
 */
import { threadCount, threadIndex } from '../common/team';
import {
  binCountsAt, featureBytes, featureCount, leafHistogramsAt, missingBin, rowBinsAt, rowStride, scratchAt, scratchBytes,
  threadHistogramsAt,
} from './layout';

const blockRows: i32 = 256;
const addressesAfter: usize = 2048;

/** Takes the touched bytes, so that the compiler keeps the loads that warm the cache. */
let touched: i32 = 0;

/** The histogram that a thread fills. A lone thread writes into the leaf's own. */
// @ts-ignore: decorator
@inline
export function threadHistogram(index: i32, leafSlot: i32): usize {
  return threadCount == 1 ? leafHistogram(leafSlot) : threadHistogramsAt + <usize>index * (<usize>featureCount * featureBytes);
}

// @ts-ignore: decorator
@inline
export function leafHistogram(slot: i32): usize {
  return leafHistogramsAt + <usize>slot * (<usize>featureCount * featureBytes);
}

/** Sets the used bins to zero. */
export function clearHistogram(histogram: usize): void {
  for (let feature = 0; feature < featureCount; feature++) {
    const at = histogram + <usize>feature * featureBytes;
    memory.fill(at, 0, <usize>(usedBins(feature) << 3));
    store<i64>(at, 0, missingBin * 8);
  }
}

/** Bins of a feature, made even: the search takes two at a time. */
// @ts-ignore: decorator
@inline
export function usedBins(feature: i32): i32 {
  return (load<i32>(binCountsAt + (<usize>feature << 2)) + 1) & ~1;
}

/**
 * Adds rows to a histogram.
 *
 * @param rows i32[count], or 0: rows `first` … `first + count − 1` themselves. @param gradients i64[n].
 */
export function addRows(histogram: usize, rows: usize, first: i32, count: i32, gradients: usize): void {
  const buffer = scratchAt + <usize>threadIndex * scratchBytes;
  for (let done: i32 = 0; done < count; done += blockRows) {
    const size = min(blockRows, count - done);
    if (rows == 0) sequentialBlock(buffer, first + done, size, gradients);
    else gatherBlock(buffer, rows + (<usize>done << 2), size, gradients);
    addBlock(histogram, buffer, size);
  }
}

function gatherBlock(buffer: usize, rows: usize, size: i32, gradients: usize): void {
  let sink: i32 = 0;
  for (let i: i32 = 0; i < size; i++) {
    const row = load<i32>(rows + (<usize>i << 2));
    const address = rowBinsAt + <usize>row * rowStride;
    sink += load<u8>(address);
    store<i64>(buffer + (<usize>i << 3), load<i64>(gradients + (<usize>row << 3)));
    store<usize>(buffer + (<usize>i << 2), address, addressesAfter);
  }
  touched = sink;
}

function sequentialBlock(buffer: usize, first: i32, size: i32, gradients: usize): void {
  memory.copy(buffer, gradients + (<usize>first << 3), <usize>size << 3);
  let address = rowBinsAt + <usize>first * rowStride;
  for (let i: i32 = 0; i < size; i++) {
    store<usize>(buffer + (<usize>i << 2), address, addressesAfter);
    address += rowStride;
  }
}

/** A block's rows into all features: by tens, then by fives, then one by one. */
function addBlock(histogram: usize, buffer: usize, size: i32): void {
  let feature: i32 = 0;
  for (; feature + 10 <= featureCount; feature += 10) {
    addTen(histogram + <usize>feature * featureBytes, buffer, size, feature);
  }
  for (; feature + 5 <= featureCount; feature += 5) {
    addFive(histogram + <usize>feature * featureBytes, buffer, size, feature);
  }
  for (; feature < featureCount; feature++) {
    addOne(histogram + <usize>feature * featureBytes, buffer, size, feature);
  }
}

// @ts-ignore: decorator
@inline
function addTen(base: usize, buffer: usize, size: i32, feature: i32): void {
  const end = buffer + (<usize>size << 2);
  let gradientAt = buffer;
  for (let at = buffer; at < end; at += 4) {
    const bins = load<usize>(at, addressesAfter) + feature;
    const gradient = load<i64>(gradientAt);
    gradientAt += 8;
    const c0 = base + (<usize>load<u8>(bins, 0) << 3);
    store<i64>(c0, load<i64>(c0, 0 * 2048) + gradient, 0 * 2048);
    const c1 = base + (<usize>load<u8>(bins, 1) << 3);
    store<i64>(c1, load<i64>(c1, 1 * 2048) + gradient, 1 * 2048);
    const c2 = base + (<usize>load<u8>(bins, 2) << 3);
    store<i64>(c2, load<i64>(c2, 2 * 2048) + gradient, 2 * 2048);
    const c3 = base + (<usize>load<u8>(bins, 3) << 3);
    store<i64>(c3, load<i64>(c3, 3 * 2048) + gradient, 3 * 2048);
    const c4 = base + (<usize>load<u8>(bins, 4) << 3);
    store<i64>(c4, load<i64>(c4, 4 * 2048) + gradient, 4 * 2048);
    const c5 = base + (<usize>load<u8>(bins, 5) << 3);
    store<i64>(c5, load<i64>(c5, 5 * 2048) + gradient, 5 * 2048);
    const c6 = base + (<usize>load<u8>(bins, 6) << 3);
    store<i64>(c6, load<i64>(c6, 6 * 2048) + gradient, 6 * 2048);
    const c7 = base + (<usize>load<u8>(bins, 7) << 3);
    store<i64>(c7, load<i64>(c7, 7 * 2048) + gradient, 7 * 2048);
    const c8 = base + (<usize>load<u8>(bins, 8) << 3);
    store<i64>(c8, load<i64>(c8, 8 * 2048) + gradient, 8 * 2048);
    const c9 = base + (<usize>load<u8>(bins, 9) << 3);
    store<i64>(c9, load<i64>(c9, 9 * 2048) + gradient, 9 * 2048);
  }
}

// @ts-ignore: decorator
@inline
function addFive(base: usize, buffer: usize, size: i32, feature: i32): void {
  const end = buffer + (<usize>size << 2);
  let gradientAt = buffer;
  for (let at = buffer; at < end; at += 4) {
    const bins = load<usize>(at, addressesAfter) + feature;
    const gradient = load<i64>(gradientAt);
    gradientAt += 8;
    const c0 = base + (<usize>load<u8>(bins, 0) << 3);
    store<i64>(c0, load<i64>(c0, 0 * 2048) + gradient, 0 * 2048);
    const c1 = base + (<usize>load<u8>(bins, 1) << 3);
    store<i64>(c1, load<i64>(c1, 1 * 2048) + gradient, 1 * 2048);
    const c2 = base + (<usize>load<u8>(bins, 2) << 3);
    store<i64>(c2, load<i64>(c2, 2 * 2048) + gradient, 2 * 2048);
    const c3 = base + (<usize>load<u8>(bins, 3) << 3);
    store<i64>(c3, load<i64>(c3, 3 * 2048) + gradient, 3 * 2048);
    const c4 = base + (<usize>load<u8>(bins, 4) << 3);
    store<i64>(c4, load<i64>(c4, 4 * 2048) + gradient, 4 * 2048);
  }
}

// @ts-ignore: decorator
@inline
function addOne(base: usize, buffer: usize, size: i32, feature: i32): void {
  const end = buffer + (<usize>size << 2);
  let gradientAt = buffer;
  for (let at = buffer; at < end; at += 4) {
    const cell = base + (<usize>load<u8>(load<usize>(at, addressesAfter) + feature) << 3);
    store<i64>(cell, load<i64>(cell) + load<i64>(gradientAt));
    gradientAt += 8;
  }
}

/**
 * Adds the threads' histograms of one feature into the leaf's, and takes them from the parent's, which so becomes the sibling's.
 *
 * @param slot the leaf's. @param parentSlot the parent's and sibling's, or −1: there is none.
 */
export function combineFeature(feature: i32, slot: i32, parentSlot: i32): void {
  const offset = <usize>feature * featureBytes;
  const bins = usedBins(feature);
  for (let bin = 0; bin < bins; bin += 2) combineCells(offset + (<usize>bin << 3), slot, parentSlot);
  if (bins < missingBin) combineCells(offset + ((missingBin - 1) << 3), slot, parentSlot);
}

/** Two cells. The one before the missing values' is not used where this is called for them apart. */
// @ts-ignore: decorator
@inline
function combineCells(offset: usize, slot: i32, parentSlot: i32): void {
  const own = leafHistogram(slot) + offset;
  let sum = v128.load(threadHistogram(0, slot) + offset);
  for (let index = 1; index < threadCount; index++) {
    sum = i64x2.add(sum, v128.load(threadHistogram(index, slot) + offset));
  }
  v128.store(own, sum);
  if (parentSlot >= 0) {
    const parent = leafHistogram(parentSlot) + offset;
    v128.store(parent, i64x2.sub(v128.load(parent), sum));
  }
}
