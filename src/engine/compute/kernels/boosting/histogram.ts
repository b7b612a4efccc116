/**
 * Histograms: for every feature and bin the sum of the packed gradients of a leaf's rows.
 *
 *     histogram    i64[F][256], cell (f, b) at byte 2048 f + 8 b
 *
 * This is where boosting spends its time. Rows go block by block, and within a block features ten at a time, whose histograms (20 KB)
 * so stay in the first cache. Where rows aren't taken as they lie, a block's bins and gradients are first gathered into a buffer
 * that the first caches hold (the gathering loads don't depend on each other, so the processor overlaps their cache misses;
 * WebAssembly has no prefetch).
 *
 * Buffer of a thread, bytes: 8 × 512 for gradients, then for bins u8[512][32].
 */
import { threadCount, threadIndex } from '../common/team';
import {
  binCountsAt, featureBytes, featureCount, leafHistogramsAt, missingBin, scratchAt, scratchBytes, threadHistogramsAt, tileBinsAt,
  tileFeatures, tileShift, tileStride,
} from './layout';

const blockRows: i32 = 512;
const binsInBuffer: i32 = 4096;

/** The histogram that a thread fills where rows are shared. */
// @ts-ignore: decorator
@inline
export function threadHistogram(index: i32): usize {
  return threadHistogramsAt + <usize>index * (<usize>featureCount * featureBytes);
}

// @ts-ignore: decorator
@inline
export function leafHistogram(slot: i32): usize {
  return leafHistogramsAt + <usize>slot * (<usize>featureCount * featureBytes);
}

/** Sets the used bins of some features to zero. `histogram`: of all features. */
export function clearFeatures(histogram: usize, firstFeature: i32, afterFeature: i32): void {
  const zero = i64x2.splat(0);
  for (let feature = firstFeature; feature < afterFeature; feature++) {
    const cells = histogram + <usize>feature * featureBytes;
    const end = cells + (<usize>evenBins(feature) << 3);
    for (let at = cells; at < end; at += 16) v128.store(at, zero);
    store<i64>(cells, 0, missingBin * 8);
  }
}

/** Bins of a feature, made even: loops take two at a time. */
// @ts-ignore: decorator
@inline
export function evenBins(feature: i32): i32 {
  return (load<i32>(binCountsAt + (<usize>feature << 2)) + 1) & ~1;
}

/**
 * Adds rows to the histograms of some features.
 *
 * @param histogram of all features. @param rows i32[count], or 0: rows `first` … `first + count − 1` themselves.
 * @param gradients i64[n].
 */
export function addRows(
  histogram: usize, firstFeature: i32, afterFeature: i32, rows: usize, first: i32, count: i32, gradients: usize,
): void {
  const buffer = scratchAt + <usize>threadIndex * scratchBytes;
  const shift = <usize>tileShift;
  for (let done: i32 = 0; done < count; done += blockRows) {
    const here = min(blockRows, count - done);
    const block = rows + (<usize>done << 2);
    if (rows != 0) gatherGradients(buffer, block, here, gradients);
    for (let feature = firstFeature; feature < afterFeature;) {
      const tile = feature / tileFeatures;
      const after = min(afterFeature, (tile + 1) * tileFeatures);
      const bins = tileBinsAt + <usize>tile * tileStride + <usize>(feature - tile * tileFeatures);
      const cells = histogram + <usize>feature * featureBytes;
      if (rows == 0) {
        const from = <usize>(first + done);
        addGroups(cells, bins + (from << shift), gradients + (from << 3), here, after - feature, 1 << tileShift);
      } else if (after - feature <= 16) {
        gatherBins(buffer + binsInBuffer, block, here, bins);
        addGroups(cells, buffer + binsInBuffer, buffer, here, after - feature, 16);
      } else {
        gatherWideBins(buffer + binsInBuffer, block, here, bins);
        addGroups(cells, buffer + binsInBuffer, buffer, here, after - feature, 32);
      }
      feature = after;
    }
  }
}

function gatherGradients(to: usize, rows: usize, size: i32, gradients: usize): void {
  for (let i: i32 = 0; i < size; i++) {
    store<i64>(to + (<usize>i << 3), load<i64>(gradients + (<usize>load<i32>(rows + (<usize>i << 2)) << 3)));
  }
}

