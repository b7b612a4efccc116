import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

/** What VS Code's own JSON editor says of a hand-written experiment file, by the schema that the extension contributes. */
describe('an experiment file edited as text', () => {
  const valid = { data: { path: 'data/penguins.csv' }, target: 'Species', algorithm: 'randomForest', hyperparameters: { nEstimators: 50 } };

  const cases: readonly (readonly [string, object, RegExp | null])[] = [
    // First one that is found wrong: from then on the checker is known to work.
    ['must name a target', { data: valid.data }, /target/],
    ['is fine when it is valid', valid, null],
    ['is fine with nothing but data and target', { data: valid.data, target: valid.target }, null],
    ['must use a known algorithm', { ...valid, algorithm: 'randomForrest' }, /randomForest/],
    ['must use settings of its algorithm', { ...valid, hyperparameters: { learningRte: 1 } }, /learningRte/],
    ['must use settings of the default algorithm when it names none', { data: valid.data, target: valid.target, hyperparameters: { learningRte: 1 } }, /learningRte/],
    ['must keep to the range of a setting', { ...valid, hyperparameters: { nEstimators: 0 } }, /minimum/],
    ['must not hold unknown words', { ...valid, tarket: 'Species' }, /tarket/],
  ];

  for (const [title, content, expected] of cases) {
    it(title, async () => {
      const messages = await problemsOf(JSON.stringify(content, null, 2), expected !== null);
      if (expected === null) {
        assert.deepEqual(messages, []);
      } else {
        assert.match(messages.join('\n'), expected);
      }
    });
  }

  async function problemsOf(text: string, waitForSome: boolean): Promise<string[]> {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder !== undefined);
    const uri = vscode.Uri.joinPath(folder.uri, 'trainyard', 'experiments', `schema-${Math.random().toString(36).slice(2)}.experiment.json`);
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
    try {
      // Only what is shown as text is checked, a moment after it was opened; there is no word of a check that found nothing.
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
      const deadline = Date.now() + (waitForSome ? 25_000 : 2000);
      while (Date.now() < deadline) {
        const found = vscode.languages.getDiagnostics(uri);
        if (found.length > 0) {
          return found.map(({ message }) => message);
        }
        await sleep(50);
      }
      return [];
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.workspace.fs.delete(uri);
    }
  }
});
