import { strict as assert } from 'node:assert';
import type { Task } from '../../../src/schema/algorithm';
import { RandomStream } from '../../../src/engine/compute/random';
import { UserError } from '../../../src/engine/errors';
import { fitStack, outOfFoldAnswers } from '../../../src/engine/models/ensemble/stacking';
import { assertClose } from '../closeness';
import { algorithmNamed, fit, fixture, matrixOf, probabilitiesOf, quietContext, trainingData } from './fitting';

interface EnsembleCase {
  task: Task;
  classCount: number;
  features: number[][];
  target: number[];
  queries: number[][];
  folds: number[];
  outOfFold: number[][];
  soft?: number[][];
  softPredicted?: number[];
  hard?: number[];
  mean?: number[];
  weighted: number[] | number[][];
  weightedHard?: number[];
  stacked: number[] | number[][];
}

const cases = fixture<EnsembleCase>('ensembles');
const members = { classification: ['knn', 'naiveBayes'], regression: ['ridge', 'knn'] };
/** Only these members, which have nothing random in them and don't iterate. */
const onlyExact = {
  classification: { logisticRegression: false, randomForest: false, knn: true, naiveBayes: true },
  regression: { ridge: true, randomForest: false, knn: true },
};

describe('ensembles equal scikit-learn\'s (test/fixtures/sklearn/ensembles.py)', () => {
  for (const reference of cases) {
    const { task, classCount } = reference;
    const name = task === 'regression' ? task : `${classCount} classes`;
    const data = trainingData(matrixOf(reference.features), Float64Array.from(reference.target), classCount);
    const queries = matrixOf(reference.queries);

    it(`voting, ${name}`, async () => {
      if (task === 'regression') {
        const model = await fit('voting', data, { hyperparameters: onlyExact.regression });
        assertClose(await model.predict(queries), reference.mean ?? [], 1e-9, 'means');
        return;
      }
      const soft = await fit('voting', data, { hyperparameters: onlyExact.classification });
      assertClose((await probabilitiesOf(soft, queries)).values, reference.soft?.flat() ?? [], 1e-9, 'probabilities');
      assert.deepEqual(Array.from(await soft.predict(queries)), reference.softPredicted);
      const hard = await fit('voting', data, { hyperparameters: { ...onlyExact.classification, voting: 'hard' } });
      assert.deepEqual(Array.from(await hard.predict(queries)), reference.hard);
    });

    it(`voting with weights, ${name}`, async () => {
      // The first of the reference's members counts three times as much as the second.
      if (task === 'regression') {
        const model = await fit('voting', data, { hyperparameters: { ...onlyExact.regression, ridgeWeight: 3 } });
        assertClose(await model.predict(queries), reference.weighted.flat(), 1e-9, 'means');
        return;
      }
      const weights = { ...onlyExact.classification, knnWeight: 3, naiveBayesWeight: 1 };
      const soft = await fit('voting', data, { hyperparameters: weights });
      assertClose((await probabilitiesOf(soft, queries)).values, reference.weighted.flat(), 1e-9, 'probabilities');
      const hard = await fit('voting', data, { hyperparameters: { ...weights, voting: 'hard' } });
      assert.deepEqual(Array.from(await hard.predict(queries)), reference.weightedHard);
      const loaded = algorithmNamed('voting').loadModel(task, soft.save());
      assert.deepEqual(await loaded.predictProba?.(queries), await soft.predictProba?.(queries));
    });

    it(`stacking, ${name}`, async () => {
      const rows = Uint32Array.from(data.target.keys());
      const splits = [0, 1, 2, 3].map((fold) => ({
        train: rows.filter((row) => reference.folds[row] !== fold), test: rows.filter((row) => reference.folds[row] === fold),
      }));
      const model = await fitStack(members[task].map(algorithmNamed), task, data, { splits, passthrough: false }, RandomStream.fromSeed(1), quietContext);
      const answers = task === 'regression' ? await model.predict(queries) : (await probabilitiesOf(model, queries)).values;
      // The last classifier is fitted by steps, which both end by a tolerance of 1e-4.
      assertClose(answers, reference.stacked.flat(), task === 'regression' ? 1e-9 : 2e-3, 'answers');
    });

    it(`answers out of fold, ${name}`, async () => {
      const rows = Uint32Array.from(data.target.keys());
      const splits = [0, 1, 2, 3].map((fold) => ({
        train: rows.filter((row) => reference.folds[row] !== fold), test: rows.filter((row) => reference.folds[row] === fold),
      }));
      const { answers, rows: answered, fits } = await outOfFoldAnswers(members[task].map(algorithmNamed), task, data, splits, RandomStream.fromSeed(1), quietContext);
      assertClose(answers.values, reference.outOfFold.flat(), 1e-6, 'answers');
      assert.deepEqual([answered, fits], [rows, 4 * members[task].length]);
    });
  }
});

