import type { Matrix } from '../../compute/matrix';
import { MemoryPlan } from '../../compute/memoryPlan';
import type { RandomStream } from '../../compute/random';
import { Team } from '../../compute/team';
import { sampleOfRows } from '../../compute/sampleOfRows';
import { columnsAtOnce } from '../../compute/teamMember';
import type { FitContext } from '../estimator';
import type { BinThresholds } from './binning';
import type { BinnedTree } from './forest';
import { isToStop, treeStream } from './growForest';
import type { TreeOptions } from './growTree';

/** What a forest is grown on. */
export interface ForestProblem {
  readonly features: Matrix;
  /** Class codes, or values. */
  readonly target: Float64Array;
  /** 0 for regression. */
  readonly classCount: number;
  /** How much a row of each class counts; empty for regression. */
  readonly classWeights: Float64Array;
}

export interface KernelForestOptions extends TreeOptions {
  /** Extra trees: one border drawn at random for each feature tried, instead of the best one. */
  readonly randomBorders: boolean;
  /** Looks at a record in a feature that a thread takes between two looks at the cancel flag; some 20 to 40 ms of work when absent. */
  readonly looksPerCall?: number;
}

/** kernels/forest/nodeSums.ts keeps so many classes. */
export const mostClasses = 32;
/** Rows that the borders of bins are found from. */
const borderSampleRows = 32768;
const stagingCells = 32768;
const defaultLooksPerCall = 1 << 24;
const thresholdsPerFeature = 256;
/** A thread's scratch memory, kernels/forest/smallSearch.ts. */
const smallNodeBytes = 16384;

/** Whether the kernel knows the criterion and has room for the classes; otherwise growForest.ts grows trees like these in TypeScript. */
export function kernelGrows(options: TreeOptions, classCount: number): boolean {
  return options.criterion !== 'entropy' && classCount <= mostClasses;
}

/**
 * Grows independent trees with the kernel; the same ones for any number of threads.
 *
 * @param random each tree's streams are split from it, as in growForest.ts.
 * @returns trees by their number; some are missing when the user stopped on the way.
 */
export async function growKernelForest(
  problem: ForestProblem,
  options: KernelForestOptions,
  treeCount: number,
  random: RandomStream,
  context: FitContext,
): Promise<{ readonly thresholds: BinThresholds; readonly trees: BinnedTree[] }> {
  const { rows, columns, values } = problem.features;
  const threads = Math.min(context.threads, treeCount);
  const layout = planForest(problem, treeCount, threads);
  layout.plan.check('train on fewer rows or features, or on one thread');
  const sample = sampleOfRows(rows, layout.sampleRows, random.split('borders'));
  const team = new Team({ kernel: 'forest', threads, bytes: layout.plan.bytes, sources: [values, sample] });
  try {
    writeSettings(team, layout, problem, options, treeCount);
    writeInputs(team, layout, problem, random, treeCount);
    team.mapColumns('prepareFeature', { source: 0, columns, rowSource: 1, staging: layout.staging });
    const rowsPerCall = Math.max(layout.stagingRows * threads, Math.floor(2e7 / columns));
    for (let firstRow = 0; firstRow < rows; firstRow += rowsPerCall) {
      context.throwIfCancelled();
      if (firstRow > 0) {
        context.report(0, `sorted the values of ${firstRow} of ${rows} rows into bins`);
      }
      const rowCount = Math.min(rowsPerCall, rows - firstRow);
      team.mapRows('binRows', { source: 0, columns, firstRow, rowCount, staging: layout.staging, stagingRows: layout.stagingRows });
    }
    const trees = await growAll(team, layout, { treeCount, centre: centreOf(problem), looks: options.looksPerCall ?? defaultLooksPerCall }, context);
    return { thresholds: readThresholds(team, layout, columns), trees };
  } finally {
    team.dispose();
  }
}

