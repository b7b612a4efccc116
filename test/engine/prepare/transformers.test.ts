import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RandomStream } from '../../../src/engine/compute/random';
import type { NumericColumn } from '../../../src/engine/data/table';
import { KnnImputer } from '../../../src/engine/prepare/knnImputer';
import { crossFit, encodeByTarget } from '../../../src/engine/prepare/targetEncoding';
import type { PrepareFile } from '../../../src/schema/prepareSchema';
import { assertClose } from '../closeness';
import { categoricalColumn, numericColumn, tableOf } from '../tables';
import { allRows, featuresByName, fitPipeline } from './fitting';
import { numberAt } from '../../../src/engine/data/numbers';

/** Made by test/fixtures/sklearn/transformers.py; the versions are in the file. */
const { cases } = JSON.parse(readFileSync(path.join(__dirname, '..', '..', 'fixtures', 'sklearn', 'transformers.json'), 'utf8')) as { cases: readonly { readonly name: string }[] };

function casesOf<Case>(kind: string): (Case & { readonly name: string })[] {
  const found = cases.filter(({ name }) => name.startsWith(`${kind} `)) as (Case & { readonly name: string })[];
  assert.ok(found.length > 0, `no fixture of ${kind}`);
  return found;
}

interface TargetCase {
  readonly labels: readonly string[];
  readonly target: readonly number[];
  readonly smooth: number | 'auto';
  readonly folds: readonly number[];
  readonly categories: readonly string[];
  readonly encodings: readonly number[][];
  readonly mean: readonly number[];
  readonly crossFitted: readonly number[][];
  readonly newLabels: readonly string[];
  readonly transformed: readonly number[][];
}

interface KnnCase {
  readonly values: readonly (number | null)[][];
  readonly trainRows: number;
  readonly weights: 'uniform' | 'distance';
  readonly neighbors: number;
  readonly raw: readonly number[][];
  readonly standardized: readonly number[][];
}

interface TextCase {
  readonly texts: readonly string[];
  readonly trainRows: number;
  readonly encode: 'tfidf' | 'hashing';
  readonly analyzer: 'word' | 'char' | 'charWb';
  readonly ngrams: readonly [number, number];
  readonly minDocuments: number;
  readonly sublinearTf: boolean;
  readonly places: number | null;
  readonly terms: readonly (string | number)[];
  readonly matrix: readonly Readonly<Record<string, number>>[];
}

