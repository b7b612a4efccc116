import type { RunSummary } from '../../schema/messages';
import type { RunEntry } from './runList';

/** A run as the experiment form lists it; undefined for one that can't be read. */
export function summarizeRun({ record, state, id }: RunEntry, uri: string): RunSummary | undefined {
  if (record === null) {
    return undefined;
  }
  return {
    uri,
    id,
    state,
    startedAt: record.startedAt,
    metric: record.result?.metric ?? null,
    value: record.result?.value ?? null,
    baseline: record.result?.baseline ?? null,
    algorithm: record.experiment.algorithm,
  };
}
