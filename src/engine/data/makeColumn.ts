import type { ColumnType } from '../../schema/columnType';
import { UserError } from '../errors';
import type { CodedCells, DateCells, NumberCells } from './cells';
import type { NumberFormat } from './cellText';
import { parseBoolean, parseNumber, plainNumbers } from './cellText';
import type { DateOrder } from './dateText';
import { findDateOrder, parseDateTime } from './dateText';
import { inferType } from './inferType';
import { allNumbers, packNumbers } from './numbers';
import type { Column, RowLines } from './table';
import { lineOf, sharedFloat64 } from './table';

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
 * @param lines 1-based line of each row, for messages. @param place what `lines` counts.
 * @throws UserError when a value doesn't fit the wished type; it names column, line and value.
 */
export function makeColumn(
  name: string,
  cells: CodedCells | NumberCells | DateCells,
  lines: RowLines,
  wish: ColumnWish,
  format: NumberFormat = plainNumbers,
  place: 'line' | 'row' = 'line',
): MadeColumn {
  try {
    return makeTyped(name, cells, wish, format);
  } catch (error) {
    throw error instanceof Misfit ? misfit(name, error, lines, place) : error;
  }
}

/** A row whose value doesn't fit the wished type. */
class Misfit extends Error {
  constructor(readonly type: ColumnType, readonly row: number, readonly text: string) {
    super(text);
  }
}

function makeTyped(name: string, cells: CodedCells | NumberCells | DateCells, wish: ColumnWish, format: NumberFormat): MadeColumn {
  const inferred = inferType(cells, format);
  const type = wish.type ?? inferred.type;
  if (cells.kind === 'dates') {
    return { column: { kind: 'numeric', name, type: 'dateTime', numbers: cells.numbers }, dateOrder: cells.dateOrder };
  }
  if (cells.kind === 'numbers') {
    return { column: fromNumbers(name, cells, type) };
  }
  switch (type) {
    case 'integer':
    case 'numeric':
      return { column: numericColumn(name, type, cells, checkedNumber(type, format)) };
    case 'dateTime': {
      const dateOrder = wish.dateOrder ?? inferred.dateOrder ?? findDateOrder(cells.texts) ?? 'monthFirst';
      return { column: numericColumn(name, type, cells, (text) => parseDateTime(text, dateOrder)), dateOrder };
    }
    case 'boolean':
      checkEach(type, cells, (text) => parseBoolean(text) !== undefined);
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
  parse: (text: string) => number,
): Column {
  const parsed = Float64Array.from(cells.texts, parse);
  checkEach(type, cells, (_, code) => !Number.isNaN(parsed[code]));
  const values = sharedFloat64(cells.codes.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = cells.codes[i] < 0 ? Number.NaN : parsed[cells.codes[i]];
  }
  return { kind: 'numeric', name, type, numbers: packNumbers(values) };
}

function categoricalColumn(name: string, type: 'boolean' | 'categorical' | 'text', cells: CodedCells): Column {
  return { kind: 'categorical', name, type, codes: cells.codes, categories: cells.texts };
}

/** Columns that are wished to be anything but numbers keep their texts, so none of those arrives here but dates. */
function fromNumbers(name: string, { numbers, whole }: NumberCells, type: ColumnType): Column {
  if (type !== 'integer' && type !== 'numeric') {
    throw new TypeError(`Column ${name} was read as numbers although its type is ${type}.`);
  }
  if (type === 'integer' && whole !== true) {
    const values = allNumbers(numbers);
    const row = values.findIndex((value) => !Number.isNaN(value) && !Number.isInteger(value));
    if (row >= 0) {
      throw new Misfit(type, row, String(values[row]));
    }
  }
  return { kind: 'numeric', name, type, numbers };
}

function checkEach(
  type: ColumnType,
  { codes, texts }: CodedCells,
  fits: (text: string, code: number) => boolean,
): void {
  const bad = texts.findIndex((text, code) => !fits(text, code));
  if (bad >= 0) {
    // Codes are given in the order of first appearance, so the first bad code is in the first bad row.
    throw new Misfit(type, codes.indexOf(bad), texts[bad]);
  }
}

function misfit(name: string, { type, row, text }: Misfit, lines: RowLines, place: 'line' | 'row'): UserError {
  const oneLine = text.replace(/\s+/g, ' ');
  const shown = oneLine.length > 40 ? `${oneLine.slice(0, 40)}…` : oneLine;
  return new UserError(
    `Column "${name}" is set to ${type}, but ${place} ${lineOf(lines, row)} holds "${shown}"; choose another type for it or mend the value.`,
  );
}
