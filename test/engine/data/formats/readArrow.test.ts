import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readTable } from '../../../../src/engine/data/readTable';
import { UserError } from '../../../../src/engine/errors';
import { silentContext } from '../../../../src/engine/stepContext';
import { withFile } from '../temporaryFile';
import { cellsOf } from './tableCells';
import { lineOf } from '../../../../src/engine/data/table';

const folder = path.resolve(__dirname, '../../../fixtures/formats');

describe('readTable of Arrow', () => {
  it('keeps lists and structures as JSON text', async () => {
    const { table } = await readTable(path.join(folder, 'nested.feather'), {}, silentContext);
    assert.deepEqual(cellsOf(table), [['[1,2]', null, '[]', '[3,null]'], ['{"x":1,"y":"a"}', '{"x":2,"y":null}', null, '{"x":4,"y":"d"}']]);
  });

  it('unpacks LZ4 frames of several blocks', async () => {
    const { table } = await readTable(path.join(folder, 'long.feather'), {}, silentContext);
    assert.deepEqual(cellsOf(table), [Array.from({ length: 30_000 }, (_, i) => (i * i) % 1000)]);
    assert.equal(lineOf(table.lines, 29_999), 30_000);
  });

  it('refuses what is no Arrow, is Feather 1, or was cut off', async () => {
    const bytes = readFileSync(path.join(folder, 'table.lz4.feather'));
    const contents: [Buffer, RegExp][] = [[Buffer.from('a,b\n1,2\n'), /can't be read as Arrow/], [Buffer.from('FEA1....'), /version 1 of Feather/], [bytes.subarray(0, 4000), /can't be read as Arrow/]];
    for (const [content, message] of contents) {
      await withFile(content, (file) => assert.rejects(readTable(file, {}, silentContext), (error) => error instanceof UserError && message.test(error.message)), 'data.arrow');
    }
  });
});
