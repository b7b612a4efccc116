import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ReadTableOptions, ReadTableResult } from '../../../src/engine/data/readTable';
import { readTable } from '../../../src/engine/data/readTable';
import { refuseTooLarge } from '../../../src/engine/data/memoryNeed';
import type { Sniffed } from '../../../src/engine/data/sniff';
import type { Column } from '../../../src/engine/data/table';
import { UserError } from '../../../src/engine/errors';
import { silentContext } from '../../../src/engine/stepContext';
import { useTemporaryFolder } from '../temporaryFolder';
import { allNumbers } from '../../../src/engine/data/numbers';
import { linesOf } from '../tables';
import { columnForm, floatPlans } from '../../../src/engine/data/csv/columnRoom';
import { columnKind } from '../../../src/engine/data/csv/kernel';

describe('ugly files', () => {
  const folder = useTemporaryFolder();

  async function read(content: string | Uint8Array, options: ReadTableOptions = {}): Promise<ReadTableResult> {
    const file = path.join(folder(), 'ugly.csv');
    writeFileSync(file, content);
    return readTable(file, { name: 'ugly.csv', ...options }, silentContext);
  }

  function shape({ table }: ReadTableResult): string[] {
    return table.columns.map(({ name, type }) => `${name}: ${type}`);
  }

  function values(column: Column): (number | string | null)[] {
    return column.kind === 'numeric' ? Array.from(allNumbers(column.numbers), (value) => (Number.isNaN(value) ? null : value)) : Array.from(column.codes, (code) => (code < 0 ? null : column.categories[code]));
  }

  it('knows a file without a header by its first row', async () => {
    assert.deepEqual(shape(await read('1,red,?\n2,blue,5\n3,red,6\n')), ['column1: integer', 'column2: categorical', 'column3: integer']);
    assert.deepEqual(shape(await read('red,small\nblue,large\nred,large\n')), ['column1: categorical', 'column2: categorical']);
    assert.deepEqual(shape(await read('colour,size\nblue,large\nred,large\n')), ['colour: categorical', 'size: categorical']);
    assert.deepEqual(shape(await read('country,1990,1991,1992\nA,3,4,5\nB,6,7,8\n')), ['country: categorical', '1990: integer', '1991: integer', '1992: integer']);
    assert.deepEqual(shape(await read('2020-01-01,5\n2020-01-02,6\n')), ['column1: dateTime', 'column2: integer']);
  });

  it('obeys what the user says about the header', async () => {
    assert.deepEqual(shape(await read('1,2\n3,4\n', { header: true })), ['1: integer', '2: integer']);
    const { table } = await read('a,b\nc,d\n', { header: false });
    assert.deepEqual(table.columns.map(values), [['a', 'c'], ['b', 'd']]);
    assert.deepEqual(linesOf(table), [1, 2]);
  });

  it('reads decimal commas and thousands', async () => {
    const german = await read('name;price;count\na;1.234,50;1.000\nb;-3,5;12\nc;;7.654.321\n');
    assert.deepEqual(shape(german), ['name: categorical', 'price: numeric', 'count: integer']);
    assert.deepEqual(german.table.columns.map(values).slice(1), [[1234.5, -3.5, null], [1000, 12, 7654321]]);
    const english = await read('name,price\na,"1,234.50"\nb,"12,345,678"\nc,7\n');
    assert.deepEqual(values(english.table.columns[1]), [1234.5, 12345678, 7]);
    const told = await read('x;y\n1,5;2,250\n', { decimal: ',', thousands: '' });
    assert.deepEqual(told.table.columns.map(values), [[1.5], [2.25]]);
  });

  it('takes the missing tokens that the user names', async () => {
    const { table } = await read('x,y\n-999,none\n4,NA\n5,\n', { missing: ['-999', 'none'] });
    assert.deepEqual(table.columns.map(values), [[null, 4, 5], [null, 'NA', null]]);
  });

  it('reads quoted fields behind spaces, and quotes in the middle of fields', async () => {
    const { table } = await read('a, b, c\n1, "x, y", 5" wide\n2, "say ""hi""", 6" wide\n');
    assert.deepEqual(table.columns.map(values), [[1, 2], ['x, y', 'say "hi"'], ['5" wide', '6" wide']]);
  });

  it('takes quotes as characters when told that there are none', async () => {
    const { table } = await read('a,b\n"x,1\ny",2\n', { quote: '' });
    assert.deepEqual(table.columns.map(values), [['"x', 'y"'], [1, 2]]);
  });

  it('widens a column whose last row disagrees, in a file that several threads read', async () => {
    const rows = Array.from({ length: 500_000 }, (_, i) => `${i},${i / 7},2024-01-0${1 + (i % 9)}\n`).join('');
    const { table } = await read(`n,x,day\n${rows}many,0.5,soon\n`);
    assert.deepEqual(table.columns.map(({ type }) => type), ['text', 'numeric', 'categorical']);
    assert.equal(values(table.columns[0])[500_000], 'many');
    assert.equal(values(table.columns[0])[499_999], '499999');
    assert.equal(table.columns[2].kind === 'categorical' && table.columns[2].categories.length, 10);
  });

  it('reads Windows-1252 that begins late in a large file', async () => {
    const ascii = 'caf,1\n'.repeat(900_000);
    const { table, encoding } = await read(Buffer.concat([Buffer.from(`name,n\n${ascii}`), Buffer.from('caf\xe9,2\n', 'latin1')]));
    assert.equal(encoding, 'windows-1252');
    assert.equal(values(table.columns[0])[900_000], 'café');
  });

  it('says which row never ends', async () => {
    const good = 'abc,1\n'.repeat(900_000);
    await assert.rejects(read(`name,n\n${good}"never,2\n${good}`), /^UserError: "ugly.csv" has a quote \("\) that is never closed, in the row that starts on line 900002;/);
    await assert.rejects(read(`name,n\nabc,1\n${'x'.repeat(10_000_000)},2\n`), /^UserError: "ugly.csv" holds more than 8388608 characters on line 3; check/);
    await assert.rejects(read('x'.repeat(9_000_000)), /^UserError: "ugly.csv" holds more than 8388608 characters on line 1; check/);
  });

  it('reads a single line of 2 MB and long quoted texts', async () => {
    const long = 'word '.repeat(400_000);
    const { table } = await read(`id,text\n1,"${long}\n${long}"\n2,short\n`);
    assert.equal(values(table.columns[1])[0], `${long}\n${long}`.trim());
    assert.deepEqual(linesOf(table), [2, 4]);
  });

  it('refuses more columns than a table can have', async () => {
    const line = Array.from({ length: 100_001 }, (_, i) => i).join(',');
    await assert.rejects(read(`${line}\n${line}\n`), (error) => error instanceof UserError
      && error.message === '"ugly.csv" has 100001 fields on line 1, more than the 100000 columns a table can have; check its delimiter, and that it is a CSV file with rows on lines.');
  });

  it('reads ten thousand columns', async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `c${i}`);
    const { table } = await read(`${names.join(',')}\n${names.map((_, i) => i).join(',')}\n${names.map((_, i) => i / 2).join(',')}\n`);
    assert.equal(table.columns.length, 10_000);
    assert.deepEqual(values(table.columns[9999]), [9999, 4999.5]);
  });

  it('refuses NUL bytes, in the beginning as binary and later with their place', async () => {
    await assert.rejects(read('a,b\n1,x\0y\n'), /^UserError: "ugly.csv" is not a text file/);
    await assert.rejects(read(`a,b\n${'1,x\n'.repeat(20_000)}2,x\0y\n`), /^UserError: "ugly.csv" holds a NUL character in column "b" on line 20002;/);
    await assert.rejects(read(`a,b\n${'1,2\n'.repeat(20_000)}2,3\0\n`), /^UserError: "ugly.csv" holds a NUL character in column "b" on line 20002;/);
    await assert.rejects(read(`a,b\n${'1,x\n'.repeat(20_000)}\0,x\n`), /^UserError: "ugly.csv" holds a NUL character in column "a" on line 20002;/);
  });

  it('reads what is compressed with gzip, and refuses what is damaged or unpacks to nothing', async () => {
    const text = `a,b\n${Array.from({ length: 3000 }, (_, i) => `${i},x${i % 7}`).join('\n')}\n`;
    const packed = gzipSync(text);
    const { table, bytes, sha256 } = await read(packed);
    assert.equal(table.rowCount, 3000);
    assert.equal(values(table.columns[1])[2999], 'x3');
    assert.equal(bytes, packed.length);
    assert.equal(await sha256(), createHash('sha256').update(packed).digest('hex'));
    assert.equal((await read(gzipSync(Buffer.from(`\ufeff${text}`, 'utf16le')))).table.rowCount, 3000);
    await assert.rejects(read(packed.subarray(0, packed.length - 100)), /^UserError: "ugly.csv" is compressed with gzip but damaged; get it anew\.$/);
    await assert.rejects(read(gzipSync('')), /^UserError: "ugly.csv" is empty/);
    await assert.rejects(read(gzipSync(Buffer.alloc(10_000_000))), /^UserError: "ugly.csv" is not a text file/);
  });

  it('refuses a file that changes while it is read', async () => {
    const file = path.join(folder(), 'ugly.csv');
    const content = `a,b\n${'1,2\n'.repeat(2_000_000)}`;
    writeFileSync(file, content);
    let changed = false;
    const context = {
      report: () => undefined,
      throwIfCancelled: () => {
        if (!changed) {
          changed = true;
          appendFileSync(file, '3,4\n');
        }
      },
    };
    await assert.rejects(readTable(file, { name: 'ugly.csv' }, context), /^UserError: "ugly.csv" was changed while it was read/);
  });

  it('says how much memory is missing before it reads', () => {
    const found = { start: 0, rowBytes: 100 } as Sniffed;
    const source = { file: 0, size: 50e9, textStart: 0, name: 'big.csv' };
    const floats = { kinds: new Uint8Array(10).fill(columnKind.number), plans: floatPlans(10) };
    assert.throws(
      () => refuseTooLarge(found, floats, source, 'big.csv', 16e9),
      (error) => error instanceof UserError && error.message === '"big.csv" needs about 42.0 GB of memory, but this machine has 16.0 GB; use fewer rows or columns.',
    );
    refuseTooLarge(found, floats, source, 'big.csv', 64e9);
    // Numbers of few digits take less.
    refuseTooLarge(found, { ...floats, plans: { decimals: new Int8Array(10), forms: new Uint8Array(10).fill(columnForm.int16) } }, source, 'big.csv', 16e9);
  });
});
