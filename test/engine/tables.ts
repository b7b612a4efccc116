import { numberCount, packNumbers } from '../../src/engine/data/numbers';
import type { CategoricalColumn, Column, NumericColumn, Table } from '../../src/engine/data/table';
import { lineOf, sharedFloat64, sharedInt32 } from '../../src/engine/data/table';

/** A column of numbers; null where missing. */
export function numericColumn(name: string, cells: readonly (number | null)[], type: NumericColumn['type'] = 'numeric'): NumericColumn {
  const values = sharedFloat64(cells.length);
  values.set(cells.map((cell) => cell ?? Number.NaN));
  return { kind: 'numeric', name, type, numbers: packNumbers(values) };
}

/** A column of categories; null where missing. */
export function categoricalColumn(
  name: string,
  cells: readonly (string | null)[],
  type: CategoricalColumn['type'] = 'categorical',
): CategoricalColumn {
  const categories = [...new Set(cells.filter((cell) => cell !== null))];
  const codes = sharedInt32(cells.length);
  codes.set(cells.map((cell) => (cell === null ? -1 : categories.indexOf(cell))));
  return { kind: 'categorical', name, type, codes, categories };
}

/** A table whose rows lie on lines 2, 3, …. */
export function tableOf(...columns: readonly Column[]): Table {
  const [first] = columns;
  const rowCount = first.kind === 'numeric' ? numberCount(first.numbers) : first.codes.length;
  return { rowCount, columns, lines: { first: 2 } };
}

/** The line of each row. */
export function linesOf({ rowCount, lines }: Pick<Table, 'rowCount' | 'lines'>): number[] {
  return Array.from({ length: rowCount }, (_, row) => lineOf(lines, row));
}

/** The memory of a column; of decimals the low part. */
export function arrayOf(column: Column): NodeJS.TypedArray {
  return column.kind === 'categorical' ? column.codes : column.numbers.kind === 'floats' ? column.numbers.values : column.numbers.low;
}