/** A target that a line and neighbours each understand one half of. */
function twoFacedData(task: Task) {
  const random = RandomStream.fromSeed(8);
  const rows = Array.from({ length: 600 }, () => [4 * random.next() - 2, 4 * random.next() - 2, random.next()]);
  const values = Float64Array.from(rows, ([a, b]) => 3 * a + 4 * Math.sin(3 * b) + 0.2 * random.next());
  return task === 'regression'
    ? trainingData(matrixOf(rows), values)
    : trainingData(matrixOf(rows), values.map((value) => Number(value > 0)), 2);
}

describe('members of every kind', () => {
  const everything = { gradientBoosting: true, extraTrees: true, svm: true, decisionTree: true };
  for (const id of ['voting', 'stacking'] as const) {
    for (const task of ['classification', 'regression'] as const) {
      it(`take part in ${id}, ${task}, and come back from files`, async () => {
        const data = twoFacedData(task);
        const few = { ...data, features: { ...data.features, rows: 150, values: data.features.values.slice(0, 450) }, target: data.target.slice(0, 150) };
        const hyperparameters = { ...everything, ...(task === 'classification' ? { naiveBayes: true } : {}), ...(id === 'stacking' ? { folds: 2 } : {}) };
        const model = await fit(id, few, { hyperparameters });
        const loaded = algorithmNamed(id).loadModel(task, model.save());
        assert.deepEqual(await loaded.predict(data.features), await model.predict(data.features));
        const { members } = model.save().parameters;
        const ids = Array.isArray(members) ? members.map((member) => (member as { id: string }).id) : [];
        const kinds = task === 'classification'
          ? ['logisticRegression', 'randomForest', 'knn', 'gradientBoosting', 'extraTrees', 'svm', 'decisionTree', 'naiveBayes']
          : ['ridge', 'randomForest', 'knn', 'gradientBoosting', 'extraTrees', 'svm', 'decisionTree'];
        assert.deepEqual(ids.slice(0, kinds.length), kinds);
      });
    }
  }

  it('need a weight above 0', async () => {
    const weightless = { logisticRegressionWeight: 0, randomForestWeight: 0, knnWeight: 0 };
    await assert.rejects(fit('voting', twoFacedData('classification'), { hyperparameters: weightless }), /^UserError: The members' weights must have a sum above 0/);
  });

  it('vote without fitting probabilities that nobody asks for', async () => {
    const only = { logisticRegression: false, randomForest: false, knn: false, svm: true };
    const sigmoids = async (voting: string): Promise<number> => (await fit('voting', twoFacedData('classification'), { hyperparameters: { ...only, voting } })).save().arrays['0.sigmoids'].length;
    assert.equal(await sigmoids('soft'), 2);
    assert.equal(await sigmoids('hard'), 0);
  });
});

for (const id of ['voting', 'stacking']) {
  describe(id, () => {
    it('refuses to work without members, with a sentence', async () => {
      await assert.rejects(
        fit(id, twoFacedData('regression'), { hyperparameters: { ridge: false, randomForest: false, knn: false } }),
        (error) => error instanceof UserError && error.message.startsWith('The ensemble has no members. Turn at least one of these on: ridge, randomForest, knn'),
      );
    });

    it('reports progress that never falls and ends at 1', async () => {
      const fractions: number[] = [];
      await fit(id, twoFacedData('classification'), {
        hyperparameters: { decisionTree: true }, context: { ...quietContext, report: (fraction) => fractions.push(fraction) },
      });
      assert.ok(fractions.length > 10);
      assert.ok(fractions.every((fraction, i) => fraction <= 1 && (i === 0 || fraction >= fractions[i - 1])), fractions.join(' '));
    });
  });
}

describe('stacking', () => {
  for (const task of ['classification', 'regression'] as const) {
    for (const passthrough of [false, true]) {
      it(`weighs its members well: ${task}${passthrough ? ', with features' : ''}`, async () => {
        const data = twoFacedData(task);
        const test = { ...data, features: { ...data.features, rows: 200, values: data.features.values.slice(0, 600) }, target: data.target.slice(0, 200) };
        const train = { ...data, features: { ...data.features, rows: 400, values: data.features.values.slice(600) }, target: data.target.slice(200) };
        const error = async (id: string, hyperparameters = {}): Promise<number> => {
          const model = await fit(id, train, { hyperparameters });
          return (await model.predict(test.features)).reduce((sum, value, i) => sum + (value - test.target[i]) ** 2, 0);
        };
        const stacked = await error('stacking', { passthrough });
        const linear = await error(task === 'regression' ? 'ridge' : 'logisticRegression');
        const neighbors = await error('knn');
        assert.ok(stacked < Math.min(linear, neighbors), `${stacked} against ${linear} and ${neighbors}`);
      });
    }
  }
});
