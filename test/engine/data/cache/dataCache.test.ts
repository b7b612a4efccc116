import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { readTableCached } from '../../../../src/engine/data/cache/cachedTable';
import { profileCached } from '../../../../src/engine/data/cache/cachedProfile';
import { CacheFile, CacheFileWriter } from '../../../../src/engine/data/cache/cacheFile';
import type { CachePlace } from '../../../../src/engine/data/cache/cachePlace';
import { cachePlace } from '../../../../src/engine/data/cache/cachePlace';
import { bytesOf } from '../../../../src/engine/data/cache/packedTexts';
import { cacheSize, clearCache, FileCache, makeRoom } from '../../../../src/engine/data/cache/fileCache';
import { lazyTable, storeTable, tableToStore } from '../../../../src/engine/data/cache/storedTable';
import { profileTable } from '../../../../src/engine/data/profile';
import type { ReadTableOptions, ReadTableResult } from '../../../../src/engine/data/readTable';
import { readTable } from '../../../../src/engine/data/readTable';
import type { Table } from '../../../../src/engine/data/table';
import { silentContext } from '../../../../src/engine/stepContext';
import { useTemporaryFolder } from '../../temporaryFolder';
import { allNumbers, packNumbers } from '../../../../src/engine/data/numbers';
import { sharedCodes } from '../../../../src/engine/data/table';
import { arrayOf } from '../../tables';

/** All bits of a table. */
function bits({ rowCount, lines, columns }: Table): unknown {
  const hash = (array: NodeJS.ArrayBufferView): string => createHash('sha256').update(bytesOf(array)).digest('hex');
  return {
    rowCount, lines: lines instanceof Uint32Array ? hash(lines) : lines,
    columns: columns.map((column) => (column.kind === 'numeric'
      ? [column.name, column.type, hash(allNumbers(column.numbers))]
      : [column.name, column.type, hash(column.codes), [...column.categories]])),
  };
}

/** A file large enough to be kept, rested so that its time tells of every later change. */
function writeLarge(file: string, first = 'a'): void {
  const rows = Array.from({ length: 70_000 }, (_, i) => `${i},${i / 7},${'abcdefg'[i % 7].repeat(100)} é,2024-01-0${1 + (i % 9)},${i % 2 === 0 ? '' : i % 200}\n`);
  writeFileSync(file, `id,x,word,day,${first}\n${rows.join('')}`);
  const past = Date.now() / 1000 - 60;
  utimesSync(file, past, past);
}