describe('transformers equal scikit-learn', () => {
  for (const { name, labels, target, smooth, folds, categories, encodings, mean, crossFitted, newLabels, transformed } of casesOf<TargetCase>('target')) {
    it(name, () => {
      const classes = name.includes('binary') ? ['0', '1'] : name.includes('multiclass') ? ['0', '1', '2'] : [];
      const levels = Int32Array.from(labels, (label) => categories.indexOf(label));
      encodings.forEach((expected, outcome) => {
        const values = Float64Array.from(target, (value) => (classes.length === 3 ? Number(value === outcome) : value));
        const encoded = encodeByTarget(levels, values, categories.length, smooth);
        assertClose(encoded.values, expected, 1e-9, 'encodings');
        assertClose([encoded.mean], [mean[outcome]], 1e-12, 'mean');
        assertClose(crossFit(levels, values, categories.length, smooth, Uint32Array.from(folds)), crossFitted.map((row) => row[outcome]), 1e-9, 'cross-fitted');
      });
      const all = tableOf(categoricalColumn('x', [...labels, ...newLabels]));
      const file = { task: classes.length > 0 ? 'classification' as const : 'regression' as const, prepare: { numeric: { scale: 'none' as const }, categorical: { encode: 'target' as const, smooth } } };
      const pipeline = fitPipeline(all, Array.from(labels.keys()), file, { values: [...target, ...newLabels.map(() => 0)], classes });
      const rows = Uint32Array.from(newLabels, (_, i) => labels.length + i);
      assertClose(pipeline.transform(all, rows).values, transformed.flat(), 1e-9, 'new rows');
    });
  }

  for (const { name, values, trainRows, weights, neighbors, raw, standardized } of casesOf<KnnCase>('knn')) {
    it(name, () => {
      const columns = values[0].map((_, c) => numericColumn(`c${c}`, values.map((row) => row[c])));
      const rows = Uint32Array.from(values.keys());
      const imputed = (standardize: boolean): number[] => {
        const imputer = KnnImputer.fit(columns, rows.subarray(0, trainRows), { neighbors, weights, standardize }, RandomStream.fromSeed(1));
        const filled: NumericColumn[] = KnnImputer.load(imputer.state, imputer.donors).impute(columns, rows);
        const { buffer, byteOffset, byteLength } = imputer.donors;
        const asEarlierVersionsSaved = { ...imputer.state, donors: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
        assert.deepEqual(KnnImputer.load(asEarlierVersionsSaved).impute(columns, rows), filled);
        return values.flatMap((_, row) => filled.map(({ numbers }) => numberAt(numbers, row)));
      };
      assertClose(imputed(false), raw.flat(), 1e-9, 'own units');
      assertClose(imputed(true), standardized.flat(), 1e-9, 'standard units');
      const table = tableOf(...columns);
      const pipeline = fitPipeline(table, rows.subarray(0, trainRows), { prepare: { numeric: { impute: 'knn', scale: 'none', weights, neighbors } } });
      assertClose(pipeline.transform(table, rows).values, standardized.flat(), 1e-9, 'pipeline');
    });
  }

  for (const { name, texts, trainRows, encode, analyzer, ngrams, minDocuments, sublinearTf, places, terms, matrix } of casesOf<TextCase>('text')) {
    it(name, () => {
      const table = tableOf(categoricalColumn('t', texts, 'text'));
      const text: PrepareFile['text'] = { encode, analyzer, minNgram: ngrams[0], maxNgram: ngrams[1], minDocuments, sublinearTf, maxFeatures: places ?? 4096 };
      // Two terms of opposite sign may take each other's place out of all training rows: such a place never varies.
      const pipeline = fitPipeline(table, Array.from({ length: trainRows }, (_, row) => row), { prepare: { text, select: { constant: encode === 'hashing' } } });
      const own = featuresByName(pipeline, table);
      assert.deepEqual(Object.keys(own).sort(), terms.map((term) => `t:${term}`).sort());
      terms.forEach((term, j) => assertClose(own[`t:${term}`], matrix.map((row) => row[j] ?? 0), 1e-9, `"${term}"`, 'absolute'));
    });
  }

  for (const { name, values, degree, interactionOnly, features } of casesOf<{ values: number[][]; degree: number; interactionOnly: boolean; features: number[][] }>('polynomial')) {
    it(name, () => {
      const table = tableOf(...values[0].map((_, c) => numericColumn('abc'[c], values.map((row) => row[c]))));
      const pipeline = fitPipeline(table, allRows(table), { prepare: { numeric: { scale: 'standard' }, polynomial: { degree, interactionOnly } } });
      assertClose(pipeline.transform(table, allRows(table)).values, features.flat(), 1e-9, 'features');
      assert.deepEqual(pipeline.featureNames.slice(0, 4), ['a', 'b', 'c', interactionOnly ? 'a*b' : 'a^2']);
    });
  }

  interface RareCase { readonly train: string[]; readonly labels: string[]; readonly minFrequency: number; readonly maxCategories: number | null; readonly oneHot: number[][]; readonly ordinal: number[] }
  for (const { name, train, labels, minFrequency, maxCategories, oneHot, ordinal } of casesOf<RareCase>('rare')) {
    it(name, () => {
      const table = tableOf(categoricalColumn('c', [...train, ...labels]));
      const rows = Uint32Array.from(labels, (_, i) => train.length + i);
      for (const [encode, expected] of [['oneHot', oneHot.flat()], ['ordinal', ordinal]] as const) {
        const pipeline = fitPipeline(table, Array.from(train.keys()), { prepare: { categorical: { encode, minFrequency, ...(maxCategories === null ? {} : { maxCategories }) } } });
        assertClose(pipeline.transform(table, rows).values, expected, 0, encode);
      }
    });
  }
});
