import type { ColumnProfile, Finding, Profile } from '../../schema/profile';
import { taskForTarget } from '../../schema/resolveExperiment';
import type { StepContext } from '../stepContext';
import { parseNumber } from './cellText';
import { profileColumn } from './columnStatistics';
import { findDuplicateRows } from './duplicateRows';
import { determines } from './leakage';
import { findLikelyTarget } from './likelyTarget';
import type { ReadTableResult } from './readTable';
import type { CategoricalColumn, Column, Table } from './table';

/** More categories than this make very many features out of one column. */
const manyCategories = 50;
/** Below this share of missing values they are only mentioned. */
const fewMissing = 0.05;
/** A rarest class below this share of an even one is hard to learn. */
const imbalancedShare = 0.2;
/** A column in which at least this share of values are numbers was meant to be one. */
const mostlyNumbers = 0.8;

/**
 * A data file at a glance: what each column holds, what is odd, what to predict.
 *
 * @param path how the profile names the file, with / between folders.
 */
export function profileTable(read: ReadTableResult, path: string, context: StepContext): Profile {
  const { table } = read;
  const columns: ColumnProfile[] = [];
  for (const column of table.columns) {
    context.throwIfCancelled();
    columns.push(profileColumn(column));
    context.report(columns.length / (table.columns.length + 1), `looked at column "${column.name}"`);
  }
  const exclusions = columns.flatMap((column, i) => exclusionOf(column, table.columns[i], table.rowCount));
  const unsuitable = new Set(exclusions.map(({ column }) => column));
  const likelyTarget = findLikelyTarget(columns, path.split('/').at(-1) ?? path, unsuitable);
  context.throwIfCancelled();
  const leaks = likelyTarget === null ? [] : findLeakage(table, likelyTarget, taskOf(columns, likelyTarget), context);
  return {
    version: 1,
    path,
    bytes: read.bytes,
    delimiter: read.delimiter,
    rows: table.rowCount,
    columns,
    findings: [
      ...read.findings,
      ...duplicateFindings(table),
      ...columns.flatMap((column, i) => columnFindings(column, table.columns[i], table)),
      ...imbalanceFindings(columns, likelyTarget),
      ...leaks.map((column) => leakageFinding(column, likelyTarget ?? '')),
    ],
    likelyTarget,
    suggestedExclusions: [
      ...exclusions,
      ...leaks.map((column) => ({ column, reason: `determines "${likelyTarget}" by itself, so it is probably known only afterwards` })),
    ],
  };
}

/** Names of columns that determine the target by themselves. */
export function findLeakage(
  table: Table,
  target: string,
  task: 'classification' | 'regression',
  context: StepContext,
): string[] {
  const targetColumn = table.columns.find(({ name }) => name === target);
  if (targetColumn === undefined) {
    return [];
  }
  const leaks: string[] = [];
  for (const column of table.columns) {
    context.throwIfCancelled();
    if (column !== targetColumn && column.type !== 'text' && determines(column, targetColumn, task === 'classification')) {
      leaks.push(column.name);
    }
  }
  return leaks;
}

function leakageFinding(column: string, target: string): Finding {
  return {
    code: 'possibleLeakage',
    severity: 'warning',
    column,
    message: `"${column}" determines "${target}" by itself; if it is known only after "${target}" is, exclude it, or the model will look better than it is.`,
  };
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
  return profile.type === 'text' ? [{ column: profile.name, reason: 'is free text' }] : [];
}

/**
 * A column that tells rows apart and nothing else: a distinct text in every row, or whole numbers that are all distinct
 * and either count the rows or are called an id.
 */
function isIdLike(profile: ColumnProfile, column: Column, rows: number): boolean {
  const present = rows - profile.missing;
  if (present < 10 || profile.distinct < present || profile.missing > present / 10) {
    return false;
  }
  if (column.kind === 'categorical') {
    return true;
  }
  if (profile.type !== 'integer' || profile.numeric === undefined) {
    return false;
  }
  const counts = profile.numeric.maximum - profile.numeric.minimum === present - 1;
  return counts || /(^|[_\s.-])(id|uuid|guid|key|index|no|nr|number)$|[a-z](ID|Id)$|^(id|no|nr|index|rownames)$/i.test(profile.name);
}

