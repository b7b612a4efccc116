/**
 * The side of TensorFlow.js in the contest of networks. It answers requests as peers.py does; see ../processPeer.ts.
 */
import readline from 'node:readline';
import type { NetworkRows } from '../../../src/engine/models/neural/trainingData';
import type { Entry, Learned, Opening } from '../contest';
import { batchesOf, dataOf, learningRate } from '../contest';
import type { Request } from '../processPeer';
import type { Backend, Optimizer, Tensor } from './api';
import { loadTensorFlow } from './api';
import { TensorFlowNetwork } from './network';

/** The loss curve ends where it has taken so long. */
const curveSeconds = 4;

const tf = loadTensorFlow();

/** A network in training on the backend that is set. */
class Training {
  made = 0;
  private readonly network: TensorFlowNetwork;
  private readonly optimizer: Optimizer;
  private readonly features: Tensor;
  private readonly labels: Tensor;
  private readonly batches: readonly Tensor[];

  constructor(private readonly entry: Entry, batch: number, { rows, features, target }: NetworkRows) {
    this.network = new TensorFlowNetwork(tf, entry);
    this.optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-8);
    this.features = tf.tensor(features, [rows, ...this.network.inputShape], 'float32');
    this.labels = this.labelsOf(target);
    this.batches = batchesOf(rows, batch).map((part) => tf.tensor(Int32Array.from(part), [batch], 'int32'));
  }

  /** @returns the loss before the step. */
  step(): number {
    const { network } = this;
    const chosen = this.batches[this.made % this.batches.length];
    this.made++;
    return tf.tidy(() => {
      const features = tf.gather(this.features, chosen);
      const labels = tf.gather(this.labels, chosen);
      const lossOf = this.entry.classes > 2 ? tf.losses.softmaxCrossEntropy : tf.losses.sigmoidCrossEntropy;
      const loss = this.optimizer.minimize(() => lossOf(labels, network.logits(features)), true, network.variables);
      if (loss === null) {
        throw new Error('TensorFlow.js gave no loss.');
      }
      return loss.dataSync()[0];
    });
  }

  accuracy({ rows, width, features, target }: NetworkRows, batch: number): number {
    const { network, entry: { classes } } = this;
    let right = 0;
    for (const part of batchesOf(rows, batch)) {
      const own = features.slice(part[0] * width, (part[part.length - 1] + 1) * width);
      const logits = Array.from(tf.tidy(() => network.logits(tf.tensor(own, [part.length, ...network.inputShape], 'float32')).dataSync()));
      part.forEach((row, at) => {
        const ofRow = logits.slice(at * classes, (at + 1) * classes);
        const answer = classes === 2 ? Number(logits[at] > 0) : ofRow.indexOf(Math.max(...ofRow));
        right += Number(answer === target[row]);
      });
    }
    return right / rows;
  }

  dispose(): void {
    this.network.dispose();
    this.optimizer.dispose();
    [this.features, this.labels, ...this.batches].forEach((tensor) => tensor.dispose());
  }

  /** One column of 0 and 1, or one for each class. */
  private labelsOf(target: ArrayLike<number>): Tensor {
    const { classes } = this.entry;
    const outputs = classes > 2 ? classes : 1;
    const values = new Float32Array(target.length * outputs);
    Array.from(target).forEach((label, row) => {
      values[row * outputs + (outputs > 1 ? label : 0)] = outputs > 1 ? 1 : label;
    });
    return tf.tensor(values, [target.length, outputs], 'float32');
  }
}

async function setBackend(backend: Backend): Promise<void> {
  if (!(await tf.setBackend(backend))) {
    throw new Error(`TensorFlow.js could not start its backend "${backend}".`);
  }
}

/** Chooses plain JavaScript where WebAssembly lacks an operation of the network's training. @returns why, in that case. */
async function chooseBackend(entry: Entry): Promise<string | undefined> {
  await setBackend('wasm');
  const trial = new Training(entry, 1, dataOf(entry, 1, 0.5));
  try {
    trial.step();
    return undefined;
  } catch (error) {
    const missing = /Kernel '(\w+)' not registered for backend 'wasm'/.exec(String(error))?.[1];
    if (missing === undefined) {
      throw error;
    }
    await setBackend('cpu');
    return `in plain JavaScript: its WebAssembly lacks ${missing}`;
  } finally {
    trial.dispose();
  }
}

let training: Training | undefined;

async function open({ entry, batch, steps }: Extract<Request, { kind: 'open' }>): Promise<Opening> {
  training?.dispose();
  training = undefined;
  const remark = await chooseBackend(entry);
  training = new Training(entry, batch, dataOf(entry, batch * 8, 0.5));
  const losses: number[] = [];
  const begun = performance.now();
  while (losses.length < steps && (losses.length === 0 || performance.now() - begun < curveSeconds * 1000)) {
    losses.push(training.step());
  }
  return { losses, ...(remark === undefined ? {} : { remark }) };
}

function time({ seconds }: Extract<Request, { kind: 'time' }>): number {
  if (training === undefined) {
    throw new Error('open comes before time.');
  }
  const begun = performance.now();
  let steps = 0;
  while (performance.now() - begun < seconds * 1000) {
    training.step();
    steps++;
  }
  return ((performance.now() - begun) * 1000) / steps;
}

/** On the backend that `open` has chosen. */
function learn({ entry, batch, task }: Extract<Request, { kind: 'learn' }>): Learned {
  const rows = dataOf(entry, batch * task.trainBatches, task.noise);
  const test = dataOf(entry, batch * task.testBatches, task.noise, task.testPlace);
  const begun = performance.now();
  const learner = new Training(entry, batch, rows);
  try {
    for (;;) {
      learner.step();
      if (learner.made % task.stepsBetweenLooks === 0) {
        const accuracy = learner.accuracy(test, batch);
        const seconds = (performance.now() - begun) / 1000;
        if (accuracy >= task.accuracy || learner.made >= task.mostSteps || seconds >= task.mostSeconds) {
          return { seconds, steps: learner.made, accuracy };
        }
      }
    }
  } finally {
    learner.dispose();
  }
}

async function versions(): Promise<string> {
  await setBackend('wasm');
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return `TensorFlow.js ${tf.version.tfjs} (WebAssembly ${simd === true ? 'with' : 'without'} SIMD, one thread)`;
}

async function answer(request: Request): Promise<unknown> {
  switch (request.kind) {
    case 'versions': return versions();
    case 'open': return open(request);
    case 'time': return time(request);
    case 'learn': return learn(request);
  }
}

async function main(): Promise<void> {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request;
    const result = await answer(request).catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }));
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
