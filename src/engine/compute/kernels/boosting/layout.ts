/**
 * Where a boosting fit keeps its data. TypeScript (models/boosting/boostingLayout.ts) lays the regions out and writes their addresses
 * and the fit's settings into one block, in the order below; `configure` reads it into this thread's globals.
 *
 * n rows, F features, K outputs (trees an iteration), T threads, L the most leaves of a tree; rows of f32 arrays are padded to a
 * multiple of 4.
 *
 *     tileBins      u8[tiles][n][B]        bins of up to B features (B = 2 to the power of `tileShift`: 16 or 32), row after row; 255 means missing.
 *                                          A tile's rows are `tileStride` bytes, its features `tileFeatures`
 *     columnBins    u8[F][columnStride]    the same bins, column after column
 *     gradients     i64[K][n padded]       high half: gradient, low half: hessian, both as scaled integers (gradients.ts)
 *     scores        f32[K][n padded]       the ensemble's raw prediction so far
 *     target        f32[n padded]          value, or class code
 *     weights       f32[n padded]          or address 0: every row weighs 1
 *     rootRows      i32[T][P]              each thread's own rows (rows.ts), P = `threadPlaces`: those that trees are grown on from the
 *                                          front, the others from the back
 *     rowsA, rowsB  i32[T][P]              the same rows, leaf after leaf: at odd depths in rowsA, at even ones in rowsB
 *     sample        i32[n]                 rows that trees are grown on, ascending, where that isn't all of them
 *     residuals     f32[n]                 scratch of the losses that need residuals in order
 *     histograms    i64[F][256]            sums of packed gradients by bin: T of them for the threads, L for the leaves; or, where
 *                                          none is kept, T of 64 features that each thread fills again and again
 *     rootPairs     i64[T][K / 2][F][256][2]  root histograms of two outputs at a time (rootPairs.ts), or address 0: not in use
 *     leafTables    T × L leaf records     each thread keeps its own copy (grow.ts)
 *     candidates    T × 2 records          best split that each thread found for the two children (splitSearch.ts)
 *     nodes         (2 L − 1) records      the tree, written by thread 0 (grow.ts)
 */
export let rowCount: i32 = 0;
export let rowPadded: i32 = 0;
export let featureCount: i32 = 0;
export let tileStride: i32 = 0;
export let columnStride: i32 = 0;
export let outputCount: i32 = 0;
export let loss: i32 = 0;
export let constantHessian: i32 = 0;
export let maxBins: i32 = 0;
export let maxLeaves: i32 = 0;
export let maxDepth: i32 = 0;
export let minSamplesLeaf: i32 = 0;
export let thresholdsAt: usize = 0;
export let binCountsAt: usize = 0;
export let hasMissingAt: usize = 0;
export let categoryTablesAt: usize = 0;
export let monotonicAt: usize = 0;
export let featureMasksAt: usize = 0;
export let tileBinsAt: usize = 0;
export let columnBinsAt: usize = 0;
export let gradientsAt: usize = 0;
export let scoresAt: usize = 0;
export let targetAt: usize = 0;
export let weightsAt: usize = 0;
export let rootRowsAt: usize = 0;
export let rowsAAt: usize = 0;
export let rowsBAt: usize = 0;
export let threadHistogramsAt: usize = 0;
export let leafHistogramsAt: usize = 0;
export let leafTablesAt: usize = 0;
export let candidatesAt: usize = 0;
export let threadCountsAt: usize = 0;
export let nodesAt: usize = 0;
export let blockSumsAt: usize = 0;
export let scratchAt: usize = 0;
export let scratchBytes: i32 = 0;
export let storesHistograms: i32 = 0;
export let tileFeatures: i32 = 0;
export let rootPairsAt: usize = 0;
export let tileShift: i32 = 0;
export let threadPlaces: i32 = 0;
export let sampleAt: usize = 0;
export let residualsAt: usize = 0;
export let l2: f64 = 0;
export let learningRate: f64 = 0;
export let minHessian: f64 = 0;
export let lossParameter: f64 = 0;
export let categorySmoothing: f64 = 0;

/** Bins of a feature in a histogram, always: constant offsets make the inner loops cheap. */
export const histogramBins: i32 = 256;
/** Bytes of one feature's histogram. */
export const featureBytes: i32 = 2048;
/** The bin of missing values. */
export const missingBin: i32 = 255;

/** Reads the block at `block`: 32-bit integers in the order above, then from byte 256 on 64-bit floats. */
export function configure(block: usize): void {
  rowCount = load<i32>(block, 0);
  rowPadded = load<i32>(block, 4);
  featureCount = load<i32>(block, 8);
  tileStride = load<i32>(block, 12);
  columnStride = load<i32>(block, 16);
  outputCount = load<i32>(block, 20);
  loss = load<i32>(block, 24);
  constantHessian = load<i32>(block, 28);
  maxBins = load<i32>(block, 32);
  maxLeaves = load<i32>(block, 36);
  maxDepth = load<i32>(block, 40);
  minSamplesLeaf = load<i32>(block, 44);
  thresholdsAt = load<usize>(block, 48);
  binCountsAt = load<usize>(block, 52);
  hasMissingAt = load<usize>(block, 56);
  categoryTablesAt = load<usize>(block, 60);
  monotonicAt = load<usize>(block, 64);
  featureMasksAt = load<usize>(block, 68);
  tileBinsAt = load<usize>(block, 72);
  columnBinsAt = load<usize>(block, 76);
  gradientsAt = load<usize>(block, 80);
  scoresAt = load<usize>(block, 84);
  targetAt = load<usize>(block, 88);
  weightsAt = load<usize>(block, 92);
  rowsAAt = load<usize>(block, 96);
  rowsBAt = load<usize>(block, 100);
  threadHistogramsAt = load<usize>(block, 104);
  leafHistogramsAt = load<usize>(block, 108);
  leafTablesAt = load<usize>(block, 112);
  candidatesAt = load<usize>(block, 116);
  threadCountsAt = load<usize>(block, 120);
  nodesAt = load<usize>(block, 124);
  blockSumsAt = load<usize>(block, 128);
  scratchAt = load<usize>(block, 132);
  scratchBytes = load<i32>(block, 136);
  storesHistograms = load<i32>(block, 140);
  tileFeatures = load<i32>(block, 144);
  rootPairsAt = load<usize>(block, 148);
  tileShift = load<i32>(block, 152);
  threadPlaces = load<i32>(block, 156);
  sampleAt = load<usize>(block, 160);
  residualsAt = load<usize>(block, 164);
  rootRowsAt = load<usize>(block, 168);
  l2 = load<f64>(block, 256);
  learningRate = load<f64>(block, 264);
  minHessian = load<f64>(block, 272);
  lossParameter = load<f64>(block, 280);
  categorySmoothing = load<f64>(block, 288);
}

/** Changes the loss's parameter during a fit: Huber's delta follows the residuals. */
export function setLossParameter(value: f64): void {
  lossParameter = value;
}
