import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import type { DatasetProfile, DatasetRows, DatasetSnapshot, DatasetTable, FromDataset, ToDataset, WantedRows } from '../../../src/schema/datasetView';
import { FakePanel } from './fakePanel';
import { absolute, closeEditors, eventually, fileUri, startAfresh, trainyard, write } from './trainyard';

const many = `id,word,empty\n${Array.from({ length: 5000 }, (_value, index) => `${index},w${index % 7},${index % 10 === 0 ? '' : 1}`).join('\n')}\n`;

describe('the dataset view', () => {
  let page: FakePanel;
  let requests = 0;

  async function open(relative: string, content?: string | Buffer): Promise<void> {
    await startAfresh();
    if (content !== undefined) {
      mkdirSync(path.dirname(absolute(relative)), { recursive: true });
      writeFileSync(absolute(relative), content);
    }
    page = new FakePanel();
    const document = { uri: fileUri(relative), dispose: () => undefined };
    await (await trainyard()).datasetEditors.resolveCustomEditor(document, page.panel);
    page.say({ kind: 'ready' });
  }

  const latest = <Kind extends ToDataset['kind']>(kind: Kind) =>
    page.sent.findLast((message): message is Extract<ToDataset, { kind: Kind }> => (message as ToDataset).kind === kind);
  /** The first state from now on that fits. */
  const snapshot = (fits: (state: DatasetSnapshot) => boolean) => eventually(() => {
    const last = latest('dataset');
    assert.ok(last !== undefined && fits(last), JSON.stringify(last));
    return last;
  });
  const counted = () => eventually((): DatasetTable => {
    const table = latest('datasetTable');
    assert.ok(table !== undefined && table.rowCount !== null);
    return table;
  });
  const whole = () => eventually((): DatasetProfile => {
    const made = latest('datasetProfile');
    assert.ok(made?.extent === 'whole');
    return made;
  });
  const rows = async (window: WantedRows): Promise<DatasetRows> => {
    const request = ++requests;
    page.say({ kind: 'rows', request, window } satisfies FromDataset);
    return eventually(() => {
      const answer = page.sent.find((message): message is DatasetRows => (message as ToDataset).kind === 'rows' && (message as DatasetRows).request === request);
      assert.ok(answer !== undefined);
      return answer;
    });
  };

  afterEach(async () => {
    page.dispose();
    await closeEditors();
  });
  after(startAfresh);

  it('shows a sample first, then counts, then profiles the whole file, and hands out any rows', async () => {
    await open('data/many.csv', many);
    await snapshot(({ table }) => table.status === 'open');
    assert.deepEqual(latest('datasetTable')?.columns, ['id', 'word', 'empty']);
    const { rowCount, dialect, hasLines, plainText } = await counted();
    assert.deepEqual([rowCount, dialect?.delimiter, hasLines, plainText], [5000, ',', true, true]);
    const { profile } = await whole();
    assert.deepEqual(profile.columns.map(({ type }) => type), ['integer', 'categorical', 'integer']);
    await snapshot(({ profiling }) => profiling.status === 'done');
    assert.deepEqual((await rows({ from: 4000, count: 2, firstColumn: 0, lastColumn: 2 })).rows, { rowCount: 5000, from: 4000, lines: [4002, 4003], cells: [['4000', 'w3'], ['4001', 'w4']] });
    assert.equal((await rows({ fromLine: 302, count: 0, firstColumn: 0, lastColumn: 1 })).rows.from, 300);
    const missing = profile.findings.find(({ code, column }) => code === 'missingValues' && column === 'empty');
    const shown = await rows({ lines: missing?.lines?.slice(0, 3), count: 3, firstColumn: 0, lastColumn: 3 });
    assert.deepEqual(shown.rows.cells, [['0', 'w0', ''], ['10', 'w3', ''], ['20', 'w6', '']]);
  });

  it('reads what is compressed, whose lines no text editor shows', async () => {
    await open('data/packed.csv.gz', gzipSync(many));
    assert.deepEqual([(await counted()).rowCount, latest('datasetTable')?.plainText], [5000, false]);
  });

  it('says in one sentence why a file is no table, and tries again when it is mended', async () => {
    await open('data/picture.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]));
    const { table } = await snapshot(({ table: { status } }) => status === 'failed');
    assert.equal(table.status === 'failed' ? table.message : '', '"picture.csv" is a picture; a CSV file is needed.');
    await delay(1100);
    write('data/picture.csv', many);
    page.say({ kind: 'reload' });
    await snapshot((state) => state.table.status === 'open');
    assert.equal((await counted()).rowCount, 5000);
  });

  it('notices that the file has changed, and shows it anew when asked to', async () => {
    await open('data/many.csv', many);
    const { generation } = await counted();
    await whole();
    await delay(1100);
    write('data/many.csv', `${many}5000,last,1\n`);
    await snapshot(({ changedOnDisk }) => changedOnDisk);
    page.say({ kind: 'reload' });
    await eventually(() => assert.equal(latest('datasetTable')?.rowCount, 5001));
    assert.ok((latest('datasetTable')?.generation ?? 0) > generation);
    await snapshot(({ changedOnDisk }) => !changedOnDisk);
  });

  it('changes types and mends in the experiment that the reader chose, saved at once, and undo takes it back', async () => {
    await open('data/many.csv', many);
    const text = '{\n  "data": {\n    "path": "data/many.csv"\n  },\n  "target": "word",\n  "version": 1\n}\n';
    write('trainyard/experiments/words.experiment.json', text);
    write('trainyard/experiments/other.experiment.json', text.replace('many', 'penguins'));
    const { experiments } = await snapshot((state) => state.experiments.length > 0);
    assert.deepEqual(experiments.map(({ name, file }) => [name, file.target]), [['words', 'word']]);
    const [{ uri }] = experiments;
    const onDisk = () => JSON.parse(readFileSync(absolute('trainyard/experiments/words.experiment.json'), 'utf8')) as { features?: object };
    page.say({ kind: 'setType', experiment: uri, column: 'id', type: 'text' });
    await eventually(() => assert.deepEqual(onDisk().features, { types: { id: 'text' } }));
    await snapshot((state) => state.experiments[0]?.file.features?.types?.['id'] === 'text');
    page.say({ kind: 'mend', experiment: uri, mend: { kind: 'excludeColumn', column: 'empty' } });
    await eventually(() => assert.deepEqual(onDisk().features, { exclude: ['empty'], types: { id: 'text' } }));
    page.say({ kind: 'setType', experiment: uri, column: 'id', type: null });
    await eventually(() => assert.deepEqual(onDisk().features, { exclude: ['empty'] }));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(vscode.Uri.parse(uri)));
    await vscode.commands.executeCommand('undo');
    await snapshot((state) => state.experiments[0]?.file.features?.types?.['id'] === 'text');
  });

  it('leaves unsaved changes to whoever made them', async () => {
    await open('data/many.csv', many);
    write('trainyard/experiments/dirty.experiment.json', '{ "data": { "path": "data/many.csv" }, "target": "word" }');
    const document = await vscode.workspace.openTextDocument(fileUri('trainyard/experiments/dirty.experiment.json'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 2), '"seed": 7, ');
    await vscode.workspace.applyEdit(edit);
    await snapshot((state) => state.experiments[0]?.file.seed === 7);
    page.say({ kind: 'setType', experiment: document.uri.toString(), column: 'id', type: 'text' });
    await eventually(() => assert.match(document.getText(), /"types"/));
    assert.equal(document.isDirty, true);
    assert.doesNotMatch(readFileSync(document.uri.fsPath, 'utf8'), /types/);
  });

  it('changes no file that isn\'t an experiment of this folder', async () => {
    await open('data/many.csv', many);
    await counted();
    for (const experiment of ['file:///etc/hostname', 'untitled:x', fileUri('data/many.csv').toString()]) {
      page.say({ kind: 'setType', experiment, column: 'id', type: 'text' });
    }
    await delay(400);
    assert.equal(readFileSync(absolute('data/many.csv'), 'utf8'), many);
    assert.deepEqual(vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty), []);
  });

  it('shows a line in the text editor, and copies a whole cell', async () => {
    const long = 'long '.repeat(400).trim();
    await open('data/long.csv', `a,b\n1,2\n3,${long}\n5,6\n`);
    await counted();
    const { rows: { cells } } = await rows({ from: 1, count: 1, firstColumn: 1, lastColumn: 2 });
    assert.equal(cells[0]?.[0]?.length, 501, 'the page gets its beginning');
    page.say({ kind: 'copyCell', line: 3, column: 1 });
    await eventually(async () => assert.equal(await vscode.env.clipboard.readText(), long));
    page.say({ kind: 'openLine', line: 3 });
    await eventually(() => assert.equal(vscode.window.activeTextEditor?.selection.active.line, 2));
  });

  it('opens as an editor of its own, while data files stay text by default', async () => {
    await open('data/many.csv', many);
    await vscode.commands.executeCommand('vscode.open', fileUri('data/many.csv'));
    await eventually(() => assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputText));
    await vscode.commands.executeCommand('trainyard.exploreData', fileUri('data/many.csv'));
    await eventually(() => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      assert.ok(input instanceof vscode.TabInputCustom && input.viewType === 'trainyard.dataset');
    });
  });
});
