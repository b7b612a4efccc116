import { strict as assert } from 'node:assert';
import { closeSync, mkdirSync, openSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { readTable } from '../../../src/engine/data/readTable';
import type { TextLimits } from '../../../src/engine/data/textSource';
import { openText } from '../../../src/engine/data/textSource';
import { CancelledError, UserError } from '../../../src/engine/errors';
import type { StepContext } from '../../../src/engine/stepContext';
import { silentContext } from '../../../src/engine/stepContext';
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
  this.timeout(60_000);
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
    const file = write(`${Array.from({ length: 12 }, (_, i) => `c${i}`).join(',')}\n${`${new Array<string>(12).fill('1').join(',')}\n`.repeat(100_000)}`);
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
});
