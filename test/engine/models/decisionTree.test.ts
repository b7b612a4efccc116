import { strict as assert } from 'node:assert';
import type { HyperparameterValue } from '../../../src/schema/algorithm';
import { CancelledError, UserError } from '../../../src/engine/errors';
import { RandomStream } from '../../../src/engine/compute/random';
import type { SavedModel } from '../../../src/engine/models/estimator';
import { CodeOrder } from '../../../src/engine/models/trees/codeOrder';
import { rankValues } from '../../../src/engine/models/trees/exactCodes';
import { assertClose } from '../closeness';
import { algorithmNamed, fit, fixture, matrixOf, probabilitiesOf, quietContext, trainingData } from './fitting';

interface ExactCase {
  kind: string;
  name: string;
  hyperparameters: Record<string, HyperparameterValue>;
  features: number[][];
  target: number[];
  queries: number[][];
  classCount: number;
  leaves: number;
  expected: number[] | number[][];
}

const cases = fixture<ExactCase>('trees').filter(({ kind }) => kind === 'exact');

describe('a decision tree equals scikit-learn\'s on rows that it has not seen (test/fixtures/sklearn/trees.py)', () => {
  for (const reference of cases) {
    it(reference.name, async () => {
      const data = trainingData(matrixOf(reference.features), Float64Array.from(reference.target), reference.classCount);
      const model = await fit('decisionTree', data, { hyperparameters: reference.hyperparameters });
      const queries = matrixOf(reference.queries);
      const answers = reference.classCount > 0 ? (await probabilitiesOf(model, queries)).values : await model.predict(queries);
      assertClose(answers, reference.expected.flat(), 1e-6, 'answers');
      assert.equal((model.save().arrays['features'].length + 1) / 2, reference.leaves);
    });
  }
});

describe('decision tree', () => {
  it('learns training rows by heart when nothing limits it, however far from 0 their target lies', async () => {
    const random = RandomStream.fromSeed(4);
    const rows = Array.from({ length: 1000 }, () => [random.next(), random.next()]);
    const data = trainingData(matrixOf(rows), Float64Array.from(rows, () => 1.7e12 + 1000 * random.next()));
    const model = await fit('decisionTree', data);
    assertClose((await model.predict(data.features)).map((value) => value - 1.7e12), data.target.map((value) => value - 1.7e12), 1e-6, 'answers');
  });

  it('splits between neighbouring numbers without losing one of them', async () => {
    const next = 1 + Number.EPSILON;
    const data = trainingData(matrixOf([[1], [next]]), Float64Array.of(0, 1), 2);
    const model = await fit('decisionTree', data);
    assert.deepEqual(await model.predict(data.features), data.target);
  });

  it('stops within a large node when cancelled', async () => {
    const random = RandomStream.fromSeed(4);
    const rows = Array.from({ length: 20_000 }, () => Array.from({ length: 30 }, () => random.next()));
    let calls = 0;
    const throwIfCancelled = (): void => {
      if (++calls > 35) {
        throw new CancelledError();
      }
    };
    const data = trainingData(matrixOf(rows), Float64Array.from(rows, ([x]) => x));
    await assert.rejects(fit('decisionTree', data, { context: { ...quietContext, throwIfCancelled } }), CancelledError);
  });

  it('refuses a damaged model with a sentence', async () => {
    const data = trainingData(matrixOf([[1], [2], [3], [4]]), Float64Array.of(0, 1, 1, 0), 2);
    const saved = (await fit('decisionTree', data)).save();
    const damages: SavedModel['arrays'][] = [
      { features: new Int32Array(5) }, { thresholds: new Float64Array(1) }, { leafClasses: Int32Array.of(0, 1, 7) }, { leafValues: new Float32Array(9) },
    ];
    for (const arrays of damages) {
      assert.throws(
        () => algorithmNamed('decisionTree').loadModel('classification', { ...saved, arrays: { ...saved.arrays, ...arrays } }),
        UserError, Object.keys(arrays)[0],
      );
    }
  });
});

describe('the order of codes', () => {
  for (const [count, codeCount] of [[1, 5], [32, 300], [33, 1], [33, 300], [500, 70_000], [5000, 9], [5000, 2047], [5000, 3_000_000], [5000, 2 ** 31 - 1]]) {
    it(`is that of a stable sort: ${count} of 6,000 rows, codes below ${codeCount}`, () => {
      const random = RandomStream.fromSeed(count);
      const rows = 6000;
      const codes = Int32Array.from({ length: 2 * rows }, () => random.nextInt(codeCount));
      const nodeRows = Uint32Array.from({ length: count }, () => random.nextInt(rows));
      const order = new CodeOrder({ rows, codes, codeCount });
      // A node before leaves nothing behind.
      order.sort(0, Uint32Array.from({ length: rows }, (_, row) => row), rows);
      order.sort(rows, nodeRows, count);
      const slots = Array.from(nodeRows.keys()).sort((a, b) => codes[rows + nodeRows[a]] - codes[rows + nodeRows[b]] || a - b);
      assert.deepEqual(Array.from(order.slots.subarray(0, count)), slots);
      assert.deepEqual(Array.from(order.codes.subarray(0, count)), slots.map((slot) => codes[rows + nodeRows[slot]]));
    });
  }
});

describe('the ranks of values', () => {
  for (const rows of [3, 4095, 4096, 5000]) {
    it(`count the distinct values below, among ${rows} rows`, () => {
      const random = RandomStream.fromSeed(rows);
      const drawn: readonly (() => number)[] = [
        () => random.next() - 0.5,
        () => [0, -0, 1, -1, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 1 + Number.EPSILON][random.nextInt(9)],
        () => 10 ** (random.nextInt(600) - 300) * (random.nextInt(2) - 0.5),
        () => 7,
        () => random.nextInt(70_000) - 35_000,
      ];
      const features = matrixOf(Array.from({ length: rows }, () => drawn.map((draw) => draw())));
      const { codes, codeCount, distinct } = rankValues(features, () => undefined);
      assert.equal(codeCount, Math.max(...distinct.map(({ length }) => length)));
      distinct.forEach((own, j) => {
        const column = Array.from({ length: rows }, (_, row) => features.values[row * drawn.length + j]);
        assert.deepEqual(Array.from(own, (value) => value + 0), [...new Set(column.map((value) => value + 0))].sort((a, b) => a - b));
        const rankOf = new Map(Array.from(own, (value, rank) => [value + 0, rank]));
        assert.deepEqual(Array.from(codes.subarray(j * rows, (j + 1) * rows)), column.map((value) => rankOf.get(value + 0)));
      });
    });
  }
});
