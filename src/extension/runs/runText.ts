import type { RunState } from '../../schema/run';
import type { RunEntry } from './runList';

/** "5m ago", short enough for a tree. */
export function ageText(from: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(from)) / 1000);
  if (!Number.isFinite(seconds)) {
    return '';
  }
  if (seconds < 60) {
    return 'just now';
  }
  const units: readonly [size: number, short: string][] = [[60, 'm'], [3600, 'h'], [86_400, 'd'], [7 * 86_400, 'w'], [30.44 * 86_400, 'mo'], [365.25 * 86_400, 'y']];
  const [size, short] = units.findLast(([unit]) => seconds >= unit) ?? [60, 'm'];
  return `${Math.floor(seconds / size)}${short} ago`;
}

/** A metric's value with three digits behind the point, or in scientific notation where that would say nothing. */
export function metricText(value: number | null): string {
  if (value === null) {
    return 'not defined';
  }
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e6) ? value.toExponential(2) : value.toFixed(3);
}

const metricLabels: Readonly<Record<string, string>> = { accuracy: 'accuracy', r2: 'R²' };

/** "accuracy 0.974", the run's main metric. */
export function resultText(result: { readonly metric: string; readonly value: number | null }): string {
  return `${metricLabels[result.metric] ?? result.metric} ${metricText(result.value)}`;
}

const stateTexts: Readonly<Record<RunState, string>> = {
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
};

/** What stands beside a run in a list: its result, or its state, and its age. */
export function runDescription(entry: RunEntry, now: number): string {
  const outcome = entry.state === 'done' && entry.record?.result !== undefined ? resultText(entry.record.result) : stateTexts[entry.state];
  const age = entry.record === null ? '' : ageText(entry.record.finishedAt ?? entry.record.startedAt, now);
  return [outcome, age].filter((part) => part !== '').join(' · ');
}
