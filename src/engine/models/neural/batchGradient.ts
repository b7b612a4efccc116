import type { BoundTensor, GraphSession, OnnxRuntime, SessionOptions } from '../../compute/onnxRuntime';
import { UserError } from '../../errors';
import { product } from './graph';
import { featureCount } from './layers/networkInput';
import type { LossName, NetworkSpec, TrainingGraph } from './network';
import { buildTrainingGraph, outputWidth, tensorNames } from './network';
import type { OptimizerKernels } from './optimizer';
import { fillMask, loadOptimizerKernels } from './optimizer';

export interface BatchGradientOptions {
  readonly spec: NetworkSpec;
  readonly loss: LossName;
  /** Rows of the largest batch. */
  readonly batchRows: number;
  readonly runtime: OnnxRuntime;
  readonly threads: number;
  readonly gpu?: Pick<SessionOptions, 'gpu' | 'onFallback'>;
  /** How many more vectors as long as that of the parameters lie in the memory. */
  readonly extraVectors?: number;
}

interface PreparedStep {
  readonly graph: TrainingGraph;
  readonly session: GraphSession;
  readonly run: () => Promise<void>;
}

interface Region {
  readonly address: number;
  readonly length: number;
}

/** The memory's first bytes belong to the kernels' constants. */
const firstAddress = 4096;
const pageBytes = 65536;

/**
 * The graphs that compute a batch's loss and gradient, and what they read and write: flat vectors in one WebAssembly memory, which
 * ONNX Runtime uses in place.
 */
export class BatchGradient {
  readonly kernels: OptimizerKernels;
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  readonly extras: readonly Float32Array[];
  /** The batch, to be filled before each computation: rows × features, rows × outputs, and each row's weight. */
  readonly features: Float32Array;
  readonly targets: Float32Array;
  readonly weights: Float32Array;
  /** What running statistics are blended from. */
  readonly batchStatistics: Float32Array;
  private readonly masks: Float32Array;
  private readonly loss = new Float32Array(1);
  private readonly steps = new Map<number, PreparedStep>();

  constructor(private readonly options: BatchGradientOptions, private readonly graph = buildTrainingGraph(options.spec, options.loss, options.batchRows)) {
    const { spec, batchRows, extraVectors = 0 } = options;
    const size = totalSize(graph.parameters);
    const outputs = batchRows * outputWidth(spec.output);
    const maskSize = graph.masks.reduce((sum, { shape }) => sum + product(shape), 0);
    const layout = new Layout();
    const [parameters, gradients, features, targets, weights, masks, batchStatistics, ...extras] = [
      size, size, batchRows * featureCount(spec.input), outputs, outputs, maskSize, totalSize(graph.statistics), ...new Array<number>(extraVectors).fill(size),
    ].map((length) => layout.reserve(length));
    const memory = layout.allocate();
    const view = ({ address, length }: Region): Float32Array => new Float32Array(memory.buffer, address, length);
    this.kernels = loadOptimizerKernels(memory);
    this.parameters = view(parameters);
    this.gradients = view(gradients);
    this.features = view(features);
    this.targets = view(targets);
    this.weights = view(weights);
    this.masks = view(masks);
    this.batchStatistics = view(batchStatistics);
    this.extras = extras.map(view);
  }

  /** Loads what batches of so many rows need, if it isn't there. */
  async prepare(rows: number): Promise<PreparedStep> {
    const known = this.steps.get(rows);
    if (known !== undefined) {
      return known;
    }
    const { spec, loss, batchRows, runtime, threads, gpu } = this.options;
    const graph = rows === batchRows ? this.graph : buildTrainingGraph(spec, loss, rows);
    const session = await runtime.createSession(graph.model, { threads, ...gpu });
    const width = outputWidth(spec.output);
    const inputs: BoundTensor[] = [
      ...bindParameters(graph, this.parameters, (name) => name),
      { name: tensorNames.features, data: this.features.subarray(0, rows * featureCount(spec.input)), shape: [rows, featureCount(spec.input)] },
      { name: tensorNames.targets, data: this.targets.subarray(0, rows * width), shape: [rows, width] },
      { name: tensorNames.weights, data: this.weights.subarray(0, rows * width), shape: [rows, width] },
      ...this.bindMasks(graph),
    ];
    const outputs: BoundTensor[] = [
      { name: tensorNames.loss, data: this.loss, shape: [] },
      ...bindParameters(graph, this.gradients, tensorNames.gradientOf),
      ...graph.statistics.map(({ offset, size }, index) => ({
        name: tensorNames.statistic(index), data: this.batchStatistics.subarray(offset, offset + size), shape: [size],
      })),
    ];
    const prepared = { graph, session, run: session.bind(inputs, outputs) };
    this.steps.set(rows, prepared);
    return prepared;
  }

  /**
   * Computes the gradient of the batch's first rows.
   *
   * @param maskKey whole number that is new for each step and each part of a batch. @returns the loss.
   */
  async compute(rows: number, maskKey: number): Promise<number> {
    const { graph, run } = this.steps.get(rows) ?? (await this.prepare(rows));
    this.fillMasks(graph, maskKey);
    await run();
    return this.loss[0];
  }

  async dispose(): Promise<void> {
    for (const { session } of this.steps.values()) {
      await session.dispose();
    }
    this.steps.clear();
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
      fillMask(this.kernels, address, size, Math.imul(maskKey, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca77), rate);
      address += size * Float32Array.BYTES_PER_ELEMENT;
    });
  }
}

/** A tensor for each parameter, in place in a flat vector. */
export function bindParameters(graph: Pick<TrainingGraph, 'parameters'>, vector: Float32Array, nameOf: (parameter: string) => string): BoundTensor[] {
  return graph.parameters.map(({ name, shape, offset, size }) => ({ name: nameOf(name), shape, data: vector.subarray(offset, offset + size) }));
}

export function totalSize(parts: readonly { readonly size: number }[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
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
