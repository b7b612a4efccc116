import { strict as assert } from 'node:assert';
import type { HyperparameterValue } from '../../../src/schema/algorithm';
import type { Matrix } from '../../../src/engine/compute/matrix';
import { takeRows } from '../../../src/engine/compute/matrix';
import { RandomStream } from '../../../src/engine/compute/random';
import { CancelledError, UserError } from '../../../src/engine/errors';
import { regressionMetrics } from '../../../src/engine/evaluate/regressionMetrics';
import type { Model, SavedModel, TrainingData } from '../../../src/engine/models/estimator';
import { assertClose } from '../closeness';
import { algorithmNamed, fit, fixture, matrixOf, probabilitiesOf, quietContext, taskOf, trainingData } from './fitting';

interface TreeCase {
  kind: 'tree';
  name: string;
  hyperparameters: Record<string, HyperparameterValue>;
  features: number[][];
  target: number[];
  classCount: number;
  leaves: number;
  expected: number[] | number[][];
}
interface ScoresCase {
  kind: 'scores';
  name: string;
  hyperparameters: Record<string, HyperparameterValue>;
  train: number;
  features: number[][];
  target: number[];
  classCount: number;
  algorithm: 'randomForest' | 'extraTrees';
  scores: number[];
  outOfBag: number[];
}

const cases = fixture<TreeCase | ScoresCase>('trees');

describe('a single tree of a random forest equals scikit-learn\'s (test/fixtures/sklearn/trees.py)', () => {
  for (const reference of cases) {
    if (reference.kind !== 'tree') {
      continue;
    }
    it(reference.name, async () => {
      const features = matrixOf(reference.features);
      const data = trainingData(features, Float64Array.from(reference.target), reference.classCount);
      const model = await fit('randomForest', data, {
        hyperparameters: { nEstimators: 1, bootstrap: false, maxFeatures: 'all', ...reference.hyperparameters },
      });
      // Leaves keep their values as 32-bit floats.
      const answers = reference.classCount > 0 ? (await probabilitiesOf(model, features)).values : await model.predict(features);
      assertClose(answers, reference.expected.flat(), 1e-6, 'answers');
      const { nodeCounts } = model.save().arrays;
      assert.equal((nodeCounts[0] + 1) / 2, reference.leaves);
    });
  }
});

describe('random forests score like scikit-learn\'s, within one standard error of 10 seeds (test/fixtures/sklearn/trees.py)', () => {
  for (const reference of cases) {
    if (reference.kind !== 'scores') {
      continue;
    }
    it(reference.name, async () => {
      const features = matrixOf(reference.features);
      const target = Float64Array.from(reference.target);
      const scores: number[] = [];
      const outOfBag: number[] = [];
      for (let seed = 0; seed < 40; seed++) {
        const train = rowsFrom(features, 0, reference.train);
        const test = rowsFrom(features, reference.train, features.rows);
        const data = trainingData(train, target.slice(0, reference.train), reference.classCount);
        const model = await fit(reference.algorithm, data, { seed, hyperparameters: { ...reference.hyperparameters, oobScore: true } });
        assert.equal(model.outOfBag?.rows, reference.train);
        outOfBag.push(model.outOfBag.score ?? Number.NaN);
        scores.push(await score(model, test, target.slice(reference.train), reference.classCount));
      }
      const [own, theirs] = [scores, reference.scores].map(meanAndError);
      // 40 seeds tell the mean twice as sharply as 10.
      const allowed = Math.hypot(2 * own.error, theirs.error);
      assert.ok(own.mean >= theirs.mean - allowed, `${own.mean} against ${theirs.mean}, allowed ${allowed}`);
      // The same estimate of the same thing: neither lower nor higher but by chance.
      const [bag, theirBag] = [outOfBag, reference.outOfBag].map(meanAndError);
      const chance = 3 * Math.hypot(bag.error, theirBag.error);
      assert.ok(Math.abs(bag.mean - theirBag.mean) <= chance, `out of bag ${bag.mean} against ${theirBag.mean}, allowed ${chance}`);
    });
  }
});

function rowsFrom(features: Matrix, start: number, end: number): Matrix {
  return takeRows(features, Uint32Array.from({ length: end - start }, (_, i) => start + i));
}

async function score(model: Model, features: Matrix, target: Float64Array, classCount: number): Promise<number> {
  const predicted = await model.predict(features);
  if (classCount > 0) {
    return predicted.filter((label, i) => label === target[i]).length / target.length;
  }
  return regressionMetrics(target, predicted)['r2'] ?? NaN;
}

