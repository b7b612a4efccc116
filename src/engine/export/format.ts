/** A number for reading: four digits after the point, fewer for large ones, powers of ten where neither would do. */
export function readableNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) {
    return '–';
  }
  const size = Math.abs(value);
  if ((size > 1e-12 && size < 0.00005) || size >= 1e9) {
    return value.toExponential(3);
  }
  return size >= 10_000 ? groupDigits(value.toFixed(0)) : size >= 100 ? value.toFixed(2) : value.toFixed(4);
}

/** A whole number with thin spaces between thousands. */
export function readableCount(value: number): string {
  return groupDigits(String(value));
}

function groupDigits(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** Metrics' names for readers. */
export const metricLabels: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy',
  balancedAccuracy: 'Balanced accuracy',
  precisionMacro: 'Precision (macro)',
  recallMacro: 'Recall (macro)',
  f1Macro: 'F1 (macro)',
  precisionMicro: 'Precision (micro)',
  recallMicro: 'Recall (micro)',
  f1Micro: 'F1 (micro)',
  precisionWeighted: 'Precision (weighted)',
  recallWeighted: 'Recall (weighted)',
  f1Weighted: 'F1 (weighted)',
  rocAuc: 'ROC AUC',
  prAuc: 'PR AUC',
  logLoss: 'Log loss',
  mcc: 'Matthews correlation',
  r2: 'R²',
  rmse: 'RMSE',
  mae: 'MAE',
  mse: 'MSE',
  mape: 'MAPE',
  medianAbsoluteError: 'Median absolute error',
  explainedVariance: 'Explained variance',
};
