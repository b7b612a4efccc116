import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { locateCells } from '../../../src/engine/data/locateCells';
import type { LocateParams, TextSpan } from '../../../src/schema/protocol';
import { useTemporaryFolder } from '../temporaryFolder';

describe('locateCells', () => {
  const folder = useTemporaryFolder();
  const locate = async (content: string | Buffer, cells: LocateParams['cells'], wishes: Partial<LocateParams> = {}): Promise<readonly (TextSpan | null)[]> => {
    const file = path.join(folder(), 'data.csv');
    writeFileSync(file, content);
    return (await locateCells({ file, cells, ...wishes })).spans;
  };
  /** What an editor would mark: it counts UTF-16 units and knows no byte order mark. */
  const marked = async (text: string, cells: LocateParams['cells'], wishes?: Partial<LocateParams>): Promise<(string | null)[]> => {
    const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n/);
    return (await locate(text, cells, wishes)).map((span) => {
      if (span === null) {
        return null;
      }
      const { line, character, endLine, endCharacter } = span;
      return line === endLine
        ? (lines[line - 1] ?? '').slice(character, endCharacter)
        : [(lines[line - 1] ?? '').slice(character), ...lines.slice(line, endLine - 1), (lines[endLine - 1] ?? '').slice(0, endCharacter)].join('\n');
    });
  };

  it('finds plain, padded and quoted cells, and whole rows', async () => {
    const text = 'a,b,c\n1,2,3\n 4 ,  five,"s,i""x"\n7,8,9';
    assert.deepEqual(await marked(text, [{ line: 2, column: 'b' }, { line: 3, column: 'a' }, { line: 3, column: 'b' }, { line: 3, column: 'c' }, { line: 4, column: 'c' }, { line: 3 }]), ['2', '4', 'five', '"s,i""x"', '9', '4 ,  five,"s,i""x"']);
  });

  it('counts UTF-16 units, not bytes, behind letters of every length', async () => {
    const text = 'näme,wert\nÄpfel,1\n日本,2\n👩‍🔬🍎,3\n';
    assert.deepEqual(await locate(text, [{ line: 2, column: 'wert' }, { line: 3, column: 'wert' }, { line: 4, column: 'wert' }]), [
      { line: 2, character: 6, endLine: 2, endCharacter: 7 }, { line: 3, character: 3, endLine: 3, endCharacter: 4 }, { line: 4, character: 8, endLine: 4, endCharacter: 9 },
    ]);
    assert.deepEqual(await marked(text, [{ line: 4, column: 'wert' }, { line: 4, column: 'näme' }]), ['3', '👩‍🔬🍎']);
  });

  it('follows line breaks within quotes, carriage returns and a byte order mark', async () => {
    const text = '\uFEFFa,b\r\n1,"two\r\nlines"\r\n3,4\r\n';
    assert.deepEqual(await locate(text, [{ line: 1, column: 'a' }, { line: 2, column: 'b' }, { line: 4, column: 'b' }]), [
      { line: 1, character: 0, endLine: 1, endCharacter: 1 }, { line: 2, character: 2, endLine: 3, endCharacter: 6 }, { line: 4, character: 2, endLine: 4, endCharacter: 3 },
    ]);
  });

  it('reads UTF-16 and Windows-1252', async () => {
    const text = 'a,b\nß,1\nü,2\n';
    for (const bytes of [Buffer.from(`\uFEFF${text}`, 'utf16le'), Buffer.from(text, 'latin1')]) {
      assert.deepEqual(await locate(bytes, [{ line: 3, column: 'b' }]), [{ line: 3, character: 2, endLine: 3, endCharacter: 3 }]);
    }
  });

  it('marks a cell that a short row lacks at the row\'s end, and no row or column that isn\'t there', async () => {
    assert.deepEqual(await locate('a,b,c\n1,2,3\n4\n', [{ line: 3, column: 'c' }, { line: 9, column: 'a' }, { line: 2, column: 'z' }]), [{ line: 3, character: 1, endLine: 3, endCharacter: 1 }, null, null]);
  });

  it('goes by the dialect that it is told', async () => {
    assert.deepEqual(await marked('1;2,5\n3;4,5\n', [{ line: 2, column: 'column2' }], { delimiter: ';', header: false }), ['4,5']);
  });

  it('finds a line behind many', async () => {
    const text = `a,b\n${Array.from({ length: 300_000 }, (_, i) => `${i},x${i}`).join('\n')}\n`;
    assert.deepEqual(await marked(text, [{ line: 299_999, column: 'b' }, { line: 2, column: 'b' }]), ['x299997', 'x0']);
  });
});
