import type { ColumnProfile, Correlations, Finding } from '../../schema/profile';
import { mostFindingLines } from '../../schema/profileLimits';
import { taskForTarget } from '../../schema/resolveExperiment';
import { parseNumber } from './cellText';
import { mostCountedRows } from './columnStatistics';
import { findDuplicateRows } from './duplicateRows';
import { allNumbers, eachBlock, numberAt, numberCount } from './numbers';
import type { CategoricalColumn, Column, NumericColumn, Table } from './table';
import { lineOf } from './table';

/** What a table's `lines` count. */
type Place = 'line' | 'row';

/** More categories than this make very many features out of one column. */
const manyCategories = 50;
/** Below this share of missing values they are only mentioned. */
const fewMissing = 0.05;
/** A rarest class below this share of an even one is hard to learn. */
const imbalancedShare = 0.2;
/** A column in which at least this share of values are numbers was meant to be one. */
const mostlyNumbers = 0.8;

/** A class with fewer rows than this can't be divided into training, validation and test rows in a meaningful way. */
const fewClassRows = 10;
/** Values this many interquartile ranges beyond the quartiles are "far out" (Tukey, "Exploratory data analysis", 1977); a normal distribution has 2 in a million. */
const farRanges = 3;
/** Above this share of values beyond the fences a column is skewed rather than sprinkled with odd values. */
const manyOutliers = 0.05;
/** |r| from which two columns say the same. */
const surelyCorrelated = 0.98;
/** With more than this share missing a column says little. */
const mostlyMissing = 0.6;
/** More different texts among numbers than this are no missing tokens. */
const mostTokens = 3;
/** At most so many pairs are told. */
const mostCorrelated = 20;

/** A column that gives the answer away. */
export function leakageFinding(column: string, target: string): Finding {
  return {
    code: 'possibleLeakage',
    severity: 'warning',
    column,
    meaning: 'A model that is given the answer learns nothing that holds when the answer is not known yet.',
    mend: { label: `Exclude "${column}"`, change: { kind: 'excludeColumn', column } },
    message: `"${column}" determines "${target}" by itself; if it is known only after "${target}" is, exclude it, or the model will look better than it is.`,
  };
}

/**
 * A column that tells rows apart and nothing else: a distinct text in every row, or whole numbers that are all distinct
 * and either count the rows or are called an id.
 */
export function isIdLike(profile: ColumnProfile, column: Column, rows: number): boolean {
  const present = rows - profile.missing;
  if (present < 10 || profile.missing > present / 10) {
    return false;
  }
  if (column.kind === 'categorical') {
    return profile.distinct >= present;
  }
  if (profile.type !== 'integer' || profile.numeric === undefined) {
    return false;
  }
  const { minimum, maximum } = profile.numeric;
  const counts = maximum - minimum === present - 1;
  return (counts || isCalledId(profile.name)) && hasDistinctNumbers(column, profile, present, [minimum, maximum]);
}

function isCalledId(name: string): boolean {
  return /(^|[_\s.-])(id|uuid|guid|key|index|no|nr|number)$|[a-z](ID|Id)$|^(id|no|nr|index|rownames)$/i.test(name);
}

/** Whether no whole number occurs twice. The profile counts only some of very many rows: where those differ, all are looked at. */
function hasDistinctNumbers({ numbers }: NumericColumn, { distinct }: ColumnProfile, present: number, [minimum, maximum]: readonly [number, number]): boolean {
  if (distinct >= present || numberCount(numbers) <= mostCountedRows) {
    return distinct >= present;
  }
  if (distinct < mostCountedRows * 0.85) {
    return false;
  }
  const range = maximum - minimum + 1;
  if (range > present * 64) {
    const sorted = allNumbers(numbers).slice().sort();
    return sorted.every((value, i) => i === 0 || value !== sorted[i - 1]);
  }
  const seen = new Uint32Array(Math.ceil(range / 32));
  let repeated = false;
  eachBlock(numbers, (block) => {
    for (let i = 0; i < block.length && !repeated; i++) {
      if (Number.isNaN(block[i])) {
        continue;
      }
      const place = block[i] - minimum;
      const bit = 1 << (place % 32);
      const word = Math.floor(place / 32);
      repeated = (seen[word] & bit) !== 0;
      seen[word] |= bit;
    }
  });
  return !repeated;
}

/** Rows that repeat earlier ones. */
export function duplicateFindings(table: Table, place: Place = 'line'): Finding[] {
  const { count, first, rows } = findDuplicateRows(table);
  if (first === undefined) {
    return [];
  }
  const [line, original] = [lineOf(table.lines, first.row), lineOf(table.lines, first.original)];
  const message = count === 1
    ? `1 row repeats an earlier one (${place} ${line} repeats ${place} ${original}).`
    : `${count} rows repeat earlier ones (${place} ${line} repeats ${place} ${original}, for one); if they are no coincidence, remove them, since test rows may repeat training rows.`;
  return [{
    code: 'duplicateRows', severity: count > table.rowCount / 20 ? 'warning' : 'info', message,
    meaning: 'A row that lies among both training and test rows makes a model look better than it is.',
    lines: rows.slice(0, mostFindingLines).map((row) => lineOf(table.lines, row)),
  }];
}

