/**
 * Where growing a forest keeps its data. TypeScript (models/trees/kernelForest.ts) writes the block that `configure` reads.
 *
 * n rows, F features, K classes (0: regression), T threads. Shared:
 *
 *     rowBins      u8[n][rowStride]     bin of each feature, row after row
 *     target       f64[n]               class code, or value less the mean of all
 *     streams      u32[trees][8]        states of each tree's two random streams: bootstrap, features
 *     classWeights f64[K]
 *     counter      i32                  the next tree that nobody has begun
 *
 * Each thread has a region of its own, at privateAt + thread × privateBytes:
 *
 *     recordsA, recordsB   n + 1 records each: the rows that its tree is grown on, leaf after leaf (records.ts)
 *     weights              u16[n]       how often the bootstrap drew each row
 *     stack                i32[n][4]    nodes still to grow
 *     order                i32[F]       features in the order of their last draw
 *     sums                 f64[2][32]   classes' weights in the node, and left of a border (nodeSums.ts, largeNodes.ts)
 *     scratch              16 KB        (smallSearch.ts)
 *     histograms           5 slots      (histograms.ts)
 *     output               finished trees (output.ts)
 */
import { threadIndex } from '../common/team';

export let rowCount: i32 = 0;
export let featureCount: i32 = 0;
export let rowStride: i32 = 0;
export let classCount: i32 = 0;
export let treeCount: i32 = 0;
export let bootstrapRows: i32 = 0;
export let maxFeatures: i32 = 0;
export let maxDepth: i32 = 0;
export let minSamplesSplit: i32 = 0;
export let minSamplesLeaf: i32 = 0;
export let weighted: i32 = 0;
export let randomBorders: i32 = 0;
export let rowBinsAt: usize = 0;
export let targetAt: usize = 0;
export let streamsAt: usize = 0;
export let classWeightsAt: usize = 0;
export let counterAt: usize = 0;
export let thresholdsAt: usize = 0;
export let binCountsAt: usize = 0;
export let sortScratchAt: usize = 0;
export let sortScratchBytes: i32 = 0;
export let recordStride: i32 = 0;
export let payloadOffset: i32 = 0;
export let outputBytes: i32 = 0;
export let treeBytes: i32 = 0;
export let recordsAAt: usize = 0;
export let recordsBAt: usize = 0;
export let weightsAt: usize = 0;
export let stackAt: usize = 0;
export let orderAt: usize = 0;
export let histogramsAt: usize = 0;
export let outputAt: usize = 0;
export let sumsAt: usize = 0;
export let scratchAt: usize = 0;
export let minImpurityDecrease: f64 = 0;

/** Reads the block: 32-bit integers in the order below, then at byte 256 a 64-bit float. Addresses of the thread's own
 * regions are those of thread 0; the others' lie `privateBytes` apart. */
export function configure(block: usize): void {
  rowCount = load<i32>(block, 0);
  featureCount = load<i32>(block, 4);
  rowStride = load<i32>(block, 8);
  classCount = load<i32>(block, 12);
  treeCount = load<i32>(block, 16);
  bootstrapRows = load<i32>(block, 20);
  maxFeatures = load<i32>(block, 24);
  maxDepth = load<i32>(block, 28);
  minSamplesSplit = load<i32>(block, 32);
  minSamplesLeaf = load<i32>(block, 36);
  weighted = load<i32>(block, 40);
  randomBorders = load<i32>(block, 44);
  rowBinsAt = load<usize>(block, 48);
  targetAt = load<usize>(block, 52);
  streamsAt = load<usize>(block, 56);
  classWeightsAt = load<usize>(block, 60);
  counterAt = load<usize>(block, 64);
  thresholdsAt = load<usize>(block, 68);
  binCountsAt = load<usize>(block, 72);
  sortScratchAt = load<usize>(block, 76);
  sortScratchBytes = load<i32>(block, 80);
  recordStride = load<i32>(block, 84);
  payloadOffset = load<i32>(block, 88);
  outputBytes = load<i32>(block, 92);
  treeBytes = load<i32>(block, 96);
  const own = load<usize>(block, 100) * threadIndex;
  recordsAAt = load<usize>(block, 104) + own;
  recordsBAt = load<usize>(block, 108) + own;
  weightsAt = load<usize>(block, 112) + own;
  stackAt = load<usize>(block, 116) + own;
  orderAt = load<usize>(block, 120) + own;
  histogramsAt = load<usize>(block, 124) + own;
  outputAt = load<usize>(block, 128) + own;
  sumsAt = load<usize>(block, 132) + own;
  scratchAt = load<usize>(block, 136) + own;
  minImpurityDecrease = load<f64>(block, 256);
}
