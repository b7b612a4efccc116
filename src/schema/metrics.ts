/** Names under which metrics appear in every file, on the command line and in every view. */
export const classificationMetricNames = [
  'accuracy', 'balancedAccuracy',
  'precisionMacro', 'recallMacro', 'f1Macro',
  'precisionMicro', 'recallMicro', 'f1Micro',
  'precisionWeighted', 'recallWeighted', 'f1Weighted',
  'rocAuc', 'prAuc', 'logLoss', 'mcc',
] as const;
export const regressionMetricNames = [
  'r2', 'rmse', 'mae', 'mse', 'mape', 'medianAbsoluteError', 'explainedVariance',
] as const;

/** The metric by which runs of a task are judged, and whether more of it is better. */
export function mainMetric(task: 'classification' | 'regression'): 'accuracy' | 'r2' {
  return task === 'classification' ? 'accuracy' : 'r2';
}

const lowerIsBetter: ReadonlySet<string> = new Set(['logLoss', 'rmse', 'mae', 'mse', 'mape', 'medianAbsoluteError']);

/** True for metrics of which more is better (scores), false for errors and losses. */
export function higherIsBetter(metric: string): boolean {
  return !lowerIsBetter.has(metric);
}
