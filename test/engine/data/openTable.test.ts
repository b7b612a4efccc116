import { strict as assert } from 'node:assert';
import { closeSync, openSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { countRows } from '../../../src/engine/data/csv/readColumns';
import { OpenTable } from '../../../src/engine/data/openTable';
import { readTable } from '../../../src/engine/data/readTable';
import { RowPages } from '../../../src/engine/data/rowPages';
import { silentContext } from '../../../src/engine/stepContext';
import { useTemporaryFolder } from '../temporaryFolder';
import { withFile } from './temporaryFile';
import { linesOf } from '../tables';

const dialect = { delimiter: 44, quote: 34, newline: 10, decimalPoint: 46, thousands: 0 };

describe('OpenTable', () => {
  const folder = useTemporaryFolder();

  it('shows any rows of a file, and finds the row of a line', async () => {
    const file = path.join(folder(), 'data.csv');
    const rows = Array.from({ length: 60_000 }, (_, i) => (i % 1000 === 7 ? `${i},"two\nlines",${i % 10}` : `${i},word ${i % 13},${i % 10}`));
    writeFileSync(file, `id,text,digit\n${rows.join('\n')}\n`);
    const table = await OpenTable.open(file, {}, silentContext);
    try {
      const { table: whole } = await readTable(file, {}, silentContext);
      assert.equal(await table.rowCount(), 60_000);
      assert.deepEqual(table.names, ['id', 'text', 'digit']);
      assert.ok(Math.abs(table.estimatedRows - 60_000) < 10_000);
      for (const from of [0, 5, 999, 31_234, 59_990]) {
        const page = await table.page(from, from + 20, 0, 2);
        assert.deepEqual(page.cells, Array.from({ length: Math.min(20, 60_000 - from) }, (_, i) => [String(from + i), (from + i) % 1000 === 7 ? 'two\nlines' : `word ${(from + i) % 13}`]));
        assert.deepEqual(page.lines, linesOf(whole).slice(from, from + 20));
        assert.equal(await table.rowAtLine(page.lines[3]), from + 3);
      }
      // The second line of a quoted text belongs to the row that it is in.
      assert.equal(await table.rowAtLine(linesOf(whole)[2007] + 1), 2007);
      assert.deepEqual((await table.page(3, 5, 2, 99)).cells, [['3'], ['4']]);
      const profile = table.profileSample();
      assert.deepEqual(profile.columns.map(({ name, type }) => [name, type]), [['id', 'integer'], ['text', 'categorical'], ['digit', 'integer']]);
      assert.equal(profile.sampledRows, 1000 - 1);
    } finally {
      table.close();
    }
  });

  it('pages any text as the reader reads it, wherever block borders fall', async () => {
    const ugly = fc.array(fc.constantFrom('a', 'bc', '"', '""', ',', '\n', '\r\n', ' ', 'é', ',"', '",', '"\n'), { minLength: 1, maxLength: 120 }).map((parts) => parts.join(''));
    await fc.assert(fc.asyncProperty(ugly, async (text) => withFile(text, async (file) => {
      const handle = openSync(file, 'r');
      try {
        const plan = { file: handle, start: 0, end: statSync(file).size, firstLine: 1, dialect, encoding: 'utf-8' as const, kinds: new Uint8Array(3), rowBytes: 4, blockBytes: 64 };
        const paged = { ...plan, columns: 3, decode: (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8') };
        const small = await countRows(plan, silentContext).catch(() => undefined);
        fc.pre(small !== undefined);
        // One block holds the whole text.
        const large = await countRows({ ...plan, blockBytes: 65536 }, silentContext);
        const [pages, whole] = [new RowPages(paged, small), new RowPages(paged, large)];
        assert.equal(pages.rowCount, whole.rowCount);
        assert.deepEqual(pages.page(0, 1000, 0, 3), whole.page(0, 1000, 0, 3));
        const { lines } = whole.page(0, 1000, 0, 3);
        lines.forEach((line, row) => assert.equal(pages.rowAtLine(line), row));
      } finally {
        closeSync(handle);
      }
    })), { numRuns: 300 });
  });
});
