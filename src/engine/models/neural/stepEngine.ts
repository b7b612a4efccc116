import type { GraphSession, OnnxRuntime, SessionOptions } from '../../compute/onnxRuntime';
import type { RandomStream } from '../../compute/random';
import { BatchGradient, bindParameters, totalSize } from './batchGradient';
import { GradientHelper } from './gradientHelper';
import { featureCount } from './layers/networkInput';
import { initializeParameters, initializeStatistics } from './initialize';
import type { LossName, NetworkSpec, TrainingGraph } from './network';
import { buildEvaluationGraph, buildTrainingGraph, outputWidth, tensorNames } from './network';
import type { OptimizerSpec } from './optimizer';
import { Optimizer, slotCount } from './optimizer';
import type { Parallelism } from './parallelism';
import { parallelismFor } from './parallelism';

export interface StepEngineOptions {
  readonly spec: NetworkSpec;
  readonly loss: LossName;
  readonly optimizer: OptimizerSpec;
  /** Rows of a full batch. */
  readonly batchRows: number;
  readonly runtime: OnnxRuntime;
  /** For tests and measurements; chosen by the graph when absent. */
  readonly parallelism?: Parallelism;
  readonly gpu?: Pick<SessionOptions, 'gpu' | 'onFallback'>;
}

/** Sets the random masks of a batch's second half apart from the first's. */
const secondHalf = 0x5bd1e995;

/**
 * One network in training: its parameters, gradients and optimizer state as flat vectors in one WebAssembly memory that ONNX
 * Runtime reads and writes in place, and the graphs that compute a batch's loss and gradient.
 */
export class StepEngine {
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  readonly slots: readonly Float32Array[];
  readonly statistics: Float32Array;
  /** The batch to learn from, to be filled before each step: rows × features, rows × outputs, and each row's weight. */
  readonly features: Float32Array;
  readonly targets: Float32Array;
  readonly weights: Float32Array;
  readonly parallelism: Parallelism;
  private readonly optimizer: Optimizer;
  private readonly batch: BatchGradient;
  /** The gradient of a batch's second half. */
  private readonly otherGradients: Float32Array;
  private readonly evaluations = new Map<number, { run: () => Promise<void>; session: GraphSession; logits: Float32Array }>();
  private readonly evaluationFeatures: Float32Array;
  private helper: GradientHelper | undefined;

  constructor(private readonly options: StepEngineOptions, private readonly graph: TrainingGraph = buildTrainingGraph(options.spec, options.loss, options.batchRows)) {
    const { spec, loss, optimizer, batchRows, runtime, gpu } = options;
    this.parallelism = options.parallelism ?? (gpu?.gpu === undefined ? parallelismFor(graph, batchRows) : 'operators');
    const slots = slotCount(optimizer.kind);
    const extraVectors = slots + (this.parallelism === 'halves' ? 1 : 0);
    this.batch = new BatchGradient({ spec, loss, batchRows, runtime, threads: this.threads, gpu, extraVectors }, graph);
    this.parameters = this.batch.parameters;
    this.gradients = this.batch.gradients;
    this.features = this.batch.features;
    this.targets = this.batch.targets;
    this.weights = this.batch.weights;
    this.slots = this.batch.extras.slice(0, slots);
    this.otherGradients = this.batch.extras[slots] ?? new Float32Array(0);
    this.statistics = new Float32Array(totalSize(graph.statistics));
    this.evaluationFeatures = new Float32Array(batchRows * featureCount(spec.input));
    const addresses = { parameters: this.parameters.byteOffset, gradients: this.gradients.byteOffset, slots: this.slots.map(({ byteOffset }) => byteOffset) };
    this.optimizer = new Optimizer(this.batch.kernels, addresses, graph.parameters, optimizer);
  }

  /** Gives parameters and statistics their first values. */
  initialize(random: RandomStream): void {
    initializeParameters(this.parameters, this.graph.parameters, random);
    initializeStatistics(this.statistics, this.graph.statistics);
    this.slots.forEach((slot) => slot.fill(0));
  }

  get parameterCount(): number {
    return this.parameters.length;
  }

  /** Loads what full batches need. Steps come without it too, but one after the other as long as a second thread is starting. */
  async prepare(): Promise<void> {
    const { batchRows } = this.options;
    if (this.parallelism === 'halves' && batchRows > 1) {
      await (await this.startHelper(Math.ceil(batchRows / 2))).awaitReady();
    } else {
      await this.batch.prepare(batchRows);
    }
  }

