import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { OnnxRuntime } from '../../../../src/engine/compute/onnxRuntime';
import type { RuntimeKind } from '../../../../src/engine/compute/onnxRuntime';
import type { LossName, NetworkSpec } from '../../../../src/engine/models/neural/network';
import { describeParameters } from '../../../../src/engine/models/neural/network';
import type { Parallelism } from '../../../../src/engine/models/neural/parallelism';
import { featureCount } from '../../../../src/engine/models/neural/layers/networkInput';
import type { OptimizerSpec } from '../../../../src/engine/models/neural/optimizer';
import { StepEngine } from '../../../../src/engine/models/neural/stepEngine';
import { gatherFeatures, gatherTargets } from '../../../../src/engine/models/neural/trainingData';
import type { NetworkRows } from '../../../../src/engine/models/neural/trainingData';

interface Entry {
  readonly name: string;
  readonly spec: NetworkSpec;
  readonly loss: LossName;
  readonly optimizer: OptimizerSpec;
  readonly learningRate: number;
  readonly steps: number;
}

const folder = path.join(__dirname, '../../../fixtures/neural');
const read = (name: string): unknown => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
const entries = read('networks.json') as Entry[];
/** Made by test/fixtures/neural/makeLosses.py, which says with which PyTorch. */
const expected = read('losses.json') as Record<string, { readonly losses: number[]; readonly gradient: number[][] }>;
const batchRows = 8;
const batches = 4;

describe('loss curves and first gradients against PyTorch', () => {
  for (const kind of ['native', 'wasm'] satisfies RuntimeKind[]) {
    for (const entry of entries) {
      it(`${entry.name} (${kind})`, async () => {
        const result = await train(entry, kind);
        const { losses, gradient } = expected[entry.name];
        gradient.forEach((part, parameter) => part.forEach((value, at) => {
          const own = result.gradient[parameter][at];
          assert.ok(Math.abs(own - value) <= 2e-6 + 2e-5 * Math.abs(value), `gradient of parameter ${parameter}, element ${at}: ${own}, PyTorch's ${value}`);
        }));
        losses.forEach((loss, step) =>
          assert.ok(Math.abs(result.losses[step] - loss) <= 1e-5 * Math.max(1, loss), `step ${step}: loss ${result.losses[step]}, PyTorch's ${loss}`));
      });
    }
  }
});

describe('the same training cut in two', () => {
  // Batch normalisation looks at the whole batch.
  for (const entry of entries.filter(({ spec }) => describeParameters(spec).statistics.length === 0)) {
    it(`${entry.name}: each half of a batch in a thread of its own`, async () => {
      const halves = await train(entry, 'native', 'halves');
      const { losses, gradient } = expected[entry.name];
      gradient.forEach((part, parameter) => part.forEach((value, at) => {
        const own = halves.gradient[parameter][at];
        assert.ok(Math.abs(own - value) <= 2e-6 + 2e-5 * Math.abs(value), `gradient of parameter ${parameter}, element ${at}: ${own}, PyTorch's ${value}`);
      }));
      losses.forEach((loss, step) =>
        assert.ok(Math.abs(halves.losses[step] - loss) <= 1e-5 * Math.max(1, loss), `step ${step}: loss ${halves.losses[step]}, PyTorch's ${loss}`));
      assert.deepEqual(await train(entry, 'native', 'halves', false), halves, 'to the bit, as long as the second thread is starting');
    });
  }
});

async function train({ spec, loss, optimizer, learningRate, steps }: Entry, kind: RuntimeKind, parallelism?: Parallelism, prepared = true): Promise<{ losses: number[]; gradient: Float32Array[] }> {
  const runtime = await OnnxRuntime.load(kind);
  const engine = new StepEngine({ spec, loss, optimizer, batchRows, runtime, parallelism });
  if (prepared) {
    await engine.prepare();
  }
  const { parameters } = describeParameters(spec);
  for (const { name, offset, size } of parameters) {
    const around = name.endsWith('.scale') ? 1 : 0;
    for (let at = offset; at < offset + size; at++) {
      engine.parameters[at] = around + 0.4 * Math.sin(1 + 1.3 * at);
    }
  }
  const rows = dataOf(spec);
  const classCount = spec.output.kind === 'classes' ? spec.output.count : 0;
  const coding = { loss, classCount, classWeights: new Float64Array(classCount).fill(1), labelSmoothing: 0 };
  const losses: number[] = [];
  let gradient: Float32Array[] = [];
  for (let step = 0; step < steps; step++) {
    const batch = Uint32Array.from({ length: batchRows }, (_, row) => (step % batches) * batchRows + row);
    gatherFeatures(engine.features, rows, batch);
    gatherTargets(engine.targets, engine.weights, rows, batch, coding);
    losses.push(await engine.step(batchRows, learningRate, step + 1, 0));
    if (step === 0) {
      gradient = parameters.map(({ offset, size }) => engine.gradients.slice(offset, offset + Math.min(4, size)));
    }
  }
  await engine.dispose();
  return { losses, gradient };
}

function dataOf({ input, output }: NetworkSpec): NetworkRows {
  const rows = batchRows * batches;
  const width = featureCount(input);
  const features = Float32Array.from({ length: rows * width }, (_, index) => Math.sin(0.3 + 0.7 * index));
  if (input.kind === 'table') {
    input.categories.forEach((count, feature) => {
      for (let row = 0; count > 0 && row < rows; row++) {
        features[row * width + feature] = (row * (feature + 2)) % count;
      }
    });
  }
  const count = output.kind === 'classes' ? output.count : 0;
  const target = Float64Array.from({ length: rows }, (_, row) => (count > 0 ? ((row * 7 + 3) % 5) % count : Math.fround(Math.cos(1.1 * row))));
  return { rows, width, features, target };
}
