import { strict as assert } from 'node:assert';
import { OnnxRuntime } from '../../../../src/engine/compute/onnxRuntime';
import type { LossName, NetworkSpec } from '../../../../src/engine/models/neural/network';
import { buildTrainingGraph } from '../../../../src/engine/models/neural/network';
import type { Parallelism } from '../../../../src/engine/models/neural/parallelism';
import { parallelismFor } from '../../../../src/engine/models/neural/parallelism';
import { StepEngine } from '../../../../src/engine/models/neural/stepEngine';
import type { NetworkRows } from '../../../../src/engine/models/neural/trainingData';
import { gatherFeatures, gatherTargets } from '../../../../src/engine/models/neural/trainingData';

/** Of full batches: odd, so that halves differ in size. */
const batchRows = 9;
/** Two full batches, ragged ones, one row for each thread, a single row, and a full one again. */
const sizes = [9, 9, 5, 2, 1, 3, 1, 9];

interface Case {
  readonly loss: LossName;
  readonly spec: NetworkSpec;
}

const picture = { kind: 'image', height: 6, width: 6, channels: 1 } as const;
const convolutional: NetworkSpec['layers'] = [
  { kind: 'convolution', filters: 4, kernel: 3, activation: 'relu' }, { kind: 'maxPool', size: 2 }, { kind: 'flatten' },
];
const sequence = { kind: 'sequence', steps: 5, features: 3 } as const;
const recurrent: NetworkSpec['layers'] = [{ kind: 'recurrent', cell: 'lstm', units: 6 }];

const cases: readonly Case[] = [
  { loss: 'crossEntropy', spec: { input: picture, layers: convolutional, output: { kind: 'classes', count: 3 } } },
  { loss: 'binaryCrossEntropy', spec: { input: sequence, layers: recurrent, output: { kind: 'classes', count: 2 } } },
  { loss: 'squaredError', spec: { input: sequence, layers: recurrent, output: { kind: 'number', scale: 1, shift: 0 } } },
  { loss: 'absoluteError', spec: { input: picture, layers: convolutional, output: { kind: 'number', scale: 1, shift: 0 } } },
  { loss: 'huber', spec: { input: { kind: 'table', features: 7, categories: new Array<number>(7).fill(0) }, layers: [{ kind: 'dense', units: 8, activation: 'tanh' }], output: { kind: 'number', scale: 1, shift: 0 } } },
];

describe('halves of odd, ragged and single-row batches', () => {
  for (const { loss, spec } of cases) {
    it(`${loss}: the gradient of the whole batch, to single precision`, async () => {
      const whole = await steps({ loss, spec }, 'none');
      const halves = await steps({ loss, spec }, 'halves');
      sizes.forEach((rows, step) => {
        assertClose(halves.losses[step], whole.losses[step], `loss of step ${step}, ${rows} rows`);
        whole.gradients[step].forEach((value, at) => assertClose(halves.gradients[step][at], value, `gradient of step ${step}, ${rows} rows, element ${at}`));
        assert.ok(whole.gradients[step].some((value) => Math.abs(value) > 1e-3), 'there is a gradient to compare');
      });
    });

    it(`${loss}: the same bits before the second thread has started and after`, async () => {
      assert.deepEqual(await steps({ loss, spec }, 'halves', false), await steps({ loss, spec }, 'halves'));
    });
  }

  it('cuts the batches that training cuts', () => {
    const { input, output } = cases[0].spec;
    const wide: NetworkSpec = { input: { ...input, height: 28, width: 28, channels: 1, kind: 'image' }, layers: convolutional, output };
    assert.equal(parallelismFor(buildTrainingGraph(wide, 'crossEntropy', 63), 63), 'halves');
  });
});

/** Each step begins at the same parameters, so that differences don't add up. */
async function steps({ loss, spec }: Case, parallelism: Parallelism, prepared = true): Promise<{ losses: number[]; gradients: Float32Array[] }> {
  const engine = new StepEngine({
    spec, loss, batchRows, parallelism,
    optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0, clipNorm: 0 },
    runtime: await OnnxRuntime.load('native'),
  });
  if (prepared) {
    await engine.prepare();
  }
  const rows = dataOf(spec);
  const classCount = spec.output.kind === 'classes' ? spec.output.count : 0;
  // Unequal weights: a half's share of the loss isn't its share of the rows.
  const coding = { loss, classCount, classWeights: Float64Array.from({ length: classCount }, (_, label) => 1 + 2 * label), labelSmoothing: classCount > 0 ? 0.1 : 0 };
  const losses: number[] = [];
  const gradients: Float32Array[] = [];
  for (const [step, size] of sizes.entries()) {
    engine.parameters.forEach((_, at) => (engine.parameters[at] = 0.4 * Math.sin(1 + 1.3 * at)));
    const batch = Uint32Array.from({ length: size }, (_, row) => (step * 5 + row) % rows.rows);
    gatherFeatures(engine.features, rows, batch);
    gatherTargets(engine.targets, engine.weights, rows, batch, coding);
    losses.push(await engine.step(size, 0.01, step + 1, step));
    gradients.push(engine.gradients.slice());
  }
  await engine.dispose();
  return { losses, gradients };
}

function dataOf({ input, output }: NetworkSpec): NetworkRows {
  const rows = 24;
  const width = input.kind === 'table' ? input.features : input.kind === 'image' ? input.height * input.width : input.steps * input.features;
  const count = output.kind === 'classes' ? output.count : 0;
  return {
    rows, width,
    features: Float32Array.from({ length: rows * width }, (_, index) => Math.sin(0.3 + 0.7 * index)),
    target: Float64Array.from({ length: rows }, (_, row) => (count > 0 ? ((row * 7 + 3) % 5) % count : Math.fround(Math.cos(1.1 * row)))),
  };
}

function assertClose(own: number, expected: number, what: string): void {
  assert.ok(Math.abs(own - expected) <= 1e-6 + 1e-5 * Math.abs(expected), `${what}: ${own}, of the whole batch ${expected}`);
}
