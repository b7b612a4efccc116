import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { evenSample, histogramOf, profileColumn } from '../../../src/engine/data/columnStatistics';
import { correlate } from '../../../src/engine/data/correlations';
import { silentContext } from '../../../src/engine/stepContext';
import { assertClose } from '../closeness';
import { categoricalColumn, numericColumn, tableOf } from '../tables';

/** Made by test/fixtures/sklearn/profile.py. */
interface Fixture {
  readonly columns: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
    readonly skew: number;
    readonly std: number;
    readonly tails: readonly number[];
    readonly edges: readonly number[];
    readonly counts: readonly number[];
    readonly outliers: number;
  }[];
  readonly pearson: readonly number[][];
  readonly spearman: readonly number[][];
  readonly categories: Readonly<Record<string, readonly (string | null)[]>>;
  readonly cramersV: number;
  readonly correlationRatio: readonly number[][];
}

const fixture = (JSON.parse(readFileSync(path.join(__dirname, '..', '..', 'fixtures', 'sklearn', 'profile.json'), 'utf8')) as { cases: Fixture[] }).cases[0];

describe('a profile\'s statistics equal pandas, numpy and scipy', () => {
  for (const { name, values, skew, std, tails, edges, counts, outliers } of fixture.columns) {
    it(`${name}: skewness, tails, histogram, outliers`, () => {
      const { numeric } = profileColumn(numericColumn(name, values));
      assert.ok(numeric !== undefined);
      assertClose([numeric.skew ?? Number.NaN, numeric.std ?? Number.NaN], [skew, std], 1e-9, 'moments');
      assertClose(numeric.tails ?? [], tails, 1e-12, 'tails');
      assertClose(numeric.histogram?.edges ?? [], edges, 1e-15, 'edges');
      assert.deepEqual(numeric.histogram?.counts, counts);
      assert.equal(numeric.outliers?.count, outliers);
    });
  }

  it('correlations, Cramér\'s V and correlation ratios', () => {
    const numbers = fixture.columns.map(({ name, values }) => numericColumn(name, values));
    const categories = Object.entries(fixture.categories).map(([name, cells]) => categoricalColumn(name, cells));
    const { pearson, spearman, cramersV, correlationRatio, rows } = correlate(tableOf(...numbers, ...categories), silentContext);
    assert.equal(rows, 240);
    const flat = (matrix: readonly (readonly (number | null)[])[]): number[] => matrix.flat().map((value) => value ?? Number.NaN);
    assertClose(flat(pearson.values), fixture.pearson.flat(), 1e-9, 'Pearson');
    assertClose(flat(spearman.values), fixture.spearman.flat(), 1e-12, 'Spearman');
    assertClose(flat(cramersV.values), [1, fixture.cramersV, fixture.cramersV, 1], 1e-12, 'Cramér\'s V');
    assertClose(flat(correlationRatio.values), fixture.correlationRatio.flat(), 1e-9, 'correlation ratio');
    assert.deepEqual(correlationRatio.categories, ['group', 'other']);
  });

  it('leaves undefined what is undefined', () => {
    const { pearson, spearman, cramersV, correlationRatio } = correlate(
      tableOf(numericColumn('c', [5, 5, 5]), numericColumn('x', [1, 2, null]), categoricalColumn('k', ['a', 'a', 'a']), categoricalColumn('m', [null, 'b', 'c'])),
      silentContext,
    );
    assert.deepEqual(pearson.values, [[null, null], [null, 1]]);
    assert.deepEqual(spearman.values, [[null, null], [null, 1]]);
    assert.deepEqual(cramersV.values, [[null, null], [null, 1]]);
    assert.deepEqual(correlationRatio.values, [[null, 0], [null, null]]);
    const { numeric } = profileColumn(numericColumn('c', [5, 5, 5]));
    assert.equal(numeric?.skew, null);
    assert.deepEqual(numeric?.histogram, { edges: [4.5, 5.5], counts: [3] });
  });

  it('gives whole numbers of a small range a bin each', () => {
    assert.deepEqual(histogramOf(Float64Array.of(1, 3, 3, Number.NaN), 1, 3, true), { edges: [1, 2, 3, 4], counts: [1, 0, 2] });
  });

  it('samples rows evenly and counts in all of them what can be counted', () => {
    const values = Array.from({ length: 400_001 }, (_, i) => (i % 1000 === 0 ? null : i));
    const profile = profileColumn(numericColumn('n', values, 'integer'));
    assert.equal(profile.missing, 401);
    assert.equal(profile.numeric?.maximum, 399_999);
    assert.ok(Math.abs((profile.numeric?.quartiles[1] ?? 0) - 200_000) < 10);
    assert.deepEqual(evenSample(Float64Array.of(0, 1, 2, 3, 4, 5), 3), Float64Array.of(0, 2, 4));
  });
});