function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}

/** Rows × 6 random features with a target that depends on them; 0 classes for regression. */
function generated(rows: number, classCount: number): TrainingData {
  const random = RandomStream.fromSeed(9);
  const features = matrixOf(Array.from({ length: rows }, () => Array.from({ length: 6 }, () => random.next())));
  const target = Float64Array.from({ length: rows }, (_, i) => {
    const value = 4 * features.values[6 * i] + features.values[6 * i + 1] ** 2 + 0.3 * random.next();
    return classCount > 0 ? Math.min(classCount - 1, Math.floor((value / 5) * classCount)) : value;
  });
  return trainingData(features, target, classCount);
}

describe('out-of-bag score', () => {
  it('judges each row by the trees that did not see it alone: one tree, counted by hand', async () => {
    const data = generated(200, 2);
    const model = await fit('randomForest', data, { hyperparameters: { nEstimators: 1, maxFeatures: 'all', oobScore: true } });
    const drawn = new Set<number>();
    const bootstrap = RandomStream.fromSeed(42).split('trees').split('tree', 0).split('bootstrap');
    for (let i = 0; i < 200; i++) {
      drawn.add(bootstrap.nextInt(200));
    }
    const predicted = await model.predict(data.features);
    const judged = Array.from(data.target.keys()).filter((row) => !drawn.has(row));
    const right = judged.filter((row) => predicted[row] === data.target[row]).length;
    assert.deepEqual(model.outOfBag, { score: right / judged.length, rows: judged.length });
    assert.ok(right / judged.length < 1, 'rows that the tree saw are not judged');
    assert.deepEqual(algorithmNamed('randomForest').loadModel('classification', model.save()).outOfBag, model.outOfBag);
  });

  it('needs bootstrap, and is null where every row was drawn', async () => {
    await assert.rejects(fit('extraTrees', generated(50, 2), { hyperparameters: { oobScore: true } }), /^UserError: An out-of-bag score needs trees that don't see all rows/);
    const tiny = trainingData(matrixOf([[1]]), Float64Array.of(5));
    assert.deepEqual((await fit('randomForest', tiny, { hyperparameters: { nEstimators: 2, oobScore: true } })).outOfBag, { score: null, rows: 0 });
  });
});

describe('a forest that is stopped on the way', () => {
  for (const [criterion, how] of [['gini', 'by the kernel'], ['entropy', 'in TypeScript']] as const) {
    it(`keeps the trees grown so far: ${how}`, async () => {
      const data = generated(3000, 2);
      let grown = 0;
      const model = await fit('randomForest', data, {
        hyperparameters: { nEstimators: 400, criterion, oobScore: true },
        context: { ...quietContext, report: () => grown++, stopRequested: () => grown > 20 },
      });
      const { trees } = model.save().parameters;
      assert.ok(typeof trees === 'number' && trees > 0 && trees < 400, `${JSON.stringify(trees)} trees`);
      const { values } = await probabilitiesOf(model, data.features);
      assert.ok(values.every((value) => value >= 0 && value <= 1));
      assert.ok((model.outOfBag?.score ?? 0) > 0.8);
    });
  }
});

describe('random forest', () => {
  for (const classCount of [0, 2, 7]) {
    const data = generated(8000, classCount);
    const task = classCount > 0 ? `${classCount} classes` : 'regression';

    it(`is the same for any number of threads: ${task}`, async () => {
      const saved = [];
      for (const threads of [1, 2, 4]) {
        const model = await fit('randomForest', data, {
          hyperparameters: { nEstimators: 50, maxDepth: 4 }, context: { ...quietContext, threads },
        });
        saved.push(model.save());
      }
      assert.deepEqual(saved[1], saved[0]);
      assert.deepEqual(saved[2], saved[0]);
    });

    it(`answers the same after saving and loading: ${task}`, async () => {
      const small = { ...data, features: rowsFrom(data.features, 0, 500), target: data.target.slice(0, 500) };
      const model = await fit('randomForest', small, { hyperparameters: { nEstimators: 7 } });
      const loaded = algorithmNamed('randomForest').loadModel(taskOf(small), model.save());
      assert.deepEqual(await loaded.predict(data.features), await model.predict(data.features));
      assert.deepEqual(loaded.predictProba?.(data.features), model.predictProba?.(data.features));
      assert.deepEqual(loaded.save(), model.save());
    });
  }

  it('gives different forests for different seeds', async () => {
    const data = generated(300, 2);
    const [one, two] = await Promise.all([1, 2].map((seed) => fit('randomForest', data, { seed })));
    assert.notDeepEqual(one.save(), two.save());
  });

  it('probabilities of each row sum to one', async () => {
    const data = generated(400, 5);
    const model = await fit('randomForest', data, { hyperparameters: { maxDepth: 3 } });
    const { values, columns } = await probabilitiesOf(model, data.features);
    for (let i = 0; i < 400; i++) {
      const sum = values.slice(i * columns, (i + 1) * columns).reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - 1) < 1e-12, `row ${i}: ${sum}`);
    }
  });

  it('copes with constant features, duplicate rows and a thousand classes', async () => {
    const random = RandomStream.fromSeed(3);
    const rows = Array.from({ length: 3000 }, (_, i) => [5, Math.floor((i % 1000) / 40), i % 40, random.nextInt(3)]);
    const data = trainingData(matrixOf(rows), Float64Array.from(rows.keys(), (i) => i % 1000), 1000);
    const model = await fit('randomForest', data, { hyperparameters: { nEstimators: 10, maxFeatures: 'all' } });
    const hits = (await model.predict(data.features)).filter((label, i) => label === data.target[i]).length;
    assert.ok(hits > 2900, `${hits} of 3000`);
    const constant = trainingData(matrixOf([[1], [1], [1], [1]]), Float64Array.of(1, 2, 3, 4));
    const flat = await fit('randomForest', constant, { hyperparameters: { bootstrap: false } });
    assert.deepEqual(await flat.predict(constant.features), new Float64Array(4).fill(2.5));
  });

  for (const threads of [1, 2]) {
    it(`stops when cancelled, on ${threads === 1 ? 'its own thread' : 'worker threads'}`, async () => {
      let calls = 0;
      const context = {
        ...quietContext, threads, throwIfCancelled: () => {
          if (++calls > 3) {
            throw new CancelledError();
          }
        },
      };
      await assert.rejects(fit('randomForest', generated(8000, 0), { hyperparameters: { nEstimators: 2000 }, context }), CancelledError);
    });
  }

  it('loses nothing of a target that lies far from 0', async () => {
    const near = generated(300, 0);
    const far = { ...near, target: near.target.map((value) => value + 2 ** 24) };
    // A tree that is grown to the end on all rows answers each of them with its own target.
    const model = await fit('randomForest', far, { hyperparameters: { nEstimators: 1, bootstrap: false } });
    assertClose(await model.predict(far.features), far.target, 1e-6, 'answers', 'absolute');
    const loaded = algorithmNamed('randomForest').loadModel('regression', model.save());
    assert.deepEqual(await loaded.predict(far.features), await model.predict(far.features));
  });

  it('reports every tree', async () => {
    const reports: [number, string][] = [];
    const context = { ...quietContext, report: (fraction: number, message: string) => reports.push([fraction, message]) };
    await fit('randomForest', generated(100, 2), { hyperparameters: { nEstimators: 4 }, context });
    assert.deepEqual(reports, [[0.25, 'tree 1 of 4'], [0.5, 'tree 2 of 4'], [0.75, 'tree 3 of 4'], [1, 'tree 4 of 4']]);
  });

  it('refuses a damaged model with a sentence', async () => {
    const { load, saved } = await savedForest();
    const { nodeBins, nodeFeatures, leafValues } = saved.arrays;
    assert.ok(nodeFeatures instanceof Uint8Array && nodeBins instanceof Uint8Array && leafValues instanceof Float32Array);
    const damages: SavedModel['arrays'][] = [
      { nodeBins: nodeBins.slice(1) },
      { nodeFeatures: nodeFeatures.slice().fill(255) },
      { nodeFeatures: nodeFeatures.slice().fill(77) },
      { leafValues: leafValues.slice(1) },
      { thresholds: new Int32Array(3) },
    ];
    for (const arrays of damages) {
      assert.throws(() => load({ ...saved, arrays: { ...saved.arrays, ...arrays } }), UserError, Object.keys(arrays)[0]);
    }
    assert.throws(() => load({ ...saved, parameters: {} }), UserError);
  });
});

async function savedForest() {
  const data = generated(60, 2);
  const model = await fit('randomForest', data, { hyperparameters: { nEstimators: 2 } });
  const algorithm = algorithmNamed('randomForest');
  return { saved: model.save(), load: (saved: SavedModel) => algorithm.loadModel('classification', saved) };
}
