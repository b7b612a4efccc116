/**
 * Root histograms of two outputs at a time: several classes' trees begin with the same rows, so a row's bins are looked up once for
 * two of them, and one 128-bit addition adds both.
 *
 *     pairs    i64[T][K / 2][F][256][2], cell (p, f, b) of a thread at byte 4096 (p F + f) + 16 b; the last of an odd number of outputs
 *              has none
 *
 * Each thread adds its own rows to its own cells, then sums the cells of its share of the features into its own, and takes from there
 * what it needs for each output's root.
 */
import { shareBegin, shareEnd, threadCount, threadIndex } from '../common/team';
import { evenBins } from './histogram';
import {
  featureCount, gradientsAt, missingBin, outputCount, rootPairsAt, rowCount, rowPadded, tileBinsAt, tileFeatures, tileShift, tileStride,
} from './layout';
import { firstOwnRow, nextOwnRow, ownBlockRows } from './ownRows';

const pairBytes: i32 = 4096;

/** Whether `output` has its root in a pair. */
export function isPaired(output: i32): bool {
  return rootPairsAt != 0 && output < (outputCount & ~1);
}

/** Adds this thread's rows to its cells of all pairs. */
export function fillRootPairs(): void {
  const pairs = outputCount >> 1;
  memory.fill(pairCells(threadIndex, 0, 0), 0, <usize>(pairs * featureCount) * pairBytes);
  for (let first = firstOwnRow(); first < rowCount; first = nextOwnRow(first)) {
    const size = min(ownBlockRows, rowCount - first);
    for (let pair = 0; pair < pairs; pair++) {
      const gradients = gradientsAt + (<usize>(2 * pair * rowPadded + first) << 3);
      for (let feature = 0; feature < featureCount; feature += tileFeatures) {
        const bins = tileBinsAt + <usize>(feature / tileFeatures) * tileStride + (<usize>first << tileShift);
        addPairs(pairCells(threadIndex, pair, feature), bins, gradients, size, min(tileFeatures, featureCount - feature));
      }
    }
  }
}

/** Sums all threads' cells of this thread's features, once all are filled. */
export function sumRootPairs(): void {
  const begin = shareBegin(featureCount);
  const end = shareEnd(featureCount);
  const pairs = outputCount >> 1;
  for (let pair = 0; pair < pairs; pair++) {
    for (let feature = begin; feature < end; feature++) {
      const to = pairCells(threadIndex, pair, feature);
      const bins = evenBins(feature);
      for (let thread = 0; thread < threadCount; thread++) {
        if (thread == threadIndex) continue;
        const from = pairCells(thread, pair, feature);
        for (let at: usize = 0; at < (<usize>bins << 4); at += 16) v128.store(to + at, i64x2.add(v128.load(to + at), v128.load(from + at)));
        if (bins <= missingBin) v128.store(to + missingBin * 16, i64x2.add(v128.load(to, missingBin * 16), v128.load(from, missingBin * 16)));
      }
    }
  }
}

/** Writes a feature's histogram of one output's root. */
export function takeRoot(output: i32, feature: i32, cells: usize): void {
  const from = pairCells(threadIndex, output >> 1, feature);
  const bins = evenBins(feature);
  for (let bin = 0; bin < bins; bin += 2) {
    const low = v128.load(from + (<usize>bin << 4));
    const high = v128.load(from + (<usize>bin << 4), 16);
    v128.store(
      cells + (<usize>bin << 3),
      (output & 1) == 0 ? v128.shuffle<i64>(low, high, 0, 2) : v128.shuffle<i64>(low, high, 1, 3),
    );
  }
  store<i64>(cells, load<i64>(from + missingBin * 16 + (<usize>(output & 1) << 3)), missingBin * 8);
}

// @ts-ignore: decorator
@inline
function pairCells(thread: i32, pair: i32, feature: i32): usize {
  return rootPairsAt + <usize>((thread * (outputCount >> 1) + pair) * featureCount + feature) * pairBytes;
}

function addPairs(cells: usize, bins: usize, gradients: usize, size: i32, features: i32): void {
  const rowBytes = <usize>1 << tileShift;
  let feature: i32 = 0;
  for (; feature + 5 <= features; feature += 5) addFivePairs(cells + <usize>feature * pairBytes, bins + feature, gradients, size, rowBytes);
  for (; feature < features; feature++) addOnePair(cells + <usize>feature * pairBytes, bins + feature, gradients, size, rowBytes);
}

/** Rows into five features. Exported, so that it stays a function of its own. */
export function addFivePairs(base: usize, bins: usize, gradients: usize, size: i32, rowBytes: usize): void {
  const next = <usize>rowPadded << 3;
  const end = gradients + (<usize>size << 3);
  for (let at = gradients; at < end; at += 8) {
    const pair = v128.load64_lane(at + next, v128.load64_zero(at), 1);
    const c0 = base + (<usize>load<u8>(bins, 0) << 4);
    v128.store(c0, i64x2.add(v128.load(c0, 0 * 4096), pair), 0 * 4096);
    const c1 = base + (<usize>load<u8>(bins, 1) << 4);
    v128.store(c1, i64x2.add(v128.load(c1, 1 * 4096), pair), 1 * 4096);
    const c2 = base + (<usize>load<u8>(bins, 2) << 4);
    v128.store(c2, i64x2.add(v128.load(c2, 2 * 4096), pair), 2 * 4096);
    const c3 = base + (<usize>load<u8>(bins, 3) << 4);
    v128.store(c3, i64x2.add(v128.load(c3, 3 * 4096), pair), 3 * 4096);
    const c4 = base + (<usize>load<u8>(bins, 4) << 4);
    v128.store(c4, i64x2.add(v128.load(c4, 4 * 4096), pair), 4 * 4096);
    bins += rowBytes;
  }
}

export function addOnePair(base: usize, bins: usize, gradients: usize, size: i32, rowBytes: usize): void {
  const next = <usize>rowPadded << 3;
  const end = gradients + (<usize>size << 3);
  for (let at = gradients; at < end; at += 8) {
    const pair = v128.load64_lane(at + next, v128.load64_zero(at), 1);
    const c0 = base + (<usize>load<u8>(bins) << 4);
    v128.store(c0, i64x2.add(v128.load(c0), pair));
    bins += rowBytes;
  }
}
