import { higherIsBetter } from '../../schema/metrics';

interface MetricLabel {
  readonly label: string;
  /** What the number says, in one sentence. */
  readonly help: string;
}

const averages = {
  Macro: 'averaged over the classes, each counting the same',
  Micro: 'over all rows together',
  Weighted: 'averaged over the classes, each weighted by its rows',
} as const;

const labels: Readonly<Record<string, MetricLabel>> = {
  accuracy: { label: 'Accuracy', help: 'The share of rows whose class was predicted right.' },
  balancedAccuracy: { label: 'Balanced accuracy', help: 'The mean of every class\'s recall: a rare class counts as much as a frequent one.' },
  ...averaged('precision', 'Precision', 'Of the rows predicted as a class, the share that belongs to it'),
  ...averaged('recall', 'Recall', 'Of the rows that belong to a class, the share that was found'),
  ...averaged('f1', 'F1', 'The harmonic mean of precision and recall'),
  rocAuc: { label: 'ROC-AUC', help: 'The chance that a random row of a class is ranked above a random row of the others.' },
  prAuc: { label: 'PR-AUC', help: 'The area under the precision-recall curve (average precision).' },
  logLoss: { label: 'Log loss', help: 'How far the predicted probabilities are from the truth; confident mistakes cost most.' },
  mcc: { label: 'Matthews correlation', help: 'The correlation of predicted and true classes, −1 to 1; 0 is no better than chance.' },
  r2: { label: 'R²', help: 'The share of the target\'s variance that the model explains; 0 is what its mean would do.' },
  rmse: { label: 'RMSE', help: 'The root of the mean squared error, in the target\'s unit; large errors weigh most.' },
  mae: { label: 'Mean absolute error', help: 'The mean size of an error, in the target\'s unit.' },
  mse: { label: 'Mean squared error', help: 'The mean of the squared errors.' },
  mape: { label: 'Mean relative error', help: 'The mean size of an error as a share of the true value (0.1 is 10 %); scikit-learn\'s mean_absolute_percentage_error.' },
  medianAbsoluteError: { label: 'Median absolute error', help: 'Half of the errors are smaller than this; outliers don\'t move it.' },
  explainedVariance: { label: 'Explained variance', help: 'As R², but blind to a constant offset of the predictions.' },
};

function averaged(name: string, label: string, help: string): Record<string, MetricLabel> {
  return Object.fromEntries(
    Object.entries(averages).map(([average, how]) => [
      `${name}${average}`,
      { label: `${label} (${average.toLowerCase()})`, help: `${help}, ${how}.` },
    ]),
  );
}

/** The name that people read for a metric. */
export function metricLabel(name: string): string {
  return labels[name]?.label ?? name;
}

/** What a metric says and which way is better, for tooltips. */
export function metricHelp(name: string): string {
  return [labels[name]?.help ?? '', higherIsBetter(name) ? 'Higher is better.' : 'Lower is better.'].join(' ').trim();
}

/** How a value stands to the baseline's, or undefined when one of them doesn't exist. */
export function againstBaseline(name: string, value: number | null | undefined, baseline: number | null | undefined): 'better' | 'worse' | 'equal' | undefined {
  if (value === null || value === undefined || baseline === null || baseline === undefined) {
    return undefined;
  }
  if (value === baseline) {
    return 'equal';
  }
  return value > baseline === higherIsBetter(name) ? 'better' : 'worse';
}
