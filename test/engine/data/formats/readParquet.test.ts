import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readTable } from '../../../../src/engine/data/readTable';
import { CancelledError, UserError } from '../../../../src/engine/errors';
import { silentContext } from '../../../../src/engine/stepContext';
import { TableService } from '../../../../src/engine/tableService';
import { withFile } from '../temporaryFile';
import { cellsOf } from './tableCells';

const folder = path.resolve(__dirname, '../../../fixtures/formats');
const file = path.join(folder, 'table.snappy.parquet');

describe('readTable of Parquet', () => {
  it('keeps lists and structures as JSON text', async () => {
    const { table } = await readTable(path.join(folder, 'nested.parquet'), {}, silentContext);
    assert.deepEqual(cellsOf(table), [['[1,2]', null, '[]', '[3,null]'], ['{"x":1,"y":"a"}', '{"x":2,"y":null}', null, '{"x":4,"y":"d"}']]);
  });

  it('reports progress up to 1, and stops when it is cancelled', async () => {
    const fractions: number[] = [];
    let left = 20;
    const context = { report: (fraction: number) => fractions.push(fraction), throwIfCancelled: () => undefined };
    await readTable(file, {}, context);
    assert.equal(fractions.at(-1), 1);
    assert.deepEqual(fractions, fractions.toSorted((a, b) => a - b));
    await assert.rejects(readTable(file, {}, { ...context, throwIfCancelled: () => { if (left-- === 0) { throw new CancelledError(); } } }), CancelledError);
  });

  it('refuses what is no Parquet, or was cut off', async () => {
    const bytes = readFileSync(file);
    for (const content of [Buffer.from('a,b\n1,2\n'), bytes.subarray(0, 2000), Buffer.concat([bytes.subarray(0, 3000), bytes.subarray(3500)])]) {
      await withFile(content, (damaged) => assert.rejects(readTable(damaged, { name: 'data.parquet' }, silentContext), (error) => error instanceof UserError && error.message.startsWith('"data.parquet" ')), 'data.parquet');
    }
  });

  it('is looked at row by row', async () => {
    const service = new TableService();
    const opened = await service.open({ file });
    assert.deepEqual([opened.hasLines, opened.estimatedRows], [false, 60]);
    const rows = await service.rows({ id: opened.id, from: 58, count: 9, firstColumn: 0, lastColumn: 3 });
    assert.deepEqual(rows, { rowCount: 60, from: 58, lines: [59, 60], cells: [['154', '58', '1125899906842682'], ['', '59', '']] });
    service.closeAll();
  });
});
