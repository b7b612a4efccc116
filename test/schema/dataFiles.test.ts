import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dataFileTypeOf, dataFileTypes } from '../../src/schema/dataFiles';

interface Manifest {
  readonly contributes: {
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly customEditors: readonly { readonly viewType: string; readonly selector: readonly { readonly filenamePattern: string }[] }[];
  };
}

const manifest = JSON.parse(readFileSync(path.resolve(__dirname, '../../package.json'), 'utf8')) as Manifest;
const pattern = (endings: readonly string[]): string => `resourceFilename =~ /\\.(${endings.map((ending) => ending.replace('.', '\\.')).join('|')})$/i`;
const all = dataFileTypes.map(({ ending }) => ending);
const listed = dataFileTypes.filter((type) => type.listed).map(({ ending }) => ending);

describe('types of data files', () => {
  it('are told by the end of a name, case aside', () => {
    assert.equal(dataFileTypeOf('a/b.CSV')?.ending, 'csv');
    assert.equal(dataFileTypeOf('b.csv.gz')?.plainText, false);
    assert.equal(dataFileTypeOf('notes.txt')?.listed, false);
    assert.deepEqual(['csv', 'a.csv.bak', 'a.gz', 'xcsv'].map(dataFileTypeOf), [undefined, undefined, undefined, undefined]);
  });

  it('are the same in the menus and in the editor that package.json declares', () => {
    for (const [command, endings] of [['trainyard.exploreData', all], ['trainyard.trainModel', listed]] as const) {
      for (const menu of ['explorer/context', 'editor/title/context', 'editor/title']) {
        const when = manifest.contributes.menus[menu]?.find((entry) => entry.command === command)?.when;
        assert.ok(when?.startsWith(pattern(endings)), `${command} in ${menu}: ${when}`);
      }
    }
    const editor = manifest.contributes.customEditors.find(({ viewType }) => viewType === 'trainyard.dataset');
    assert.deepEqual(editor?.selector.map(({ filenamePattern }) => filenamePattern), all.map((ending) => `*.${ending}`));
  });
});
