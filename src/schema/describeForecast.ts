import type { Evaluation } from './evaluation';

/**
 * How a forecast stands against those that learn nothing, one sentence for each ("Repeating the last known value has an RMSE of 49.1
 * on the same rows; the model has 18.2."); none for other models.
 *
 * @param format a number as readers see it.
 */
export function describeForecast({ naiveForecasts = [], metrics }: Pick<Evaluation, 'naiveForecasts' | 'metrics'>, format: (value: number) => string): string[] {
  const own = metrics['rmse'];
  return naiveForecasts.flatMap(({ strategy, lag, metrics: naive }) => {
    const rmse = naive['rmse'];
    if (own === null || own === undefined || rmse === null || rmse === undefined) {
      return [];
    }
    const what = strategy === 'lastValue' ? 'Repeating the last known value' : `Repeating the value ${lag} rows before`;
    return [`${what} has an RMSE of ${format(rmse)} on the same rows; the model has ${format(own)}${own < rmse ? '' : ', which is not better'}.`];
  });
}
