import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Table } from '../../../src/engine/data/table';
import {
  analyzers, categoricalEncodings, categoricalImputes, dateTimeEncodings, neighborWeights, numericImputes, scalings, textEncodings, transforms,
} from '../../../src/schema/prepare';
import type { ColumnSettings, PrepareFile } from '../../../src/schema/prepareSchema';
import { categoricalColumn, numericColumn, tableOf } from '../tables';
import { allRows, fitOn, fitPipeline } from './fitting';

/** Settings that between them use every transformer, each with its missing, rare and unseen values. */
const preparations: Readonly<Record<string, PrepareFile>> = {
  'median, one-hot': { numeric: { impute: 'median', indicator: true, scale: 'standard' }, categorical: { encode: 'oneHot', maxCategories: 3 } },
  'most frequent, ordinal': { numeric: { impute: 'mostFrequent', scale: 'minMax' }, categorical: { impute: 'mostFrequent', encode: 'ordinal', minFrequency: 2 } },
  'constant, frequency': { numeric: { impute: 'constant', fillValue: -1, scale: 'robust' }, categorical: { encode: 'frequency', minFrequency: 0.2 }, dateTime: { encode: 'cyclic' } },
  'mean, target': { numeric: { impute: 'mean', transform: 'yeoJohnson', scale: 'standard' }, categorical: { encode: 'target', targetFolds: 3 } },
  'nearest, target with rare ones': { numeric: { impute: 'knn', scale: 'quantile' }, categorical: { encode: 'target', smooth: 2, minFrequency: 2 } },
  'left missing': { numeric: { impute: 'none', scale: 'standard' }, categorical: { impute: 'none', encode: 'ordinal' } },
  'left missing, target': { numeric: { impute: 'none', scale: 'none' }, categorical: { impute: 'none', encode: 'target' } },
  'TF-IDF of words': { text: { encode: 'tfidf', minDocuments: 1, maxNgram: 2, sublinearTf: true } },
  'hashed characters': { text: { encode: 'hashing', analyzer: 'charWb', maxFeatures: 16 } },
  'products, without what repeats': { numeric: { impute: 'knn', scale: 'standard' }, polynomial: { degree: 2 }, select: { correlation: 0.9 } },
  'no text, parts of dates': { numeric: { impute: 'mean', scale: 'minMax' }, categorical: { impute: 'constant', encode: 'oneHot' }, dateTime: { encode: 'parts' }, text: { encode: 'drop' } },
  'nearest count more, runs of characters': { numeric: { impute: 'knn', weights: 'distance', neighbors: 2, transform: 'yeoJohnson', scale: 'none' }, text: { encode: 'tfidf', analyzer: 'char', minDocuments: 1 } },
  'words hashed, linear': { numeric: { transform: 'none', weights: 'uniform' }, text: { encode: 'hashing', analyzer: 'word', maxFeatures: 8 } },
  'single columns': { columns: { number: { impute: 'mean', scale: 'robust' }, word: { encode: 'target' }, text: { encode: 'hashing', maxFeatures: 8 }, day: { encode: 'cyclic' } } },
};

interface Row { readonly number: number | null; readonly other: number | null; readonly word: string | null; readonly flag: string | null; readonly day: number | null; readonly text: string | null; readonly target: number }

const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });
const row: fc.Arbitrary<Row> = fc.record({
  number: maybe(fc.integer({ min: -50, max: 50 })),
  other: maybe(fc.double({ min: -1e3, max: 1e3, noNaN: true })),
  word: maybe(fc.constantFrom('a', 'b', 'c', 'd', 'e')),
  flag: maybe(fc.constantFrom('yes', 'no')),
  day: maybe(fc.integer({ min: 0, max: 2e12 })),
  text: maybe(fc.array(fc.constantFrom('red', 'green', 'blue', 'ünï'), { maxLength: 4 }).map((words) => words.join(' '))),
  target: fc.integer({ min: 0, max: 2 }),
});

