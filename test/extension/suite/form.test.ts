import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExperimentFormState, ToExperimentForm } from '../../../src/schema/messages';
import { FakePanel } from './fakePanel';
import { absolute, closeEditors, eventually, fileUri, outcomeOf, startAfresh, trainyard, write } from './trainyard';

/** Each test has a file of its own: VS Code holds on to the text of files for a while after they are gone. */
const newFile = (): string => `trainyard/experiments/mine-${randomUUID()}.experiment.json`;
const text = '{\n  "data": {\n    "path": "data/penguins.csv"\n  },\n  "target": "Species",\n  "version": 1\n}\n';

describe('the experiment form', () => {
  let page: FakePanel;
  let document: vscode.TextDocument;
  let file: string;

  async function open(content = text): Promise<void> {
    await startAfresh();
    file = newFile();
    write(file, content);
    document = await vscode.workspace.openTextDocument(fileUri(file));
    page = new FakePanel();
    await (await trainyard()).experimentEditors.resolveCustomTextEditor(document, page.panel);
    page.say({ kind: 'ready' });
  }

  /** The first snapshot from now on that fits. */
  const snapshot = (fits: (state: ExperimentFormState) => boolean) => eventually(() => {
    const message = page.sent.at(-1) as ToExperimentForm | undefined;
    const last = message?.kind === 'experiment' ? message.state : undefined;
    assert.ok(last !== undefined && fits(last), JSON.stringify({ ...last, algorithms: [] }));
    return last;
  });
  const textIs = (expected: string) => eventually(() => assert.equal(document.getText(), expected));

  afterEach(async () => {
    page.dispose();
    await closeEditors();
  });
  after(startAfresh);

  it('shows the file, its defaults, the data and the algorithms', async () => {
    await open();
    const state = await snapshot(({ data }) => data.status === 'ready');
    assert.deepEqual(state.file, { data: { path: 'data/penguins.csv' }, target: 'Species', version: 1 });
    assert.equal(state.resolved?.task, 'classification');
    assert.equal(state.data.status === 'ready' ? state.data.profile.rows : 0, 344);
    assert.ok(state.algorithms.some(({ id }) => id === 'randomForest'));
    assert.deepEqual([state.problems, state.trainBlocked, state.readOnly, state.job], [[], null, false, null]);
  });

  it('runs in a page that may load nothing but its own files', async () => {
    await open();
    assert.match(page.html, /default-src 'none'/);
    assert.deepEqual(page.options.localResourceRoots?.map(({ fsPath }) => path.basename(fsPath)), ['webviews']);
  });

  it('changes the text as little as can be, and undo takes it back', async () => {
    await open();
    page.say({ kind: 'edit', edits: [{ path: ['algorithm'], value: 'logisticRegression' }, { path: ['split', 'testSize'], value: 0.3 }] });
    const changed = '{\n  "algorithm": "logisticRegression",\n  "data": {\n    "path": "data/penguins.csv"\n  },\n  "split": {\n    "testSize": 0.3\n  },\n  "target": "Species",\n  "version": 1\n}\n';
    await textIs(changed);
    assert.equal(document.isDirty, true);
    await snapshot(({ resolved }) => resolved?.algorithm === 'logisticRegression');
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    await textIs(text);
    await snapshot(({ resolved }) => resolved?.algorithm === 'randomForest');
    await vscode.commands.executeCommand('redo');
    await textIs(changed);
    page.say({ kind: 'edit', edits: [{ path: ['split', 'testSize'] }, { path: ['algorithm'] }] });
    await textIs(text);
  });

  it('applies edits that come at once one after the other', async () => {
    await open();
    for (const [index, path_] of [['seed'], ['split', 'testSize'], ['validation', 'folds'], ['features', 'exclude']].entries()) {
      page.say({ kind: 'edit', edits: [{ path: path_, value: index }] });
    }
    await eventually(() => assert.deepEqual(JSON.parse(document.getText()), {
      data: { path: 'data/penguins.csv' }, features: { exclude: 3 }, seed: 0, split: { testSize: 1 }, target: 'Species', validation: { folds: 2 }, version: 1,
    }));
  });

  it('follows changes that others make to the text', async () => {
    await open();
    await snapshot(({ data }) => data.status === 'ready');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, document.positionAt(text.indexOf('"target"')), '"seed": 7,\n  ');
    await vscode.workspace.applyEdit(edit);
    await snapshot(({ resolved }) => resolved?.seed === 7);
  });

  it('says before training what will be done and taken, and follows the experiment in that', async () => {
    await open();
    const ready = await snapshot(({ preflight }) => preflight?.verdict === 'ready');
    assert.deepEqual([ready.preflight?.rows.train, ready.preflight?.rows.test, ready.preflight?.columns.length], [275, 69, 7]);
    page.say({ kind: 'edit', edits: [{ path: ['validation'], value: { method: 'kFold', folds: 100 } }, { path: ['data', 'sampleRows'], value: 20 }] });
    const { preflight } = await snapshot((state) => state.preflight?.verdict === 'blocked');
    assert.equal(preflight?.issues[0]?.message, '16 rows can\'t be cut into 100 folds. Use fewer folds.');
    // The engine refuses with the same sentence what the form keeps back.
    assert.equal(await document.save(), true);
    const outcome = await outcomeOf(await (await trainyard()).trainExperiment(document.uri), 'failed');
    assert.equal(outcome.message, preflight.issues[0].message);
  });

  it('reads the data anew when the file says how it is written', async () => {
    write('data/semicolons.csv', `a;b;y\n${Array.from({ length: 30 }, (_, i) => `${i};${i % 3};${i % 2}`).join('\n')}\n`);
    await open(text.replace('penguins', 'semicolons').replace('Species', 'y'));
    const found = await snapshot(({ data }) => data.status === 'ready');
    assert.equal(found.data.status === 'ready' ? found.data.profile.delimiter : '', ';');
    page.say({ kind: 'edit', edits: [{ path: ['data', 'header'], value: false }] });
    await snapshot(({ data, problems }) => data.status === 'ready' && data.profile.header === false && data.profile.rows === 31 && problems.some(({ path: at }) => at[0] === 'target'));
    page.say({ kind: 'edit', edits: [{ path: ['data', 'header'] }] });
    await snapshot(({ data, problems }) => data.status === 'ready' && data.profile.header === true && problems.length === 0);
  });

  it('follows the data', async () => {
    write('data/follow.csv', 'a,y\n1,x\n2,z\n');
    await open(text.replace('penguins', 'follow').replace('Species', 'y'));
    await snapshot(({ data }) => data.status === 'ready' && data.profile.rows === 2);
    await delay(1100);
    write('data/follow.csv', 'a,y\n1,x\n2,z\n3,x\n');
    await snapshot(({ data }) => data.status === 'ready' && data.profile.rows === 3);
  });

  it('shows what is wrong with a file that isn\'t JSON, and never touches it', async () => {
    const broken = '{\n  "target": "Species",\n  "data" \n}\n';
    await open(broken);
    const state = await snapshot(({ problems }) => problems.length > 0);
    assert.equal(state.file, null);
    assert.match(state.problems[0]?.message ?? '', /line 4, column 1/);
    page.say({ kind: 'edit', edits: [{ path: ['seed'], value: 1 }] });
    await delay(300);
    assert.equal(document.getText(), broken);
    assert.equal(document.isDirty, false);
  });

  it('takes no message that it doesn\'t know', async () => {
    await open();
    for (const message of [null, 'train', { kind: 'edit', edits: [{ path: [], value: {} }] }, { kind: 'edit', edits: 'all' }, { kind: 'run', command: 'rm' }]) {
      page.say(message);
    }
    await delay(300);
    assert.equal(document.getText(), text);
    assert.deepEqual((await trainyard()).services.queue.jobs, []);
  });

  for (const [name, target] of Object.entries({ 'a path that leads out': '../outside.csv', 'an absolute path': '/etc/passwd', 'a link that leads out': 'data/link.csv' })) {
    it(`looks at no data by ${name}`, async () => {
      await open(text.replace('data/penguins.csv', 'data/none.csv'));
      if (target === 'data/link.csv') {
        symlinkSync('/etc/hostname', absolute(target));
      }
      page.say({ kind: 'edit', edits: [{ path: ['data', 'path'], value: target }] });
      await snapshot(({ file: shown, data }) => shown?.data.path === target && data.status === 'failed' && /leads out of|is an absolute path/.test(data.message));
    });
  }

  it('opens no run that isn\'t one of this workspace', async () => {
    await open();
    const outside = ['file:///etc/passwd', 'https://example.org/', vscode.Uri.file(absolute('data')).toString(), vscode.Uri.file(absolute('trainyard/runs/../../..')).toString(), 'nonsense'];
    for (const uri of outside) {
      page.say({ kind: 'openRun', uri });
    }
    await delay(500);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    assert.deepEqual(tabs.filter(({ input }) => input instanceof vscode.TabInputCustom), []);
  });

  it('opens by itself for experiment files, and as text in diffs', async () => {
    await open();
    await vscode.commands.executeCommand('vscode.open', document.uri);
    await eventually(() => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      assert.ok(input instanceof vscode.TabInputCustom && input.viewType === 'trainyard.experiment');
    });
    write('trainyard/experiments/other.experiment.json', text.replace('Species', 'Sex'));
    await vscode.commands.executeCommand('vscode.diff', document.uri, fileUri('trainyard/experiments/other.experiment.json'));
    await eventually(() => assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff));
  });
});

describe('the schema of experiment files', () => {
  after(startAfresh);

  it('marks what is wrong in a text editor', async () => {
    await startAfresh();
    const file = newFile();
    write(file, '{\n  "data": {"path": "data/penguins.csv"},\n  "target": "Species",\n  "split": {"testSize": 2},\n  "algorithm": "oracle",\n  "sede": 1\n}\n');
    const document = await vscode.workspace.openTextDocument(fileUri(file));
    await vscode.window.showTextDocument(document);
    await eventually(() => {
      const lines = vscode.languages.getDiagnostics(document.uri).map(({ range }) => range.start.line).sort();
      assert.deepEqual(lines, [3, 4, 5]);
    }, 25_000);
  });
});