async function growAll(
  team: Team,
  layout: ForestLayout,
  { treeCount, centre, looks }: { readonly treeCount: number; readonly centre: number; readonly looks: number },
  context: FitContext,
): Promise<BinnedTree[]> {
  const trees: BinnedTree[] = [];
  let done = 0;
  while (done < treeCount && !isToStop(context, trees)) {
    team.run('growTrees', looks, centre);
    const before = done;
    for (let thread = 0; thread < team.threads; thread++) {
      done += takeTrees(team, layout.output + thread * layout.privateBytes, trees);
    }
    if (done === before) {
      context.report(done / treeCount, done === 0 ? `growing the first of ${treeCount} trees` : `tree ${done} of ${treeCount}`);
    }
    for (let tree = before + 1; tree <= done; tree++) {
      context.report(tree / treeCount, `tree ${tree} of ${treeCount}`);
    }
    await new Promise((resolve) => setImmediate(resolve));
    context.throwIfCancelled();
  }
  return trees;
}

/** Copies a thread's finished trees; kernels/forest/output.ts tells their layout. @returns how many there were. */
function takeTrees(team: Team, output: number, trees: BinnedTree[]): number {
  const header = team.int32(output, 2);
  const count = header[1];
  let at = output + 16;
  for (let i = 0; i < count; i++) {
    const [index, nodes, leaves, entries] = team.int32(at, 4);
    const isRegression = entries === 0;
    const right = at + 16 + 4 * nodes;
    const lists = right + 4 * nodes;
    trees[index] = {
      splits: team.int32(at + 16, nodes).slice(),
      right: team.int32(right, nodes).slice(),
      leaves: {
        counts: isRegression ? new Int32Array(0) : team.int32(lists, leaves).slice(),
        classes: team.int32(lists + 4 * leaves, entries).slice(),
        values: isRegression
          ? team.float32(lists, leaves).slice()
          : team.float32(lists + 4 * (leaves + entries), entries).slice(),
      },
    };
    at += Math.ceil((16 + 8 * nodes + 4 * leaves + 8 * entries) / 16) * 16;
  }
  header.fill(0);
  return count;
}

type ForestLayout = ReturnType<typeof planForest>;

/** Lays the memory out; kernels/forest/layout.ts tells what each region holds. */
function planForest({ features, classCount }: ForestProblem, treeCount: number, threads: number) {
  const { rows, columns } = features;
  const plan = new MemoryPlan();
  const sampleRows = Math.min(rows, borderSampleRows);
  const stagingRows = Math.max(1, Math.min(1024, Math.floor(stagingCells / columns)));
  const sortScratchBytes = sampleRows * 8 + 6 * 2048 * 4;
  const rowStride = Math.ceil(columns / 16) * 16;
  const payloadOffset = Math.ceil(columns / 8) * 8;
  const recordStride = Math.ceil((payloadOffset + (classCount === 0 ? 16 : 8)) / 16) * 16;
  const cellBytes = classCount === 0 ? 16 : classCount === 2 ? 8 : Math.ceil(Math.max(6, classCount) / 2) * 8;
  // While it grows a tree takes 2 n nodes of two numbers, n leaves and, with classes, at most n shares of two numbers.
  const treeBytes = Math.ceil((64 + 7 * 4 * rows) / 16) * 16;
  const outputBytes = 16 + 3 * treeBytes;
  const shared = {
    settings: plan.reserve('settings', 512),
    counter: plan.reserve('the counter', 4),
    thresholds: plan.reserve('bin borders', columns * thresholdsPerFeature * 8),
    binCounts: plan.reserve('bin counts', columns * 4),
    rowBins: plan.reserve('binned rows', rows * rowStride),
    target: plan.reserve('the target', rows * 8),
    streams: plan.reserve('random streams', treeCount * 32),
    classWeights: plan.reserve('class weights', mostClasses * 8),
    sortScratch: plan.reserve('scratch', threads * sortScratchBytes),
    staging: plan.reserve('staging', threads * Math.max(stagingRows * columns, sampleRows * columnsAtOnce) * 8),
  };
  const first = plan.bytes;
  const own = {
    recordsA: plan.reserve('the trees\' rows', (rows + 1) * recordStride),
    recordsB: plan.reserve('the trees\' rows', (rows + 1) * recordStride),
    weights: plan.reserve('row weights', rows * 2),
    stack: plan.reserve('open nodes', (rows + 2) * 16),
    order: plan.reserve('feature order', columns * 4),
    sums: plan.reserve('sums', 2 * mostClasses * 8),
    histograms: plan.reserve('histograms', 5 * (256 * cellBytes + 1024)),
    scratch: plan.reserve('small nodes', smallNodeBytes),
    output: plan.reserve('finished trees', outputBytes),
  };
  const privateBytes = plan.bytes - first;
  plan.reserve('the other threads\' trees', privateBytes * (threads - 1));
  return {
    plan, ...shared, ...own, privateBytes, sampleRows, stagingRows, sortScratchBytes, rowStride, payloadOffset, recordStride,
    treeBytes, outputBytes, threads, histogramBytes: 5 * (256 * cellBytes + 1024),
  };
}