function rowsOf(count: number): fc.Arbitrary<Row[]> {
  return fc.array(row, { minLength: count, maxLength: count });
}

function tableOfRows(rows: readonly Row[]): Table {
  return tableOf(
    numericColumn('number', rows.map(({ number }) => number)),
    numericColumn('other', rows.map(({ other }) => other)),
    // One value is certain, so that a column is always left.
    numericColumn('sure', rows.map((_, i) => i * i)),
    categoricalColumn('word', rows.map(({ word }) => word)),
    categoricalColumn('flag', rows.map(({ flag }) => flag), 'boolean'),
    numericColumn('day', rows.map(({ day }) => day), 'dateTime'),
    categoricalColumn('text', rows.map(({ text }) => text), 'text'),
  );
}

const tasks = {
  regression: (rows: readonly Row[]) => ({ values: rows.map(({ target, other }) => target + (other ?? 0) / 1e3), classes: [] }),
  'two classes': (rows: readonly Row[]) => ({ values: rows.map(({ target }) => target % 2), classes: ['n', 'y'] }),
  'three classes': (rows: readonly Row[]) => ({ values: rows.map(({ target }) => target), classes: ['u', 'v', 'w'] }),
} as const;
const task = fc.constantFrom(...(Object.keys(tasks) as (keyof typeof tasks)[]));

describe('every preparation', () => {
  for (const [name, prepare] of Object.entries(preparations)) {
    it(`learns nothing from other rows' values and target: ${name}`, () => {
      fc.assert(fc.property(rowsOf(12), rowsOf(6), rowsOf(6), task, (train, test, otherTest, kind) => {
        const [fitted, again] = [test, otherTest].map((rest) => {
          const rows = [...train, ...rest];
          const { pipeline, features } = fitOn(tableOfRows(rows), Array.from(train.keys()), { prepare }, tasks[kind](rows));
          return { state: pipeline.toState(), arrays: pipeline.toArrays(), features: Array.from(features.values) };
        });
        assert.deepEqual(fitted, again);
      }), { numRuns: 40 });
    });

    it(`gives a row the same features alone, among others, and after saving: ${name}`, () => {
      fc.assert(fc.property(rowsOf(16), rowsOf(4), task, (train, test, kind) => {
        const rows = [...train, ...test];
        const table = tableOfRows(rows);
        const given = [table, Array.from(train.keys()), { prepare }, tasks[kind](rows)] as const;
        const pipeline = fitPipeline(...given);
        const bulk = pipeline.transform(table, allRows(table));
        assert.equal(bulk.columns, pipeline.featureNames.length);
        const alone = Array.from(allRows(table), (own) => Array.from(pipeline.transform(table, Uint32Array.of(own)).values)).flat();
        assert.deepEqual(alone, Array.from(bulk.values));
        assert.deepEqual(Array.from(fitOn(...given).pipeline.transform(table, allRows(table)).values), Array.from(bulk.values));
        const leavesMissing = prepare.numeric?.impute === 'none';
        assert.ok(leavesMissing || bulk.values.every((value) => Number.isFinite(value)), 'nothing missing, nothing infinite');
        // A table of the new rows alone has other codes for the same categories.
        const fresh = tableOfRows(test);
        const sure = fresh.columns.map((column) => (column.name === 'sure' ? numericColumn('sure', test.map((_, i) => (i + train.length) ** 2)) : column));
        assert.deepEqual(
          Array.from(pipeline.transform({ ...fresh, columns: sure }, allRows(fresh)).values),
          Array.from(bulk.values.subarray(train.length * bulk.columns)),
        );
      }), { numRuns: 25 });
    });
  }
});

