import type { BoundTensor, GraphSession, OnnxRuntime, SessionOptions } from '../../compute/onnxRuntime';
import type { RandomStream } from '../../compute/random';
import { UserError } from '../../errors';
import { product } from './graph';
import { initializeParameters, initializeStatistics } from './initialize';
import type { LossName, NetworkSpec, TrainingGraph } from './network';
import { buildEvaluationGraph, buildTrainingGraph, outputWidth, tensorNames } from './network';
import { featureCount } from './layers/networkInput';
import type { OptimizerSpec } from './optimizer';
import { Optimizer, slotCount } from './optimizer';

export interface StepEngineOptions {
  readonly spec: NetworkSpec;
  readonly loss: LossName;
  readonly optimizer: OptimizerSpec;
  /** Rows of a full batch. */
  readonly batchRows: number;
  readonly runtime: OnnxRuntime;
  /** For measurements; chosen by the graph when absent. */
  readonly threads?: number;
  readonly gpu?: Pick<SessionOptions, 'gpu' | 'onFallback'>;
}

/** The memory's first bytes belong to the kernels' constants. */
const firstAddress = 4096;
const pageBytes = 65536;

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
  readonly threads: number;
  private readonly optimizer: Optimizer;
  private readonly masks: Float32Array;
  private readonly batchStatistics: Float32Array;
  private readonly loss = new Float32Array(1);
  private readonly steps = new Map<number, { graph: TrainingGraph; run: () => Promise<void>; session: GraphSession }>();
  private readonly evaluations = new Map<number, { run: () => Promise<void>; session: GraphSession; logits: Float32Array }>();
  private readonly evaluationFeatures: Float32Array;

  constructor(private readonly options: StepEngineOptions, private readonly graph: TrainingGraph = buildTrainingGraph(options.spec, options.loss, options.batchRows)) {
    const { spec, batchRows } = options;
    const size = totalSize(graph.parameters);
    const statisticSize = totalSize(graph.statistics);
    const maskSize = graph.masks.reduce((sum, { shape }) => sum + product(shape), 0);
    const inputs = featureCount(spec.input);
    const width = outputWidth(spec.output);
    const layout = new Layout();
    const slotLayout = Array.from({ length: slotCount(options.optimizer.kind) }, () => size);
    const [parameters, gradients, features, targets, weights, masks, statistics, batchStatistics, ...slots] = [
      size, size, batchRows * inputs, batchRows * width, batchRows * width, maskSize, statisticSize, statisticSize, ...slotLayout,
    ].map((length) => layout.reserve(length));
    const memory = layout.allocate();
    const view = ({ address, length }: Region): Float32Array => new Float32Array(memory.buffer, address, length);
    this.parameters = view(parameters);
    this.gradients = view(gradients);
    this.features = view(features);
    this.targets = view(targets);
    this.weights = view(weights);
    this.masks = view(masks);
    this.statistics = view(statistics);
    this.batchStatistics = view(batchStatistics);
    this.slots = slots.map(view);
    const addresses = { parameters: parameters.address, gradients: gradients.address, slots: slots.map(({ address }) => address) };
    this.optimizer = new Optimizer(memory, addresses, graph.parameters, options.optimizer);
    this.threads = options.threads ?? threadsFor(graph.multiplyAdds);
    this.evaluationFeatures = new Float32Array(batchRows * inputs);
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

  /**
   * Learns from the first rows of the batch.
   *
   * @param rate learning rate. @param step steps made with this one, from 1. @param maskKey whole number that is new for each step.
   * @returns the batch's loss before the step; not finite when training has diverged.
   */
  async step(rows: number, rate: number, step: number, maskKey: number): Promise<number> {
    const { graph, run } = this.steps.get(rows) ?? (await this.prepareStep(rows));
    this.fillMasks(graph, maskKey);
    await run();
    const [loss] = this.loss;
    if (!Number.isFinite(loss) || !this.optimizer.step(rate, step)) {
      return NaN;
    }
    this.blendStatistics(graph);
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
    for (const { session } of [...this.steps.values(), ...this.evaluations.values()]) {
      await session.dispose();
    }
    this.steps.clear();
    this.evaluations.clear();
  }

  private async prepareStep(rows: number): Promise<{ graph: TrainingGraph; run: () => Promise<void>; session: GraphSession }> {
    const { spec, loss, batchRows, runtime, gpu } = this.options;
    const graph = rows === batchRows ? this.graph : buildTrainingGraph(spec, loss, rows);
    const session = await runtime.createSession(graph.model, { threads: this.threads, ...gpu });
    const width = outputWidth(spec.output);
    const inputs: BoundTensor[] = [
      ...this.bindParameters(graph, this.parameters, (name) => name),
      { name: tensorNames.features, data: this.features.subarray(0, rows * featureCount(spec.input)), shape: [rows, featureCount(spec.input)] },
      { name: tensorNames.targets, data: this.targets.subarray(0, rows * width), shape: [rows, width] },
      { name: tensorNames.weights, data: this.weights.subarray(0, rows * width), shape: [rows, width] },
      ...this.bindMasks(graph),
    ];
    const outputs: BoundTensor[] = [
      { name: tensorNames.loss, data: this.loss, shape: [] },
      ...this.bindParameters(graph, this.gradients, tensorNames.gradientOf),
      ...graph.statistics.map(({ offset, size }, index) => ({
        name: tensorNames.statistic(index), data: this.batchStatistics.subarray(offset, offset + size), shape: [size],
      })),
    ];
    const prepared = { graph, session, run: session.bind(inputs, outputs) };
    this.steps.set(rows, prepared);
    return prepared;
  }

  private async prepareEvaluation(rows: number): Promise<{ run: () => Promise<void>; session: GraphSession; logits: Float32Array }> {
    const { spec, runtime } = this.options;
    const session = await runtime.createSession(buildEvaluationGraph(spec, rows), { threads: this.threads });
    const inputs = featureCount(spec.input);
    const width = outputWidth(spec.output);
    const logits = new Float32Array(rows * width);
    const run = session.bind(
      [
        ...this.bindParameters(this.graph, this.parameters, (name) => name),
        ...this.graph.statistics.map(({ name, offset, size }) => ({ name, data: this.statistics.subarray(offset, offset + size), shape: [size] })),
        { name: tensorNames.features, data: this.evaluationFeatures.subarray(0, rows * inputs), shape: [rows, inputs] },
      ],
      [{ name: tensorNames.logits, data: logits, shape: [rows, width] }],
    );
    const prepared = { run, session, logits };
    this.evaluations.set(rows, prepared);
    return prepared;
  }

  private bindParameters(graph: TrainingGraph, vector: Float32Array, nameOf: (parameter: string) => string): BoundTensor[] {
    return graph.parameters.map(({ name, shape, offset, size }) => ({ name: nameOf(name), shape, data: vector.subarray(offset, offset + size) }));
  }

  private bindMasks(graph: TrainingGraph): BoundTensor[] {
    let offset = 0;
    return graph.masks.map(({ name, shape }) => {
      const size = product(shape);
      const data = this.masks.subarray(offset, offset + size);
      offset += size;
      return { name, shape, data };
    });
  }

  private fillMasks(graph: TrainingGraph, maskKey: number): void {
    let address = this.masks.byteOffset;
    graph.masks.forEach(({ shape, rate }, index) => {
      const size = product(shape);
      this.optimizer.fillMask(address, size, Math.imul(maskKey, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca77), rate);
      address += size * Float32Array.BYTES_PER_ELEMENT;
    });
  }

  private blendStatistics(graph: TrainingGraph): void {
    for (const { offset, size, momentum } of graph.statistics) {
      for (let at = offset; at < offset + size; at++) {
        this.statistics[at] = (1 - momentum) * this.statistics[at] + momentum * this.batchStatistics[at];
      }
    }
  }
}

