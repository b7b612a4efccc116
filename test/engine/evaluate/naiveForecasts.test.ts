import { strict as assert } from 'node:assert';
import type { Matrix } from '../../../src/engine/compute/matrix';
import { naiveForecasts } from '../../../src/engine/evaluate/naiveForecasts';
import { describeForecast } from '../../../src/schema/describeForecast';

/** Windows over a series, each step with a feature of no meaning and the series' own value. */
function windows(series: readonly number[], steps: number, horizon: number): { features: Matrix; target: Float64Array } {
  const first = steps + horizon - 1;
  const rows = series.slice(first).map((_, row) => row + first);
  const values = rows.flatMap((at) => Array.from({ length: steps }, (_, step) => [99, series[at - horizon - steps + 1 + step]]).flat());
  return { features: { rows: rows.length, columns: 2 * steps, values: Float64Array.from(values) }, target: Float64Array.from(rows, (at) => series[at]) };
}

const layout = { steps: 6, features: 2, history: 1 };

describe('naive forecasts', () => {
  it('repeat the last known value, and that of the season that the training rows show', () => {
    const series = Array.from({ length: 60 }, (_, time) => [0, 3, 1, 7][time % 4] + 0.01 * time);
    const rows = windows(series, 6, 2);
    const found = naiveForecasts(rows, rows, layout, { horizon: 2 });
    assert.deepEqual(found.map(({ strategy, lag }) => [strategy, lag]), [['lastValue', 2], ['seasonal', 4]]);
    const mae = (lag: number): number => {
      const errors = series.slice(7).map((value, at) => Math.abs(value - series[at + 7 - lag]));
      return errors.reduce((sum, error) => sum + error, 0) / errors.length;
    };
    found.forEach(({ lag, metrics }) => assert.ok(Math.abs((metrics['mae'] ?? NaN) - mae(lag)) < 1e-12));
    assert.ok(Math.abs((found[1].metrics['mae'] ?? NaN) - 0.04) < 1e-9);
  });

  it('tell of no season where the last value does best', () => {
    const rows = windows(Array.from({ length: 40 }, (_, time) => time), 6, 1);
    assert.deepEqual(naiveForecasts(rows, rows, layout, { horizon: 1 }).map(({ strategy, metrics }) => [strategy, metrics['rmse']]), [['lastValue', 1]]);
  });

  it('need the target\'s past', () => {
    const rows = windows([1, 2, 3, 4, 5, 6, 7, 8, 9], 6, 1);
    assert.deepEqual(naiveForecasts(rows, rows, { steps: 6, features: 2 }, { horizon: 1 }), []);
  });

  it('are said in a sentence that hides nothing', () => {
    const naive = [{ strategy: 'lastValue' as const, lag: 1, metrics: { rmse: 5 } }, { strategy: 'seasonal' as const, lag: 12, metrics: { rmse: 2 } }];
    assert.deepEqual(describeForecast({ naiveForecasts: naive, metrics: { rmse: 3 } }, String), [
      'Repeating the last known value has an RMSE of 5 on the same rows; the model has 3.',
      'Repeating the value 12 rows before has an RMSE of 2 on the same rows; the model has 3, which is not better.',
    ]);
    assert.deepEqual(describeForecast({ metrics: { rmse: 3 } }, String), []);
  });
});
