import type { RandomStream } from '../../compute/random';
import { sampleOfRows } from '../../compute/sampleOfRows';
import { Team } from '../../compute/team';
import type { FitContext } from '../estimator';
import type { BoostingLayout, BoostingSettings } from './boostingLayout';
import type { BoostingInput, BoostingOptions, BoostingResult } from './boostingInput';
import { nodeRecordBytes, planBoosting, writeSettings } from './boostingLayout';
import { binCategories, largestBin } from './categoryBins';
import type { CategoryBins } from './boostedTrees';
import { BoostedTreesBuilder } from './boostedTrees';
import { drawFeatures, drawRows, holdBackRows } from './boostingDraws';
import { baselineScores, boostingLosses, hasConstantHessian, isEquivariant, meanLoss } from './boostingLosses';

/** Rows that the borders of bins are found from. */
const borderSampleRows = 32768;
/** Histogram cells that may be updated between two looks at the cancel flag: some 50 to 100 ms. */
const cellsPerCall = 1e8;
/** Between two turns of the event loop. */
const turnMilliseconds = 100;
/** With fewer rows and features threads wait for each other longer than they work. */
const fewestThreadedRows = 5000;
const fewestThreadedFeatures = 100;

/** Fits an ensemble; the same for any number of threads. */
export async function fitBoosting(
  input: BoostingInput,
  options: BoostingOptions,
  random: RandomStream,
  context: FitContext,
): Promise<BoostingResult> {
  const categoryBins = binCategories(input);
  const rows = input.features.rows;
  const threads = rows < fewestThreadedRows && input.features.columns < fewestThreadedFeatures ? 1 : context.threads;
  const layout = planBoosting({
    rows,
    features: input.features.columns,
    outputs: input.outputs,
    threads,
    maxLeaves: Math.max(2, Math.min(options.maxLeaves, Math.floor(rows / options.minSamplesLeaf))),
    sampleRows: Math.min(rows, borderSampleRows),
    weighted: input.classWeights !== undefined,
    monotonic: options.monotonic?.some((direction) => direction !== 0) ?? false,
    featureMasks: options.maxFeatures < 1,
    sampled: options.subsample < 1 || (options.earlyStopping?.validationFraction ?? 0) > 0,
    needsResiduals: options.loss === 'absoluteError' || options.loss === 'quantile' || options.loss === 'huber',
    categoryTableBytes: categoryBins.reduce((sum, table) => sum + (table?.length ?? 0), 0),
  });
  layout.plan.check('train on fewer rows or features, or lower the most leaves per tree');
  const sample = sampleOfRows(rows, layout.shape.sampleRows, random.split('borders'));
  const team = new Team({
    kernel: 'boosting', threads, bytes: layout.plan.bytes, sources: [input.features.values, sample],
  });
  try {
    return await new BoostingFit(team, layout, input, options, random, context, categoryBins).run();
  } finally {
    team.dispose();
  }
}

/** One fit at work on its team. */
class BoostingFit {
  private readonly builder = new BoostedTreesBuilder();
  private readonly validationLosses: number[] = [];
  private readonly trainingRows: Uint32Array;
  private readonly validationRows: Uint32Array;
  private readonly baseline: Float64Array;
  /** The target is (value − shift) / scale inside. */
  private readonly scale: number;
  private lastTurn = Date.now();

  constructor(
    private readonly team: Team,
    private readonly layout: BoostingLayout,
    private readonly input: BoostingInput,
    private readonly options: BoostingOptions,
    private readonly random: RandomStream,
    private readonly context: FitContext,
    private readonly categoryBins: readonly CategoryBins[],
  ) {
    [this.trainingRows, this.validationRows] = holdBackRows(input, options, random);
    const { loss, lossParameter } = options;
    this.baseline = baselineScores(loss, input.target, input.classWeights, this.trainingRows, {
      classCount: input.outputs, parameter: lossParameter,
    });
    this.scale = isEquivariant(loss) ? spread(input.target, this.baseline[0]) : 1;
  }

  async run(): Promise<BoostingResult> {
    writeSettings(this.team, this.layout, this.settings());
    await this.binFeatures();
    this.writeTarget();
    const { maxIter } = this.options;
    for (let iteration = 0; iteration < maxIter; iteration++) {
      await this.boost(iteration);
      const loss = this.validate();
      const ofLoss = loss === undefined ? '' : `, validation loss ${loss.toPrecision(5)}`;
      this.context.report((iteration + 1) / maxIter, `iteration ${iteration + 1} of ${maxIter}${ofLoss}`);
      if (iteration + 1 < maxIter && this.context.stopRequested?.() === true) {
        this.context.stoppedAfter?.(iteration + 1, maxIter, 'iterations');
        break;
      }
      if (this.shouldStop()) {
        break;
      }
    }
    const trees = this.builder.build(this.categoryBins);
    return { trees, baseline: this.baseline, validationLosses: this.validationLosses };
  }

