import { strict as assert } from 'node:assert';
import { zeros } from '../../../src/engine/compute/matrix';
import type { Matrix } from '../../../src/engine/compute/matrix';
import { RandomStream } from '../../../src/engine/compute/random';
import { summarize } from '../../../src/engine/evaluate/crossValidate';
import { histogram, predictWith } from '../../../src/engine/evaluate/evaluate';
import type { FoldScore } from '../../../src/engine/evaluate/foldJob';
import { runFold } from '../../../src/engine/evaluate/foldJob';
import { permutationImportance } from '../../../src/engine/evaluate/permutationImportance';
import { validationFolds } from '../../../src/engine/evaluate/validationFolds';
import type { Estimator, Model } from '../../../src/engine/models/estimator';
import { silentContext } from '../../../src/engine/stepContext';
import { assertClose } from '../closeness';
import { experimentOf } from '../experiments';
import { numericColumn, tableOf } from '../tables';

function matrixOf(rows: readonly (readonly number[])[]): Matrix {
  const matrix = zeros(rows.length, rows[0].length);
  matrix.values.set(rows.flat());
  return matrix;
}

/** Answers a function of a row. */
function modelOf(answer: (row: Float64Array) => number): Model {
  return {
    predict: ({ rows, columns, values }) =>
      Float64Array.from({ length: rows }, (_, i) => answer(values.subarray(i * columns, (i + 1) * columns))),
    save: () => ({ parameters: {}, arrays: {} }),
  };
}

describe('permutationImportance', () => {
  const random = RandomStream.fromSeed(7);
  const rows = Array.from({ length: 300 }, (_, i) => [i % 2, 1 - (i % 2), (i * 7) % 10, i % 3]);
  const features = matrixOf(rows);
  const sources = ['flag', 'flag', 'noise', 'bonus'];
  const model = modelOf((row) => row[0] - row[1] + 0.1 * row[3]);
  let target: Float64Array;
  let importance: Awaited<ReturnType<typeof permutationImportance>>;
  before(async () => {
    target = await model.predict(features);
    importance = await permutationImportance(model, features, target, sources, 'regression', random, silentContext);
  });

  it('gives nothing to a column that the model ignores, and more to one that matters more', () => {
    assert.deepEqual(importance.features.map(({ column }) => column), ['flag', 'bonus', 'noise']);
    assert.deepEqual(importance.features[2], { column: 'noise', mean: 0, std: 0 });
    assert.equal(importance.metric, 'r2');
    assert.equal(importance.rows, 300);
  });

  it('shuffles all features of a column together', () => {
    // Both features say the same; shuffled together the answer is as if the flag were drawn at random, which doubles
    // the flag's variance: 1 − (1 − 2) = 2 of R², scaled by the flag's share of the target's variance.
    const share = 1 / (1 + 0.01 * (2 / 3));
    assert.ok(Math.abs(importance.features[0].mean - 2 * share) < 0.25, String(importance.features[0].mean));
  });

  it('is the same again, and takes 2,000 rows of a long test, fewer for a model that answers slowly', async () => {
    assert.deepEqual(await permutationImportance(model, features, target, sources, 'regression', random, silentContext), importance);
    const long = matrixOf(Array.from({ length: 5000 }, (_, i) => [i % 4]));
    const classes = long.values.slice();
    const single = await permutationImportance(modelOf((row) => row[0]), long, classes, ['x'], 'classification', random, silentContext);
    assert.equal(single.rows, 2000);
    // One column, shuffled five times: 0.02 s a row make a minute of 600 rows; 200 are taken however slow it is.
    const rowsAt = async (seconds: number) =>
      (await permutationImportance(modelOf((row) => row[0]), long, classes, ['x'], 'classification', random, silentContext, seconds)).rows;
    assert.deepEqual([await rowsAt(1e-6), await rowsAt(0.02), await rowsAt(10)], [2000, 600, 200]);
    assert.equal(single.metric, 'accuracy');
    // A shuffled value is right in a quarter of the rows.
    assert.ok(Math.abs(single.features[0].mean - 0.75) < 0.05);
  });
});

