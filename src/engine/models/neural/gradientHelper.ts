import { existsSync } from 'node:fs';
import os from 'node:os';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { RuntimeKind } from '../../compute/onnxRuntime';
import { entryPoint } from '../../entryPoints';
import type { BatchGradient } from './batchGradient';
import { featureCount } from './layers/networkInput';
import type { LossName, NetworkSpec } from './network';
import { outputWidth } from './network';
import type { SharedBatchSizes } from './sharedBatch';
import { SharedBatch } from './sharedBatch';

/** What the helper's thread is given; see gradientWorker.ts. */
export interface GradientWorkerData {
  readonly spec: NetworkSpec;
  readonly loss: LossName;
  readonly batchRows: number;
  readonly runtime: RuntimeKind;
  readonly buffer: SharedArrayBuffer;
  readonly sizes: SharedBatchSizes;
  readonly spinTurns: number;
}

/** Some tens of microseconds: about what lies between two steps. */
const spinTurns = 20_000;

/**
 * A thread that computes the gradient of the second half of each batch while the calling thread computes the first's. Graphs of many
 * small operators gain far more from that than from cutting each operator in two.
 *
 * On Linux it inherits the calling thread's treatment of tiny numbers as zeros, so start it after that thread's first session.
 */
export class GradientHelper {
  private readonly worker: Worker;
  private readonly shared: SharedBatch;
  private failure: Error | undefined;
  private exited = false;

  constructor(private readonly spec: NetworkSpec, loss: LossName, batchRows: number, parameters: number, runtime: RuntimeKind) {
    const script = entryPoint('gradientWorker');
    if (!existsSync(script)) {
      throw new Error(`The build is incomplete: ${script} is missing; run "npm run build".`);
    }
    const sizes = { parameters, features: batchRows * featureCount(spec.input), outputs: batchRows * outputWidth(spec.output) };
    const turns = os.availableParallelism() > 1 ? spinTurns : 0;
    const buffer = new SharedArrayBuffer(SharedBatch.bytesFor(sizes));
    this.shared = new SharedBatch(buffer, sizes, turns);
    const workerData: GradientWorkerData = { spec, loss, batchRows, runtime, buffer, sizes, spinTurns: turns };
    this.worker = new Worker(script, { workerData });
    this.worker.unref();
    this.worker.on('error', (error) => (this.failure = error instanceof Error ? error : new Error(String(error))));
    this.worker.on('exit', () => (this.exited = true));
  }

  /** Whether it has loaded what it needs; starting takes as long as tens of steps. @throws Error when the thread failed. */
  isReady(): boolean {
    this.throwIfEnded();
    return this.shared.isReady();
  }

  /** Comes back when it could begin at once. @throws Error when the thread failed. */
  async awaitReady(): Promise<void> {
    while (!this.isReady()) {
      await setTimeout(1);
    }
  }

  /** Hands over the parameters and so many rows of the batch from a row on. */
  begin({ parameters, features, targets, weights }: BatchGradient, firstRow: number, rows: number, maskKey: number): void {
    const inputs = featureCount(this.spec.input);
    const width = outputWidth(this.spec.output);
    const end = firstRow + rows;
    this.shared.parameters.set(parameters);
    this.shared.features.set(features.subarray(firstRow * inputs, end * inputs));
    this.shared.targets.set(targets.subarray(firstRow * width, end * width));
    this.shared.weights.set(weights.subarray(firstRow * width, end * width));
    this.shared.begin(rows, maskKey);
  }

  /** Waits for the gradient, writes it down and returns the loss. @throws Error when the thread failed. */
  async finish(gradients: Float32Array): Promise<number> {
    while (!this.shared.awaitFinished()) {
      // Events of the thread, its end among them, arrive between two sleeps only.
      await setImmediate();
      this.throwIfEnded();
    }
    gradients.set(this.shared.gradients);
    return this.shared.loss[0];
  }

  private throwIfEnded(): void {
    if (this.failure !== undefined || this.exited) {
      throw this.failure ?? new Error('The thread that computes half of each batch has ended.');
    }
  }

  async dispose(): Promise<void> {
    this.shared.stop();
    if (!this.exited) {
      await new Promise((resolve) => {
        this.worker.ref();
        this.worker.once('exit', resolve);
      });
    }
  }
}
