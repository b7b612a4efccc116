import { UserError } from '../errors';
import { didYouMean } from '../suggest';
import type { NumberFormat } from './cellText';
import type { CodedCells, DateCells, NumberCells } from './cells';
import type { DateOrder } from './dateText';
import { makeColumn } from './makeColumn';
import type { ReadTableOptions } from './readTable';
import type { RowLines, Table } from './table';
import { lineOf } from './table';

interface MakeTableOptions extends Pick<ReadTableOptions, 'types' | 'dateOrders' | 'allowUnknownTypes'> {
  /** The file's name in messages. */
  readonly name: string;
  readonly numberFormat: NumberFormat;
  /** What `lines` counts; lines when absent. */
  readonly place?: 'line' | 'row';
}

/**
 * The table of what was read, whatever the format: types are inferred, or those that are wished for.
 *
 * @param cellsOf a column's cells by its index, asked for one after the other.
 * @throws UserError for types of columns that there are none of, values that don't fit their type, and text that is none.
 */
export function makeTable(
  names: readonly string[],
  cellsOf: (index: number) => CodedCells | NumberCells | DateCells,
  lines: RowLines,
  rowCount: number,
  { name, numberFormat, place = 'line', ...options }: MakeTableOptions,
): { readonly table: Table; readonly dateOrders: Record<string, DateOrder> } {
  const types = options.types ?? {};
  const known = new Set(names);
  const unknown = Object.keys(types).find((column) => !known.has(column));
  if (unknown !== undefined && options.allowUnknownTypes !== true) {
    throw new UserError(
      `A type is set for column "${unknown}", which "${name}" doesn't have; remove that setting or mend its name.${didYouMean(unknown, names)}`,
    );
  }
  const dateOrders: Record<string, DateOrder> = {};
  const columns = names.map((column, i) => {
    const wish = { type: own(types, column), dateOrder: own(options.dateOrders ?? {}, column) };
    const made = makeColumn(column, cellsOf(i), lines, wish, numberFormat, place);
    refuseNulCharacters(made.column, lines, name, place);
    if (made.dateOrder !== undefined) {
      dateOrders[column] = made.dateOrder;
    }
    return made.column;
  });
  return { table: { rowCount, columns, lines }, dateOrders };
}

function refuseNulCharacters(column: Table['columns'][number], lines: RowLines, name: string, place: 'line' | 'row'): void {
  const code = column.kind === 'categorical' ? column.categories.findIndex((text) => text.includes('\0')) : -1;
  if (column.kind === 'categorical' && code >= 0) {
    const where = `${place === 'line' ? 'on line' : 'in row'} ${lineOf(lines, column.codes.indexOf(code))}`;
    throw new UserError(`"${name}" holds a NUL character in column "${column.name}" ${where}; it is no text, or was damaged. Remove it or export the file anew.`);
  }
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
