import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import Papa from 'papaparse';
import { missingTokens } from '../../../src/engine/data/cellText';
import type { ReadTableOptions, ReadTableResult } from '../../../src/engine/data/readTable';
import { readTable } from '../../../src/engine/data/readTable';
import type { Column } from '../../../src/engine/data/table';
import { CancelledError, UserError } from '../../../src/engine/errors';
import { silentContext } from '../../../src/engine/stepContext';
import { useTemporaryFolder } from '../temporaryFolder';
import { allNumbers } from '../../../src/engine/data/numbers';
import { arrayOf, linesOf } from '../tables';

/** A column's cells as texts; null where missing. */
function cells(column: Column): (string | null)[] {
  return column.kind === 'categorical'
    ? Array.from(column.codes, (code) => (code < 0 ? null : column.categories[code]))
    : Array.from(allNumbers(column.numbers), (value) => (Number.isNaN(value) ? null : String(value)));
}

describe('readTable', () => {
  const folder = useTemporaryFolder();

  async function read(content: string | Uint8Array, options: ReadTableOptions = {}, name = 'data.csv'): Promise<ReadTableResult> {
    const file = path.join(folder(), name);
    writeFileSync(file, content);
    return readTable(file, { name, ...options }, silentContext);
  }

  function allCells({ table }: ReadTableResult): Record<string, (string | null)[]> {
    return Object.fromEntries(table.columns.map((column) => [column.name, cells(column)]));
  }

  async function assertRefused(content: string | Uint8Array, message: RegExp, options: ReadTableOptions = {}): Promise<void> {
    await assert.rejects(read(content, options), (error: unknown) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /^[^\n]+$/, 'one line');
      return true;
    });
  }

  it('reads values, types, lines, size and fingerprint', async () => {
    const text = 'n,x,word,flag,day\n1,1.5,a,true,2024-02-29\n\n-2,,b,False,2024-03-01\n';
    const result = await read(text);
    assert.deepEqual(result.table.columns.map(({ name, type }) => [name, type]), [
      ['n', 'integer'], ['x', 'numeric'], ['word', 'categorical'], ['flag', 'boolean'], ['day', 'dateTime'],
    ]);
    assert.deepEqual(allCells(result), {
      n: ['1', '-2'], x: ['1.5', null], word: ['a', 'b'], flag: ['true', 'False'],
      day: [String(Date.UTC(2024, 1, 29)), String(Date.UTC(2024, 2, 1))],
    });
    assert.deepEqual(linesOf(result.table), [2, 4]);
    assert.equal(result.bytes, text.length);
    assert.equal(await result.sha256(), createHash('sha256').update(text).digest('hex'));
    assert.ok(result.table.columns.every((column) =>
      arrayOf(column).buffer instanceof SharedArrayBuffer));
  });

  for (const [name, delimiter] of [['comma', ','], ['tab', '\t'], ['semicolon', ';'], ['pipe', '|']]) {
    it(`finds the delimiter: ${name}`, async () => {
      const row = (...fields: string[]): string => fields.join(delimiter);
      const result = await read([row('a', 'b', 'c'), row('1', 'x', '2.5'), row('2', 'y', '3.5'), ''].join('\n'));
      assert.equal(result.delimiter, delimiter);
      assert.deepEqual(allCells(result), { a: ['1', '2'], b: ['x', 'y'], c: ['2.5', '3.5'] });
    });
  }

  it('is not led astray by other delimiters inside quotes and texts', async () => {
    const result = await read('a;b\n"1,5;2,3";x, y\n"2,5";z, u\n');
    assert.equal(result.delimiter, ';');
    assert.deepEqual(allCells(result), { a: ['1,5;2,3', '2,5'], b: ['x, y', 'z, u'] });
  });

  it('takes a given delimiter at its word', async () => {
    const result = await read('a;b,c\n1;2,3\n', { delimiter: ';' });
    assert.deepEqual(result.table.columns.map(({ name }) => name), ['a', 'b,c']);
  });

  it('reads a single column', async () => {
    assert.deepEqual(allCells(await read('a\n1\n2\n')), { a: ['1', '2'] });
  });

  it('reads line ends of every kind, and a last line without one', async () => {
    const expected = { a: ['1', '3'], b: ['x', 'y'] };
    for (const newline of ['\n', '\r\n', '\r']) {
      assert.deepEqual(allCells(await read(['a,b', '1,x', '3,y'].join(newline))), expected);
    }
    assert.deepEqual(allCells(await read('a,b\r\n1,"x"\n3,y\r\n')), expected);
  });

  it('knows lines through quoted newlines, quotes and blank lines', async () => {
    const result = await read('a,b\n"one\ntwo",1\n\n"say ""hi""",2\r\n\r\nlast,3\n');
    assert.deepEqual(allCells(result), { a: ['one\ntwo', 'say "hi"', 'last'], b: ['1', '2', '3'] });
    assert.deepEqual(linesOf(result.table), [2, 5, 7]);
  });

  it('reads UTF-8 with and without a mark, UTF-16 and Windows-1252', async () => {
    const text = 'größe,x\n1,café\n2,naïve\n';
    const expected = { größe: ['1', '2'], x: ['café', 'naïve'] };
    const swapped = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
    const encodings: [string | Buffer, string][] = [
      [text, 'utf-8'], [`\uFEFF${text}`, 'utf-8'], [Buffer.from(text, 'latin1'), 'windows-1252'],
      [Buffer.from(`\uFEFF${text}`, 'utf16le'), 'utf-16le'], [swapped, 'utf-16be'],
    ];
    for (const [bytes, encoding] of encodings) {
      const result = await read(bytes);
      assert.equal(result.encoding, encoding);
      assert.deepEqual(allCells(result), expected);
    }
  });

  it('reads characters of several bytes across the borders of chunks', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${'é'.repeat(1 + (i % 7))}€😀,${i}`);
    const result = await read(`word,n\n${rows.join('\n')}\n`);
    assert.ok(result.bytes > 1024 * 1024);
    assert.equal(result.table.rowCount, rows.length);
    assert.deepEqual(new Set(cells(result.table.columns[0])), new Set(Array.from({ length: 7 }, (_, i) => `${'é'.repeat(i + 1)}€😀`)));
    assert.equal(linesOf(result.table)[59_999], 60_001);
  });

  it('takes the usual tokens as missing, and spaces around values away', async () => {
    const tokens = [...missingTokens].filter((token) => token !== '');
    const result = await read(`n,w\n${tokens.map((token) => ` ${token} , ${token}`).join('\n')}\n 5 , x \n`);
    assert.deepEqual(allCells(result), { n: [...tokens.map(() => null), '5'], w: [...tokens.map(() => null), 'x'] });
    assert.equal(result.table.columns[0].type, 'integer');
  });

  it('makes column names unique and names nameless ones', async () => {
    const result = await read('a,a,,a_2,\n1,2,3,4,5\n');
    assert.deepEqual(result.table.columns.map(({ name }) => name), ['a', 'a_3', 'column3', 'a_2', 'column5']);
  });

  it('pads short rows, ignores empty fields at the end, and says so', async () => {
    const result = await read('a,b,c\n1,2\n3,4,5,,\n6\n');
    assert.deepEqual(allCells(result), { a: ['1', '3', '6'], b: ['2', '4', null], c: [null, '5', null] });
    assert.deepEqual(result.findings.map(({ code, message }) => [code, message]), [
      ['raggedRows', '2 rows with fewer than 3 fields (lines 2, 4); the fields at the end count as missing.'],
    ]);
  });

  it('leaves out the odd row with too many fields, and refuses a file full of them', async () => {
    const good = Array.from({ length: 200 }, (_, i) => `${i},x`);
    const result = await read(['a,b', ...good, '1,2,3', ...good, ''].join('\n'));
    assert.equal(result.table.rowCount, 400);
    assert.match(result.findings[0].message, /^1 row with more than 2 fields left out \(line 202\)/);
    await assertRefused('a,b\n1,2\n1,2,3\n', /has 3 fields on line 3 but 2 column names on its first line; put quotes/);
  });

  it('keeps codes with leading zeros and numbers too long for arithmetic as they are', async () => {
    const result = await read('zip,long\n01234,12345678901234567890\n90210,12345678901234567891\n');
    assert.deepEqual(allCells(result), {
      zip: ['01234', '90210'], long: ['12345678901234567890', '12345678901234567891'],
    });
  });

  it('reads again when a text follows thousands of numbers', async () => {
    const rows = Array.from({ length: 6000 }, (_, i) => String(i / 8));
    const result = await read(`x,y\n${rows.map((x) => `${x},1`).join('\n')}\nunknown,1\n`);
    assert.deepEqual(cells(result.table.columns[0]), [...rows, 'unknown']);
    const zip = await read(`x\n${rows.map((_, i) => String(10_000 + i)).join('\n')}\n00501\n`);
    assert.equal(zip.table.columns[0].type, 'categorical');
  });

  it('obeys types that are set, and says which value on which line does not fit', async () => {
    const csv = 'age,code,when,ok\n31,1,03/04/2024,1\n40,2,05/04/2024,0\n';
    const result = await read(csv, { types: { code: 'categorical', age: 'numeric', ok: 'boolean' } });
    assert.deepEqual(result.table.columns.map(({ type }) => type), ['numeric', 'categorical', 'dateTime', 'boolean']);
    const bad = 'age,b\n31,2.5\n\n"old\nand wise",x\n';
    await assertRefused(bad, /^Column "age" is set to numeric, but line 4 holds "old and wise"/, { types: { age: 'numeric' } });
    await assertRefused('age,b\n31,2.5\nabc,1\n', /^Column "age" is set to numeric, but line 3 holds "abc"/, { types: { age: 'numeric' } });
    await assertRefused('age,b\n31,2.5\n', /^Column "b" is set to integer, but line 2 holds "2.5"/, { types: { b: 'integer' } });
    await assertRefused('age,b\n31,2.5\n', /^Column "b" is set to boolean, but line 2 holds "2.5"/, { types: { b: 'boolean' } });
    await assertRefused('age,b\n31,2.5\n', /^Column "b" is set to dateTime, but line 2 holds "2.5"/, { types: { b: 'dateTime' } });
    await assertRefused('age,b\n31,2.5\n', /^A type is set for column "aeg", .*Did you mean "age"\?/, { types: { aeg: 'integer' } });
    const many = Array.from({ length: 6000 }, (_, i) => `${i}.5`).join('\n');
    await assertRefused(`x\n${many}\n`, /^Column "x" is set to integer, but line 2 holds "0.5"/, { types: { x: 'integer' } });
  });

  it('decides once for a column whether days or months come first', async () => {
    const dayFirst = await read('d\n03/04/2024\n25/04/2024\n');
    assert.deepEqual(dayFirst.dateOrders, { d: 'dayFirst' });
    assert.deepEqual(cells(dayFirst.table.columns[0]), [String(Date.UTC(2024, 3, 3)), String(Date.UTC(2024, 3, 25))]);
    const monthFirst = await read('d\n03/04/2024\n');
    assert.deepEqual(cells(monthFirst.table.columns[0]), [String(Date.UTC(2024, 2, 4))]);
    const told = await read('d\n03/04/2024\n', { types: { d: 'dateTime' }, dateOrders: { d: 'dayFirst' } });
    assert.deepEqual(cells(told.table.columns[0]), [String(Date.UTC(2024, 3, 3))]);
  });

  it('refuses what is no table, in one sentence', async () => {
    await assertRefused('', /^"data.csv" is empty; it needs a line of column names and rows below it\.$/);
    await assertRefused('\n \n\n', /^"data.csv" holds nothing but blank lines/);
    await assertRefused('a,b\n', /^"data.csv" has column names but no rows/);
    await assertRefused(Buffer.from([1, 2, 0, 255, 3]), /^"data.csv" is not a text file; a CSV file is needed\.$/);
    await assertRefused(Buffer.from('PK\u0003\u0004rest'), /Excel workbook; export it as CSV/);
    await assertRefused('{"a": 1}', /holds JSON, not a CSV/);
    await assertRefused('<!DOCTYPE html><p>', /holds HTML or XML, not a CSV/);
    await assertRefused('a,b\n1,"open\n2,x\n', /a quote \("\) that is never closed, in the row that starts on line 2/);
    await assertRefused(`a,b\n1,2\n3,"${'x\n'.repeat(6_000_000)}`, /never closed, in the row that starts on line 3/);
  });

  it('refuses a file that is not there, or a folder', async () => {
    await assert.rejects(readTable(path.join(folder(), 'gone.csv'), { name: 'gone.csv' }, silentContext), /^UserError: "gone.csv" doesn't exist/);
    mkdirSync(path.join(folder(), 'inner'));
    await assert.rejects(readTable(path.join(folder(), 'inner'), { name: 'inner' }, silentContext), /^UserError: "inner" is a folder/);
  });

  it('refuses a file that may not be read', async function () {
    if (process.platform === 'win32' || process.getuid?.() === 0) {
      console.log('      (skipped: whoever runs the tests may read every file; the command line\'s tests try it as another user)');
      this.skip();
    }
    const file = path.join(folder(), 'secret.csv');
    writeFileSync(file, 'a\n1\n');
    chmodSync(file, 0);
    await assert.rejects(readTable(file, { name: 'secret.csv' }, silentContext), /"secret.csv" can't be read for lack of permission/);
  });

  it('stops when cancelled and tells how far it is', async () => {
    const file = path.join(folder(), 'data.csv');
    writeFileSync(file, `a,b\n${'1,2\n'.repeat(4_000_000)}`);
    const fractions: number[] = [];
    const context = { report: (fraction: number) => void fractions.push(fraction), throwIfCancelled: () => undefined };
    assert.equal((await readTable(file, {}, context)).table.rowCount, 4_000_000);
    assert.ok(fractions.every((fraction, i) => fraction >= (fractions[i - 1] ?? 0)), String(fractions));
    assert.equal(fractions.at(-1), 1);
    let asked = 0;
    const cancelling = {
      report: () => undefined,
      throwIfCancelled: () => {
        asked++;
        if (asked > 1) {
          throw new CancelledError();
        }
      },
    };
    await assert.rejects(readTable(file, {}, cancelling), CancelledError);
  });

  it('reads back what papaparse writes, for any cells, delimiter and line end', async () => {
    const word = fc.stringMatching(/^[a-z",;|\n\t '.é-]{0,8}$/).map((text) => text.replace(/\r/g, ''));
    const clean = (text: string): string | null => (missingTokens.has(text.trim()) ? null : text.trim());
    await fc.assert(fc.asyncProperty(
      fc.integer({ min: 2, max: 5 }).chain((width) => fc.array(fc.array(word, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 })),
      fc.constantFrom(',', ';', '\t', '|'),
      fc.constantFrom('\n', '\r\n'),
      async (data, delimiter, newline) => {
        // A name of letters keeps the header from being a blank line.
        const fields = data[0].map((_, i) => `c${'abcde'[i]}`);
        const text = Papa.unparse({ fields, data }, { delimiter, newline, quotes: true });
        const types = Object.fromEntries(fields.map((name) => [name, 'text' as const]));
        const result = await read(text, { delimiter, types });
        // Line by line: which rows are there, and what they hold.
        assert.deepEqual(Object.values(allCells(result)), fields.map((_, i) => data.map((row) => clean(row[i]))));
        let line = 2;
        assert.deepEqual(linesOf(result.table), data.map((row) => {
          const begin = line;
          line += 1 + row.join('').split('\n').length - 1;
          return begin;
        }));
      },
    ), { numRuns: 200 });
  });
});
