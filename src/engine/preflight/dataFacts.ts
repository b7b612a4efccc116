import type { ColumnType } from '../../schema/columnType';
import type { ColumnProfile, Finding, Profile } from '../../schema/profile';
import { allNumbers, eachBlock, numberCount } from '../data/numbers';
import type { Column, Table } from '../data/table';
import { sharedUint32 } from '../data/table';
import type { ColumnFacts } from '../prepare/planColumn';

/** What a preflight knows of the data, from its profile or from the table itself. */
export interface DataFacts {
  readonly rows: number;
  readonly bytes: number;
  /** Whether the first row names the columns, where that was found in the file. */
  readonly header?: boolean;
  readonly columns: readonly ColumnFacts[];
  /** How often each value of a column with few of them occurs, most frequent first; undefined where that isn't known of all. */
  readonly valueCounts: (column: string) => readonly { readonly value: string; readonly count: number }[] | undefined;
  /** What was odd about the file. */
  readonly findings: readonly Finding[];
  /** Columns that determine the target by themselves. */
  readonly leaks: readonly string[];
}

/** @param types types that override those of the profile. @param target whose leaks are wanted. */
export function factsOfProfile(profile: Profile, types: Readonly<Record<string, ColumnType>>, target: string): DataFacts {
  const byName = new Map(profile.columns.map((column) => [column.name, column]));
  return {
    rows: profile.rows,
    bytes: profile.bytes,
    ...(profile.header === undefined ? {} : { header: profile.header }),
    columns: profile.columns.map((column) => ({
      name: column.name,
      type: Object.hasOwn(types, column.name) ? types[column.name] : column.type,
      present: profile.rows - column.missing,
      missing: column.missing,
      distinct: column.distinct,
      ...(column.numeric === undefined ? {} : { minimum: column.numeric.minimum, maximum: column.numeric.maximum }),
    })),
    valueCounts: (name) => countsOf(byName.get(name)),
    findings: profile.findings,
    leaks: leaksOf(profile, target),
  };
}

function countsOf(column: ColumnProfile | undefined): ColumnProfile['topValues'] {
  return column?.topValues === undefined || column.topValues.length < column.distinct ? undefined : column.topValues;
}

/** Two columns that agree this far say the same. */
const surely = 0.9999;

/** What the profile found for its likely target, or what its correlations say of another. */
function leaksOf({ likelyTarget, findings, correlations }: Profile, target: string): string[] {
  if (target === likelyTarget) {
    return findings.flatMap(({ code, column }) => (code === 'possibleLeakage' && column !== undefined ? [column] : []));
  }
  const leaks = new Set<string>();
  for (const { columns, values } of correlations === undefined ? [] : [correlations.pearson, correlations.cramersV]) {
    const at = columns.indexOf(target);
    columns.forEach((column, i) => {
      const value = at < 0 ? null : values[at][i];
      if (i !== at && value !== null && Math.abs(value) >= surely) {
        leaks.add(column);
      }
    });
  }
  return [...leaks];
}

/**
 * A table with the profile's columns, types and numbers of distinct values, but few rows: what checks of experiments look at. Its
 * lines are 0, which no line of a file is.
 */
export function standInTable({ columns }: DataFacts, target: string): Table {
  const rowCount = 2;
  return {
    rowCount,
    lines: sharedUint32(rowCount),
    columns: columns.map((facts) => standInColumn(facts, facts.name === target)),
  };
}

function standInColumn({ name, type, missing, distinct }: ColumnFacts, isTarget: boolean): Column {
  if (type === 'integer' || type === 'numeric' || type === 'dateTime') {
    const values = Float64Array.from({ length: isTarget ? distinct : 2 }, (_, i) => (missing > 0 && !isTarget ? Number.NaN : i));
    return { kind: 'numeric', name, type, numbers: { kind: 'floats', values } };
  }
  return { kind: 'categorical', name, type, codes: new Int32Array(2), categories: Array.from({ length: isTarget ? distinct : 1 }, String) };
}

/** The same facts from a table that has been read. */
export function factsOfTable(table: Table, { bytes, findings }: { readonly bytes: number; readonly findings: readonly Finding[] }, leaks: readonly string[]): DataFacts {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  return {
    rows: table.rowCount,
    bytes,
    columns: table.columns.map(columnFacts),
    valueCounts: (name) => tableCounts(byName.get(name)),
    findings,
    leaks,
  };
}

/** Distinct numbers are counted up to two: no more is asked of them but of the target. */
function columnFacts(column: Column): ColumnFacts {
  const { name, type } = column;
  if (column.kind === 'categorical') {
    const { codes } = column;
    let present = 0;
    for (let row = 0; row < codes.length; row++) {
      present += codes[row] < 0 ? 0 : 1;
    }
    return { name, type, present, missing: codes.length - present, distinct: column.categories.length };
  }
  let [present, minimum, maximum] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  eachBlock(column.numbers, (block) => {
    for (let i = 0; i < block.length; i++) {
      const value = block[i];
      if (!Number.isNaN(value)) {
        present++;
        minimum = value < minimum ? value : minimum;
        maximum = value > maximum ? value : maximum;
      }
    }
  });
  const missing = numberCount(column.numbers) - present;
  return { name, type, present, missing, distinct: present === 0 ? 0 : minimum === maximum ? 1 : 2, ...(present === 0 ? {} : { minimum, maximum }) };
}

/** Beyond, a column is no list of classes. */
const mostCounted = 1000;

function tableCounts(column: Column | undefined): { value: string; count: number }[] | undefined {
  if (column === undefined) {
    return undefined;
  }
  const counts = new Map<number, number>();
  for (const value of column.kind === 'categorical' ? column.codes : allNumbers(column.numbers)) {
    if (!(Number.isNaN(value) || (column.kind === 'categorical' && value < 0))) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
      if (counts.size > mostCounted) {
        return undefined;
      }
    }
  }
  return [...counts]
    .map(([value, count]) => ({ value: column.kind === 'categorical' ? column.categories[value] : String(value), count }))
    .sort((a, b) => b.count - a.count);
}