function duplicateFindings(table: Table): Finding[] {
  const { count, first } = findDuplicateRows(table);
  if (first === undefined) {
    return [];
  }
  const [line, original] = [table.lines[first.row], table.lines[first.original]];
  const message = count === 1
    ? `1 row repeats an earlier one (line ${line} repeats line ${original}).`
    : `${count} rows repeat earlier ones (line ${line} repeats line ${original}, for one); if they are no coincidence, remove them, since test rows may repeat training rows.`;
  return [{ code: 'duplicateRows', severity: count > table.rowCount / 20 ? 'warning' : 'info', message }];
}

function columnFindings(profile: ColumnProfile, column: Column, table: Table): Finding[] {
  const { name, missing, distinct, type } = profile;
  const rows = table.rowCount;
  if (distinct === 0) {
    return [{ code: 'emptyColumn', severity: 'warning', column: name, message: `"${name}" holds no values.` }];
  }
  const findings: Finding[] = [];
  if (missing > 0) {
    const severity = missing > fewMissing * rows ? 'warning' : 'info';
    const message = `${missing} of ${rows} values of "${name}" are missing (${percent(missing / rows)}).`;
    findings.push({ code: 'missingValues', severity, column: name, message });
  }
  if (distinct === 1 && missing === 0) {
    const message = `"${name}" holds the same value in every row, which tells a model nothing.`;
    findings.push({ code: 'constantColumn', severity: 'info', column: name, message });
  }
  if (isIdLike(profile, column, rows)) {
    const message = `"${name}" differs in every row: it seems to identify rows, which a model can't learn from.`;
    findings.push({ code: 'idLikeColumn', severity: 'info', column: name, message });
  } else if (type === 'categorical' && distinct > manyCategories) {
    const message = `"${name}" has ${distinct} categories; the rarest will share one.`;
    findings.push({ code: 'highCardinality', severity: 'info', column: name, message });
  }
  return column.kind === 'categorical' ? [...findings, ...mixedTypeFindings(column, table)] : findings;
}

function mixedTypeFindings(column: CategoricalColumn, table: Table): Finding[] {
  const areNumbers = column.categories.map((text) => !Number.isNaN(parseNumber(text)));
  if (!areNumbers.includes(true) || !areNumbers.includes(false)) {
    return [];
  }
  let [numbers, words, firstRow] = [0, 0, -1];
  column.codes.forEach((code, row) => {
    if (code < 0) {
      return;
    }
    if (areNumbers[code]) {
      numbers++;
    } else {
      words++;
      firstRow = firstRow < 0 ? row : firstRow;
    }
  });
  if (numbers < mostlyNumbers * (numbers + words)) {
    return [];
  }
  const example = column.categories[column.codes[firstRow]].slice(0, 40);
  const message = `"${column.name}" is read as ${column.type} because ${words} of its values ${words === 1 ? 'is' : 'are'} not a number, such as "${example}" on line ${table.lines[firstRow]}; mend ${words === 1 ? 'it' : 'them'} to have a numeric column.`;
  return [{ code: 'mixedTypes', severity: 'warning', column: column.name, message }];
}

function imbalanceFindings(columns: readonly ColumnProfile[], target: string | null): Finding[] {
  const column = columns.find(({ name }) => name === target);
  const values = column?.topValues;
  if (column === undefined || values === undefined || taskForTarget(column.type, column.distinct) !== 'classification' || column.distinct > values.length) {
    return [];
  }
  const total = values.reduce((sum, { count }) => sum + count, 0);
  const rarest = values[values.length - 1];
  if (rarest.count * values.length >= imbalancedShare * total) {
    return [];
  }
  const message = `Only ${rarest.count} of ${total} rows have "${column.name}" = "${rarest.value}"; judge models by balanced accuracy or F1, and consider class weights.`;
  return [{ code: 'classImbalance', severity: 'warning', column: column.name, message }];
}

function percent(share: number): string {
  return share < 0.001 ? '<0.1 %' : `${(share * 100).toFixed(1)} %`;
}