describe('data cache', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  const place = (mostBytes = 1e9): CachePlace => ({ folder: path.join(folder(), 'cache'), mostBytes });
  const files = (): string[] => (existsSync(place().folder) ? readdirSync(place().folder).map((name) => path.join(place().folder, name)) : []);

  /** Reads and does what is to be done afterwards. @returns whether it came from the cache, too. */
  async function read(file: string, options: ReadTableOptions = {}, own = place()): Promise<{ result: ReadTableResult; kept: boolean; notes: string[] }> {
    const waiting: (() => Promise<void>)[] = [];
    const notes: string[] = [];
    const result = await readTableCached(file, { threads: 2, ...options }, { ...silentContext, report: (_, message) => void notes.push(message) }, (work) => waiting.push(work), own);
    const kept = waiting.length === 0;
    for (const work of waiting) {
      await work();
    }
    return { result, kept, notes };
  }

  it('gives the same table, bit for bit, from the cache', async () => {
    const file = path.join(folder(), 'data.csv');
    writeLarge(file);
    const plain = await readTable(file, {}, silentContext);
    const first = await read(file);
    const second = await read(file);
    assert.deepEqual([first.kept, second.kept], [false, true]);
    assert.deepEqual(bits(second.result.table), bits(plain.table));
    const sha256 = second.result.sha256;
    const known = ({ delimiter, header, encoding, bytes, dateOrders, findings }: ReadTableResult) => ({ delimiter, header, encoding, bytes, dateOrders, findings });
    assert.deepEqual(known(second.result), known(plain));
    assert.equal(await sha256(), await plain.sha256());
    assert.ok(second.result.table.columns.every((column) => arrayOf(column).buffer instanceof SharedArrayBuffer));
    // Types that are inferred anyway don't need another copy.
    assert.equal((await read(file, { types: { id: 'integer', word: 'text' } })).kept, true);
    assert.equal((await read(file, { types: { id: 'numeric' } })).kept, false);
  });

  it('reads anew when content, time, or the way of reading differ', async () => {
    const file = path.join(folder(), 'data.csv');
    writeLarge(file, 'a');
    assert.equal((await read(file)).kept, false);
    for (const options of [{ header: false }, { missing: ['none'] }, { quote: '' }, { delimiter: ',' }]) {
      assert.equal((await read(file, options)).kept, false, JSON.stringify(options));
    }
    const { mtimeMs } = statSync(file);
    writeLarge(file, 'b');
    utimesSync(file, mtimeMs / 1000, mtimeMs / 1000);
    const changed = await read(file);
    assert.equal(changed.kept, false, 'same size and time of change, other content');
    assert.equal(changed.result.table.columns[4].name, 'b');
    utimesSync(file, 1e9, 1e9);
    assert.equal((await read(file)).kept, false);
    assert.equal((await read(file)).kept, true);
  });

  it('reads the file when its copy is damaged, shortened or gone', async () => {
    const file = path.join(folder(), 'data.csv');
    writeLarge(file);
    const wanted = bits((await read(file)).result.table);
    const damages: ((copy: string) => void)[] = [
      (copy) => truncateSync(copy, statSync(copy).size - 1),
      (copy) => truncateSync(copy, 10),
      (copy) => writeFileSync(copy, ''),
      (copy) => writeFileSync(copy, readFileSync(copy).fill(7, 1_000_000, 1_000_100)),
      (copy) => {
        // Even when its times were put back.
        const { atimeMs, mtimeMs } = statSync(copy);
        writeFileSync(copy, readFileSync(copy).fill(7, 4096, 4200));
        utimesSync(copy, atimeMs / 1000, mtimeMs / 1000);
      },
    ];
    for (const damage of damages) {
      const [copy] = files();
      damage(copy);
      const { result, kept, notes } = await read(file);
      assert.equal(kept, false);
      assert.ok(notes.some((note) => note.includes('was damaged')), notes.join());
      assert.deepEqual(bits(result.table), wanted);
      assert.equal((await read(file)).kept, true);
    }
  });

  it('may be removed while it is used', async () => {
    const file = path.join(folder(), 'data.csv');
    writeLarge(file);
    const wanted = bits((await read(file)).result.table);
    const { result, kept } = await read(file);
    const others = path.join(place().folder, 'other.cache');
    writeFileSync(others, '');
    clearCache(place());
    assert.deepEqual(files(), [others], 'files of others stay');
    assert.equal(kept, true);
    assert.deepEqual(bits(result.table), wanted);
    assert.equal((await read(file)).kept, false);
  });

  it('is filled by several at once without harm', async () => {
    const file = path.join(folder(), 'data.csv');
    writeLarge(file);
    const all = await Promise.all([read(file), read(file), read(file)]);
    const wanted = bits(all[0].result.table);
    assert.equal(files().length, 1);
    const again = await Promise.all([read(file), read(file)]);
    assert.ok(again.every(({ kept, result }) => kept && JSON.stringify(bits(result.table)) === JSON.stringify(wanted)));
  });

  it('removes what was used longest ago, and keeps nothing that is too large', async () => {
    const file = path.join(folder(), 'data.csv');
    writeFileSync(file, 'a\n1\n');
    utimesSync(file, 1e9, 1e9);
    const cache = FileCache.of(file, place());
    assert.ok(cache !== undefined);
    const key = (options: number) => ({ kind: 'profile' as const, options });
    [1, 2, 3].forEach((each) => cache.keep(key(each), 'x'.repeat(1000)));
    files().forEach((name) => utimesSync(name, 1000, statSync(name).mtime));
    assert.equal(cache.value(key(1)), 'x'.repeat(1000));
    assert.equal(makeRoom(place(3500), 2000), true);
    assert.equal(cache.value(key(1)), 'x'.repeat(1000), 'the one used last stays');
    assert.equal(files().length, 1);
    assert.equal(makeRoom(place(3500), 4000), false);
    assert.equal(cacheSize(place()).files, 1);
  });

  it('keeps nothing of small files, of files just written, and when turned off', async () => {
    const file = path.join(folder(), 'small.csv');
    writeFileSync(file, 'a\n1\n');
    await read(file);
    assert.deepEqual(files(), []);
    assert.equal(cachePlace({ TRAINYARD_CACHE: 'off' }), undefined);
    assert.equal(cachePlace({ TRAINYARD_CACHE: '/x', TRAINYARD_CACHE_SIZE: '0' }), undefined);
    assert.deepEqual(cachePlace({ TRAINYARD_CACHE: path.resolve('/x'), TRAINYARD_CACHE_SIZE: '2' }), { folder: path.resolve('/x'), mostBytes: 2e9 });
  });

  it('keeps profiles', async () => {
    const file = path.join(folder(), 'data.csv');
    writeLarge(file);
    let made = 0;
    const profile = async (name: string) => {
      const waiting: (() => Promise<void>)[] = [];
      const got = await profileCached(file, {}, name, { read: silentContext, profile: silentContext }, (result, context) => {
        made++;
        return profileTable(result, name, context);
      }, (work) => waiting.push(work), place());
      for (const work of waiting) {
        await work();
      }
      return got;
    };
    const first = await profile('data.csv');
    assert.deepEqual(await profile('data.csv'), first);
    assert.equal(made, 1);
    assert.equal((await profile('folder/data.csv')).path, 'folder/data.csv');
    assert.equal(made, 2);
  });

  it('writes any columns so that every bit comes back', () => {
    const number = fc.oneof(
      fc.double(), fc.integer(), fc.integer({ min: -128, max: 127 }), fc.constantFrom(Number.NaN, -0, 0, -128, 127, -32768, 32767, -(2 ** 31), 2 ** 31, 1e300),
      fc.float({ noNaN: true }),
    );
    const column = fc.oneof(fc.array(number, { maxLength: 40 }), fc.array(fc.integer({ min: -127, max: 127 }), { maxLength: 40 }), fc.array(fc.float(), { maxLength: 40 }));
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('\ud800'));
    let count = 0;
    fc.assert(fc.property(fc.array(column, { maxLength: 4 }), fc.uniqueArray(text, { maxLength: 300 }), fc.integer({ min: 0, max: 5 }), (columns, categories, step) => {
      const rowCount = Math.max(0, ...columns.map(({ length }) => length));
      const table: Table = {
        rowCount,
        lines: Uint32Array.from({ length: rowCount }, (_, i) => 2 + i * (1 + step)),
        columns: [
          ...columns.map((values, i) => ({ kind: 'numeric' as const, name: `n${i}`, type: 'numeric' as const, numbers: packNumbers(Float64Array.from({ length: rowCount }, (_, row) => values[row] ?? Number.NaN)) })),
          { kind: 'categorical', name: 'c', type: 'text', codes: sharedCodes(rowCount, categories.length).map((_, row) => (row % (categories.length + 1)) - 1), categories },
        ],
      };
      const target = path.join(folder(), `${count++}.cache`);
      storeTable(new CacheFileWriter(target), { path: '', size: 0, modified: '', changed: '' }, tableToStore(table), null);
      const opened = CacheFile.open(target);
      assert.ok(opened !== undefined);
      assert.deepEqual(bits(lazyTable(opened).table), bits(table));
    }), { numRuns: 100 });
  });
});
