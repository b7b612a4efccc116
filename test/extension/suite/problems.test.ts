import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExperimentFile } from '../../../src/schema/experiment';
import { absolute, eventually, fileUri, remove, startAfresh, trainyard, write } from './trainyard';

/** Numbers with one word among them on line 7, and rows that repeat: line 43 repeats line 42. */
const rows = [...Array.from({ length: 40 }, (_, i) => `${i},"ä, ${i % 5}",${i === 5 ? 'unknown' : i * 3 % 17},${i % 2 === 0 ? 'yes' : 'no'}`), '39,"ä, 4",15,no', '39,"ä, 4",15,no'];
const text = `id,label,level,y\n${rows.join('\n')}\n`;

describe('problems of data files', () => {
  let file: string;
  let uri: vscode.Uri;

  const problems = () => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Trainyard');
  const shown = (count: number) => eventually(() => {
    assert.equal(problems().length, count, JSON.stringify(problems().map(({ message, range }) => [message, range])));
    return problems();
  });
  const look = async () => (await trainyard()).services.profiles.profile(uri.fsPath, undefined, new AbortController().signal);

  beforeEach(async () => {
    await startAfresh();
    file = `data/odd-${randomUUID()}.csv`;
    uri = fileUri(file);
    write(file, text);
  });
  afterEach(() => remove(file));
  after(startAfresh);

  it('stand on the file\'s own lines and cells once it has been looked at', async () => {
    await look();
    const found = await shown(3);
    const byCode = found.map(({ code, severity, range }) => [typeof code === 'object' ? code.value : code, severity, range.start.line, range.start.character, range.end.line, range.end.character]);
    assert.deepEqual(byCode, [
      ['mixedTypes', vscode.DiagnosticSeverity.Warning, 6, 9, 6, 16],
      ['duplicateRows', vscode.DiagnosticSeverity.Information, 41, 0, 41, 15],
      ['duplicateRows', vscode.DiagnosticSeverity.Information, 42, 0, 42, 15],
    ]);
    const [mixed] = found;
    assert.equal(text.split('\n')[6]?.slice(9, 16), 'unknown');
    assert.match(mixed?.message ?? '', /^This value is not a number, but most values of "level" are\. As categories, numbers lose their order/);
    assert.ok(typeof mixed?.code === 'object' && /docs\/findings\.md$/.test(mixed.code.target.path));
  });

  it('are cleared when the file changes, and shown anew when it is looked at again', async () => {
    await look();
    await shown(3);
    await delay(1100);
    write(file, text.replace('unknown', '4'));
    await shown(0);
    await look();
    await shown(2);
  });

  it('are cleared by a keystroke, and by command', async () => {
    await look();
    await shown(3);
    await vscode.commands.executeCommand('trainyard.clearProblems', uri);
    await shown(0);
    await vscode.commands.executeCommand('trainyard.checkData', uri);
    await shown(3);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(1, 0), ' ');
    await vscode.workspace.applyEdit(edit);
    await shown(0);
  });

  it('are few, or none, when the settings say so', async () => {
    const settings = vscode.workspace.getConfiguration('trainyard.problems');
    try {
      await settings.update('maximum', 1, vscode.ConfigurationTarget.Workspace);
      await look();
      await shown(1);
      await settings.update('enabled', false, vscode.ConfigurationTarget.Workspace);
      await shown(0);
    } finally {
      await settings.update('maximum', undefined, vscode.ConfigurationTarget.Workspace);
      await settings.update('enabled', undefined, vscode.ConfigurationTarget.Workspace);
      remove('.vscode');
    }
  });

  it('offer to mend the experiment, to remove a row, and to clear them', async () => {
    const experiment = await (await trainyard()).createExperiment(uri, 'y');
    await shown(3);
    const document = await vscode.workspace.openTextDocument(uri);
    const at = (line: number, character: number) => vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, new vscode.Range(line, character, line, character));
    const titles = (actions: readonly vscode.CodeAction[]) => actions.map(({ title }) => title);
    const mends = await at(6, 10);
    const [mend] = mends;
    assert.match(mend?.title ?? '', /^Count "unknown" as missing in the experiment odd-/, JSON.stringify(titles(mends)));
    assert.equal(mends.at(-1)?.title, 'Clear Trainyard\'s problems of this file');
    assert.ok(mend?.command !== undefined);
    await vscode.commands.executeCommand(mend.command.command, ...(mend.command.arguments ?? []) as unknown[]);
    await eventually(() => {
      const { data } = JSON.parse(readFileSync(experiment.fsPath, 'utf8')) as ExperimentFile;
      assert.ok(data.missing?.includes('unknown') === true && data.missing.includes('NA'), 'the usual tokens stay missing ones');
    });
    const removal = (await at(42, 3)).find(({ title }) => title === 'Remove this row from the file');
    assert.ok(removal?.edit !== undefined);
    await vscode.workspace.applyEdit(removal.edit);
    assert.equal(document.lineCount, text.split('\n').length - 1);
    assert.equal(readFileSync(absolute(file), 'utf8'), text, 'nothing is saved behind the user\'s back');
  });
});
