import { OnnxRuntime } from '../../src/engine/compute/onnxRuntime';
import type { NetworkSpec } from '../../src/engine/models/neural/network';
import { describeParameters } from '../../src/engine/models/neural/network';
import { StepEngine } from '../../src/engine/models/neural/stepEngine';
import type { NetworkRows } from '../../src/engine/models/neural/trainingData';
import { gatherFeatures, gatherTargets } from '../../src/engine/models/neural/trainingData';
import type { Contestant, Entry, Learned, Opening } from './contest';
import { accuracyToLearn, batchesOf, curveSteps, dataOf, learningRate, learnTask, noise, testPlace } from './contest';

/** Our engine's training steps, without the estimator around them. */
export class Ours implements Contestant {
  readonly name = 'ours';
  private training: Training | undefined;

  async open(entry: Entry, batch: number): Promise<Opening> {
    await this.training?.engine.dispose();
    this.training = await Training.start(entry, batch, dataOf(entry, batch * 8, 0.5));
    const losses: number[] = [];
    for (let at = 0; at < curveSteps; at++) {
      losses.push(await this.training.step());
    }
    return { losses };
  }

  async time(seconds: number): Promise<number> {
    const { training } = this;
    if (training === undefined) {
      throw new Error('open comes before time');
    }
    const begun = performance.now();
    let steps = 0;
    while (performance.now() - begun < seconds * 1000) {
      await training.step();
      steps++;
    }
    return ((performance.now() - begun) * 1000) / steps;
  }

  async learn(entry: Entry, batch: number): Promise<Learned> {
    const { noise: level, trainBatches, testBatches, stepsBetweenLooks, mostSteps, mostSeconds } = learnTask;
    const rows = dataOf(entry, batch * trainBatches, level);
    const test = dataOf(entry, batch * testBatches, level, testPlace);
    const begun = performance.now();
    const training = await Training.start(entry, batch, rows);
    for (let steps = 1; ; steps++) {
      await training.step();
      if (steps % stepsBetweenLooks === 0) {
        const reached = await training.accuracy(test);
        const seconds = (performance.now() - begun) / 1000;
        if (reached >= accuracyToLearn(entry) || steps >= mostSteps || seconds >= mostSeconds) {
          await training.engine.dispose();
          return { seconds, steps, accuracy: reached };
        }
      }
    }
  }
}

class Training {
  private made = 0;
  private readonly batches: readonly Uint32Array[];

  private constructor(readonly engine: StepEngine, private readonly entry: Entry, private readonly batch: number, private readonly rows: NetworkRows) {
    this.batches = batchesOf(rows.rows, batch);
  }

  static async start(entry: Entry, batch: number, rows: NetworkRows): Promise<Training> {
    const { input, layers, classes } = entry;
    const table = input.kind === 'table' ? { ...input, categories: new Array<number>(input.features).fill(0) } : input;
    const spec: NetworkSpec = { input: table, layers, output: { kind: 'classes', count: classes } };
    const optimizer = { kind: 'adam', momentum: 0, weightDecay: 0, clipNorm: 0 } as const;
    const engine = new StepEngine({ spec, loss: lossOf(entry), optimizer, batchRows: batch, runtime: await OnnxRuntime.load('native') });
    setParameters(engine, spec);
    return new Training(engine, entry, batch, rows);
  }

  async step(): Promise<number> {
    const { engine, entry, rows, batch } = this;
    const { classes } = entry;
    const chosen = this.batches[this.made % this.batches.length];
    gatherFeatures(engine.features, rows, chosen);
    gatherTargets(engine.targets, engine.weights, rows, chosen, { loss: lossOf(entry), classCount: classes, classWeights: new Float64Array(classes).fill(1), labelSmoothing: 0 });
    this.made++;
    return engine.step(batch, learningRate, this.made, 0);
  }

  async accuracy(test: NetworkRows): Promise<number> {
    const { classes } = this.entry;
    let right = 0;
    for (const part of batchesOf(test.rows, this.batch)) {
      const logits = await this.engine.evaluate(part.length, (features) => gatherFeatures(features, test, part));
      part.forEach((row, at) => {
        const own = logits.subarray(at * classes, (at + 1) * classes);
        const answer = classes === 2 ? Number(logits[at] > 0) : own.indexOf(Math.max(...own));
        right += Number(answer === test.target[row]);
      });
    }
    return right / test.rows;
  }
}

function lossOf({ classes }: Entry): 'crossEntropy' | 'binaryCrossEntropy' {
  return classes > 2 ? 'crossEntropy' : 'binaryCrossEntropy';
}

/** Uniform within ±1 ÷ √(inputs of a unit), from a hash of the place, as peers.py makes them. */
function setParameters(engine: StepEngine, spec: NetworkSpec): void {
  for (const { name, shape, offset, size } of describeParameters(spec).parameters) {
    const isDense = name.endsWith('.weight') && shape.length === 2;
    const limit = 1 / Math.sqrt(isDense ? shape[0] : size / shape[0]);
    for (let at = 0; at < size; at++) {
      engine.parameters[offset + at] = name.endsWith('.scale') ? 1 : shape.length === 1 ? 0 : limit * noise(offset + at);
    }
  }
}
