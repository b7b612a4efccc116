import { strict as assert } from 'node:assert';
import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { profileTable } from '../../../src/engine/data/profile';
import { readTable } from '../../../src/engine/data/readTable';
import type { TextLimits } from '../../../src/engine/data/textSource';
import { openText } from '../../../src/engine/data/textSource';
import { CancelledError, UserError } from '../../../src/engine/errors';
import type { StepContext } from '../../../src/engine/stepContext';
import { longestRow } from '../../../src/engine/data/csv/kernel';
import { numberAt } from '../../../src/engine/data/numbers';
import { silentContext } from '../../../src/engine/stepContext';
import { mostComparedColumns } from '../../../src/schema/profileLimits';
import { useTemporaryFolder } from '../temporaryFolder';

/** A file of gzip's that unpacks to the same text many times over: gzip lets files follow each other. */
function bomb(text: string, times: number): Buffer {
  const once = gzipSync(text, { level: 9 });
  return Buffer.concat(new Array<Buffer>(times).fill(once));
}

function exactly(message: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.message, message);
    return true;
  };
}

describe('limits of reading', function () {
  this.timeout(180_000);
  const usual = process.env.TMPDIR;
  let temporary = '';

  // Before the folder goes.
  afterEach(() => {
    assert.deepEqual(readdirSync(temporary), [], 'no temporary file is left');
    if (usual === undefined) {
      delete process.env.TMPDIR;
    } else {
      process.env.TMPDIR = usual;
    }
  });
  const folder = useTemporaryFolder();
  // Temporary files go where the test can see what is left of them.
  beforeEach(() => {
    temporary = path.join(folder(), 'temporary');
    mkdirSync(temporary);
    process.env.TMPDIR = temporary;
  });

  function write(content: string | Uint8Array, name = 'data.csv'): string {
    const file = path.join(folder(), name);
    writeFileSync(file, content);
    return file;
  }

  async function read(content: string | Uint8Array, name = 'data.csv', context: StepContext = silentContext): Promise<void> {
    await readTable(write(content, name), { name }, context);
  }

  describe('what is packed', () => {
    const text = `${'1,2\n'.repeat(2_000_000)}`;

    async function open(content: Uint8Array, limits: TextLimits, context = silentContext): Promise<void> {
      const file = openSync(write(content, 'bomb.csv.gz'), 'r');
      try {
        const opened = await openText(file, content.length, 'bomb.csv.gz', context, limits);
        opened.close();
      } finally {
        closeSync(file);
      }
    }

    it('is refused by what it would unpack to, long before the disk is full', async () => {
      await assert.rejects(open(bomb(text, 2000), { freeDisk: () => 1e9 }), (error) => error instanceof UserError
        && /^"bomb\.csv\.gz" unpacks to about 1[56]\.\d GB, for which the disk has no room; free some space, or use a part of it\.$/.test(error.message));
    });

    it('is refused at the limit where nothing told before', async () => {
      await assert.rejects(open(bomb(text, 10), { freeDisk: () => 50e6 }), exactly(
        '"bomb.csv.gz" unpacks to more than 40 MB, for which the disk has no room; free some space, or use a part of it.'));
      await open(bomb(text, 4), { freeDisk: () => 50e6 });
    });

    it('is refused when other programs fill the disk meanwhile', async () => {
      let free = 1e9;
      const context = { ...silentContext, report: () => (free = 150e6) };
      await assert.rejects(open(bomb(text, 20), { freeDisk: () => free }, context), exactly(
        '"bomb.csv.gz" unpacks to more than 67 MB, for which the disk has no room; free some space, or use a part of it.'));
    });

    it('is refused when its table would not fit into memory, by its first rows', async () => {
      let begun = 0;
      const limits = {
        mostText: ({ size }: { readonly size: number }) => {
          begun = size;
          return 30e6;
        },
      };
      await assert.rejects(open(bomb(text, 10), limits), exactly(
        '"bomb.csv.gz" unpacks to more than 30 MB, and its table would not fit into this machine\'s memory; use a part of it.'));
      assert.equal(begun, 16 * 1024 * 1024);
    });

    it('is refused by the reader itself, for this machine\'s memory', async () => {
      // 20 bytes of table for 4 of text.
      const times = Math.ceil(totalmem() / text.length);
      await assert.rejects(read(bomb(text, times), 'bomb.csv.gz'), (error) => error instanceof UserError
        && /^"bomb\.csv\.gz" unpacks to (about|more than) [\d.]+ (GB|MB), (and its table would not fit into this machine's memory|for which the disk has no room; free some space, or); use a part of it\.$/.test(error.message));
    });

    it('is refused at once when it holds zeros or blank lines', async () => {
      await assert.rejects(read(bomb('\0'.repeat(8_000_000), 1000), 'bomb.csv.gz'), exactly('"bomb.csv.gz" is not a text file; a CSV file is needed.'));
      await assert.rejects(read(bomb('\n'.repeat(8_000_000), 1000), 'bomb.csv.gz'), exactly(
        '"bomb.csv.gz" begins with more than 8 MB of blank lines; it needs a line of column names and rows below it.'));
    });

    it('can be cancelled after any megabyte', async () => {
      let reports = 0;
      const context: StepContext = {
        report: () => reports++,
        throwIfCancelled: () => {
          if (reports > 20) {
            throw new CancelledError();
          }
        },
      };
      await assert.rejects(open(bomb(text, 1000), {}, context), CancelledError);
      assert.equal(reports, 21);
    });

    it('is refused as UTF-16 when the disk has no room for it', async () => {
      const wide = Buffer.from(`\ufeff${text.slice(0, 4_000_000)}`, 'utf16le');
      await assert.rejects(open(wide, { freeDisk: () => 2e6 }), exactly(
        '"bomb.csv.gz" is written as UTF-16, and the disk has no room for it as UTF-8; free some space, or save it as UTF-8.'));
    });
  });

  it('refuses 5 GB before reading them, with the memory that they need', async function () {
    const file = write(`${Array.from({ length: 12 }, (_, i) => `c${i}`).join(',')}\n${`${new Array<string>(12).fill('a').join(',')}\n`.repeat(100_000)}`);
    truncateSync(file, Math.max(5e9, totalmem()));
    if (statSync(file).blocks * 512 > 1e8) {
      this.skip(); // The file system keeps no holes: the file would take its whole size.
    }
    const started: number[] = [];
    const context = { ...silentContext, report: (fraction: number) => started.push(fraction) };
    await assert.rejects(readTable(file, { name: 'data.csv' }, context), (error) => error instanceof UserError
      && /^"data\.csv" needs about \d+\.\d GB of memory, but this machine has \d+\.\d GB; use fewer rows or columns\.$/.test(error.message));
    assert.deepEqual(started, [], 'nothing was read');
  });

  it('reads 100,000 columns, with one thread and with several, and profiles them', async () => {
    const columns = 100_000;
    const cell = (row: number, column: number): string => (column % 10 === 0 ? ['red', 'green', 'blue'][(row + column) % 3] : String((row * 31 + column) % 1000));
    const rows = Array.from({ length: 8 }, (_, row) => Array.from({ length: columns }, (_, column) => cell(row, column)).join(','));
    // Empty names and equal ones must not take longer than others.
    const names = Array.from({ length: columns }, (_, column) => (column % 2 === 0 ? 'same' : `c${column}`)).join(',');
    const file = write(`${names}\n${rows.join('\n')}\n`);
    for (const threads of [1, 2]) {
      const read = await readTable(file, { threads }, silentContext);
      const { columns: read100k, rowCount } = read.table;
      assert.deepEqual([read100k.length, rowCount], [columns, 8]);
      for (const place of [0, 1, 10, 4095, 65_535, 99_990, 99_999]) {
        const column = read100k[place];
        assert.equal(column.name, place === 0 ? 'same' : place % 2 === 0 ? `same_${place / 2 + 1}` : `c${place}`);
        const cells = Array.from({ length: rowCount }, (_, row) => (column.kind === 'numeric' ? String(numberAt(column.numbers, row)) : column.categories[column.codes[row]]));
        assert.deepEqual(cells, Array.from({ length: rowCount }, (_, row) => cell(row, place)));
      }
      if (threads === 2) {
        const profile = profileTable(read, 'data.csv', silentContext);
        assert.equal(profile.columns.length, columns);
        assert.equal(profile.correlations?.pearson.columns.length, mostComparedColumns);
      }
    }
  });

  it('says in one sentence what is wrong, and where', async () => {
    const quotes = `a,b\n${'1,x\n'.repeat(20)}2,"x\n${'3,y\n'.repeat(20)}`;
    await assert.rejects(read(quotes), exactly('"data.csv" has a quote (") that is never closed, in the row that starts on line 22; close it, or double it if it belongs to the text.'));
    await assert.rejects(read(`a,b\n${'1,x\n'.repeat(20_000)}2,x\0y\n`), exactly(
      '"data.csv" holds a NUL character in column "b" on line 20002; it is no text, or was damaged. Remove it or export the file anew.'));
    await assert.rejects(read('a,b\n1,x\0y\n'), exactly('"data.csv" is not a text file; a CSV file is needed.'));
    await assert.rejects(read(Uint8Array.from({ length: 5000 }, (_, i) => (i * 7) % 256)), exactly('"data.csv" is not a text file; a CSV file is needed.'));
    await assert.rejects(read(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0)), exactly('"data.csv" is a ZIP archive or an Excel workbook; export it as CSV.'));
    await assert.rejects(read(`a,b\n1,${'x'.repeat(10_000_000)}\n`), exactly('"data.csv" holds more than 8388608 characters on line 2; check that it is a CSV file.'));
  });

  it('draws the line at 8 MB a row, wherever it stands', async () => {
    for (const before of [0, 300, 262_000]) {
      for (const behind of ['', '3,4\n']) {
        const text = (length: number): string => `a,b\n${'1,2\n'.repeat(before)}5,${'x'.repeat(length - 2)}\n${behind}`;
        const { table } = await readTable(write(text(longestRow)), { name: 'data.csv' }, silentContext);
        assert.equal(table.rowCount, before + 1 + (behind === '' ? 0 : 1));
        await assert.rejects(read(text(longestRow + 1)), exactly(`"data.csv" holds more than 8388608 characters on line ${before + 2}; check that it is a CSV file.`));
      }
    }
  });

  it('reads a single line of 2 MB', async () => {
    const long = 'x'.repeat(2_000_000);
    const { table } = await readTable(write(`a,b\n1,${long}\n2,short\n`), {}, silentContext);
    const [, column] = table.columns;
    assert.ok(column.kind === 'categorical');
    assert.deepEqual(column.categories, [long, 'short']);
  });

  for (const [what, change] of [
    ['grows', (file: string) => appendFileSync(file, '3,4\n')],
    ['shrinks', (file: string) => truncateSync(file, 5_000_000)],
    ['is emptied', (file: string) => truncateSync(file, 0)],
  ] as const) {
    it(`refuses a file that ${what} while it is read`, async () => {
      const file = write(`a,b\n${'1,2\n'.repeat(3_000_000)}`);
      let done = false;
      const context: StepContext = {
        report: () => undefined,
        throwIfCancelled: () => {
          if (!done) {
            done = true;
            change(file);
          }
        },
      };
      await assert.rejects(readTable(file, { name: 'data.csv' }, context), exactly('"data.csv" was changed while it was read; try again once the program that writes it is done.'));
    });
  }
});
