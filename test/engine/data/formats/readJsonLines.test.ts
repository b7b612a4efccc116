import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { locateCells } from '../../../../src/engine/data/locateCells';
import { readTable } from '../../../../src/engine/data/readTable';
import { CancelledError, UserError } from '../../../../src/engine/errors';
import { silentContext } from '../../../../src/engine/stepContext';
import { TableService } from '../../../../src/engine/tableService';
import { withFile } from '../temporaryFile';
import { cellsOf, typesOf } from './tableCells';
import { linesOf } from '../../tables';

const read = (text: string | Uint8Array, options: Parameters<typeof readTable>[1] = {}) =>
  withFile(text, (file) => readTable(file, { ...options, name: 'data.jsonl' }, silentContext), 'data.jsonl');

async function refuses(text: string | Uint8Array, message: RegExp, options: Parameters<typeof readTable>[1] = {}): Promise<void> {
  await assert.rejects(read(text, options), (error) => error instanceof UserError && message.test(error.message));
}

describe('readTable of JSON Lines', () => {
  it('flattens objects, keeps arrays as JSON, fills what a line lacks, and numbers rows by their lines', async () => {
    const { table, delimiter, header } = await read('{"a":1,"b":{"c":"x","d":{"e":true}}}\n\n{"a":2.5,"list":[1,{"k":2}]}\r\n{"b":{"c":null}}');
    assert.deepEqual(typesOf(table), { a: 'numeric', 'b.c': 'categorical', 'b.d.e': 'boolean', list: 'categorical' });
    assert.deepEqual(cellsOf(table), [[1, 2.5, null], ['x', null, null], ['true', null, null], [null, '[1,{"k":2}]', null]]);
    assert.deepEqual(linesOf(table), [1, 3, 4]);
    assert.deepEqual([delimiter, header], ['', true]);
  });

  it('infers what texts mean, as in CSV files', async () => {
    const { table, dateOrders } = await read(['{"day":"24.12.2025","zip":"01234","n":" 12 "}', '{"day":"01.02.2026","zip":"99999","n":"NA"}'].join('\n'));
    assert.deepEqual(typesOf(table), { day: 'dateTime', zip: 'categorical', n: 'integer' });
    assert.deepEqual(cellsOf(table)[0], [Date.UTC(2025, 11, 24), Date.UTC(2026, 1, 1)]);
    assert.deepEqual(cellsOf(table)[2], [12, null]);
    assert.deepEqual(dateOrders, { day: 'dayFirst' });
  });

  it('keeps whole numbers past 2^53 as texts, and digits in texts as they are', async () => {
    const { table } = await read('{"id":9007199254740993,"x":1.00000000000000000001,"t":"say \\"12345678901234567890\\""}\n{"id":-12345678901234567890,"x":1e20,"t":"z"}');
    assert.deepEqual(cellsOf(table), [['9007199254740993', '-12345678901234567890'], [1, 1e20], ['say "12345678901234567890"', 'z']]);
  });

  it('turns a column of numbers into texts when one turns up, and honours wished types and tokens', async () => {
    const text = '{"a":1,"b":0,"d":"2025-01-02"}\n{"a":-999,"b":1,"d":"x"}\n{"a":"?","b":1,"d":"?"}\n{"a":"many","b":0}';
    assert.deepEqual(cellsOf((await read(text)).table), [['1', '-999', null, 'many'], [0, 1, 1, 0], ['2025-01-02', 'x', null, null]]);
    const { table } = await read(text, { types: { b: 'boolean' }, missing: ['-999', 'many', 'x', '?'] });
    assert.deepEqual(typesOf(table), { a: 'integer', b: 'boolean', d: 'dateTime' });
    assert.deepEqual(cellsOf(table), [[1, null, null, null], ['0', '1', '1', '0'], [Date.UTC(2025, 0, 2), null, null, null]]);
  });

  it('reads lines that cross the pieces in which the file is read', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => ({ i, text: `wörd ${'é'.repeat(i % 90)}` }));
    const { table } = await read(rows.map((row) => JSON.stringify(row)).join('\n'));
    assert.equal(table.rowCount, 30_000);
    assert.deepEqual(cellsOf(table), [rows.map(({ i }) => i), rows.map(({ text }) => text.trim())]);
  });

  it('says what is wrong and on which line', async () => {
    await refuses('{"a":1}\n{"a":}\n', /^"data\.jsonl" holds no valid JSON on line 2 \(.*\); each line must be one JSON object\.$/);
    await refuses('{"a":1}\n\n[1]\n', /holds an array on line 3/);
    await refuses('{"a":1}\n7\n', /holds "7" on line 2/);
    await refuses('[\n{"a":1}]', /begins with a JSON array/);
    await refuses('[{"a":1}]', /begins with a JSON array/);
    await refuses('{"a.b":1,"a":{"b":2}}', /two values for "a\.b" on line 1/);
    await refuses('\n\n', /has no rows/);
    await refuses('{}\n', /has no rows/);
    await refuses('', /is empty/);
    await refuses(Buffer.from('{"a":1}\n{"a":"\xe9"}', 'latin1'), /not written in UTF-8/);
    await refuses('{"a":1}\n{"a":2.5}', /"a" is set to integer, but line 2 holds "2.5"/, { types: { a: 'integer' } });
    await refuses('{"a":1}', /type is set for column "b"/, { types: { b: 'integer' } });
  });

  it('stops when it is cancelled', async () => {
    const context = { report: () => undefined, throwIfCancelled: () => { throw new CancelledError(); } };
    await withFile('{"a":1}', (file) => assert.rejects(readTable(file, {}, context), CancelledError), 'data.ndjson');
  });

  it('is looked at row by row, and lines are located', async () => {
    await withFile('{"a":1,"d":"2025-01-02"}\n\n{"a":2}\n{"a":null,"d":"2025-01-02T03:04"}\n', async (file) => {
      const service = new TableService();
      const opened = await service.open({ file });
      assert.deepEqual([opened.columns, opened.hasLines, opened.estimatedRows, opened.dialect], [['a', 'd'], true, 3, undefined]);
      assert.deepEqual(await service.count(opened.id), { rowCount: 3 });
      const window = { id: opened.id, count: 9, firstColumn: 0, lastColumn: 2 };
      assert.deepEqual(await service.rows({ ...window, from: 1 }), { rowCount: 3, from: 1, lines: [3, 4], cells: [['2', ''], ['', '2025-01-02T03:04:00.000Z']] });
      assert.equal((await service.rows({ ...window, fromLine: 4 })).from, 2);
      assert.deepEqual((await service.rows({ ...window, lines: [3, 2] })).cells, [['2', ''], null]);
      service.closeAll();
      assert.deepEqual(await locateCells({ file, cells: [{ line: 3, column: 'a' }, { line: 9 }] }), {
        spans: [{ line: 3, character: 0, endLine: 3, endCharacter: 7 }, null],
      });
    }, 'data.jsonl');
  });

  it('unpacks gzip, and removes the copy', async () => {
    const lines = '{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n';
    const read = async (content: string | Uint8Array, name: string): Promise<unknown> => withFile(content, async (file) => cellsOf((await readTable(file, {}, silentContext)).table), name);
    const copies = (): string[] => readdirSync(tmpdir()).filter((name) => /^trainyard-[^t]/.test(name));
    const before = copies();
    assert.deepEqual(await read(gzipSync(lines), 'rows.jsonl.gz'), await read(lines, 'rows.jsonl'));
    assert.deepEqual(await read(gzipSync(lines), 'rows.NDJSON.gz'), [[1, 2], ['x', 'y']]);
    await assert.rejects(read(gzipSync(lines).subarray(0, 30), 'rows.jsonl.gz'), /is compressed with gzip but damaged/);
    await assert.rejects(read(lines, 'rows.jsonl.gz'), /is compressed with gzip but damaged/);
    assert.deepEqual(copies().filter((name) => !before.includes(name)), []);
  });
});
