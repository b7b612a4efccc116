import { MemoryPlan } from '../../compute/memoryPlan';
import type { Team } from '../../compute/team';
import { columnsAtOnce } from '../../compute/teamMember';

/** Sizes that decide how much memory a fit needs. */
export interface BoostingShape {
  readonly rows: number;
  readonly features: number;
  readonly outputs: number;
  readonly threads: number;
  readonly maxLeaves: number;
  /** Rows that the bins' borders are found from. */
  readonly sampleRows: number;
  readonly weighted: boolean;
  readonly monotonic: boolean;
  readonly featureMasks: boolean;
  /** Whether trees are grown on a sample of the rows, or some are held back. */
  readonly sampled: boolean;
  /** Whether leaves' values come from the residuals of their rows. */
  readonly needsResiduals: boolean;
  /** Bytes of the tables from category to bin. */
  readonly categoryTableBytes: number;
}

/** Settings of a fit as the kernel reads them. */
export interface BoostingSettings {
  readonly loss: number;
  readonly constantHessian: boolean;
  readonly maxBins: number;
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
  readonly l2: number;
  readonly learningRate: number;
  readonly minHessian: number;
  readonly lossParameter: number;
  readonly categorySmoothing: number;
}

export const leafRecordBytes = 128;
export const nodeRecordBytes = 96;
const candidateRecordBytes = 128;
const histogramFeatureBytes = 2048;
/** Bytes of a row in a tile of features, of few features and of more: a cache line holds four rows or two. */
const narrowTileBytes = 16;
const wideTileBytes = 32;
/** Cells and rows that are copied into a thread's staging area at once; a feature's borders are then in the cache for so many rows. */
const stagingCells = 32768;
const leastStagingRows = 64;
/** Rows that belong to threads in turn (kernels/boosting/ownRows.ts). */
const ownBlockRows = 512;
const settingsBytes = 512;
/** Features whose histograms are filled together where none is kept. */
const passingFeatures = 64;
/** Bounds of the shapes that keep no histograms. */
const mostPassingRows = 2048;
const fewestPassingFeatures = 256;
/** With more outputs the pairs' memory would outweigh the leaves' histograms. */
const mostPairedOutputs = 32;

/** Addresses of a fit's regions; kernels/boosting/layout.ts tells what each holds. */
export interface BoostingLayout extends Record<Region, number> {
  readonly plan: MemoryPlan;
  readonly shape: BoostingShape;
  readonly rowPadded: number;
  readonly tileStride: number;
  readonly tileBytes: number;
  readonly tileFeatures: number;
  readonly columnStride: number;
  /** Places of a thread in each list of rows. */
  readonly threadPlaces: number;
  readonly stagingRows: number;
  readonly scratchBytes: number;
  readonly storesHistograms: boolean;
  /** Whether the roots of two outputs' trees are filled together. */
  readonly pairsRoots: boolean;
}

type Region =
  | 'settings' | 'thresholds' | 'binCounts' | 'hasMissing' | 'categories' | 'categoryTables' | 'monotonic'
  | 'featureMasks' | 'tileBins' | 'columnBins' | 'gradients' | 'scores' | 'target' | 'weights' | 'sample' | 'rootRows' | 'rowsA' | 'rowsB' | 'residuals'
  | 'threadHistograms' | 'leafHistograms' | 'rootPairs' | 'leafTables' | 'candidates' | 'threadCounts' | 'nodes' | 'blockSums'
  | 'scratch' | 'staging';

/** Whether leaves keep their histograms: one beyond the caches takes longer to read than one of few rows to fill. */
export function keepsHistograms(rows: number, features: number): boolean {
  return rows > mostPassingRows || features < fewestPassingFeatures;
}

