import { strict as assert } from 'node:assert';
import type { HyperparameterValue } from '../../../../src/schema/algorithm';
import { zeros } from '../../../../src/engine/compute/matrix';
import { RandomStream } from '../../../../src/engine/compute/random';
import { CancelledError, UserError } from '../../../../src/engine/errors';
import type { FitContext, TrainingData } from '../../../../src/engine/models/estimator';
import { gradientBoosting } from '../../../../src/engine/models/boosting/gradientBoosting';
import { BoostingModel } from '../../../../src/engine/models/boosting/boostingModel';
import { growReference } from './referenceBoosting';
import { assertClose } from '../../closeness';

const featureCount = 13;

/** Rows with missing values, a categorical feature (the last), and classes or values that depend on some of the features. */
function makeData(rows: number, classCount: number): TrainingData {
  const random = RandomStream.fromSeed(3);
  const features = zeros(rows, featureCount);
  const target = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const x = features.values.subarray(i * featureCount, (i + 1) * featureCount);
    for (let j = 0; j < featureCount; j++) {
      x[j] = j === 12 ? random.nextInt(300) : random.next() < 0.05 ? NaN : 4 * (random.next() + random.next() - 1);
    }
    const signal = (x[0] || 0) + (x[1] || 0.5) * (x[2] || 0) + Math.sin(2 * (x[3] || 0)) + (x[12] % 3) + random.next();
    target[i] = classCount === 0 ? signal : Math.max(0, Math.min(classCount - 1, Math.floor(signal / 2 + classCount / 2)));
  }
  const featureNames = Array.from({ length: featureCount }, (_, j) => `x${j}`);
  return { features, featureNames, target, classCount, categoryCounts: featureNames.map((_, j) => (j === 12 ? 300 : 0)) };
}

function contextWith(threads: number, throwIfCancelled: () => void = () => undefined): FitContext {
  return { report: () => undefined, throwIfCancelled, threads };
}

async function fit(data: TrainingData, settings: Record<string, HyperparameterValue> = {}, context = contextWith(1)): Promise<BoostingModel> {
  const defaults = gradientBoosting.declaration.hyperparameters.map((h) => [h.name, h.default] as const);
  const task = data.classCount === 0 ? 'regression' : 'classification';
  const estimator = gradientBoosting.createEstimator(task, { ...Object.fromEntries(defaults), maxIter: 15, ...settings });
  const model = await estimator.fit(data, RandomStream.fromSeed(5), context);
  assert.ok(model instanceof BoostingModel);
  return model;
}

