import { strict as assert } from 'node:assert';
import { gzipSync } from 'node:zlib';
import { OpenTable } from '../../../src/engine/data/openTable';
import type { ReadTableOptions, ReadTableResult } from '../../../src/engine/data/readTable';
import { readTable } from '../../../src/engine/data/readTable';
import { UserError } from '../../../src/engine/errors';
import { silentContext } from '../../../src/engine/stepContext';
import { withFile } from './temporaryFile';

const read = (content: string | Uint8Array, options: ReadTableOptions = {}): Promise<ReadTableResult> =>
  withFile(content, (file) => readTable(file, { name: 'data.csv', ...options }, silentContext));

const textsOf = ({ table }: ReadTableResult, column: number): (string | null)[] => {
  const found = table.columns[column];
  assert.equal(found.kind, 'categorical');
  return found.kind === 'categorical' ? Array.from(found.codes, (code) => (code < 0 ? null : found.categories[code])) : [];
};

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const refusal = (message: RegExp) => (error: unknown): boolean => error instanceof UserError && message.test(error.message);

describe('encodings of text files', () => {
  it('are read as the user says', async () => {
    const text = 'city,n\nKöln,1\nWien,2\n';
    assert.deepEqual(textsOf(await read(latin1(text), { encoding: 'windows-1252' }), 0), ['Köln', 'Wien']);
    assert.deepEqual(textsOf(await read(text, { encoding: 'windows-1252' }), 0), ['KÃ¶ln', 'Wien']);
    assert.deepEqual(textsOf(await read(text, { encoding: 'utf-8' }), 0), ['Köln', 'Wien']);
    const wide = Buffer.from(text, 'utf16le');
    const read16 = await read(wide, { encoding: 'utf-16le' });
    assert.deepEqual(textsOf(read16, 0), ['Köln', 'Wien']);
    assert.equal(read16.dialect?.encoding, 'utf-16le');
    assert.deepEqual(textsOf(await read(Buffer.from(wide).swap16(), { encoding: 'utf-16be' }), 0), ['Köln', 'Wien']);
    assert.deepEqual(textsOf(await read(gzipSync(wide), { encoding: 'utf-16le' }), 0), ['Köln', 'Wien']);
  });

  it('are found as UTF-16 without a mark, by its zeros', async () => {
    const wide = Buffer.from(`city,n\n${'Köln,1\nŁódź,2\n'.repeat(3)}`, 'utf16le');
    assert.deepEqual([...new Set(textsOf(await read(wide), 0))], ['Köln', 'Łódź']);
    assert.equal((await read(Buffer.from(wide).swap16())).encoding, 'utf-16be');
    await assert.rejects(read('a,b\n1,\0\n2,\0\0\n'), refusal(/is not a text file/));
  });

  it('say so when the file surely is another', async () => {
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,b\n1,2\n', 'utf16le')]);
    await assert.rejects(read(wide, { encoding: 'utf-8' }), refusal(/^"data\.csv" is written as UTF-16, little-endian but is to be read as UTF-8; remove that setting \(data\.encoding\)\.$/));
    await assert.rejects(read('a,b\n1,2\n', { encoding: 'utf-16le' }), refusal(/^"data\.csv" is to be read as UTF-16, little-endian but isn't written so; remove that setting/));
  });

  it('find Latin-1 by themselves, without a finding', async () => {
    const found = await read(latin1('city,n\nKöln,1\nGraz,2\nZürich,3\n'));
    assert.deepEqual(textsOf(found, 0), ['Köln', 'Graz', 'Zürich']);
    assert.deepEqual([found.encoding, found.findings], ['windows-1252', []]);
  });

  for (const [where, filler] of [['at the beginning', 0], ['far behind the beginning', 400_000]] as const) {
    it(`keep UTF-8 with a few bytes that are none, and tell where they are: ${where}`, async () => {
      const [before, after] = [`city,n\n${'Köln,1\n'.repeat(filler)}Graz,2\nZürich,3\n`, 'Köln,5\nNürnberg,6\nWürzburg,7\n'];
      const bytes = Buffer.concat([Buffer.from(before), latin1('Köln,4\nKéln,4\n'), Buffer.from(after)]);
      const found = await read(bytes);
      assert.equal(found.encoding, 'utf-8');
      const texts = textsOf(found, 0).slice(filler);
      assert.deepEqual(texts, ['Graz', 'Zürich', 'K\ufffdln', 'K\ufffdln', 'Köln', 'Nürnberg', 'Würzburg']);
      assert.deepEqual(found.findings, [{
        code: 'invalidText', severity: 'warning', column: 'city', lines: [filler + 4, filler + 5],
        message: `2 cells of "city" hold bytes that are no UTF-8 (the first on line ${filler + 4}); they are shown as "\ufffd". To mend it, read the file as Latin-1 if an older program wrote it, or save it anew as UTF-8.`,
        mend: { label: 'Read as Latin-1', change: { kind: 'set', path: ['data', 'encoding'], value: 'windows-1252' } },
      }]);
      const mended = await read(bytes, { encoding: 'windows-1252' });
      assert.deepEqual(mended.findings, []);
      assert.equal(textsOf(mended, 0)[filler + 2], 'Köln');
    });
  }

  it('find bytes that are no text in columns that hold numbers otherwise', async () => {
    const { findings } = await read(Buffer.concat([Buffer.from('städte,n\n1,1\n2,2\n'), latin1('3,4\u00e9\n')]), { encoding: 'utf-8' });
    assert.deepEqual(findings.map(({ column, lines }) => [column, lines]), [['n', [4]]]);
  });

  it('find halves of UTF-16 characters', async () => {
    const { findings } = await read(Buffer.concat([Buffer.from('\ufeffcity,n\nA\ud800B,1\nC,2\n', 'utf16le')]));
    assert.match(findings[0]?.message ?? '', /^A cell of "city" holds bytes that are no UTF-16, little-endian \(on line 2\)/);
  });

  it('are the same for pages of rows', async () => {
    await withFile(Buffer.from('city,n\nKöln,1\n', 'utf16le'), async (file) => {
      const table = await OpenTable.open(file, { encoding: 'utf-16le' }, silentContext);
      try {
        assert.equal(table.dialect.encoding, 'utf-16le');
        assert.deepEqual((await table.page(0, 5, 0, 2)).cells, [['Köln', '1']]);
      } finally {
        table.close();
      }
    });
  });
});
