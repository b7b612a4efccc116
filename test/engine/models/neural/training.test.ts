import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zeros } from '../../../../src/engine/compute/matrix';
import { RandomStream } from '../../../../src/engine/compute/random';
import { CancelledError } from '../../../../src/engine/errors';
import type { Algorithm, CheckpointStore, EpochReport, FitContext, SavedModel, TrainingData } from '../../../../src/engine/models/estimator';
import { cnn } from '../../../../src/engine/models/neural/cnn';
import { mlp } from '../../../../src/engine/models/neural/mlp';
import type { NeuralModel } from '../../../../src/engine/models/neural/neuralModel';
import { gru, lstm, rnn } from '../../../../src/engine/models/neural/sequenceEstimators';
import { transformer } from '../../../../src/engine/models/neural/transformer';
import { checkpointFile } from '../../../../src/engine/runs/checkpointFile';
import type { HyperparameterValue } from '../../../../src/schema/algorithm';
import { hyperparametersFor } from '../../../../src/schema/hyperparameters';

const quiet: FitContext = { report: () => undefined, throwIfCancelled: () => undefined, threads: 1 };
type Settings = Record<string, HyperparameterValue>;

async function fit(algorithm: Algorithm, data: TrainingData, settings: Settings, context: Partial<FitContext> = {}, seed = 42): Promise<NeuralModel> {
  const task = data.classCount > 0 ? 'classification' : 'regression';
  const defaults = Object.fromEntries(hyperparametersFor(algorithm.declaration, task).map((own) => [own.name, own.default] as const));
  const estimator = algorithm.createEstimator(task, { ...defaults, ...settings });
  return estimator.fit(data, RandomStream.fromSeed(seed), { ...quiet, ...context }) as Promise<NeuralModel>;
}

/** Rows whose class (or value) is a smooth function of features drawn evenly from −1 to 1. */
function blobs(rows: number, columns: number, classCount: number): TrainingData {
  const random = RandomStream.fromSeed(7);
  const features = zeros(rows, columns);
  features.values.forEach((_, index) => (features.values[index] = 2 * random.next() - 1));
  const target = Float64Array.from({ length: rows }, (_, row) => {
    const [a, b] = features.values.subarray(row * columns);
    const value = Math.sin(2 * a) + b;
    return classCount === 0 ? 100 + 10 * value : Math.min(classCount - 1, Math.floor(((value + 2) / 4) * classCount));
  });
  return { features, featureNames: Array.from({ length: columns }, (_, column) => `x${column}`), target, classCount };
}

async function accuracy(model: NeuralModel, { features, target }: TrainingData): Promise<number> {
  const predicted = await model.predict(features);
  return target.reduce((right, label, row) => right + (label === predicted[row] ? 1 : 0), 0) / target.length;
}

function memoryStore(): CheckpointStore & { saved: SavedModel[] } {
  const saved: SavedModel[] = [];
  return { saved, load: () => saved.at(-1), save: (checkpoint) => saved.push(checkpoint) };
}

const short: Settings = { epochs: 6, batchSize: 16, patience: 0, checkpointEvery: 1 };

