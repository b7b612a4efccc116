import type { CategoricalColumn, Column, NumericColumn, Table } from '../../src/engine/data/table';
import { sharedFloat64, sharedInt32, sharedUint32 } from '../../src/engine/data/table';

/** A column of numbers; null where missing. */
export function numericColumn(name: string, cells: readonly (number | null)[], type: NumericColumn['type'] = 'numeric'): NumericColumn {
  const values = sharedFloat64(cells.length);
  values.set(cells.map((cell) => cell ?? Number.NaN));
  return { kind: 'numeric', name, type, values };
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
  const rowCount = first.kind === 'numeric' ? first.values.length : first.codes.length;
  const lines = sharedUint32(rowCount);
  lines.set(Array.from(lines, (_, row) => row + 2));
  return { rowCount, columns, lines };
}
