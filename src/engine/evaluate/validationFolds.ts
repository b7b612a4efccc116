import type { Experiment } from '../../schema/experiment';
import type { RandomStream } from '../compute/random';
import type { Table } from '../data/table';
import { orderRows } from '../prepare/windows';
import { groupKFold, groupsOf, stratifiedGroupKFold } from './groupSplitters';
import type { Split } from './splitters';
import { indicesInTime, kFold, timeSeriesFolds } from './splitters';

/**
 * All folds of an experiment's cross-validation, division after division.
 *
 * @param rows the training rows, as rows of the table. @param target one for each of them.
 * @param isWindowed whether each row stands for a window of the rows before it; its groups are sequences then.
 * @returns indices into `rows`.
 * @throws UserError when the rows can't be divided so.
 */
export function validationFolds(
  table: Table,
  rows: Uint32Array,
  target: Float64Array,
  { split, validation: { method, folds, repeats, gap } }: Pick<Experiment, 'split' | 'validation'>,
  random: RandomStream,
  isWindowed: boolean,
): Split[] {
  if (method === 'timeOrdered') {
    // A moment is a moment for all groups; only sequences count their own places.
    const inTime = indicesInTime(rows, orderRows(table, isWindowed ? split : { orderBy: split.orderBy }));
    return timeSeriesFolds(rows.length, folds, gap)
      .map(({ train, test }) => ({ train: train.map((place) => inTime[place]), test: test.map((place) => inTime[place]) }));
  }
  const groups = (): ReturnType<typeof groupsOf> => groupsOf(table, requireGroupBy(split), rows);
  // The largest-first order gives the same folds each time, so repeated ones are drawn.
  const draw = (repeat: number): RandomStream | undefined => (repeats > 1 ? random.split('groups', repeat) : undefined);
  const once = (repeat: number): Split[] => {
    switch (method) {
      case 'group':
        return groupKFold(groups(), folds, draw(repeat));
      case 'stratifiedGroup':
        return stratifiedGroupKFold(groups(), target, folds, draw(repeat));
      case 'stratified':
        return kFold({ folds, rows: rows.length, target, stratified: true }, random.split('folds', repeat));
      case 'kFold':
        return kFold({ folds, rows: rows.length, stratified: false }, random.split('folds', repeat));
      case 'none':
        return [];
    }
  };
  return Array.from({ length: repeats }, (_, repeat) => once(repeat)).flat();
}

/** @throws TypeError when there is none: experiments are checked for that. */
export function requireGroupBy({ groupBy }: Experiment['split']): string {
  if (groupBy === undefined) {
    throw new TypeError('The experiment groups rows, but names no column to group by.');
  }
  return groupBy;
}
