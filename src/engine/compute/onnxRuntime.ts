import type * as OrtModule from 'onnxruntime-common';
import type { GpuProvider } from '../../schema/protocol';
import type { MemoryReturn } from './memoryReturn';
import { memoryReturn } from './memoryReturn';
import type { OnnxModel } from './onnx/model';
import { encodeOnnxModel } from './onnx/model';

/** Which build of ONNX Runtime runs a graph: native code, or WebAssembly where no native build can be loaded. */
export type RuntimeKind = 'native' | 'wasm';

/** Bytes: smaller copies cost less than giving them back. */
const smallestDropped = 1 << 17;

export type TensorData = Float32Array | BigInt64Array | Int32Array;

/** A tensor over memory of the caller: what is written there later is what the next run sees. */
export interface BoundTensor {
  readonly name: string;
  readonly data: TensorData;
  readonly shape: readonly number[];
}

export interface SessionOptions {
  readonly threads: number;
  /** Tried first; the processor computes if it can't be had, and `onFallback` says why. */
  readonly gpu?: GpuProvider;
  readonly onFallback?: (sentence: string) => void;
}

/** A loaded graph. */
export interface GraphSession {
  /** Runs with fixed places for all inputs and outputs; the returned function may be called as often as needed. */
  bind(inputs: readonly BoundTensor[], outputs: readonly BoundTensor[]): () => Promise<void>;
  dispose(): Promise<void>;
}

/**
 * ONNX Runtime behind the few words that the engine needs. Native tensors read and write the caller's memory in place
 * (it must not be shared memory); the WebAssembly build copies.
 */
export class OnnxRuntime {
  private constructor(
    readonly kind: RuntimeKind,
    private readonly ort: typeof OrtModule,
    private readonly giveBack: MemoryReturn,
  ) {}

  private static readonly loaded = new Map<RuntimeKind, Promise<OnnxRuntime>>();

  /**
   * The runtime, loaded on first use.
   *
   * @param kind a certain build; the native one, or else WebAssembly, when absent.
   */
  static async load(kind?: RuntimeKind): Promise<OnnxRuntime> {
    if (kind !== undefined) {
      const known = OnnxRuntime.loaded.get(kind) ?? OnnxRuntime.loadBuild(kind);
      OnnxRuntime.loaded.set(kind, known);
      return known;
    }
    try {
      return await OnnxRuntime.load('native');
    } catch {
      // No build for this platform or C library: the same graphs run in WebAssembly, only slower.
      return OnnxRuntime.load('wasm');
    }
  }

  private static async loadBuild(kind: RuntimeKind): Promise<OnnxRuntime> {
    const loaded: unknown = kind === 'native' ? await import('onnxruntime-node') : await import('onnxruntime-web');
    const ort = loaded as typeof OrtModule;
    if (kind === 'wasm') {
      ort.env.wasm.numThreads = 1;
    }
    return new OnnxRuntime(kind, ort, await memoryReturn());
  }

  /** Loads a graph. */
  async createSession(model: OnnxModel | Uint8Array, options: SessionOptions): Promise<GraphSession> {
    const bytes = model instanceof Uint8Array ? model : encodeOnnxModel(model);
    if (options.gpu !== undefined) {
      try {
        await this.requireProvider(options.gpu);
        return this.wrap(await this.open(bytes, options, [options.gpu, 'cpu']));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        options.onFallback?.(`The GPU (${options.gpu}) can't be used, so the processor computes: ${reason}`);
      }
    }
    return this.wrap(await this.open(bytes, options, [this.kind === 'native' ? 'cpu' : 'wasm']));
  }

  /** ONNX Runtime itself would pass over a provider that it lacks with a warning on the console. */
  private async requireProvider(gpu: GpuProvider): Promise<void> {
    const available = this.kind === 'native' ? (await import('onnxruntime-node')).listSupportedBackends().map(({ name }) => name) : [];
    if (!available.includes(gpu)) {
      throw new Error(`this build of ONNX Runtime has no ${gpu}${available.length > 0 ? `, only ${available.join(', ')}` : ''}.`);
    }
  }

  private open(bytes: Uint8Array, { threads }: SessionOptions, executionProviders: string[]): Promise<OrtModule.InferenceSession> {
    return this.ort.InferenceSession.create(bytes, {
      executionProviders,
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 3,
      // Numbers below 10⁻³⁸ cost up to six times the time and mean nothing here. Threads take this from the first session.
      // Threads that have nothing to do would look for work for 16 ms and longer, on cores that other sessions and our own threads need.
      extra: { session: { set_denormal_as_zero: '1', force_spinning_stop: '1' } },
    });
  }

  private wrap(session: OrtModule.InferenceSession): GraphSession {
    return {
      bind: (inputs, outputs) => this.bind(session, inputs, outputs),
      dispose: () => session.release(),
    };
  }

  private bind(session: OrtModule.InferenceSession, inputs: readonly BoundTensor[], outputs: readonly BoundTensor[]): () => Promise<void> {
    // A graph keeps only the inputs that it reads.
    const feeds = this.tensors(inputs.filter(({ name }) => session.inputNames.includes(name)));
    if (this.kind === 'native') {
      const fetches = this.tensors(outputs);
      return async () => {
        this.dropCopies(await session.run(feeds, fetches), outputs);
      };
    }
    const names = outputs.map(({ name }) => name);
    return async () => {
      // This build ignores given output tensors, so what it returns is copied.
      const results = await session.run(feeds, names);
      for (const { name, data } of outputs) {
        copyInto(data, results[name].data);
      }
    };
  }

  /** The native binding writes into the memory given, and returns a copy all the same. */
  private dropCopies(results: OrtModule.InferenceSession.OnnxValueMapType, given: readonly BoundTensor[]): void {
    const copies = given.flatMap(({ name, data: own }) => {
      const { data } = results[name];
      return data instanceof Float32Array && data.byteLength >= smallestDropped && data.buffer instanceof ArrayBuffer && data.buffer !== own.buffer ? [data.buffer] : [];
    });
    if (copies.length > 0) {
      this.giveBack(copies);
    }
  }

  private tensors(tensors: readonly BoundTensor[]): Record<string, OrtModule.Tensor> {
    return Object.fromEntries(tensors.map(({ name, data, shape }) => [name, this.tensor(data, shape)]));
  }

  private tensor(data: TensorData, shape: readonly number[]): OrtModule.Tensor {
    if (data instanceof Float32Array) {
      return new this.ort.Tensor('float32', data, shape);
    }
    return data instanceof BigInt64Array ? new this.ort.Tensor('int64', data, shape) : new this.ort.Tensor('int32', data, shape);
  }
}

function copyInto(target: TensorData, source: OrtModule.Tensor.DataType): void {
  if (target instanceof Float32Array && source instanceof Float32Array) {
    target.set(source);
  } else if (target instanceof BigInt64Array && source instanceof BigInt64Array) {
    target.set(source);
  } else if (target instanceof Int32Array && source instanceof Int32Array) {
    target.set(source);
  } else {
    throw new Error('an output has another element type than the memory bound to it');
  }
}