describe('gradient boosting', () => {
  const variants: readonly [string, number, number, Record<string, HyperparameterValue>][] = [
    ['two classes', 6007, 2, {}],
    ['enough rows that threads share them', 40_003, 2, { earlyStopping: 'off' }],
    ['enough rows that threads share them, some held back', 40_003, 2, { earlyStopping: 'on', maxIter: 6 }],
    ['enough rows that threads share them, quantiles of a sample', 40_003, 0, { loss: 'quantile', subsample: 0.7, maxIter: 6 }],
    ['five classes', 6007, 5, {}],
    ['four classes of many rows', 30_001, 4, { earlyStopping: 'off', maxIter: 4 }],
    ['four classes, sampled rows and features', 6007, 4, { subsample: 0.6, maxFeatures: 0.4 }],
    ['squared error with early stopping', 6007, 0, { earlyStopping: 'on', maxIter: 40 }],
    ['Huber loss', 6007, 0, { loss: 'huber' }],
    ['absolute error', 6007, 0, { loss: 'absoluteError' }],
  ];
  for (const [name, rows, classCount, settings] of variants) {
    it(`gives the same bits with 1, 2 and 4 threads: ${name}`, async () => {
      const data = makeData(rows, classCount);
      const [one, two, four] = await Promise.all([1, 2, 4].map(async (threads) => (await fit(data, settings, contextWith(threads))).save()));
      assert.deepEqual(two, one);
      assert.deepEqual(four, one);
    });
  }

  it('gives the same bits when rows lie in order of what they are split by', async () => {
    const data = makeData(30_000, 2);
    const order = Array.from(data.target.keys()).sort((a, b) => (data.features.values[a * featureCount] || 0) - (data.features.values[b * featureCount] || 0));
    const features = zeros(30_000, featureCount);
    order.forEach((from, to) => features.values.set(data.features.values.subarray(from * featureCount, (from + 1) * featureCount), to * featureCount));
    const sorted = { ...data, features, target: Float64Array.from(order, (row) => data.target[row]) };
    const [one, three] = await Promise.all([1, 3].map(async (threads) => (await fit(sorted, { maxIter: 5 }, contextWith(threads))).save()));
    assert.deepEqual(three, one);
  });

  it('fits classes in pairs as it fits them one by one', async () => {
    const data = makeData(3000, 5);
    const inPairs = await fit(data);
    // A share of rows that rounds to all of them: where rows are sampled, roots are filled one by one.
    const alone = await fit(data, { subsample: 1 - 1e-9 });
    assert.deepEqual(alone.save(), inPairs.save());
  });

  it('grows the tree that a plain reference grows', async () => {
    const data = makeData(900, 0);
    const numeric = { ...data, categoryCounts: undefined };
    const model = await fit(numeric, { maxIter: 1, maxLeafNodes: 12, learningRate: 1, minSamplesLeaf: 7 });
    const expected = growReference(data.features, data.target, { maxLeaves: 12, minSamplesLeaf: 7, maxBins: 255 });
    assertClose(model.predict(data.features), expected, 1e-6, 'one tree');
  });

  it('grows the same trees where it keeps no histograms: few rows, many features, most of them constant', async () => {
    const narrow = makeData(1500, 2);
    const columns = 300;
    const features = zeros(1500, columns);
    for (let row = 0; row < 1500; row++) {
      features.values.set(narrow.features.values.subarray(row * featureCount, (row + 1) * featureCount), row * columns);
    }
    const wide = {
      ...narrow,
      features,
      featureNames: Array.from({ length: columns }, (_, j) => `x${j}`),
      categoryCounts: Array.from({ length: columns }, (_, j) => (j === 12 ? 300 : 0)),
    };
    const treesOf = (model: BoostingModel) => {
      const { feature, threshold, value, count, flags, categories } = model.parts.trees;
      return { feature, threshold, value, count, flags, categories };
    };
    const expected = treesOf(await fit(narrow));
    assert.ok(expected.feature.some((feature) => feature >= 0));
    for (const threads of [1, 2, 4]) {
      assert.deepEqual(treesOf(await fit(wide, {}, contextWith(threads))), expected);
    }
  });

  it('bins values alike however they are spread', async () => {
    const even = makeData(3000, 0);
    const numeric = { ...even, categoryCounts: undefined };
    const crowded = { ...numeric, features: { ...even.features, values: even.features.values.map((x, i) => (i % featureCount === 12 ? x : Math.exp(20 * x))) } };
    const [expected, found] = await Promise.all([numeric, crowded].map(async (data) => (await fit(data)).parts.trees));
    assert.deepEqual(found.feature, expected.feature);
    assert.deepEqual(found.count, expected.count);
    assert.deepEqual(found.value, expected.value);
  });

  it('leaves rows on both sides of every split, with missing values beside as many bins as there can be', async () => {
    const random = RandomStream.fromSeed(8);
    const features = zeros(4000, 1);
    features.values.forEach((_, row) => {
      features.values[row] = random.next() < 0.5 ? NaN : random.next();
    });
    const target = Float64Array.from(features.values, (value) => Number(random.next() < (Number.isNaN(value) ? 0.4 : 0.3 + 0.4 * value)));
    const model = await fit({ features, featureNames: ['x'], target, classCount: 2 });
    const { feature, left, right, count } = model.parts.trees;
    assert.ok(feature.some((f) => f >= 0));
    feature.forEach((f, node) => assert.ok(f < 0 || Math.min(count[left[node]], count[right[node]]) > 0, `node ${node}`));
  });

  it('keeps its predictions through save and load', async () => {
    const data = makeData(1500, 3);
    const model = await fit(data);
    const loaded = gradientBoosting.loadModel('classification', model.save());
    assert.deepEqual(await loaded.predictProba?.(data.features), model.predictProba?.(data.features));
    assert.throws(() => gradientBoosting.loadModel('regression', model.save()), UserError);
  });

  it('fits Huber loss to data whose outliers pull squared error away', async () => {
    const data = makeData(3000, 0);
    const spoiled = data.target.map((value, row) => (row % 20 === 0 ? value + 1000 : value));
    const error = (model: BoostingModel) => {
      const predicted = model.predict(data.features);
      return data.target.reduce((sum, value, row) => sum + Math.abs(value - predicted[row]), 0) / data.target.length;
    };
    const settings = { maxIter: 100 };
    const huber = error(await fit({ ...data, target: spoiled }, { ...settings, loss: 'huber' }));
    const squared = error(await fit({ ...data, target: spoiled }, settings));
    assert.ok(huber < 1.2 && squared > 10 * huber, `Huber ${huber}, squared ${squared}`);
  });

  it('refuses directions of categories and of several classes, with a sentence', async () => {
    const category = `x${featureCount - 1}`;
    await assert.rejects(fit(makeData(300, 0), { monotonicConstraints: { [category]: 1 } }), (error) => error instanceof UserError && error.message.startsWith(`"${category}" holds categories`));
    await assert.rejects(fit(makeData(300, 4), { monotonicConstraints: { x0: 1 } }), /^UserError: Directions are not defined for 4 classes/);
  });

  it('keeps the trees grown so far when it is stopped on the way', async () => {
    let done = 0;
    const data = makeData(3000, 4);
    const model = await fit(data, { maxIter: 200 }, { ...contextWith(2), report: () => done++, stopRequested: () => done > 7 });
    const { treeCount } = model.parts.trees;
    assert.ok(treeCount > 0 && treeCount < 800 && treeCount % 4 === 0, `${treeCount} trees`);
    assert.deepEqual((await fit(data, { maxIter: treeCount / 4 })).save(), model.save());
  });

  it('can be cancelled while it answers', async () => {
    const model = await fit(makeData(500, 2));
    const { features } = makeData(20_000, 2);
    let looks = 0;
    const context = { report: () => undefined, throwIfCancelled: () => {
      if (++looks > 1) {
        throw new CancelledError();
      }
    } };
    assert.throws(() => model.predict(features, context), CancelledError);
    const shares: number[] = [];
    model.predict(features, { ...context, throwIfCancelled: () => undefined, report: (fraction) => shares.push(fraction) });
    assert.ok(shares.length > 1 && shares.every((share, i) => i === 0 || share >= shares[i - 1]));
  });

  it('obeys monotonic constraints everywhere', async () => {
    const data = makeData(2000, 0);
    const model = await fit(data, { maxIter: 30, monotonicConstraints: { x0: 1, x2: -1 } }, contextWith(2));
    for (const [feature, direction] of [[0, 1], [2, -1]]) {
      for (let row = 0; row < 50; row++) {
        const line = zeros(40, featureCount);
        for (let i = 0; i < 40; i++) {
          line.values.set(data.features.values.subarray(row * featureCount, (row + 1) * featureCount), i * featureCount);
          line.values[i * featureCount + feature] = -4 + i * 0.2;
        }
        const predicted = model.predict(line);
        assert.ok(predicted.every((value, i) => i === 0 || direction * (value - predicted[i - 1]) >= -1e-9));
      }
    }
  });

  it('stops early when the held-back loss no longer falls', async () => {
    const data = makeData(1200, 2);
    const model = await fit(data, { earlyStopping: 'on', maxIter: 1000, learningRate: 0.5, nIterNoChange: 5 });
    assert.ok(model.parts.trees.treeCount < 200, `${model.parts.trees.treeCount} trees`);
  });

  it('ends with CancelledError once the user has cancelled, and can fit again', async () => {
    const data = makeData(3000, 0);
    let calls = 0;
    const cancel = () => {
      if (++calls > 10) {
        throw new CancelledError();
      }
    };
    await assert.rejects(fit(data, { maxIter: 5000 }, contextWith(2, cancel)), CancelledError);
    assert.ok((await fit(data, {}, contextWith(2))).parts.trees.treeCount > 0);
  });

  it('gives a class that training lacks probability 0, and all to the only one there is', async () => {
    const data = makeData(400, 2);
    const gap = await fit({ ...data, classCount: 4, target: data.target.map((label) => label * 2) });
    const shares = gap.predictProba?.(data.features);
    assert.ok(shares !== undefined && shares.columns === 4 && shares.values.every((value, i) => i % 2 === 0 || value === 0));
    const single = await fit({ ...data, target: data.target.map(() => 1) });
    assert.ok(single.predict(data.features).every((label) => label === 1));
  });

  it('bears a feature of missing values only, constants, and infinities', async () => {
    const data = makeData(500, 0);
    for (let row = 0; row < 500; row++) {
      data.features.values[row * featureCount] = NaN;
      data.features.values[row * featureCount + 1] = 7;
      data.features.values[row * featureCount + 2] = row % 3 === 0 ? Infinity : row % 3 === 1 ? -Infinity : 1e300;
    }
    assert.ok((await fit(data)).predict(data.features).every((value) => Number.isFinite(value)));
  });

  it('refuses Poisson loss for negative targets in a sentence', async () => {
    const data = makeData(200, 0);
    await assert.rejects(fit({ ...data, target: data.target.map(() => -1) }, { loss: 'poisson' }), UserError);
  });
});
