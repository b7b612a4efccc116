import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Column } from '../../../src/engine/data/table';
import { fitYeoJohnson, yeoJohnson } from '../../../src/engine/prepare/yeoJohnson';
import type { ExperimentFile } from '../../../src/schema/experiment';
import { assertClose } from '../closeness';
import { categoricalColumn, numericColumn, tableOf } from '../tables';
import { featuresByName, fitPipeline } from './fitting';
import { numberCount } from '../../../src/engine/data/numbers';

/** Made by test/fixtures/sklearn/shapes.py; the versions are in the file. */
interface NumberCase {
  readonly name: string;
  readonly values: readonly number[];
  readonly trainRows: number;
  readonly lambda: number;
  readonly likelihood: number;
  readonly powers: readonly number[];
  readonly powered: readonly number[][];
  readonly robust: readonly number[];
  readonly quantile: readonly number[];
}

const { cases } = JSON.parse(readFileSync(path.join(__dirname, '..', '..', 'fixtures', 'sklearn', 'shapes.json'), 'utf8')) as { cases: unknown[] };
const numberCases = cases.slice(0, 4) as NumberCase[];
const labelCase = cases[4] as { labels: string[]; trainRows: number; frequency: number[] };
const dayCase = cases[5] as { epochs: number[]; cyclic: Record<string, number[]> };

/** Each feature's values for all rows, fitted on the first ones; the fitted state survives being saved. */
function features(column: Column, prepare: ExperimentFile['prepare'], trainRows: number): Record<string, number[]> {
  const rowCount = column.kind === 'numeric' ? numberCount(column.numbers) : column.codes.length;
  const table = tableOf(column, categoricalColumn('y', Array.from({ length: rowCount }, (_, i) => (i % 2 === 0 ? 'a' : 'b'))));
  return featuresByName(fitPipeline(table, Array.from({ length: trainRows }, (_, i) => i), { prepare }), table);
}

describe('shapes of features equal scikit-learn, scipy and pandas', () => {
  for (const { name, values, trainRows, lambda, powers, powered, robust, quantile } of numberCases) {
    it(`${name}: Yeo-Johnson for given powers`, () => {
      powers.forEach((power, i) => assertClose(values.map((value) => yeoJohnson(value, power)), powered[i], 1e-9, `λ = ${power}`));
    });

    it(`${name}: Yeo-Johnson's fitted power is at least as likely`, () => {
      const train = Float64Array.from(values.slice(0, trainRows));
      const own = fitYeoJohnson(train);
      // scipy's optimizer stops within 1e-8 of the likelihood; its λ is good to about half as many digits.
      assert.ok(Math.abs(own - lambda) < 1e-4 * Math.max(1, Math.abs(lambda)), `${own} instead of ${lambda}`);
      const likelihood = (power: number): number => {
        const shaped = train.map((value) => yeoJohnson(value, power));
        const mean = shaped.reduce((sum, value) => sum + value, 0) / shaped.length;
        const variance = shaped.reduce((sum, value) => sum + (value - mean) ** 2, 0) / shaped.length;
        return (power - 1) * train.reduce((sum, value) => sum + Math.sign(value) * Math.log1p(Math.abs(value)), 0) - (train.length / 2) * Math.log(variance);
      };
      assert.ok(likelihood(own) >= likelihood(lambda) - 1e-10);
    });

    it(`${name}: robust and quantile scaling`, () => {
      assertClose(features(numericColumn('x', values), { numeric: { scale: 'robust' } }, trainRows).x, robust, 1e-9, 'robust');
      const shares = features(numericColumn('x', values), { numeric: { scale: 'quantile' } }, trainRows).x;
      // scikit-learn's quantiles of equal values differ in their last bit, which moves the middle of ties by up to half a step.
      assertClose(shares, quantile, name === 'ties' ? 0.51 / (trainRows - 1) : 1e-9, 'quantile', 'absolute');
    });
  }

  it('frequency encoding, 0 for categories that no training row has', () => {
    const { labels, trainRows, frequency } = labelCase;
    assertClose(features(categoricalColumn('c', labels), { categorical: { encode: 'frequency' } }, trainRows).c, frequency, 1e-12, 'shares');
    const unseen = features(categoricalColumn('c', ['a', 'b', 'a', null, 'new']), { categorical: { encode: 'frequency' } }, 4).c;
    assertClose(unseen, [0.5, 0.25, 0.5, 0.25, 0], 1e-15, 'with missing and new ones');
  });

  it('cyclic parts of dates', () => {
    const own = features(numericColumn('d', dayCase.epochs, 'dateTime'), { numeric: { scale: 'none' }, dateTime: { encode: 'cyclic' } }, 70);
    for (const [part, expected] of Object.entries(dayCase.cyclic)) {
      assertClose(own[`d.${part}`], expected, 1e-9, part, 'absolute');
    }
    assert.ok('d.year' in own);
  });

  it('marks missing numbers, and only where training rows lack some', () => {
    const own = features(numericColumn('x', [1, null, 3, 5, null]), { numeric: { impute: 'mean', indicator: true, scale: 'none' } }, 4);
    assert.deepEqual(own, { x: [1, 3, 3, 5, 3], 'x=missing': [0, 1, 0, 0, 1] });
    assert.deepEqual(Object.keys(features(numericColumn('x', [1, 2, 3, null]), { numeric: { indicator: true } }, 3)), ['x']);
  });
});
