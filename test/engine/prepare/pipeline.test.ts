import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { ExperimentFile } from '../../../src/schema/experiment';
import { assertClose } from '../closeness';
import { categoricalColumn, numericColumn, tableOf } from '../tables';
import { allRows, fitOn, fitPipeline } from './fitting';

/** Made by test/fixtures/sklearn/preparation.py; the versions are in the file. */
interface Fixture {
  readonly cases: readonly {
    readonly name: string;
    readonly prepare: ExperimentFile['prepare'];
    readonly columns: Readonly<Record<string, (number | string | null)[]>>;
    readonly train: readonly number[];
    readonly features: readonly number[][];
  }[];
}

function readFixture(): Fixture {
  const file = path.join(__dirname, '..', '..', 'fixtures', 'sklearn', 'preparation.json');
  return JSON.parse(readFileSync(file, 'utf8')) as Fixture;
}

describe('FittedPipeline', () => {
  for (const { name, prepare, columns, train, features } of readFixture().cases) {
    it(`equals scikit-learn's ColumnTransformer: ${name}`, () => {
      const table = tableOf(
        ...Object.entries(columns).map(([column, cells]) =>
          cells.some((cell) => typeof cell === 'string')
            ? categoricalColumn(column, cells as (string | null)[])
            : numericColumn(column, cells as (number | null)[])),
      );
      const pipeline = fitPipeline(table, train, { prepare });
      const matrix = pipeline.transform(table, allRows(table));
      assert.equal(matrix.columns, features[0].length);
      pipeline.featureNames.forEach((feature, j) => {
        const own = Array.from({ length: matrix.rows }, (_, i) => matrix.values[i * matrix.columns + j]);
        assertClose(own, features.map((row) => row[j]), 1e-9, `${name}, feature ${feature}`);
      });
    });
  }

  it('learns nothing from rows that it is not fitted on', () => {
    const cell = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -50, max: 50 }) }, fc.constant(null));
    const word = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e') }, fc.constant(null));
    const row = fc.record({ number: cell, word, flag: fc.constantFrom('yes', 'no', null), day: fc.integer({ min: 0, max: 2e12 }) });
    const rowsOf = (count: number): fc.Arbitrary<{ number: number | null; word: string | null; flag: string | null; day: number }[]> =>
      fc.array(row, { minLength: count, maxLength: count });
    fc.assert(fc.property(rowsOf(12), rowsOf(8), rowsOf(8), fc.constantFrom('oneHot' as const, 'ordinal' as const), (train, test, otherTest, encode) => {
      const states = [test, otherTest].map((rest) => {
        const rows = [...train, ...rest];
        const table = tableOf(
          numericColumn('number', rows.map(({ number }) => number)),
          // One value is certain, so that a column is always left.
          numericColumn('sure', rows.map((_, i) => i)),
          categoricalColumn('word', rows.map(({ word: own }) => own)),
          categoricalColumn('flag', rows.map(({ flag }) => flag), 'boolean'),
          numericColumn('day', rows.map(({ day }) => day), 'dateTime'),
        );
        const trainRows = Uint32Array.from(train.keys());
        return fitPipeline(table, trainRows, { prepare: { categorical: { encode, maxCategories: 3 } } }).toState();
      });
      assert.deepEqual(states[0], states[1]);
    }));
  });

  it('is the same after being saved and read', () => {
    const table = tableOf(
      numericColumn('n', [1, null, 3, 4]),
      categoricalColumn('c', ['a', 'b', null, 'a']),
      categoricalColumn('b', ['true', 'False', null, 'true'], 'boolean'),
      numericColumn('t', [0, 86_400_000, 3e11, null], 'dateTime'),
      categoricalColumn('y', ['u', 'v', 'u', 'v']),
    );
    const { pipeline } = fitOn(table, allRows(table), {});
    const read = fitPipeline(table, allRows(table), {});
    assert.deepEqual(read.featureNames, pipeline.featureNames);
    assert.deepEqual(read.describe(), pipeline.describe());
    assert.deepEqual(read.transform(table, allRows(table)).values, pipeline.transform(table, allRows(table)).values);
  });

  it('turns each type into its features, none missing', () => {
    const table = tableOf(
      numericColumn('n', [1, null, 3]),
      categoricalColumn('b', ['yes', null, 'no'], 'boolean'),
      numericColumn('t', [Date.UTC(2024, 1, 29, 13), null, Date.UTC(2023, 11, 31, 7)], 'dateTime'),
      categoricalColumn('words', ['some text', 'more text', 'other text'], 'text'),
      categoricalColumn('same', ['x', 'x', 'x']),
      categoricalColumn('y', ['u', 'v', 'u']),
    );
    const pipeline = fitPipeline(table, allRows(table), { prepare: { numeric: { scale: 'none' } } });
    assert.deepEqual(pipeline.featureNames, ['n', 'b', 'b=missing', 't.year', 't.month', 't.day', 't.weekday', 't.hour']);
    assert.deepEqual(pipeline.sources, ['n', 'b', 'b', 't', 't', 't', 't', 't']);
    const { values } = pipeline.transform(table, allRows(table));
    // 29 February 2024 is a Thursday, 31 December 2023 a Sunday.
    assert.deepEqual(Array.from(values), [
      1, 1, 0, 2024, 2, 29, 3, 13,
      2, 0, 1, 2023.5, 7, 30, 4.5, 10,
      3, 0, 0, 2023, 12, 31, 6, 7,
    ]);
    assert.deepEqual(pipeline.describe().map(({ column, role }) => [column, role]), [
      ['n', 'feature'], ['b', 'feature'], ['t', 'feature'], ['words', 'dropped'], ['same', 'dropped'], ['y', 'target'],
    ]);
    assert.match(pipeline.describe()[0].steps[0], /^missing values replaced by the median \(2, in 1 row\)$/);
  });

  it('leaves all features of a category at 0 that no training row had, or counts it as rare', () => {
    const table = tableOf(categoricalColumn('c', ['a', 'a', 'a', 'b', 'b', 'c', 'd', 'new']), categoricalColumn('y', ['0', '1', '0', '1', '0', '1', '0', '1']));
    const train = Uint32Array.of(0, 1, 2, 3, 4, 5, 6);
    const last = Uint32Array.of(7);
    const plain = fitPipeline(table, train, { prepare: { categorical: { encode: 'oneHot' } } });
    assert.deepEqual(Array.from(plain.transform(table, last).values), [0, 0, 0, 0]);
    const pooled = fitPipeline(table, train, { prepare: { categorical: { encode: 'oneHot', maxCategories: 3 } } });
    assert.deepEqual(pooled.featureNames, ['c=a', 'c=b', 'c=(rare)']);
    assert.deepEqual(Array.from(pooled.transform(table, last).values), [0, 0, 1]);
    const ordinal = fitPipeline(table, train, { prepare: { categorical: { encode: 'ordinal' } } });
    assert.deepEqual(Array.from(ordinal.transform(table, last).values), [-1]);
  });

  it('finds columns by name and says which one is missing', () => {
    const table = tableOf(numericColumn('height', [1, 2, 3]), numericColumn('width', [3, 2, 2]), categoricalColumn('y', ['a', 'b', 'a']));
    const pipeline = fitPipeline(table, allRows(table), {});
    const swapped = tableOf(numericColumn('width', [3, 2, 2]), numericColumn('height', [1, 2, 3]));
    assert.deepEqual(pipeline.transform(swapped, allRows(swapped)).values, pipeline.transform(table, allRows(table)).values);
    const misspelt = tableOf(numericColumn('hight', [1]), numericColumn('width', [3]));
    assert.throws(() => pipeline.transform(misspelt, Uint32Array.of(0)), /lacks column "height".* Did you mean "hight"\?/);
  });

  it('refuses when nothing is left to learn from', () => {
    const table = tableOf(numericColumn('a', [1, 2]), categoricalColumn('y', ['u', 'v']));
    assert.throws(() => fitPipeline(table, allRows(table), { features: { exclude: ['a'] } }), /all but the target are excluded/);
    const useless = tableOf(numericColumn('a', [1, 1]), categoricalColumn('y', ['u', 'v']));
    assert.throws(() => fitPipeline(useless, allRows(useless), {}), /the same value in every training row/);
  });
});