describe('the preparations above', () => {
  const used = (path: readonly [keyof PrepareFile, string]): unknown[] => Object.values(preparations).map((prepare) => {
    const part: unknown = prepare[path[0]];
    return typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[path[1]] : undefined;
  });
  for (const [section, name, choices] of [
    ['numeric', 'impute', numericImputes], ['numeric', 'weights', neighborWeights], ['numeric', 'transform', transforms], ['numeric', 'scale', scalings],
    ['categorical', 'impute', categoricalImputes], ['categorical', 'encode', categoricalEncodings], ['dateTime', 'encode', dateTimeEncodings],
    ['text', 'encode', textEncodings], ['text', 'analyzer', analyzers],
  ] as const) {
    it(`know every choice of ${section}.${name}`, () => {
      const missing = choices.filter((choice) => !used([section, name]).includes(choice));
      assert.deepEqual(missing, [], 'a choice that came needs a preparation here');
    });
  }
});

describe('windows of rows in time', () => {
  it('learn nothing from rows that come later', () => {
    const windows = { steps: 3, horizon: 1, stride: 1, history: true };
    fc.assert(fc.property(rowsOf(14), rowsOf(5), rowsOf(5), (train, later, otherLater) => {
      const [fitted, again] = [later, otherLater].map((rest) => {
        const rows = [...train, ...rest];
        // The target's past is a feature, so the target is a column.
        const table = { ...tableOfRows(rows), columns: [...tableOfRows(rows).columns, numericColumn('y', rows.map(({ target }, i) => target + i))] };
        const file = { task: 'regression' as const, target: 'y', prepare: { numeric: { impute: 'mean' as const, scale: 'standard' as const } } };
        const { pipeline, rows: usable, features } = fitOn(table, Array.from(train.keys()), file, { values: rows.map(({ target }, i) => target + i), classes: [] }, { windows });
        return { state: pipeline.toState(), usable, features: Array.from(features.values) };
      });
      assert.deepEqual(fitted, again);
    }), { numRuns: 30 });
  });
});

describe('target encoding of training rows', () => {
  const file = { prepare: { numeric: { scale: 'none' as const }, categorical: { encode: 'target' as const } }, task: 'regression' as const };

  it('tells a row nothing of its own target', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 12, maxLength: 30 }), fc.nat(11), fc.double({ min: -100, max: 100, noNaN: true }), (words, changed, value) => {
      fc.pre(new Set(words).size > 1);
      const table = tableOf(categoricalColumn('word', words));
      const values = words.map((_, i) => i * 1.5);
      const features = (target: readonly number[]): number => fitOn(table, allRows(table), file, { values: target, classes: [] }).features.values[changed];
      assert.equal(features(values), features(values.map((own, i) => (i === changed ? value : own))));
    }), { numRuns: 50 });
  });

  it('is what other rows of the category teach, while new rows get what all of them do', () => {
    const words = Array.from({ length: 40 }, (_, i) => 'ab'[i % 2]);
    const table = tableOf(categoricalColumn('word', words));
    const values = words.map((word, i) => (word === 'a' ? 10 : 20) + (i % 7));
    const { pipeline, features } = fitOn(table, allRows(table), { ...file, prepare: { ...file.prepare, categorical: { encode: 'target', smooth: 0 } } }, { values, classes: [] });
    const meanOf = (word: string): number => {
      const own = values.filter((_, i) => words[i] === word);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    };
    const all = pipeline.transform(table, allRows(table)).values;
    words.forEach((word, i) => assert.ok(Math.abs(all[i] - meanOf(word)) < 1e-9));
    assert.ok(new Set(features.values).size > 2, 'each fold has encodings of its own');
  });
});

describe('settings of single columns', () => {
  it('narrow down to what the column\'s type can have', () => {
    const settings: ColumnSettings = { encode: 'target', smooth: 3 };
    const table = tableOf(categoricalColumn('word', ['a', 'b', 'a', 'b', 'a', 'c']), categoricalColumn('other', ['u', 'v', 'u', 'v', 'v', 'v']));
    const pipeline = fitPipeline(table, allRows(table), { prepare: { columns: { word: settings }, categorical: { encode: 'oneHot' } } });
    assert.deepEqual(pipeline.featureNames, ['word', 'other=u', 'other=v']);
  });
});
