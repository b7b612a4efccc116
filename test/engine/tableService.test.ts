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
    assert.deepEqual(await service.rows({ ...window, from: 100 }), { rowCount: 500, from: 100, lines: [102, 103], cells: [['100', 'x1', ''], ['101', 'x2', '']] });
    assert.deepEqual((await service.rows({ ...window, fromLine: 501 })).cells, [['499', 'x1', '']]);
    assert.deepEqual((await service.rows({ ...window, from: 600 })).cells, []);
    service.close(id);
    await assert.rejects(service.rows({ ...window, from: 0 }), /^UserError: This data is no longer open; open it again\.$/);
  });
});