  private settings(): BoostingSettings {
    const { loss, maxBins, maxDepth, minSamplesLeaf, l2, learningRate, lossParameter } = this.options;
    return {
      loss: boostingLosses.indexOf(loss),
      constantHessian: hasConstantHessian(loss),
      maxBins,
      maxDepth,
      minSamplesLeaf,
      l2,
      learningRate,
      // As in scikit-learn: smaller sums of hessians make unstable leaves; and rarer categories tell nothing.
      minHessian: 1e-3,
      categorySmoothing: 10,
      lossParameter,
    };
  }

  private async binFeatures(): Promise<void> {
    const { team, layout } = this;
    const { features } = this.input;
    this.context.report(0, 'sorting values into bins');
    team.uint8(layout.hasMissing, features.columns).fill(0);
    this.writeCategoryBins();
    if (layout.shape.monotonic && this.options.monotonic !== undefined) {
      new Int8Array(team.uint8(layout.monotonic, features.columns).buffer, layout.monotonic).set(this.options.monotonic);
    }
    team.mapColumns('prepareFeature', { source: 0, columns: features.columns, rowSource: 1, staging: layout.staging });
    if (layout.shape.sampleRows === features.rows) {
      // Each feature was binned as soon as its borders were found.
      return;
    }
    const rowsPerCall = Math.max(layout.stagingRows * team.threads, Math.floor(2e7 / features.columns));
    for (let firstRow = 0; firstRow < features.rows; firstRow += rowsPerCall) {
      await this.pause();
      team.mapRows('binRows', {
        source: 0,
        columns: features.columns,
        firstRow,
        rowCount: Math.min(rowsPerCall, features.rows - firstRow),
        staging: layout.staging,
        stagingRows: layout.stagingRows,
      });
    }
  }

  private writeCategoryBins(): void {
    const { team, layout } = this;
    const entries = team.uint32(layout.categories, 2 * this.categoryBins.length);
    const binCounts = team.int32(layout.binCounts, this.categoryBins.length);
    let address = layout.categoryTables;
    this.categoryBins.forEach((table, feature) => {
      entries[2 * feature] = table === undefined ? 0 : address;
      entries[2 * feature + 1] = table?.length ?? 0;
      if (table !== undefined) {
        team.uint8(address, table.length).set(table);
        binCounts[feature] = table.reduce((most, bin) => (bin === largestBin ? most : Math.max(most, bin + 1)), 0);
        address += table.length;
      }
    });
  }

  private writeTarget(): void {
    const { team, layout, input } = this;
    const { rows, outputs } = layout.shape;
    const shift = isEquivariant(this.options.loss) ? this.baseline[0] : 0;
    const target = team.float32(layout.target, layout.rowPadded).fill(0);
    const weights = input.classWeights === undefined ? undefined : team.float32(layout.weights, layout.rowPadded).fill(0);
    for (let row = 0; row < rows; row++) {
      target[row] = (input.target[row] - shift) / this.scale;
      if (weights !== undefined && input.classWeights !== undefined) {
        weights[row] = input.classWeights[input.target[row]];
      }
    }
    for (let output = 0; output < outputs; output++) {
      const start = isEquivariant(this.options.loss) ? 0 : this.baseline[output];
      team.float32(layout.scores + output * layout.rowPadded * 4, layout.rowPadded).fill(start);
    }
  }

  /** Grows one iteration's trees, one an output. */
  private async boost(iteration: number): Promise<void> {
    const { team, layout, options } = this;
    const { outputs } = layout.shape;
    const sampleRows = this.takeRows(iteration);
    const splitsPerCall = Math.max(1, Math.floor(cellsPerCall / (sampleRows * layout.shape.features)));
    if (options.loss === 'huber') {
      const delta = team.runAlone('absoluteResidualQuantile', sampleRows, options.lossParameter);
      team.run('setLossParameter', delta);
    }
    for (let output = 0; output < outputs; output++) {
      await this.pause();
      this.chooseFeatures(iteration * outputs + output);
      let grown = team.run('startTree', output, sampleRows, splitsPerCall);
      while (grown === 0) {
        await this.pause();
        grown = team.run('continueTree', splitsPerCall);
      }
      this.collectTree();
    }
  }

  /** Tells the threads which rows an iteration's trees are grown on, unless they are those of the iteration before. @returns how many. */
  private takeRows(iteration: number): number {
    const { team, layout } = this;
    const { subsample } = this.options;
    const isNew = iteration === 0 || subsample < 1;
    const sample = isNew ? drawRows(this.trainingRows, subsample, this.random.split('rows', iteration)) : this.trainingRows;
    if (isNew) {
      if (layout.shape.sampled || layout.shape.needsResiduals) {
        team.uint32(layout.sample, sample.length).set(sample);
      }
      team.run('takeRows', sample.length);
    }
    return sample.length;
  }

