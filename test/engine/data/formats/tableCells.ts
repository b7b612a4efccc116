import type { Table } from '../../../../src/engine/data/table';
import { allNumbers } from '../../../../src/engine/data/numbers';

/** Column by column its cells: numbers (milliseconds for dates), texts, null where there is no value. */
export function cellsOf(table: Table): (number | string | null)[][] {
  return table.columns.map((column) =>
    (column.kind === 'numeric'
      ? Array.from(allNumbers(column.numbers), (value) => (Number.isNaN(value) ? null : value))
      : Array.from(column.codes, (code) => (code < 0 ? null : column.categories[code]))));
}

/** Types by column. */
export function typesOf(table: Table): Record<string, string> {
  return Object.fromEntries(table.columns.map(({ name, type }) => [name, type]));
}
