import type { Task } from '../../schema/algorithm';
import type { ComparedRun } from '../../schema/messages';
import { classificationMetricNames, higherIsBetter, regressionMetricNames } from '../../schema/metrics';
import { formatMoment } from '../shared/format';

/** What the differences of a run's metrics are taken to. */
export type Reference = 'first' | 'baseline' | 'none';

/** One metric across the runs, in their order; null where a run doesn't have it. */
export interface MetricRow {
  readonly metric: string;
  readonly values: readonly (number | null)[];
  /** Runs with the best value; empty when there is nothing to choose. */
  readonly best: ReadonlySet<number>;
  /** Value minus reference, null where either is missing. */
  readonly differences: readonly (number | null)[];
}

/** A run's value of a metric on its test rows. */
export function metricValue({ run, evaluation }: ComparedRun, metric: string): number | null {
  return (evaluation?.metrics ?? run.result?.metrics)?.[metric] ?? null;
}

/** The baseline's value of a metric on the same rows. */
export function baselineValue({ evaluation }: ComparedRun, metric: string): number | null {
  return evaluation?.baseline.metrics[metric] ?? null;
}

/** The tasks among the runs, each once. */
export function tasksOf(runs: readonly ComparedRun[]): readonly Task[] {
  return [...new Set(runs.map(({ run }) => run.experiment.task))];
}

/** The metrics that any run of a task has, in their usual order. */
export function metricsOf(runs: readonly ComparedRun[], task: Task): readonly string[] {
  const ofTask = runs.filter(({ run }) => run.experiment.task === task);
  const present = new Set(ofTask.flatMap(({ run, evaluation }) => Object.keys(evaluation?.metrics ?? run.result?.metrics ?? {})));
  const known: readonly string[] = task === 'classification' ? classificationMetricNames : regressionMetricNames;
  return [...known.filter((name) => present.has(name)), ...[...present].filter((name) => !known.includes(name))];
}

export function metricRow(runs: readonly ComparedRun[], metric: string, reference: Reference): MetricRow {
  const values = runs.map((run) => metricValue(run, metric));
  return { metric, values, best: bestOf(values, metric), differences: values.map((value, index) => difference(value, runs, index, metric, reference)) };
}

/** With fewer than two values, or all equal ones, none is best. */
function bestOf(values: readonly (number | null)[], metric: string): ReadonlySet<number> {
  const known = values.filter((value) => value !== null);
  const best = higherIsBetter(metric) ? Math.max(...known) : Math.min(...known);
  const winners = values.flatMap((value, index) => (value === best ? [index] : []));
  return new Set(known.length < 2 || winners.length === known.length ? [] : winners);
}

function difference(value: number | null, runs: readonly ComparedRun[], index: number, metric: string, reference: Reference): number | null {
  const run = reference === 'first' ? runs[0] : runs[index];
  if (value === null || run === undefined || reference === 'none' || (reference === 'first' && index === 0)) {
    return null;
  }
  const other = reference === 'first' ? metricValue(run, metric) : baselineValue(run, metric);
  return other === null ? null : value - other;
}

/** Short names that tell the runs apart: the experiment's where it differs, the algorithm's, and the time where both are the same. */
export function runTitles(runs: readonly ComparedRun[]): readonly string[] {
  const sameName = new Set(runs.map(({ run }) => run.experiment.name)).size <= 1;
  const plain = runs.map(({ run, algorithmLabel }) => (sameName ? algorithmLabel : `${run.experiment.name}, ${algorithmLabel}`));
  const count = (title: string): number => plain.filter((other) => other === title).length;
  const timed = plain.map((title, index) => (count(title) === 1 ? title : `${title}, ${formatMoment(runs[index]?.run.startedAt ?? '')}`));
  return timed.map((title, index) => (timed.indexOf(title) === timed.lastIndexOf(title) ? title : `${title} (${index + 1})`));
}

/** Why differences between the runs may not come from the models: said, so that nobody draws a wrong conclusion. */
export function comparabilityWarnings(runs: readonly ComparedRun[]): readonly string[] {
  const differs = (pick: (run: ComparedRun) => unknown): boolean => new Set(runs.map((run) => JSON.stringify(pick(run)))).size > 1;
  if (differs(({ run }) => [run.experiment.task, run.experiment.target])) {
    return ['These runs predict different things, so their metrics can\'t be compared.'];
  }
  const reasons = [
    differs(({ run }) => run.data?.sha256 ?? null) ? 'different data' : '',
    differs(({ run }) => run.experiment.split) ? 'another split' : '',
    differs(({ run }) => run.experiment.seed) ? 'another seed' : '',
  ].filter((reason) => reason !== '');
  return reasons.length === 0
    ? []
    : [`These runs were scored on different test rows (${reasons.join(', ')}), so a part of any difference is chance.`];
}
