import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { readTable } from '../../../../src/engine/data/readTable';
import { refuseLargeArchive } from '../../../../src/engine/data/formats/unpackedSize';
import { UserError } from '../../../../src/engine/errors';
import { silentContext } from '../../../../src/engine/stepContext';
import { withFile } from '../temporaryFile';
import { cellsOf } from './tableCells';
import { linesOf } from '../../tables';

/** A ZIP archive of one part. @param declared how large its directory says that the part is. */
function zipOf(name: string, content: Buffer, declared: number): ArrayBuffer {
  const packed = deflateRawSync(content, { level: 9 });
  const head = Buffer.alloc(30 + name.length);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(8, 8);
  head.writeUInt32LE(crc32(content), 14);
  head.writeUInt32LE(packed.length, 18);
  head.writeUInt32LE(declared, 22);
  head.writeUInt16LE(name.length, 26);
  head.write(name, 30);
  const directory = Buffer.alloc(46 + name.length);
  directory.writeUInt32LE(0x02014b50, 0);
  directory.writeUInt32LE(20 | (20 << 16), 4);
  head.copy(directory, 8, 6, 30);
  directory.write(name, 46);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(1 | (1 << 16), 8);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(head.length + packed.length, 16);
  return new Uint8Array(Buffer.concat([head, packed, directory, end])).buffer;
}

const file = path.resolve(__dirname, '../../../fixtures/formats/formulas.xlsx');

describe('readTable of Excel workbooks', () => {
  it('takes saved results of formulas, leaves out empty rows and columns, and numbers rows as the sheet does', async () => {
    const { table, header } = await readTable(file, {}, silentContext);
    assert.equal(header, true);
    assert.deepEqual(table.columns.map(({ name }) => name), ['a', 'sum', 'fault']);
    assert.deepEqual(cellsOf(table), [['1', '3', 'x'], [2, 4, null], [5, null, 7]]);
    assert.deepEqual(linesOf(table), [4, 6, 7]);
    await assert.rejects(readTable(file, { types: { a: 'integer' } }, silentContext), /Column "a" is set to integer, but row 7 holds "x"/);
  });

  it('takes the first row for data when told so', async () => {
    const { table } = await readTable(file, { header: false }, silentContext);
    assert.deepEqual(table.columns.map(({ name }) => name), ['column1', 'column2', 'column3']);
    assert.deepEqual(cellsOf(table)[1], ['sum', '2', '4', null]);
  });

  it('refuses a workbook that unpacks to too much, whatever its directory says', async () => {
    const bytes = readFileSync(file);
    const archive = new Uint8Array(bytes).buffer;
    await refuseLargeArchive(archive, 'a.xlsx', silentContext);
    const unpacked = 5_000_000;
    for (const declared of [unpacked, 10]) {
      const bomb = zipOf('xl/worksheets/sheet1.xml', Buffer.alloc(unpacked, '<c/>'), declared);
      assert.ok(bomb.byteLength < 20_000);
      await refuseLargeArchive(bomb, 'a.xlsx', silentContext, unpacked);
      await assert.rejects(refuseLargeArchive(bomb, 'a.xlsx', silentContext, unpacked - 1),
        (error) => error instanceof UserError && error.message === '"a.xlsx" unpacks to more than 5 MB, too much for a workbook, which is read as a whole; write its table as CSV or Parquet.');
    }
  });

  it('refuses a small workbook that would fill the memory', async () => {
    const bomb = zipOf('xl/worksheets/sheet1.xml', Buffer.alloc(520_000_000), 1000);
    await withFile(new Uint8Array(bomb), (bad) => assert.rejects(readTable(bad, {}, silentContext), (error) => error instanceof UserError && /unpacks to more than \d+ MB, too much for a workbook/.test(error.message)), 'data.xlsx');
  });

  it('refuses what is no workbook', async () => {
    await withFile('a,b\n1,2\n', (other) => assert.rejects(readTable(other, {}, silentContext), (error) => error instanceof UserError && /can't be read as an Excel workbook/.test(error.message)), 'data.xlsx');
  });
});
