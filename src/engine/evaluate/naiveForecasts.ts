import type { NaiveForecast } from '../../schema/evaluation';
import type { Matrix } from '../compute/matrix';
import type { SequenceLayout, WindowState } from '../prepare/windows';
import { regressionMetrics } from './regressionMetrics';

/** Windows of features with what they are to predict. */
interface Windows {
  readonly features: Matrix;
  readonly target: Float64Array;
}

/**
 * What forecasts are worth that learn nothing (Hyndman, Athanasopoulos: "Forecasting: principles and practice", 2021, section 5.2): the
 * last known value again, and the value one season before, where the season is that lag within the window which fits the training rows
 * best. No season is told when none beats the last value there.
 *
 * @returns none when the target's past isn't part of the windows.
 */
export function naiveForecasts(train: Windows, test: Windows, layout: SequenceLayout, { horizon }: Pick<WindowState, 'horizon'>): NaiveForecast[] {
  const { steps, history } = layout;
  if (history === undefined) {
    return [];
  }
  const lags = Array.from({ length: steps }, (_, back) => horizon + back);
  const errors = lags.map((lag) => squaredError(train, valuesBefore(train.features, layout, history, lag - horizon)));
  const best = errors.indexOf(Math.min(...errors));
  const score = (strategy: NaiveForecast['strategy'], back: number): NaiveForecast => ({
    strategy, lag: horizon + back, metrics: regressionMetrics(test.target, valuesBefore(test.features, layout, history, back)),
  });
  return [score('lastValue', 0), ...(best > 0 ? [score('seasonal', best)] : [])];
}

/** @param back how many steps before the window's last one. */
function valuesBefore({ rows, columns, values }: Matrix, { steps, features }: SequenceLayout, history: number, back: number): Float64Array {
  const at = (steps - 1 - back) * features + history;
  return Float64Array.from({ length: rows }, (_, row) => values[row * columns + at]);
}

function squaredError({ target }: Windows, predicted: Float64Array): number {
  return target.reduce((sum, value, row) => sum + (value - predicted[row]) ** 2, 0);
}
