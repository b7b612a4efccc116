import { strict as assert } from 'node:assert';
import { profileTable } from '../../../src/engine/data/profile';
import { readTable } from '../../../src/engine/data/readTable';
import { silentContext } from '../../../src/engine/stepContext';
import type { ColumnType } from '../../../src/schema/columnType';
import { profileSchema } from '../../../src/schema/profile';
import { sharedData } from '../sharedData';
import { allNumbers } from '../../../src/engine/data/numbers';
import { lineOf } from '../../../src/engine/data/table';

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
        absent += column.kind === 'numeric' ? allNumbers(column.numbers).filter(Number.isNaN).length : column.codes.filter((code) => code < 0).length;
      }
      assert.deepEqual(counted, types);
      assert.equal(absent, missing);
      assert.equal(lineOf(read.table.lines, 0), header ? 2 : 1);
      assert.deepEqual(read.findings, []);
      if (!header) {
        assert.deepEqual(read.table.columns.map(({ name }) => name), Array.from({ length: columns }, (_, i) => `column${i + 1}`));
      }
    });
  }
});

interface ExpectedProfile {
  readonly file: string;
  readonly likelyTarget: string;
  /** Columns of each finding, in the data's order; '' for the file as a whole. */
  readonly findings: Readonly<Record<string, string>>;
  readonly excluded: string;
}

/** Judged by hand against what the files' own documentation says of them; counts of missing values are checked above. */
const profiles: readonly ExpectedProfile[] = [
  { file: 'iris.csv', likelyTarget: 'species', findings: { duplicateRows: '' }, excluded: '' },
  { file: 'penguins.csv', likelyTarget: 'species', findings: { missingValues: 'bill_length_mm bill_depth_mm flipper_length_mm body_mass_g sex' }, excluded: '' },
  { file: 'titanic.csv', likelyTarget: 'survived', findings: { duplicateRows: '', missingValues: 'age embarked deck embark_town', outliers: 'sibsp', possibleLeakage: 'alive' }, excluded: 'alive' },
  { file: 'adult.csv', likelyTarget: 'column15', findings: { duplicateRows: '', missingValues: 'column2 column7 column14', outliers: 'column3' }, excluded: '' },
  {
    file: 'horse-colic.csv', likelyTarget: 'column28',
    findings: { missingValues: ['column1', ...Array.from({ length: 20 }, (_, i) => `column${i + 4}`)].join(' '), outliers: 'column4 column6 column22', highCardinality: 'column25' }, excluded: '',
  },
  { file: 'mpg.csv', likelyTarget: 'mpg', findings: { missingValues: 'horsepower' }, excluded: '' },
  { file: 'diamonds.csv', likelyTarget: 'price', findings: { duplicateRows: '', outliers: 'carat depth table price y z', correlatedColumns: 'y z z' }, excluded: '' },
  {
    file: 'digits.csv', likelyTarget: 'digit', findings: { constantColumn: 'pixel_0_0 pixel_4_0 pixel_4_7', outliers: 'pixel_1_1 pixel_2_6 pixel_5_1' },
    excluded: 'pixel_0_0 pixel_4_0 pixel_4_7',
  },
  { file: 'airline-passengers.csv', likelyTarget: 'Passengers', findings: { orderedDates: 'Month' }, excluded: '' },
  { file: 'pollution.csv', likelyTarget: 'pm2.5', findings: { idLikeColumn: 'No', missingValues: 'pm2.5', outliers: 'pm2.5' }, excluded: 'No' },
];

describe('profiles of real data sets', () => {
  it('are expected of every file that is read', () => {
    assert.deepEqual(profiles.map(({ file }) => file), expectations.map(({ file }) => file));
  });

  for (const { file, likelyTarget, findings, excluded } of profiles) {
    it(`${file}: dialect, findings, target and exclusions`, async function () {
      const profile = profileSchema.parse(profileTable(await readTable(sharedData(this, file), {}, silentContext), file, silentContext));
      const found: Record<string, string[]> = {};
      for (const { code, column, lines = [], message } of profile.findings) {
        (found[code] ??= []).push(column ?? '');
        assert.ok(lines.length <= 300 && lines.every((line, i) => line >= 1 && (i === 0 || line > lines[i - 1])), `${code}: lines ascend`);
        assert.ok(message.length > 0 && !/undefined|NaN|null/.test(message), message);
      }
      assert.deepEqual(Object.fromEntries(Object.entries(found).map(([code, columns]) => [code, columns.join(' ')])), findings);
      assert.deepEqual(profile.dialect, { quote: '"', decimal: '.', thousands: '', encoding: 'utf-8' });
      assert.equal(profile.delimiter, ',');
      assert.equal(profile.likelyTarget, likelyTarget);
      assert.equal(profile.suggestedExclusions.map(({ column }) => column).join(' '), excluded);
    });
  }
});