/**
 * What is odd about a column by itself.
 *
 * @param idLike what `isIdLike` says of it: of very many rows that takes a look at each.
 */
export function columnFindings(profile: ColumnProfile, column: Column, table: Table, idLike: boolean, place: Place = 'line'): Finding[] {
  const { name, missing, distinct, type } = profile;
  const rows = table.rowCount;
  if (distinct === 0) {
    return [{ code: 'emptyColumn', severity: 'warning', column: name, message: `"${name}" holds no values.`, mend: exclude(name) }];
  }
  const findings: Finding[] = [];
  if (missing > 0) {
    const severity = missing > fewMissing * rows ? 'warning' : 'info';
    const message = `${missing} of ${rows} values of "${name}" are missing (${percent(missing / rows)}).`;
    findings.push({
      code: 'missingValues', severity, column: name, message,
      meaning: missing > mostlyMissing * rows
        ? 'With so few values known, what is put in for the others outweighs them.'
        : 'Models need a value in every cell; a missing one is replaced by what training rows suggest.',
      ...(missing > mostlyMissing * rows ? { mend: exclude(name) } : {}),
      lines: missingLines(column, table),
    });
  }
  if (distinct === 1 && missing === 0) {
    const message = `"${name}" holds the same value in every row, which tells a model nothing.`;
    findings.push({ code: 'constantColumn', severity: 'info', column: name, message, mend: exclude(name) });
  }
  if (idLike) {
    const message = `"${name}" differs in every row: it seems to identify rows, which a model can't learn from.`;
    findings.push({
      code: 'idLikeColumn', severity: 'info', column: name, message, mend: exclude(name),
      meaning: 'A model may memorize rows by it, and knows none of the values that new rows will have.',
    });
  } else if (type === 'categorical' && distinct > manyCategories) {
    const message = `"${name}" has ${distinct} categories; the rarest will share one.`;
    findings.push({
      code: 'highCardinality', severity: 'info', column: name, message,
      meaning: 'One feature for each category makes a wide table in which most features are nearly always 0.',
      mend: { label: 'Encode categories as codes', change: { kind: 'set', path: ['prepare', 'categorical', 'encode'], value: 'ordinal' } },
    });
  }
  return column.kind === 'categorical' ? [...findings, ...mixedTypeFindings(column, table, place)] : [...findings, ...outlierFindings(profile, column, table, place), ...dateFindings(column)];
}

/** The first lines on which a column has no value. */
function missingLines(column: Column, table: Table): number[] {
  const lines: number[] = [];
  const cells = column.kind === 'numeric' ? allNumbers(column.numbers) : column.codes;
  for (let row = 0; row < table.rowCount && lines.length < mostFindingLines; row++) {
    if (column.kind === 'numeric' ? Number.isNaN(cells[row]) : cells[row] < 0) {
      lines.push(lineOf(table.lines, row));
    }
  }
  return lines;
}

function mixedTypeFindings(column: CategoricalColumn, table: Table, place: Place): Finding[] {
  const areNumbers = column.categories.map((text) => !Number.isNaN(parseNumber(text)));
  if (!areNumbers.includes(true) || !areNumbers.includes(false)) {
    return [];
  }
  let [numbers, words, firstRow] = [0, 0, -1];
  const lines: number[] = [];
  column.codes.forEach((code, row) => {
    if (code < 0) {
      return;
    }
    if (areNumbers[code]) {
      numbers++;
    } else {
      words++;
      if (lines.length < mostFindingLines) {
        lines.push(lineOf(table.lines, row));
      }
      firstRow = firstRow < 0 ? row : firstRow;
    }
  });
  if (numbers < mostlyNumbers * (numbers + words)) {
    return [];
  }
  const example = column.categories[column.codes[firstRow]].slice(0, 40);
  const message = `"${column.name}" is read as ${column.type} because ${words} of its values ${words === 1 ? 'is' : 'are'} not a number, such as "${example}" ${place === 'line' ? 'on line' : 'in row'} ${lineOf(table.lines, firstRow)}; mend ${words === 1 ? 'it' : 'them'} to have a numeric column.`;
  const texts = column.categories.filter((_, code) => !areNumbers[code]);
  return [{
    code: 'mixedTypes', severity: 'warning', column: column.name, message,
    meaning: 'As categories, numbers lose their order and every new number is unknown.',
    ...(texts.length <= mostTokens ? { mend: { label: `Count ${texts.map((text) => `"${text.slice(0, 20)}"`).join(', ')} as missing`, change: { kind: 'addMissing' as const, texts } } } : {}),
    lines: lines.slice(0, mostFindingLines),
  }];
}