  /** Marks the features that each node of a tree may split on. */
  private chooseFeatures(tree: number): void {
    const { shape, featureMasks } = this.layout;
    if (shape.featureMasks) {
      const nodes = 2 * shape.maxLeaves - 1;
      const masks = this.team.uint8(featureMasks, shape.features * nodes);
      drawFeatures(masks, shape.features, this.options.maxFeatures, this.random.split('features', tree));
    }
  }

  /** Reads the tree that the kernel has just finished. */
  private collectTree(): void {
    const { team, layout } = this;
    const nodeCount = team.runAlone('currentNodeCount');
    const integers = team.int32(layout.nodes, nodeCount * nodeRecordBytes / 4);
    const doubles = team.float64(layout.nodes, nodeCount * nodeRecordBytes / 8);
    const bytes = team.uint8(layout.nodes, nodeCount * nodeRecordBytes);
    const thresholds = team.float64(layout.thresholds, layout.shape.features * 256);
    const hasMissing = team.uint8(layout.hasMissing, layout.shape.features);
    const rowsOf = (node: number) => integers[node * nodeRecordBytes / 4 + 6];
    for (let node = 0; node < nodeCount; node++) {
      const i = node * nodeRecordBytes / 4;
      const d = node * nodeRecordBytes / 8;
      const feature = integers[i];
      const isCategorical = feature >= 0 && integers[i + 5] !== 0;
      const bits = node * nodeRecordBytes + 48;
      const categories = isCategorical ? bytes.slice(bits, bits + 32) : undefined;
      // What training never saw missing goes where most rows went, as in scikit-learn.
      const missingLeft = feature >= 0
        && (hasMissing[feature] === 1 ? integers[i + 4] !== 0 : rowsOf(integers[i + 2]) > rowsOf(integers[i + 3]));
      if (categories !== undefined && missingLeft) {
        categories[largestBin >> 3] |= 1 << (largestBin & 7);
      }
      this.builder.addNode({
        feature,
        threshold: feature >= 0 && !isCategorical ? thresholds[feature * 256 + integers[i + 1]] : 0,
        left: integers[i + 2],
        right: integers[i + 3],
        missingLeft,
        count: rowsOf(node),
        value: feature >= 0 ? 0 : doubles[d + 4] * this.scale,
        gain: feature >= 0 ? doubles[d + 5] : 0,
        categories,
      });
    }
    this.builder.endTree();
  }

  /** Notes and returns the loss on the rows held back (or on all, when none are). */
  private validate(): number | undefined {
    if (this.options.earlyStopping === undefined) {
      return undefined;
    }
    const { team, layout, input, options } = this;
    const { rowPadded, shape } = layout;
    const loss = meanLoss(options.loss, {
      scores: team.float32(layout.scores, shape.outputs * rowPadded),
      stride: rowPadded,
      outputs: shape.outputs,
      target: team.float32(layout.target, rowPadded),
      ...(input.classWeights === undefined ? {} : { weights: team.float32(layout.weights, rowPadded) }),
      rows: this.validationRows,
    }, options.loss === 'huber' ? 1 : options.lossParameter);
    this.validationLosses.push(loss);
    return loss;
  }

  /** Whether the last rounds brought nothing: none of them fell by more than the tolerance below the loss before them. */
  private shouldStop(): boolean {
    const { earlyStopping } = this.options;
    if (earlyStopping === undefined || this.validationLosses.length <= earlyStopping.rounds) {
      return false;
    }
    const recent = this.validationLosses.slice(-earlyStopping.rounds);
    const reference = this.validationLosses[this.validationLosses.length - earlyStopping.rounds - 1];
    return !recent.some((loss) => loss < reference - earlyStopping.tol);
  }

  /** Lets the event loop turn now and then, and ends the fit once the user has cancelled. */
  private async pause(): Promise<void> {
    if (Date.now() - this.lastTurn > turnMilliseconds) {
      await new Promise((resolve) => setImmediate(resolve));
      this.lastTurn = Date.now();
    }
    this.context.throwIfCancelled();
  }
}

/** Root mean squared distance from a centre; 1 when there is none. */
function spread(values: Float64Array, centre: number): number {
  let greatest = 0;
  for (let i = 0; i < values.length; i++) {
    greatest = Math.max(greatest, Math.abs(values[i] - centre));
  }
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += ((values[i] - centre) / (greatest || 1)) ** 2;
  }
  return greatest * Math.sqrt(sum / values.length) || 1;
}
