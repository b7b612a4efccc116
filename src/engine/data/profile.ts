import type { ColumnProfile, Profile } from '../../schema/profile';
import { taskForTarget } from '../../schema/resolveExperiment';
import type { StepContext } from '../stepContext';
import { mostCountedRows, profileColumn } from './columnStatistics';
import { correlate } from './correlations';
import { columnFindings, correlationFindings, duplicateFindings, imbalanceFindings, isIdLike, leakageFinding } from './findings';
import { leakageTest } from './leakage';
import { findLikelyTarget } from './likelyTarget';
import { tableFormatOf } from './formats/tableFormats';
import type { ReadTableResult } from './readTable';
import type { Table } from './table';
import { sampleTable } from './sampleTable';

/** What a profile is made of. */
type ReadFile = Pick<ReadTableResult, 'table' | 'delimiter' | 'header' | 'dialect' | 'bytes' | 'findings'>;

/**
 * A data file at a glance: what each column holds, what is odd, what to predict.
 *
 * @param path how the profile names the file, with / between folders.
 */
export function profileTable(read: ReadFile, path: string, context: StepContext): Profile {
  const { table } = read;
  const place = tableFormatOf(path)?.hasLines === false ? 'row' : 'line';
  const { profile, columns, idLike, likelyTarget } = profileColumns(read, path, context);
  const leaks = likelyTarget === null ? [] : findLeakage(table, likelyTarget, taskOf(columns, likelyTarget), context);
  const correlations = correlate(table, context);
  return {
    ...profile,
    ...(table.rowCount > mostCountedRows ? { sampledRows: mostCountedRows } : {}),
    correlations,
    findings: [
      ...read.findings,
      ...duplicateFindings(table, place),
      ...columns.flatMap((column, i) => columnFindings(column, table.columns[i], table, idLike[i], place)),
      ...imbalanceFindings(columns, likelyTarget),
      ...leaks.map((column) => leakageFinding(column, likelyTarget ?? '')),
      ...correlationFindings(correlations, likelyTarget),
    ],
    suggestedExclusions: [
      ...profile.suggestedExclusions,
      ...leaks.map((column) => ({ column, reason: `determines "${likelyTarget}" by itself, so it is probably known only afterwards` })),
    ],
  };
}

/**
 * The profile of a sample: what each column holds, and no more. What is odd, and how columns go together, takes all rows to tell.
 *
 * @param estimatedRows about how many rows the whole file has.
 */
export function profileSampledTable(read: ReadFile, path: string, estimatedRows: number, context: StepContext): Profile {
  const { profile } = profileColumns(read, path, context);
  const { rowCount } = read.table;
  return rowCount < estimatedRows ? { ...profile, rows: estimatedRows, sampledRows: rowCount } : profile;
}

interface ProfiledColumns {
  /** Without findings. */
  readonly profile: Profile;
  readonly columns: readonly ColumnProfile[];
  /** Whether each column tells rows apart and nothing else. */
  readonly idLike: readonly boolean[];
  readonly likelyTarget: string | null;
}

function profileColumns({ table, bytes, delimiter, header, dialect }: ReadFile, path: string, context: StepContext): ProfiledColumns {
  const columns: ColumnProfile[] = [];
  for (const column of table.columns) {
    context.throwIfCancelled();
    columns.push(profileColumn(column));
    context.report(columns.length / (table.columns.length + 2), `looked at column "${column.name}"`);
  }
  const idLike = columns.map((column, i) => isIdLike(column, table.columns[i], table.rowCount));
  const suggestedExclusions = columns.flatMap((column, i) => exclusionOf(column, idLike[i]));
  const unsuitable = new Set(suggestedExclusions.map(({ column }) => column));
  const likelyTarget = findLikelyTarget(columns, path.split('/').at(-1) ?? path, unsuitable);
  context.throwIfCancelled();
  const profile: Profile = {
    version: 1, path, bytes, delimiter, header, ...(dialect === undefined ? {} : { dialect }), rows: table.rowCount, columns, findings: [], likelyTarget, suggestedExclusions,
  };
  return { profile, columns, idLike, likelyTarget };
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
  const givesAway = leakageTest(targetColumn, task === 'classification');
  for (const [index, column] of sample.columns.entries()) {
    context.throwIfCancelled();
    context.report(index / sample.columns.length, `checking whether "${column.name}" gives the target away`);
    if (column !== targetColumn && column.type !== 'text' && givesAway(column)) {
      leaks.push(column.name);
    }
  }
  return leaks;
}

function taskOf(columns: readonly ColumnProfile[], target: string): 'classification' | 'regression' {
  const column = columns.find(({ name }) => name === target);
  return column === undefined ? 'classification' : taskForTarget(column.type, column.distinct);
}

function exclusionOf(profile: ColumnProfile, idLike: boolean): { column: string; reason: string }[] {
  if (profile.distinct === 0) {
    return [{ column: profile.name, reason: 'holds no values' }];
  }
  if (profile.distinct === 1 && profile.missing === 0) {
    return [{ column: profile.name, reason: 'holds the same value in every row' }];
  }
  if (idLike) {
    return [{ column: profile.name, reason: 'identifies rows instead of describing them' }];
  }
  return [];
}
