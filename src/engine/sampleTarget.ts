import type { Experiment } from '../schema/experiment';
import type { Target } from './checkExperiment';
import type { RandomStream } from './compute/random';
import type { Table } from './data/table';
import { timeOrderedSplit, trainTestSplit } from './evaluate/splitters';
import { orderRows } from './prepare/windows';

/**
 * The rows that a run works on, where it is to use no more than `data.sampleRows`: a sample with each class's share (of
 * numbers: an even one), or the latest rows of each sequence when the split is in time. All rows otherwise.
 */
export function sampleTarget(table: Table, target: Target, { data: { sampleRows }, split, task }: Experiment, random: RandomStream): Target {
  const rows = target.rows.length;
  if (sampleRows === undefined || sampleRows >= rows) {
    return target;
  }
  // Shares are rounded up to whole rows; half a row less makes that exact.
  const chosen = split.method === 'timeOrdered'
    ? timeOrderedSplit(target.rows, orderRows(table, split), (sampleRows - 0.5) / rows).test.toSorted()
    : trainTestSplit({
      method: task === 'classification' ? 'stratified' : 'random', testSize: (rows - sampleRows - 0.5) / rows, rows, target: target.values,
    }, random).train;
  return {
    ...target,
    rows: chosen.map((i) => target.rows[i]),
    values: Float64Array.from(chosen, (i) => target.values[i]),
    sampledFrom: rows,
  };
}