function writeSettings(
  team: Team,
  layout: ForestLayout,
  { features, classCount, classWeights }: ForestProblem,
  options: KernelForestOptions,
  treeCount: number,
): void {
  const isWeighted = classWeights.some((weight) => weight !== 1);
  team.uint32(layout.settings, 35).set([
    features.rows, features.columns, layout.rowStride, classCount, treeCount, options.bootstrapRows ?? 0,
    Math.min(options.maxFeatures, features.columns), options.maxDepth ?? 0x3fffffff, options.minSamplesSplit, options.minSamplesLeaf,
    isWeighted ? 1 : 0, options.randomBorders ? 1 : 0, layout.rowBins, layout.target, layout.streams, layout.classWeights,
    layout.counter, layout.thresholds, layout.binCounts, layout.sortScratch, layout.sortScratchBytes, layout.recordStride,
    layout.payloadOffset, layout.outputBytes, layout.treeBytes, layout.privateBytes, layout.recordsA, layout.recordsB,
    layout.weights, layout.stack, layout.order, layout.histograms, layout.output, layout.sums,
    layout.scratch,
  ]);
  team.float64(layout.settings + 256, 1)[0] = options.minImpurityDecrease;
  team.setUp('configure', layout.settings);
}

function writeInputs(team: Team, layout: ForestLayout, problem: ForestProblem, random: RandomStream, treeCount: number): void {
  const { target, classWeights, features } = problem;
  const centre = centreOf(problem);
  const targets = team.float64(layout.target, features.rows);
  for (let row = 0; row < features.rows; row++) {
    targets[row] = target[row] - centre;
  }
  const weights = team.float64(layout.classWeights, mostClasses);
  weights.fill(1);
  weights.set(classWeights);
  const streams = team.uint32(layout.streams, treeCount * 8);
  for (let tree = 0; tree < treeCount; tree++) {
    const own = treeStream(random, tree);
    streams.set(own.split('bootstrap').toState(), tree * 8);
    streams.set(own.split('features').toState(), tree * 8 + 4);
  }
  team.int32(layout.counter, 1)[0] = 0;
  for (let thread = 0; thread < layout.threads; thread++) {
    team.uint8(layout.histograms + thread * layout.privateBytes, layout.histogramBytes).fill(0);
    team.int32(layout.output + thread * layout.privateBytes, 2).fill(0);
  }
}

/** What is taken from all targets, so that sums keep their digits: their mean. */
function centreOf({ target, classCount }: ForestProblem): number {
  return classCount > 0 ? 0 : target.reduce((sum, value) => sum + value / target.length, 0);
}

function readThresholds(team: Team, layout: ForestLayout, columns: number): BinThresholds {
  const counts = team.int32(layout.binCounts, columns);
  const starts = new Int32Array(columns + 1);
  const values: number[] = [];
  for (let feature = 0; feature < columns; feature++) {
    const all = team.float64(layout.thresholds + feature * thresholdsPerFeature * 8, thresholdsPerFeature);
    values.push(...all.subarray(0, Math.max(0, counts[feature] - 1)));
    starts[feature + 1] = values.length;
  }
  return { values: Float64Array.from(values), starts };
}
