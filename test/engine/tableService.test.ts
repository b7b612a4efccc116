import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { TableService } from '../../src/engine/tableService';
import { useTemporaryFolder } from './temporaryFolder';

describe('TableService', () => {
  const folder = useTemporaryFolder();

  it('opens a file, hands out windows of cells by row and by line, and forgets it', async () => {
    const file = path.join(folder(), 'data.csv');
    writeFileSync(file, `a;b;c\n${Array.from({ length: 500 }, (_, i) => `${i};x${i % 3};`).join('\n')}\n`);
    const service = new TableService();
    const { id, columns, profile } = await service.open({ file });
    assert.deepEqual(columns, ['a', 'b', 'c']);
    assert.equal(profile.path, 'data.csv');
    assert.equal(profile.rows, 500);
    const window = { id, count: 2, firstColumn: 0, lastColumn: 3 };
    assert.deepEqual(await service.rows(window), { rowCount: null, from: 0, lines: [2, 3], cells: [['0', 'x0', ''], ['1', 'x1', '']] }, 'before the rows are counted');
    assert.deepEqual(await service.count(id), { rowCount: 500 });
    assert.deepEqual(await service.rows({ ...window, from: 100 }), { rowCount: 500, from: 100, lines: [102, 103], cells: [['100', 'x1', ''], ['101', 'x2', '']] });
    assert.deepEqual((await service.rows({ ...window, fromLine: 501 })).cells, [['499', 'x1', '']]);
    assert.deepEqual((await service.rows({ ...window, from: 600 })).cells, []);
    service.close(id);
    await assert.rejects(service.rows({ ...window, from: 0 }), /^UserError: This data is no longer open; open it again\.$/);
  });

  it('says how the file is written and which texts are missing values', async () => {
    const file = path.join(folder(), 'dialect.csv');
    writeFileSync(file, `\uFEFFa;b\n${Array.from({ length: 40 }, (_, i) => `${i},5;'x;y'`).join('\n')}\n`);
    const service = new TableService();
    const { id, dialect, missing, hasLines } = await service.open({ file, quote: "'", missing: ['none'] });
    assert.deepEqual(dialect, { delimiter: ';', quote: "'", header: true, decimal: ',', thousands: '', encoding: 'utf-8' });
    assert.deepEqual([missing, hasLines], [['', 'none'], true]);
    service.close(id);
  });

  it('shows the rows of given lines alone, and says of a line that is left out of the table that it is', async () => {
    const file = path.join(folder(), 'lines.csv');
    writeFileSync(file, `a,b\n${Array.from({ length: 300 }, (_, i) => (i === 10 ? 'too,many,fields' : `${i},${'long '.repeat(20)}${i}`)).join('\n')}\n`);
    const service = new TableService();
    const { id } = await service.open({ file });
    const lines = [7, 12, 200];
    const window = { id, lines, count: 10, firstColumn: 0, lastColumn: 2, longest: 12 };
    assert.deepEqual(await service.rows(window), { rowCount: 3, from: 0, lines, cells: [['5', 'long long lo…'], null, ['198', 'long long lo…']] });
    assert.deepEqual((await service.rows({ ...window, from: 2 })).lines, [200]);
    assert.equal((await service.rows({ id, from: 5, count: 1, firstColumn: 1, lastColumn: 2 })).cells[0]?.[0], `${'long '.repeat(20)}5`);
    service.close(id);
  });

  it('can be closed while it counts rows', async () => {
    const file = path.join(folder(), 'large.csv');
    writeFileSync(file, `a,b\n${'12345,67890\n'.repeat(1_000_000)}`);
    const service = new TableService();
    const { id } = await service.open({ file });
    const counting = service.count(id);
    service.close(id);
    await assert.rejects(counting, { name: 'CancelledError' });
  });
});
