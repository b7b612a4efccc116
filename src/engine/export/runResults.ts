import type { AlgorithmDeclaration, Task } from '../../schema/algorithm';
import type { Evaluation } from '../../schema/evaluation';
import { mainMetric } from '../../schema/metrics';
import type { RunRecord } from '../../schema/run';
import { metricLabels, readableNumber } from './format';

/** All that report and card tell about a run. */
export interface RunResults {
  readonly record: RunRecord;
  readonly evaluation: Evaluation;
  readonly algorithm: AlgorithmDeclaration;
  /** Warnings of the run's log. */
  readonly warnings: readonly string[];
}

/** One sentence: is the model better than no model? */
export function verdict({ metrics, baseline }: Pick<Evaluation, 'metrics' | 'baseline'>, task: Task, testRows: number): string {
  const metric = mainMetric(task);
  const [own, other] = [metrics[metric], baseline.metrics[metric]];
  const label = metricLabels[metric];
  if (own === null || other === null) {
    return `${label} is not defined on these test rows.`;
  }
  const share = `${label} is ${readableNumber(own)} on ${testRows} rows that the model never saw, against ${readableNumber(other)} of the baseline`;
  return own > other
    ? `${share}.`
    : `${share}: the model is no better than always giving the same answer. Look for columns that say more about the target, or at the warnings.`;
}