/** Lays a fit's memory out. */
export function planBoosting(shape: BoostingShape): BoostingLayout {
  const { rows, features, outputs, threads, maxLeaves } = shape;
  const plan = new MemoryPlan();
  const rowPadded = Math.ceil(rows / 4) * 4;
  // Tiles are filled evenly, so that threads that share features by tiles have as many each.
  const tileBytes = features <= narrowTileBytes ? narrowTileBytes : wideTileBytes;
  const tiles = Math.ceil(features / tileBytes);
  const tileFeatures = Math.ceil(features / tiles);
  const tileStride = Math.ceil(rows / 4) * 4 * tileBytes;
  const columnStride = Math.ceil(rows / 64) * 64;
  const stagingRows = Math.max(leastStagingRows, Math.min(1024, Math.floor(stagingCells / features)));
  // The first 24 KB serve gradients and growing (kernels/boosting), all of it the sorting of samples and a copy of one.
  const scratchBytes = Math.max(24_576, shape.sampleRows * 16 + 6 * 2048 * 4);
  const storesHistograms = keepsHistograms(rows, features);
  const histogramBytes = (storesHistograms ? features : passingFeatures) * histogramFeatureBytes;
  const pairsRoots = storesHistograms && outputs > 1 && outputs <= mostPairedOutputs && !shape.sampled;
  const nodeCount = 2 * maxLeaves - 1;
  const ownBlocks = Math.ceil(Math.ceil(rowPadded / ownBlockRows) / threads);
  const threadPlaces = ownBlocks * ownBlockRows;
  return {
    plan, shape, rowPadded, tileStride, tileBytes, tileFeatures, columnStride, threadPlaces, stagingRows, scratchBytes, storesHistograms, pairsRoots,
    settings: plan.reserve('settings', settingsBytes),
    thresholds: plan.reserve('bin borders', features * histogramFeatureBytes),
    binCounts: plan.reserve('bin counts', features * 4),
    hasMissing: plan.reserve('missing marks', features),
    categories: plan.reserve('categories', features * 8),
    categoryTables: plan.reserve('category tables', shape.categoryTableBytes),
    monotonic: plan.reserve('monotonic constraints', features),
    featureMasks: plan.reserve('feature choices', shape.featureMasks ? features * nodeCount : 0),
    tileBins: plan.reserve('binned rows', tiles * tileStride),
    columnBins: plan.reserve('binned columns', features * columnStride),
    gradients: plan.reserve('gradients', outputs * rowPadded * 8),
    scores: plan.reserve('scores', outputs * rowPadded * 4),
    target: plan.reserve('the target', rowPadded * 4),
    weights: plan.reserve('row weights', shape.weighted ? rowPadded * 4 : 0),
    sample: plan.reserve('the sampled rows', shape.sampled || shape.needsResiduals ? rowPadded * 4 : 0),
    rootRows: plan.reserve('row numbers', threads * threadPlaces * 4),
    rowsA: plan.reserve('row numbers', threads * threadPlaces * 4),
    rowsB: plan.reserve('row numbers', threads * threadPlaces * 4),
    residuals: plan.reserve('residuals', shape.needsResiduals ? rowPadded * 4 : 0),
    threadHistograms: plan.reserve('the threads\' histograms', storesHistograms && threads === 1 ? 0 : threads * histogramBytes),
    leafHistograms: plan.reserve('the leaves\' histograms', storesHistograms ? maxLeaves * histogramBytes : 0),
    rootPairs: plan.reserve('the roots\' histograms', pairsRoots ? threads * Math.floor(outputs / 2) * 2 * histogramBytes : 0),
    leafTables: plan.reserve('leaf tables', threads * maxLeaves * leafRecordBytes),
    candidates: plan.reserve('split candidates', threads * 2 * candidateRecordBytes),
    threadCounts: plan.reserve('thread counts', threads * 64),
    nodes: plan.reserve('the tree', nodeCount * nodeRecordBytes),
    blockSums: plan.reserve('block sums', threads * outputs * 3 * Math.ceil(ownBlocks / 8) * 64),
    scratch: plan.reserve('scratch', threads * scratchBytes),
    staging: plan.reserve('staging', threads * Math.max(stagingRows * features, shape.sampleRows * columnsAtOnce) * 8),
  };
}

/** Writes addresses and settings where the kernel's `configure` reads them, in its order. */
export function writeSettings(team: Team, layout: BoostingLayout, settings: BoostingSettings): void {
  const { shape } = layout;
  team.uint32(layout.settings, 43).set([
    shape.rows, layout.rowPadded, shape.features, layout.tileStride, layout.columnStride, shape.outputs,
    settings.loss, settings.constantHessian ? 1 : 0, settings.maxBins, shape.maxLeaves, settings.maxDepth,
    settings.minSamplesLeaf, layout.thresholds, layout.binCounts, layout.hasMissing, layout.categories,
    shape.monotonic ? layout.monotonic : 0, shape.featureMasks ? layout.featureMasks : 0, layout.tileBins,
    layout.columnBins, layout.gradients, layout.scores, layout.target, shape.weighted ? layout.weights : 0,
    layout.rowsA, layout.rowsB, layout.threadHistograms, layout.leafHistograms, layout.leafTables,
    layout.candidates, layout.threadCounts, layout.nodes, layout.blockSums, layout.scratch, layout.scratchBytes,
    layout.storesHistograms ? 1 : 0, layout.tileFeatures, layout.pairsRoots ? layout.rootPairs : 0,
    Math.log2(layout.tileBytes), layout.threadPlaces, layout.sample, layout.residuals, layout.rootRows,
  ]);
  team.float64(layout.settings + 256, 5).set([
    settings.l2, settings.learningRate, settings.minHessian, settings.lossParameter, settings.categorySmoothing,
  ]);
  team.setUp('configure', layout.settings);
}