describe('training of networks', () => {
  it('learns classes, two classes and numbers', async () => {
    const three = blobs(400, 3, 3);
    assert.ok(await accuracy(await fit(mlp, three, { epochs: 60 }), three) > 0.93);
    const two = blobs(400, 3, 2);
    assert.ok(await accuracy(await fit(mlp, two, { epochs: 60 }), two) > 0.95);
    const numbers = blobs(400, 3, 0);
    const predicted = await (await fit(mlp, numbers, { epochs: 60, dropout: 0 })).predict(numbers.features);
    const error = Math.sqrt(numbers.target.reduce((sum, value, row) => sum + (value - predicted[row]) ** 2, 0) / 400);
    assert.ok(error < 1.5, `RMSE ${error} of values with a standard deviation of about 9`);
  });

  it('gives probabilities that sum to one, and the same after saving and loading', async () => {
    const data = blobs(90, 3, 3);
    const model = await fit(mlp, data, { ...short, batchNormalization: true });
    const probabilities = await model.probabilities(data.features);
    for (let row = 0; row < 90; row++) {
      const sum = probabilities.values.subarray(row * 3, row * 3 + 3).reduce((total, value) => total + value, 0);
      assert.ok(Math.abs(sum - 1) < 1e-12);
    }
    const restored = mlp.loadModel('classification', model.save()) as NeuralModel;
    assert.deepEqual(await restored.probabilities(data.features), probabilities);
  });

  for (const algorithm of [mlp, cnn, rnn, lstm, gru, transformer]) {
    it(`${algorithm.declaration.id}: goes on from a checkpoint bit by bit, and gives the same for any number of threads`, async () => {
      const data = { ...blobs(70, 16, 3), ...(algorithm.declaration.preparation.windows === true ? { sequence: { steps: 8, features: 2 } } : {}) };
      const settings: Settings = { ...short, ...(algorithm === cnn ? { filters: 4, denseUnits: 8 } : {}), schedule: 'reduceOnPlateau' };
      const whole = (await fit(algorithm, data, settings)).save();
      const store = memoryStore();
      let epochs = 0;
      const cancel = fit(algorithm, data, settings, {
        checkpoints: store,
        reportEpoch: () => epochs++,
        throwIfCancelled: () => {
          if (epochs === 3) {
            throw new CancelledError();
          }
        },
      });
      await assert.rejects(cancel, CancelledError);
      const seen: EpochReport[] = [];
      const resumed = await fit(algorithm, data, settings, { checkpoints: store, reportEpoch: (report) => seen.push(report), threads: 2 });
      assert.deepEqual(resumed.save(), whole);
      assert.deepEqual(seen.map(({ epoch }) => epoch), [1, 2, 3, 4, 5, 6], 'the curve is told in full');
    });
  }

  it('does not continue the checkpoint of another training', async () => {
    const store = memoryStore();
    await fit(mlp, blobs(70, 4, 3), short, { checkpoints: store });
    const other = await fit(mlp, blobs(70, 4, 3), { ...short, learningRate: 0.01 }, { checkpoints: store });
    assert.deepEqual(other.save(), (await fit(mlp, blobs(70, 4, 3), { ...short, learningRate: 0.01 })).save());
  });

  it('gives the same for the same seed and something else for another', async () => {
    const data = blobs(60, 3, 3);
    const first = (await fit(mlp, data, short)).save();
    assert.deepEqual((await fit(mlp, data, short)).save(), first);
    assert.notDeepEqual((await fit(mlp, data, short, {}, 43)).save().arrays, first.arrays);
  });

  it('gives the same with one thread and two where the network is large enough for both', async () => {
    const data = blobs(300, 64, 5);
    const settings: Settings = { epochs: 2, batchSize: 128, hiddenUnits: 512 };
    const one = (await fit(mlp, data, settings, { threads: 1 })).save();
    assert.deepEqual((await fit(mlp, data, settings, { threads: 2 })).save(), one);
    const convolutional: Settings = { epochs: 1, batchSize: 64 };
    const oneThread = (await fit(cnn, data, convolutional, { threads: 1 })).save();
    assert.deepEqual((await fit(cnn, data, convolutional, { threads: 2 })).save(), oneThread);
    // Halves of unequal size, and a last batch that is smaller.
    const odd: Settings = { epochs: 2, batchSize: 63 };
    const oddOne = (await fit(cnn, data, odd, { threads: 1 })).save();
    assert.deepEqual((await fit(cnn, data, odd, { threads: 2 })).save(), oddOne);
  });

  it('stops early with the best network', async () => {
    const data = blobs(1200, 6, 2);
    const reports: EpochReport[] = [];
    const model = await fit(mlp, data, { epochs: 400, patience: 5, batchSize: 16, learningRate: 0.02, validationFraction: 0.3 }, { reportEpoch: (report) => reports.push(report) });
    const losses = reports.map(({ metrics }) => metrics['validationLoss']);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    assert.ok(losses.length < 400);
    assert.ok(Math.min(...losses.slice(0, -5)) - Math.min(...losses.slice(-5)) < 1e-4, 'the last five epochs gained next to nothing');
    assert.equal(model.bestEpoch, best);
  });

  it('stops when asked and keeps the best so far', async () => {
    let epochs = 0;
    const model = await fit(mlp, blobs(80, 3, 2), { epochs: 300, patience: 0 }, { reportEpoch: () => epochs++, stopRequested: () => epochs >= 4 });
    assert.equal(epochs, 4);
    assert.ok(model.bestEpoch >= 1 && model.bestEpoch <= 4);
  });

  it('says what to try when training diverges', async () => {
    await assert.rejects(fit(mlp, blobs(80, 3, 0), { optimizer: 'sgd', learningRate: 10, epochs: 50 }), /Training diverged in epoch \d+: .* learningRate of 1 instead of 10/);
  });

  it('trains on every optimizer and schedule', async () => {
    const data = blobs(120, 3, 3);
    for (const optimizer of ['adam', 'adamW', 'sgd', 'nesterov', 'rmsprop']) {
      for (const schedule of ['constant', 'step', 'cosine', 'reduceOnPlateau']) {
        const model = await fit(mlp, data, { epochs: 8, optimizer, schedule, warmUpEpochs: 2, clipNorm: 1, learningRate: 0.01, classWeight: 'balanced' });
        const [first, ...others] = model.history.map(({ metrics }) => metrics['loss']);
        assert.ok(Math.min(...others) < first, `${optimizer}, ${schedule}: the loss falls`);
      }
    }
  });

  it('learns vectors for categories, and answers for one that it has not seen', async () => {
    const random = RandomStream.fromSeed(3);
    const features = zeros(200, 2);
    const target = new Float64Array(200);
    for (let row = 0; row < 200; row++) {
      const code = random.nextInt(6);
      features.values.set([random.next(), code], row * 2);
      target[row] = [0, 2, 1, 1, 0, 2][code];
    }
    const data: TrainingData = { features, featureNames: ['a', 'b'], target, classCount: 3, categoryCounts: [0, 6] };
    const model = await fit(mlp, data, { epochs: 100 });
    assert.equal(await accuracy(model, data), 1);
    const unseen = await model.probabilities({ rows: 1, columns: 2, values: Float64Array.of(0.5, -1) });
    assert.ok(unseen.values.every((value) => value > 0 && value < 1));
  });

  it('reads 500 steps in a loop', async () => {
    const rows = 12;
    const features = zeros(rows, 500);
    features.values.forEach((_, index) => (features.values[index] = Math.sin(index)));
    const target = Float64Array.from({ length: rows }, (_, row) => row % 2);
    const data: TrainingData = { features, featureNames: Array.from({ length: 500 }, (_, step) => `x${step}`), target, classCount: 2, sequence: { steps: 500, features: 1 } };
    const model = await fit(lstm, data, { epochs: 2, units: 4, batchSize: 8 });
    assert.ok(model.history.every(({ metrics }) => Number.isFinite(metrics['loss'])));
  }).timeout(60000);

  it('forecasts from the last value on, beyond the range that it has seen', async () => {
    const steps = 6;
    const series = Array.from({ length: 200 }, (_, time) => time + 3 * Math.sin(time));
    const rows = 150;
    const features = zeros(rows, steps);
    const target = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      features.values.set(series.slice(row, row + steps), row * steps);
      target[row] = series[row + steps];
    }
    const data: TrainingData = { features, featureNames: [], target, classCount: 0, sequence: { steps, features: 1, history: 0 } };
    const model = await fit(gru, data, { epochs: 60, dropout: 0 });
    const [future] = await model.predict({ rows: 1, columns: steps, values: Float64Array.from(series.slice(193, 199)) });
    const naive = Math.abs(series[198] - series[199]);
    assert.ok(Math.abs(future - series[199]) < naive, `predicted ${future} for ${series[199]}; the last value was ${series[198]}`);
  });

  it('refuses pictures that the columns do not make', async () => {
    await assert.rejects(fit(cnn, blobs(40, 10, 2), short), /The 10 feature columns don't make a picture of \? × \? × 1/);
    await assert.rejects(fit(cnn, blobs(40, 12, 2), { ...short, height: 5 }), /5 × \? × 1/);
  });

  it('reads a signal as a picture of height 1, and several channels', async () => {
    const data = blobs(60, 24, 2);
    const signal = await fit(cnn, data, { ...short, height: 1, filters: 4 });
    assert.deepEqual([await signal.predict(data.features)].map((predicted) => predicted.length), [60]);
    await fit(cnn, data, { ...short, height: 4, width: 3, channels: 2, filters: 4 });
  });
});

describe('the checkpoint file', () => {
  it('gives back what was saved, and nothing when it is cut short', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'checkpoint-'));
    try {
      const saved: SavedModel = {
        parameters: { version: 1, name: 'é' },
        arrays: { a: Float32Array.of(1, 2, 3), b: Float64Array.of(Math.PI), c: Int32Array.of(-1), d: Uint8Array.of(255) },
      };
      checkpointFile(folder).save(saved);
      const store = checkpointFile(path.join(folder, 'other'), folder);
      assert.deepEqual(store.load(), saved);
      assert.equal(checkpointFile(folder).load(), undefined, 'a fresh run starts afresh');
      writeFileSync(path.join(folder, 'checkpoint.bin'), 'TYCP0001 nonsense');
      assert.equal(store.load(), undefined);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
