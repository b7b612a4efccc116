import type { ColumnProfile, Profile } from '../../schema/profile';
import { taskForTarget } from '../../schema/resolveExperiment';
import type { StepContext } from '../stepContext';
import { mostCountedRows, profileColumn } from './columnStatistics';
import { correlate } from './correlations';
import { columnFindings, correlationFindings, duplicateFindings, imbalanceFindings, isIdLike, leakageFinding } from './findings';
import { determines } from './leakage';
import { findLikelyTarget } from './likelyTarget';
import type { ReadTableResult } from './readTable';
import type { Column, Table } from './table';
import { sampleTable } from './sampleTable';

/**
 * A data file at a glance: what each column holds, what is odd, what to predict.
 *
 * @param path how the profile names the file, with / between folders.
 */
export function profileTable(
  read: Pick<ReadTableResult, 'table' | 'delimiter' | 'header' | 'bytes' | 'findings'>,
  path: string, context: StepContext): Profile {
  const { table } = read;
  const columns: ColumnProfile[] = [];
  for (const column of table.columns) {
    context.throwIfCancelled();
    columns.push(profileColumn(column));
    context.report(columns.length / (table.columns.length + 2), `looked at column "${column.name}"`);
  }
  const exclusions = columns.flatMap((column, i) => exclusionOf(column, table.columns[i], table.rowCount));
  const unsuitable = new Set(exclusions.map(({ column }) => column));
  const likelyTarget = findLikelyTarget(columns, path.split('/').at(-1) ?? path, unsuitable);
  context.throwIfCancelled();
  const leaks = likelyTarget === null ? [] : findLeakage(table, likelyTarget, taskOf(columns, likelyTarget), context);
  const correlations = correlate(table, context);
  return {
    version: 1,
    path,
    bytes: read.bytes,
    delimiter: read.delimiter,
    header: read.header,
    rows: table.rowCount,
    ...(table.rowCount > mostCountedRows ? { sampledRows: mostCountedRows } : {}),
    columns,
    correlations,
    findings: [
      ...read.findings,
      ...duplicateFindings(table),
      ...columns.flatMap((column, i) => columnFindings(column, table.columns[i], table)),
      ...imbalanceFindings(columns, likelyTarget),
      ...leaks.map((column) => leakageFinding(column, likelyTarget ?? '')),
      ...correlationFindings(correlations, likelyTarget),
    ],
    likelyTarget,
    suggestedExclusions: [
      ...exclusions,
      ...leaks.map((column) => ({ column, reason: `determines "${likelyTarget}" by itself, so it is probably known only afterwards` })),
    ],
  };
}

/** Names of columns that determine the target by themselves, in up to 200,000 evenly spread rows. */
export function findLeakage(
  table: Table,
  target: string,
  task: 'classification' | 'regression',
  context: StepContext,
): string[] {
  const sample = sampleTable(table, mostCountedRows);
  const targetColumn = sample.columns.find(({ name }) => name === target);
  if (targetColumn === undefined) {
    return [];
  }
  const leaks: string[] = [];
  for (const column of sample.columns) {
    context.throwIfCancelled();
    if (column !== targetColumn && column.type !== 'text' && determines(column, targetColumn, task === 'classification')) {
      leaks.push(column.name);
    }
  }
  return leaks;
}

function taskOf(columns: readonly ColumnProfile[], target: string): 'classification' | 'regression' {
  const column = columns.find(({ name }) => name === target);
  return column === undefined ? 'classification' : taskForTarget(column.type, column.distinct);
}

function exclusionOf(profile: ColumnProfile, column: Column, rows: number): { column: string; reason: string }[] {
  if (profile.distinct === 0) {
    return [{ column: profile.name, reason: 'holds no values' }];
  }
  if (profile.distinct === 1 && profile.missing === 0) {
    return [{ column: profile.name, reason: 'holds the same value in every row' }];
  }
  if (isIdLike(profile, column, rows)) {
    return [{ column: profile.name, reason: 'identifies rows instead of describing them' }];
  }
  return [];
}
