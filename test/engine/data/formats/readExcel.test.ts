import { strict as assert } from 'node:assert';
import path from 'node:path';
import { readTable } from '../../../../src/engine/data/readTable';
import { UserError } from '../../../../src/engine/errors';
import { silentContext } from '../../../../src/engine/stepContext';
import { withFile } from '../temporaryFile';
import { cellsOf } from './tableCells';

const file = path.resolve(__dirname, '../../../fixtures/formats/formulas.xlsx');

describe('readTable of Excel workbooks', () => {
  it('takes saved results of formulas, leaves out empty rows and columns, and numbers rows as the sheet does', async () => {
    const { table, header } = await readTable(file, {}, silentContext);
    assert.equal(header, true);
    assert.deepEqual(table.columns.map(({ name }) => name), ['a', 'sum', 'fault']);
    assert.deepEqual(cellsOf(table), [['1', '3', 'x'], [2, 4, null], [5, null, 7]]);
    assert.deepEqual([...table.lines], [4, 6, 7]);
    await assert.rejects(readTable(file, { types: { a: 'integer' } }, silentContext), /Column "a" is set to integer, but row 7 holds "x"/);
  });

  it('takes the first row for data when told so', async () => {
    const { table } = await readTable(file, { header: false }, silentContext);
    assert.deepEqual(table.columns.map(({ name }) => name), ['column1', 'column2', 'column3']);
    assert.deepEqual(cellsOf(table)[1], ['sum', '2', '4', null]);
  });

  it('refuses what is no workbook', async () => {
    await withFile('a,b\n1,2\n', (other) => assert.rejects(readTable(other, {}, silentContext), (error) => error instanceof UserError && /can't be read as an Excel workbook/.test(error.message)), 'data.xlsx');
  });
});