/** Sixteen bins a row, from `bins` on: those behind the row's last are another's, and not used. */
function gatherBins(to: usize, rows: usize, size: i32, bins: usize): void {
  const shift = <usize>tileShift;
  const end = rows + (<usize>size << 2);
  for (; rows < end; rows += 4, to += 16) v128.store(to, v128.load(bins + (<usize>load<i32>(rows) << shift)));
}

/** Up to thirty-two. */
function gatherWideBins(to: usize, rows: usize, size: i32, bins: usize): void {
  const end = rows + (<usize>size << 2);
  for (; rows < end; rows += 4, to += 32) {
    const row = bins + (<usize>load<i32>(rows) << 5);
    v128.store(to, v128.load(row));
    v128.store(to, v128.load(row, 16), 16);
  }
}

/** Rows into features of one tile: by tens, then by fives, then one by one. */
function addGroups(histogram: usize, bins: usize, gradients: usize, size: i32, features: i32, rowBytes: usize): void {
  let feature: i32 = 0;
  for (; feature + 10 <= features; feature += 10) addTen(histogram + <usize>feature * featureBytes, bins + feature, gradients, size, rowBytes);
  for (; feature + 5 <= features; feature += 5) addFive(histogram + <usize>feature * featureBytes, bins + feature, gradients, size, rowBytes);
  for (; feature < features; feature++) addOne(histogram + <usize>feature * featureBytes, bins + feature, gradients, size, rowBytes);
}

/** Rows into ten features. Exported, like its smaller sisters, so that it stays a function of its own: inlined it runs a third slower. */
export function addTen(base: usize, bins: usize, gradients: usize, size: i32, rowBytes: usize): void {
  const end = gradients + (<usize>size << 3);
  for (let at = gradients; at < end; at += 8) {
    const gradient = load<i64>(at);
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
    bins += rowBytes;
  }
}

export function addFive(base: usize, bins: usize, gradients: usize, size: i32, rowBytes: usize): void {
  const end = gradients + (<usize>size << 3);
  for (let at = gradients; at < end; at += 8) {
    const gradient = load<i64>(at);
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
    bins += rowBytes;
  }
}

export function addOne(base: usize, bins: usize, gradients: usize, size: i32, rowBytes: usize): void {
  const end = gradients + (<usize>size << 3);
  for (let at = gradients; at < end; at += 8) {
    const gradient = load<i64>(at);
    const c0 = base + (<usize>load<u8>(bins) << 3);
    store<i64>(c0, load<i64>(c0) + gradient);
    bins += rowBytes;
  }
}

/** Sums the threads' histograms of a feature into the leaf's. */
export function sumThreads(feature: i32, slot: i32): void {
  const offset = <usize>feature * featureBytes;
  const bins = evenBins(feature);
  for (let bin = 0; bin < bins; bin += 2) sumCells(offset + (<usize>bin << 3), slot);
  if (bins < missingBin) sumCells(offset + ((missingBin - 1) << 3), slot);
}

/** Two cells. The one before the missing values' is not used where this is called for them apart. */
// @ts-ignore: decorator
@inline
function sumCells(offset: usize, slot: i32): void {
  let sum = v128.load(threadHistogram(0) + offset);
  for (let index = 1; index < threadCount; index++) sum = i64x2.add(sum, v128.load(threadHistogram(index) + offset));
  v128.store(leafHistogram(slot) + offset, sum);
}

/** Takes a feature's cells from the parent's, which so become the sibling's. */
export function subtractCells(parent: usize, cells: usize, feature: i32): void {
  const end = cells + (<usize>evenBins(feature) << 3);
  store<i64>(parent, load<i64>(parent, missingBin * 8) - load<i64>(cells, missingBin * 8), missingBin * 8);
  if (end > cells + missingBin * 8) {
    // The last two cells hold the missing ones, which are done.
    store<i64>(parent, load<i64>(parent, 254 * 8) - load<i64>(cells, 254 * 8), 254 * 8);
  }
  const last = min(end, cells + 254 * 8);
  for (; cells < last; cells += 16, parent += 16) v128.store(parent, i64x2.sub(v128.load(parent), v128.load(cells)));
}