describe('crossValidate', () => {
  it('fits preparation and model on each fold\'s own training rows', async () => {
    const x = Array.from({ length: 40 }, (_, i) => (i * i) % 41);
    const table = tableOf(numericColumn('x', x), numericColumn('y', x));
    const rows = Uint32Array.from({ length: 40 }, (_, i) => i).filter((row) => row % 4 !== 3);
    const seen: { mean: number; variance: number; rows: number }[] = [];
    const estimator: Estimator = {
      fit: async ({ features }) => {
        const { values } = features;
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        seen.push({ mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length, rows: features.rows });
        return modelOf(() => 3);
      },
    };
    const experiment = experimentOf({
      task: 'regression', prepare: { numeric: { scale: 'standard' } }, split: { method: 'random' }, validation: { method: 'kFold', folds: 3 },
    });
    const target = Float64Array.from(rows, (row) => x[row]);
    const context = { ...silentContext, threads: 1 };
    const random = RandomStream.fromSeed(1);
    const scores: FoldScore[] = [];
    for (const split of validationFolds(table, rows, target, experiment, random, false)) {
      scores.push(await runFold({ table, rows, target, classes: [] }, experiment, split, random, context, estimator));
    }
    const { mean, std, values } = summarize(scores)['mae'];
    assert.deepEqual(seen.map((fold) => fold.rows), [20, 20, 20]);
    assertClose(seen.flatMap(({ mean, variance }) => [mean, variance]), [0, 1, 0, 1, 0, 1], 1e-9, 'scaled on the fold', 'absolute');
    // Each row is tested once, so the folds' mean errors average to the error over all rows.
    assertClose([mean], [target.reduce((sum, value) => sum + Math.abs(value - 3), 0) / 30], 1e-12, 'mae');
    assertClose([std], [Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3)], 1e-12, 'deviation');
  });
});

describe('histogram', () => {
  it('counts every value once, the largest too', () => {
    assert.deepEqual(histogram(Float64Array.of(0, 1, 2, 3, 4), 2), { edges: [0, 2, 4], counts: [2, 3] });
    assert.deepEqual(histogram(Float64Array.of(5, 5), 30), { edges: [5, 5], counts: [2] });
  });
});

describe('predictWith', () => {
  it('refuses answers that are no finite numbers', async () => {
    const features = matrixOf([[1], [2]]);
    assert.deepEqual(Array.from((await predictWith(modelOf((row) => row[0]), features, 'regression')).predicted), [1, 2]);
    await assert.rejects(predictWith(modelOf((row) => 1 / (row[0] - 1)), features, 'regression'), /^UserError: The model answers with numbers beyond all bounds/);
    await assert.rejects(predictWith(modelOf(() => 0), features, 'classification'), /gives no probabilities/);
  });
});

describe('permutationImportance of very many columns', () => {
  it('measures those that go most with the answers', async () => {
    const random = RandomStream.fromSeed(3);
    const [rows, columns] = [700, 3000];
    const features = zeros(rows, columns);
    for (let i = 0; i < features.values.length; i++) {
      features.values[i] = random.next();
    }
    const model = modelOf((row) => row[1234] + 0.5 * row[7]);
    const sources = Array.from({ length: columns }, (_, i) => `x${i}`);
    for (const task of ['regression', 'classification'] as const) {
      const answer = task === 'regression' ? model : modelOf((row) => Math.round(row[1234] + 0.5 * row[7]));
      const importance = await permutationImportance(answer, features, await answer.predict(features), sources, task, random, silentContext);
      // 5 · 10⁸ cells / (5 repeats · 200 · 3000)
      assert.equal(importance.rows, 200);
      assert.equal(importance.features.length, 166);
      assert.deepEqual(importance.features.slice(0, 2).map(({ column }) => column), ['x1234', 'x7']);
      assert.ok(importance.features.slice(2).every(({ mean }) => mean === 0));
    }
  }).timeout(60_000);
});
