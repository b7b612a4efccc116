import type { Table } from './table';
import { sharedFloat64, sharedInt32, sharedUint32 } from './table';

/** At most so many rows, evenly spread; the table itself when it has no more. */
export function sampleTable(table: Table, most: number): Table {
  if (table.rowCount <= most) {
    return table;
  }
  const rows = Uint32Array.from({ length: most }, (_, i) => Math.floor((i * table.rowCount) / most));
  const lines = sharedUint32(most);
  rows.forEach((row, i) => {
    lines[i] = table.lines[row];
  });
  return {
    rowCount: most,
    lines,
    columns: table.columns.map((column) => {
      if (column.kind === 'numeric') {
        const values = sharedFloat64(most);
        rows.forEach((row, i) => {
          values[i] = column.values[row];
        });
        return { ...column, values };
      }
      const codes = sharedInt32(most);
      rows.forEach((row, i) => {
        codes[i] = column.codes[row];
      });
      return { ...column, codes };
    }),
  };
}
