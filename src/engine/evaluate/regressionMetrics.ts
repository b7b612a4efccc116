import type { Metrics } from '../../schema/run';

/**
 * Every metric of `regressionMetricNames`, with scikit-learn's definitions and conventions: for a constant target R² and
 * explained variance are 1 when the predictions are perfect and 0 otherwise; R² of a single row is null; percentage
 * errors divide by at least the machine's epsilon, so a target of 0 makes `mape` huge rather than undefined.
 *
 * @param actual at least one row.
 * @param predicted one for each of `actual`.
 */
export function regressionMetrics(actual: Float64Array, predicted: Float64Array): Metrics {
  const rows = actual.length;
  const errors = actual.map((value, i) => value - predicted[i]);
  const absoluteErrors = errors.map(Math.abs);
  const mse = sumOf(errors, (error) => error * error) / rows;
  const meanActual = sumOf(actual, (value) => value) / rows;
  const meanError = sumOf(errors, (error) => error) / rows;
  const totalSquares = sumOf(actual, (value) => (value - meanActual) ** 2);
  const errorVariance = sumOf(errors, (error) => (error - meanError) ** 2);
  return {
    r2: rows < 2 ? null : shareExplained(mse * rows, totalSquares),
    rmse: Math.sqrt(mse),
    mae: sumOf(absoluteErrors, (error) => error) / rows,
    mse,
    mape: sumOf(absoluteErrors, (error, i) => error / Math.max(Math.abs(actual[i]), Number.EPSILON)) / rows,
    medianAbsoluteError: median(absoluteErrors),
    explainedVariance: shareExplained(errorVariance, totalSquares),
  };
}

function shareExplained(unexplained: number, total: number): number {
  if (total === 0) {
    return unexplained === 0 ? 1 : 0;
  }
  return 1 - unexplained / total;
}

function sumOf(values: Float64Array, term: (value: number, index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += term(values[i], i);
  }
  return sum;
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
