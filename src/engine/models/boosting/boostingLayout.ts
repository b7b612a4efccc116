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
/** Rows that are copied into a thread's staging area at once. */
const stagingCells = 32768;
const gradientBlockRows = 4096;
const settingsBytes = 512;
/** Features whose histograms are filled together where none is kept. */
const passingFeatures = 64;
/** Bounds of the shapes that keep no histograms. */
const mostPassingRows = 2048;
const fewestPassingFeatures = 256;

/** Addresses of a fit's regions; kernels/boosting/layout.ts tells what each holds. */
export interface BoostingLayout extends Record<Region, number> {
  readonly plan: MemoryPlan;
  readonly shape: BoostingShape;
  readonly rowPadded: number;
  readonly rowStride: number;
  readonly columnStride: number;
  readonly stagingRows: number;
  readonly scratchBytes: number;
  /** Whether leaves keep their histograms: a histogram beyond the cache takes longer to read than one of few rows to fill. */
  readonly storesHistograms: boolean;
}

type Region =
  | 'settings' | 'thresholds' | 'binCounts' | 'hasMissing' | 'categories' | 'categoryTables' | 'monotonic'
  | 'featureMasks' | 'rowBins' | 'columnBins' | 'gradients' | 'scores' | 'target' | 'weights' | 'rowsA' | 'rowsB'
  | 'threadHistograms' | 'leafHistograms' | 'leafTables' | 'candidates' | 'threadCounts' | 'nodes' | 'blockSums'
  | 'scratch' | 'staging';

/** Lays a fit's memory out. */
export function planBoosting(shape: BoostingShape): BoostingLayout {
  const { rows, features, outputs, threads, maxLeaves } = shape;
  const plan = new MemoryPlan();
  const rowPadded = Math.ceil(rows / 4) * 4;
  const rowStride = features <= 64 ? Math.ceil(features / 8) * 8 : Math.ceil(features / 64) * 64;
  const columnStride = Math.ceil(rows / 64) * 64;
  const stagingRows = Math.max(1, Math.min(1024, Math.floor(stagingCells / features)));
  // The first 80 KB serve growing (kernels/boosting/histogram.ts, splitSearch.ts, grow.ts), all of it the sorting of samples.
  const scratchBytes = Math.max(81_920, shape.sampleRows * 8 + 6 * 2048 * 4);
  const storesHistograms = rows > mostPassingRows || features < fewestPassingFeatures;
  const histogramBytes = (storesHistograms ? features : passingFeatures) * histogramFeatureBytes;
  const nodeCount = 2 * maxLeaves - 1;
  const blocks = Math.ceil(rowPadded / gradientBlockRows);
  return {
    plan, shape, rowPadded, rowStride, columnStride, stagingRows, scratchBytes, storesHistograms,
    settings: plan.reserve('settings', settingsBytes),
    thresholds: plan.reserve('bin borders', features * histogramFeatureBytes),
    binCounts: plan.reserve('bin counts', features * 4),
    hasMissing: plan.reserve('missing marks', features),
    categories: plan.reserve('categories', features * 8),
    categoryTables: plan.reserve('category tables', shape.categoryTableBytes),
    monotonic: plan.reserve('monotonic constraints', features),
    featureMasks: plan.reserve('feature choices', shape.featureMasks ? features * nodeCount : 0),
    rowBins: plan.reserve('binned rows', rows * rowStride + 64),
    columnBins: plan.reserve('binned columns', features * columnStride),
    gradients: plan.reserve('gradients', outputs * rowPadded * 8),
    scores: plan.reserve('scores', outputs * rowPadded * 4),
    target: plan.reserve('the target', rowPadded * 4),
    weights: plan.reserve('row weights', shape.weighted ? rowPadded * 4 : 0),
    rowsA: plan.reserve('row numbers', rowPadded * 4),
    rowsB: plan.reserve('row numbers', rowPadded * 4),
    threadHistograms: plan.reserve('the threads\' histograms', storesHistograms && threads === 1 ? 0 : threads * histogramBytes),
    leafHistograms: plan.reserve('the leaves\' histograms', storesHistograms ? maxLeaves * histogramBytes : 0),
    leafTables: plan.reserve('leaf tables', threads * maxLeaves * leafRecordBytes),
    candidates: plan.reserve('split candidates', threads * 2 * candidateRecordBytes),
    threadCounts: plan.reserve('thread counts', threads * 64),
    nodes: plan.reserve('the tree', nodeCount * nodeRecordBytes),
    blockSums: plan.reserve('block sums', outputs * 2 * blocks * 8),
    scratch: plan.reserve('scratch', threads * scratchBytes),
    staging: plan.reserve('staging', threads * Math.max(stagingRows * features, shape.sampleRows * columnsAtOnce) * 8),
  };
}

/** Writes addresses and settings where the kernel's `configure` reads them, in its order. */
export function writeSettings(team: Team, layout: BoostingLayout, settings: BoostingSettings): void {
  const { shape } = layout;
  team.uint32(layout.settings, 36).set([
    shape.rows, layout.rowPadded, shape.features, layout.rowStride, layout.columnStride, shape.outputs,
    settings.loss, settings.constantHessian ? 1 : 0, settings.maxBins, shape.maxLeaves, settings.maxDepth,
    settings.minSamplesLeaf, layout.thresholds, layout.binCounts, layout.hasMissing, layout.categories,
    shape.monotonic ? layout.monotonic : 0, shape.featureMasks ? layout.featureMasks : 0, layout.rowBins,
    layout.columnBins, layout.gradients, layout.scores, layout.target, shape.weighted ? layout.weights : 0,
    layout.rowsA, layout.rowsB, layout.threadHistograms, layout.leafHistograms, layout.leafTables,
    layout.candidates, layout.threadCounts, layout.nodes, layout.blockSums, layout.scratch, layout.scratchBytes,
    layout.storesHistograms ? 1 : 0,
  ]);
  team.float64(layout.settings + 256, 5).set([
    settings.l2, settings.learningRate, settings.minHessian, settings.lossParameter, settings.categorySmoothing,
  ]);
  team.run('configure', layout.settings);
}