  /**
   * Learns from the first rows of the batch.
   *
   * @param rate learning rate. @param step steps made with this one, from 1. @param maskKey whole number that is new for each step.
   * @returns the batch's loss before the step; not finite when training has diverged.
   */
  async step(rows: number, rate: number, step: number, maskKey: number): Promise<number> {
    const loss = this.parallelism === 'halves' && rows > 1 ? await this.computeHalves(rows, maskKey) : await this.batch.compute(rows, maskKey);
    if (!Number.isFinite(loss) || !this.optimizer.step(rate, step)) {
      return NaN;
    }
    this.blendStatistics();
    return loss;
  }

  /**
   * The last layer's values for some rows, as inference would compute them.
   *
   * @param fill writes `rows` rows of features. @returns rows × outputs, valid until the next call.
   */
  async evaluate(rows: number, fill: (features: Float32Array) => void): Promise<Float32Array> {
    const { run, logits } = this.evaluations.get(rows) ?? (await this.prepareEvaluation(rows));
    fill(this.evaluationFeatures);
    await run();
    return logits;
  }

  async dispose(): Promise<void> {
    await this.helper?.dispose();
    await this.batch.dispose();
    for (const { session } of this.evaluations.values()) {
      await session.dispose();
    }
    this.evaluations.clear();
  }

  /**
   * Half of the rows here, half in the helper's thread, or here too as long as that is still starting: the same graph on the same rows, and
   * the same sum of the same two gradients, so that nobody can tell who computed which and which was ready first.
   */
  private async computeHalves(rows: number, maskKey: number): Promise<number> {
    const { loss } = this.options;
    const own = Math.ceil(rows / 2);
    const others = rows - own;
    const helper = await this.startHelper(own);
    const isReady = helper.isReady();
    if (isReady) {
      helper.begin(this.batch, own, others, maskKey ^ secondHalf);
    }
    const ownLoss = await this.batch.compute(own, maskKey);
    const otherLoss = isReady ? await helper.finish(this.otherGradients) : await this.computeOthers(own, others, maskKey ^ secondHalf);
    // Rows of classes bring their share of the whole batch with them; other losses are means.
    const isMean = loss !== 'crossEntropy' && loss !== 'binaryCrossEntropy';
    const [share, otherShare] = isMean ? [own / rows, others / rows] : [1, 1];
    this.batch.kernels.weightedSum(this.gradients.byteOffset, this.otherGradients.byteOffset, this.parameterCount, share, otherShare);
    return share * ownLoss + otherShare * otherLoss;
  }

  private async startHelper(ownRows: number): Promise<GradientHelper> {
    const { spec, loss, batchRows, runtime } = this.options;
    // The helper comes after the thread's first session.
    await this.batch.prepare(ownRows);
    this.helper ??= new GradientHelper(spec, loss, Math.floor(batchRows / 2), this.parameterCount, runtime.kind);
    return this.helper;
  }

  /** The gradient of the rows after the first ones, whose own stays where it is; the batch is used up. */
  private async computeOthers(own: number, others: number, maskKey: number): Promise<number> {
    const { spec } = this.options;
    this.otherGradients.set(this.gradients);
    for (const [values, width] of [[this.features, featureCount(spec.input)], [this.targets, outputWidth(spec.output)], [this.weights, outputWidth(spec.output)]] as const) {
      values.copyWithin(0, own * width, (own + others) * width);
    }
    const loss = await this.batch.compute(others, maskKey);
    swap(this.gradients, this.otherGradients);
    return loss;
  }

  private get threads(): number {
    return this.parallelism === 'operators' ? 2 : 1;
  }

  private async prepareEvaluation(rows: number): Promise<{ run: () => Promise<void>; session: GraphSession; logits: Float32Array }> {
    const { spec, runtime } = this.options;
    const session = await runtime.createSession(buildEvaluationGraph(spec, rows), { threads: this.parallelism === 'none' ? 1 : 2 });
    const inputs = featureCount(spec.input);
    const width = outputWidth(spec.output);
    const logits = new Float32Array(rows * width);
    const run = session.bind(
      [
        ...bindParameters(this.graph, this.parameters, (name) => name),
        ...this.graph.statistics.map(({ name, offset, size }) => ({ name, data: this.statistics.subarray(offset, offset + size), shape: [size] })),
        { name: tensorNames.features, data: this.evaluationFeatures.subarray(0, rows * inputs), shape: [rows, inputs] },
      ],
      [{ name: tensorNames.logits, data: logits, shape: [rows, width] }],
    );
    const prepared = { run, session, logits };
    this.evaluations.set(rows, prepared);
    return prepared;
  }

  private blendStatistics(): void {
    const { batchStatistics } = this.batch;
    for (const { offset, size, momentum } of this.graph.statistics) {
      for (let at = offset; at < offset + size; at++) {
        this.statistics[at] = (1 - momentum) * this.statistics[at] + momentum * batchStatistics[at];
      }
    }
  }
}

function swap(a: Float32Array, b: Float32Array): void {
  const kept = a.slice();
  a.set(b);
  b.set(kept);
}