/** Classes of the target that are hard to learn for lack of rows. */
export function imbalanceFindings(columns: readonly ColumnProfile[], target: string | null): Finding[] {
  const column = columns.find(({ name }) => name === target);
  const values = column?.topValues;
  if (column === undefined || values === undefined || taskForTarget(column.type, column.distinct) !== 'classification' || column.distinct > values.length) {
    return [];
  }
  const total = values.reduce((sum, { count }) => sum + count, 0);
  const rarest = values[values.length - 1];
  const findings = rareClassFindings(column.name, values);
  if (rarest.count * values.length >= imbalancedShare * total) {
    return findings;
  }
  const message = `Only ${rarest.count} of ${total} rows have "${column.name}" = "${rarest.value}"; judge models by balanced accuracy or F1, and consider class weights.`;
  return [...findings, {
    code: 'classImbalance', severity: 'warning', column: column.name, message,
    meaning: 'A model can be right most of the time by never answering with the rare class.',
  }];
}

function rareClassFindings(column: string, values: NonNullable<ColumnProfile['topValues']>): Finding[] {
  const rare = values.filter(({ count }) => count < fewClassRows);
  if (rare.length === 0) {
    return [];
  }
  const names = rare.slice(0, 5).map(({ value, count }) => `"${value}" (${count})`).join(', ');
  return [{
    code: 'rareClasses', severity: 'warning', column,
    message: `${rare.length === 1 ? 'One class' : `${rare.length} classes`} of "${column}" ${rare.length === 1 ? 'has' : 'have'} fewer than ${fewClassRows} rows: ${names}${rare.length > 5 ? ', …' : ''}.`,
    meaning: 'A handful of rows can neither teach a class nor test whether it was learned.',
  }];
}

function percent(share: number): string {
  return share < 0.001 ? '<0.1 %' : `${(share * 100).toFixed(1)} %`;
}

function exclude(column: string): NonNullable<Finding['mend']> {
  return { label: `Exclude "${column}"`, change: { kind: 'excludeColumn', column } };
}

function outlierFindings(profile: ColumnProfile, column: Column, table: Table, place: Place): Finding[] {
  const present = table.rowCount - profile.missing;
  if (column.kind !== 'numeric' || column.type === 'dateTime' || profile.numeric === undefined) {
    return [];
  }
  const [first, , third] = profile.numeric.quartiles;
  const [low, high] = [first - farRanges * (third - first), third + farRanges * (third - first)];
  const lines: number[] = [];
  let [farthest, distance, count] = [-1, 0, 0];
  eachBlock(column.numbers, (block, from) => {
    for (let i = 0; i < block.length; i++) {
      const value = block[i];
      if (value < low || value > high) {
        count++;
        const own = Math.max(low - value, value - high);
        [farthest, distance] = own > distance ? [from + i, own] : [farthest, distance];
        if (lines.length < mostFindingLines) {
          lines.push(lineOf(table.lines, from + i));
        }
      }
    }
  });
  if (count === 0 || count > manyOutliers * present || low === high) {
    return [];
  }
  const message = `${count} of ${present} values of "${profile.name}" lie far from the others, the farthest ${numberAt(column.numbers, farthest)} ${place === 'line' ? 'on line' : 'in row'} ${lineOf(table.lines, farthest)}.`;
  return [{
    code: 'outliers', severity: 'info', column: profile.name, message, lines,
    meaning: 'Values more than three interquartile ranges beyond the quartiles may be errors, and pull means, scales and linear models.',
  }];
}

/** Dates that never fall from row to row: the file is a history, and its last rows are its future. */
function dateFindings(column: Column): Finding[] {
  if (column.kind !== 'numeric' || column.type !== 'dateTime') {
    return [];
  }
  let [steps, previous] = [0, Number.NaN];
  for (const value of allNumbers(column.numbers)) {
    if (value < previous) {
      return [];
    }
    steps += value > previous ? 1 : 0;
    previous = Number.isNaN(value) ? previous : value;
  }
  if (steps < fewClassRows) {
    return [];
  }
  return [{
    code: 'orderedDates', severity: 'info', column: column.name,
    message: `The rows are in the order of "${column.name}".`,
    meaning: 'Rows drawn evenly for the test let a model look into the future; train on earlier rows and test on later ones.',
    mend: { label: 'Test on the latest rows', change: { kind: 'set', path: ['split', 'method'], value: 'timeOrdered' } },
  }];
}

/** Pairs of numbers that say the same, the target aside. */
export function correlationFindings({ pearson }: Correlations, target: string | null): Finding[] {
  const findings: Finding[] = [];
  pearson.columns.forEach((a, i) => {
    pearson.columns.forEach((b, j) => {
      const r = pearson.values[i][j];
      if (j > i && r !== null && Math.abs(r) >= surelyCorrelated && a !== target && b !== target) {
        findings.push({
          code: 'correlatedColumns', severity: 'info', column: b,
          message: `"${b}" says nearly the same as "${a}" (correlation ${r.toFixed(3)}).`,
          meaning: 'Two columns that say the same share their importance between them, and linear models become unstable.',
          mend: exclude(b),
        });
      }
    });
  });
  return findings.slice(0, mostCorrelated);
}
