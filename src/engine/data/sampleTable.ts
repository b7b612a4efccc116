import { numbersAt } from './numbers';
import type { Column, Table } from './table';
import { lineOf, sharedCodes, sharedFloat64, sharedUint32 } from './table';

/** At most so many rows, evenly spread; the table itself when it has no more. */
export function sampleTable(table: Table, most: number): Table {
  if (table.rowCount <= most) {
    return table;
  }
  const rows = Uint32Array.from({ length: most }, (_, i) => Math.floor((i * table.rowCount) / most));
  const lines = sharedUint32(most);
  rows.forEach((row, i) => {
    lines[i] = lineOf(table.lines, row);
  });
  return {
    rowCount: most,
    lines,
    columns: table.columns.map((column): Column => {
      if (column.kind === 'numeric') {
        const { kind, name, type, numbers } = column;
        return { kind, name, type, numbers: { kind: 'floats', values: numbersAt(numbers, rows, sharedFloat64(most)) } };
      }
      const { kind, name, type, codes: all, categories } = column;
      const codes = sharedCodes(most, categories.length);
      rows.forEach((row, i) => {
        codes[i] = all[row];
      });
      return { kind, name, type, codes, categories };
    }),
  };
}
