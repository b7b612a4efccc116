import type { ColumnType } from '../../schema/columnType';
import { UserError } from '../errors';
import type { CodedCells, DateCells, NumberCells } from './cells';
import type { NumberFormat } from './cellText';
import { parseBoolean, parseNumber, plainNumbers } from './cellText';
import type { DateOrder } from './dateText';
import { findDateOrder, parseDateTime } from './dateText';
import { inferType } from './inferType';
import type { Column } from './table';
import { sharedFloat64 } from './table';

/** What is asked of a column before it is read. */
export interface ColumnWish {
  /** The type that it must have; inferred when absent. */
  readonly type?: ColumnType;
  /** How it writes day and month; found in its values when absent. */
  readonly dateOrder?: DateOrder;
}

export interface MadeColumn {
  readonly column: Column;
  readonly dateOrder?: DateOrder;
}

/**
 * The typed column of what was read.
 *
 * @param lines 1-based line of each row, for messages.
 * @throws UserError when a value doesn't fit the wished type; it names column, line and value.
 */
export function makeColumn(
  name: string,
  cells: CodedCells | NumberCells | DateCells,
  lines: Uint32Array,
  wish: ColumnWish,
  format: NumberFormat = plainNumbers,
): MadeColumn {
  const inferred = inferType(cells, format);
  const type = wish.type ?? inferred.type;
  if (cells.kind === 'dates') {
    return { column: { kind: 'numeric', name, type: 'dateTime', values: cells.values }, dateOrder: cells.dateOrder };
  }
  if (cells.kind === 'numbers') {
    return { column: fromNumbers(name, cells.values, lines, type) };
  }
  switch (type) {
    case 'integer':
    case 'numeric':
      return { column: numericColumn(name, type, cells, lines, checkedNumber(type, format)) };
    case 'dateTime': {
      const dateOrder = wish.dateOrder ?? inferred.dateOrder ?? findDateOrder(cells.texts) ?? 'monthFirst';
      return { column: numericColumn(name, type, cells, lines, (text) => parseDateTime(text, dateOrder)), dateOrder };
    }
    case 'boolean':
      checkEach(name, type, cells, lines, (text) => parseBoolean(text) !== undefined);
      return { column: categoricalColumn(name, type, cells) };
    case 'categorical':
    case 'text':
      return { column: categoricalColumn(name, type, cells) };
  }
}

function checkedNumber(type: 'integer' | 'numeric', format: NumberFormat): (text: string) => number {
  return (text) => {
    const value = parseNumber(text, format);
    return type === 'integer' && !Number.isInteger(value) ? Number.NaN : value;
  };
}

function numericColumn(
  name: string,
  type: 'integer' | 'numeric' | 'dateTime',
  cells: CodedCells,
  lines: Uint32Array,
  parse: (text: string) => number,
): Column {
  const parsed = Float64Array.from(cells.texts, parse);
  checkEach(name, type, cells, lines, (_, code) => !Number.isNaN(parsed[code]));
  const values = sharedFloat64(cells.codes.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = cells.codes[i] < 0 ? Number.NaN : parsed[cells.codes[i]];
  }
  return { kind: 'numeric', name, type, values };
}

function categoricalColumn(name: string, type: 'boolean' | 'categorical' | 'text', cells: CodedCells): Column {
  return { kind: 'categorical', name, type, codes: cells.codes, categories: cells.texts };
}

/** Columns that are wished to be anything but numbers keep their texts, so none of those arrives here but dates. */
function fromNumbers(name: string, numbers: Float64Array, lines: Uint32Array, type: ColumnType): Column {
  if (type !== 'integer' && type !== 'numeric') {
    throw new TypeError(`Column ${name} was read as numbers although its type is ${type}.`);
  }
  if (type === 'integer') {
    const row = numbers.findIndex((value) => !Number.isNaN(value) && !Number.isInteger(value));
    if (row >= 0) {
      throw misfit(name, type, lines[row], String(numbers[row]));
    }
  }
  return { kind: 'numeric', name, type, values: numbers };
}

function checkEach(
  name: string,
  type: ColumnType,
  { codes, texts }: CodedCells,
  lines: Uint32Array,
  fits: (text: string, code: number) => boolean,
): void {
  const bad = texts.findIndex((text, code) => !fits(text, code));
  if (bad >= 0) {
    // Codes are given in the order of first appearance, so the first bad code is in the first bad row.
    throw misfit(name, type, lines[codes.indexOf(bad)], texts[bad]);
  }
}

function misfit(name: string, type: ColumnType, line: number, text: string): UserError {
  const oneLine = text.replace(/\s+/g, ' ');
  const shown = oneLine.length > 40 ? `${oneLine.slice(0, 40)}…` : oneLine;
  return new UserError(
    `Column "${name}" is set to ${type}, but line ${line} holds "${shown}"; choose another type for it or mend the value.`,
  );
}
