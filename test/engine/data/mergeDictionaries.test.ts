import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { DictionaryPart } from '../../../src/engine/data/csv/kernel';
import { DictionaryMemoryError } from '../../../src/engine/data/csv/kernel';
import { mergeDictionaries, NotUtf8Error } from '../../../src/engine/data/csv/mergeDictionaries';
import { readTable } from '../../../src/engine/data/readTable';
import { CancelledError } from '../../../src/engine/errors';
import type { StepContext } from '../../../src/engine/stepContext';
import { silentContext } from '../../../src/engine/stepContext';
import { useTemporaryFolder } from '../temporaryFolder';

/** What a thread would have met: distinct texts with the rows in which they came first. */
function partOf(texts: readonly string[], rows: readonly number[], encoding: 'utf8' | 'latin1' = 'utf8'): DictionaryPart {
  const bytes = texts.map((text) => Buffer.from(text, encoding));
  let end = 0;
  return { bytes: new Uint8Array(Buffer.concat(bytes)), ends: Uint32Array.from(bytes, ({ length }) => (end += length)), rows: Uint32Array.from(rows) };
}

/** Shares a column's rows out to threads in blocks, and notes what each meets. */
function shareOut(column: readonly string[], threads: number, blockRows: number, encoding: 'utf8' | 'latin1' = 'utf8'): { parts: DictionaryPart[]; own: string[][] } {
  const met = Array.from({ length: threads }, () => new Map<string, number>());
  column.forEach((text, row) => {
    const mine = met[Math.floor(row / blockRows) % threads];
    if (!mine.has(text)) {
      mine.set(text, row);
    }
  });
  return { parts: met.map((mine) => partOf([...mine.keys()], [...mine.values()], encoding)), own: met.map((mine) => [...mine.keys()]) };
}

/** The same, said plainly. */
function expected(column: readonly string[], own: readonly (readonly string[])[], missing: ReadonlySet<string>): { texts: string[]; maps: (number[] | null)[] } {
  const texts = [...new Set(column.map((text) => text.trim()))].filter((text) => !missing.has(text));
  const codes = new Map(texts.map((text, code) => [text, code]));
  const maps = own.map((mine) => mine.map((text) => codes.get(text.trim()) ?? -1));
  return { texts, maps: maps.map((map) => (map.every((code, i) => code === i) ? null : map)) };
}

describe('merging dictionaries', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();

  it('orders any texts by their first row and renames each thread\'s codes', () => {
    const cell = fc.constantFrom('a', 'b', 'é', '\u00a0a', 'b\ufeff', '€', 'NA', '\u00a0NA', 'word', 'a much longer text than the others', '');
    fc.assert(fc.property(fc.array(cell, { minLength: 1, maxLength: 60 }), fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 9 }), (column, threads, blockRows) => {
      const { parts, own } = shareOut(column, threads, blockRows);
      const missing = new Set(['', 'NA']);
      const merged = mergeDictionaries(parts, 'utf-8', silentContext, { missing });
      assert.deepEqual({ texts: merged.texts, maps: merged.maps.map((map) => (map === null ? null : Array.from(map))) }, expected(column, own, missing));
    }));
  });

  for (const [what, make, encoding] of [
    ['ASCII', (i: number) => `text ${(i * 7919) % 400_009}`, 'utf-8'],
    ['others in places', (i: number) => (i % 1000 === 0 ? `café ${i}` : `text ${(i * 7919) % 400_009}`), 'utf-8'],
    ['Windows-1252', (i: number) => `größe ${(i * 7919) % 400_009}`, 'windows-1252'],
  ] as const) {
    it(`puts hundreds of thousands of different texts of four threads together: ${what}`, () => {
      const column = Array.from({ length: 500_000 }, (_, i) => make(i));
      const { parts, own } = shareOut(column, 4, 1000, encoding === 'utf-8' ? 'utf8' : 'latin1');
      const wanted = expected(column, own, new Set());
      assert.ok(wanted.texts.length >= 400_000);
      const merged = mergeDictionaries(parts, encoding, silentContext, { missing: new Set() });
      assert.deepEqual(merged.texts, wanted.texts);
      merged.maps.forEach((map, i) => assert.deepEqual(map, Int32Array.from(wanted.maps[i] ?? [])));
    });
  }

  it('says how far it is, and can be cancelled after any 50,000 texts', () => {
    const { parts } = shareOut(Array.from({ length: 400_000 }, (_, i) => `text ${i}`), 3, 1000);
    const said: string[] = [];
    mergeDictionaries(parts, 'utf-8', { ...silentContext, report: (_, message) => said.push(message ?? '') });
    assert.equal(said[2], 'put 100 of 400 thousand different texts together');
    assert.equal(said.length, 9);
    for (const some of [parts, parts.slice(0, 1)]) {
      let asked = 0;
      const context: StepContext = {
        ...silentContext,
        throwIfCancelled: () => {
          asked++;
          if (asked === 3) {
            throw new CancelledError();
          }
        },
      };
      assert.throws(() => mergeDictionaries(some, 'utf-8', context), CancelledError);
      assert.equal(asked, 3);
    }
  });

  it('refuses more texts than there is memory for, and bytes that are no UTF-8', () => {
    const { parts } = shareOut(Array.from({ length: 1000 }, (_, i) => `text ${i}`), 2, 10);
    assert.throws(() => mergeDictionaries(parts, 'utf-8', silentContext, { memory: 50_000 }), DictionaryMemoryError);
    assert.equal(mergeDictionaries(parts, 'utf-8', silentContext, { memory: 500_000 }).texts.length, 1000);
    assert.throws(() => mergeDictionaries([partOf(['größe'], [0], 'latin1'), partOf(['b'], [1])], 'utf-8', silentContext), NotUtf8Error);
  });

  it('gives one table, however many threads read 300,000 different texts', async () => {
    const file = path.join(folder(), 'texts.csv');
    const texts = Array.from({ length: 300_000 }, (_, i) => `text number ${(i * 7919) % 300_007} of many`);
    writeFileSync(file, `text\n${texts.join('\n')}\n`);
    for (const threads of [1, 3]) {
      const { table } = await readTable(file, { threads }, silentContext);
      const [column] = table.columns;
      assert.ok(column.kind === 'categorical');
      assert.deepEqual(column.categories, texts);
      assert.deepEqual(column.codes, Int32Array.from(texts.keys()));
    }
  });
});