/** Below so many multiplications a run, handing work to a second thread costs more than it saves. */
const multiplyAddsForThreads = 4e6;

/**
 * How many threads ONNX Runtime gets for a graph. That depends on the graph alone, not on the machine: matrix products are cut by the
 * number of threads, and differently cut ones round differently, which would make results depend on it.
 */
export function threadsFor(multiplyAdds: number): number {
  return multiplyAdds < multiplyAddsForThreads ? 1 : 2;
}

interface Region {
  readonly address: number;
  readonly length: number;
}

/** Vectors one after the other, each at a cache line. */
class Layout {
  private end = firstAddress;

  reserve(length: number): Region {
    const address = this.end;
    this.end += Math.ceil((length * Float32Array.BYTES_PER_ELEMENT) / 64) * 64;
    return { address, length };
  }

  allocate(): WebAssembly.Memory {
    const pages = Math.ceil(this.end / pageBytes);
    if (pages > 65536) {
      throw new UserError(
        `This network and batch need ${(this.end / 1e9).toFixed(1)} GB for training but the limit is 4.3 GB; use fewer units or a smaller batch size.`,
      );
    }
    return new WebAssembly.Memory({ initial: pages, maximum: 65536 });
  }
}

function totalSize(parts: readonly { readonly size: number }[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}
