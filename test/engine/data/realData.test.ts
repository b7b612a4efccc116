import { strict as assert } from 'node:assert';
import { readTable } from '../../../src/engine/data/readTable';
import { silentContext } from '../../../src/engine/stepContext';
import type { ColumnType } from '../../../src/schema/columnType';
import { sharedData } from '../sharedData';

interface Expected {
  readonly file: string;
  readonly header: boolean;
  readonly rows: number;
  readonly columns: number;
  /** How many columns have each type. */
  readonly types: Partial<Record<ColumnType, number>>;
  /** Missing values in the whole file. */
  readonly missing: number;
}

/** Counted with pandas 3.1 (`read_csv` with `header=None`, `skipinitialspace` and `na_values='?'` where a file needs them). */
const expectations: readonly Expected[] = [
  { file: 'iris.csv', header: true, rows: 150, columns: 5, types: { numeric: 4, categorical: 1 }, missing: 0 },
  { file: 'penguins.csv', header: true, rows: 344, columns: 7, types: { numeric: 2, integer: 2, categorical: 3 }, missing: 19 },
  { file: 'titanic.csv', header: true, rows: 891, columns: 15, types: { integer: 4, numeric: 2, categorical: 6, boolean: 3 }, missing: 869 },
  { file: 'adult.csv', header: false, rows: 32561, columns: 15, types: { integer: 6, categorical: 9 }, missing: 4262 },
  { file: 'horse-colic.csv', header: false, rows: 300, columns: 28, types: { integer: 21, numeric: 5, categorical: 2 }, missing: 1605 },
  { file: 'mpg.csv', header: true, rows: 398, columns: 9, types: { numeric: 3, integer: 4, categorical: 1, text: 1 }, missing: 6 },
  { file: 'diamonds.csv', header: true, rows: 53940, columns: 10, types: { numeric: 6, integer: 1, categorical: 3 }, missing: 0 },
  { file: 'digits.csv', header: true, rows: 1797, columns: 65, types: { integer: 65 }, missing: 0 },
  { file: 'airline-passengers.csv', header: true, rows: 144, columns: 2, types: { dateTime: 1, integer: 1 }, missing: 0 },
  { file: 'pollution.csv', header: true, rows: 43824, columns: 13, types: { integer: 9, numeric: 3, categorical: 1 }, missing: 2067 },
];

describe('real data sets', () => {
  for (const { file, header, rows, columns, types, missing } of expectations) {
    it(`${file}: header, rows, types and missing values`, async function () {
      const path = sharedData(this, file);
      const read = await readTable(path, {}, silentContext);
      assert.equal(read.header, header);
      assert.equal(read.table.rowCount, rows);
      assert.equal(read.table.columns.length, columns);
      const counted: Partial<Record<ColumnType, number>> = {};
      let absent = 0;
      for (const column of read.table.columns) {
        counted[column.type] = (counted[column.type] ?? 0) + 1;
        absent += column.kind === 'numeric' ? column.values.filter(Number.isNaN).length : column.codes.filter((code) => code < 0).length;
      }
      assert.deepEqual(counted, types);
      assert.equal(absent, missing);
      assert.equal(read.table.lines[0], header ? 2 : 1);
      assert.deepEqual(read.findings, []);
      if (!header) {
        assert.deepEqual(read.table.columns.map(({ name }) => name), Array.from({ length: columns }, (_, i) => `column${i + 1}`));
      }
    });
  }
});
