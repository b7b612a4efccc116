import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, utimesSync } from 'node:fs';
import * as vscode from 'vscode';
import { absolute, eventually, remove, startAfresh, trainyard, write } from './trainyard';

/** Large enough to be kept. */
const rows = Array.from({ length: 400_000 }, (_, row) => `${row},word ${row % 97},${row / 8}\n`).join('');

describe('Clear Data Cache', () => {
  before(startAfresh);
  after(() => remove('data/large.csv'));

  it('removes what was kept of a large file once its button is pressed, and the file is read anew', async () => {
    const { services } = await trainyard();
    const folder = services.dataCache.fsPath;
    write('data/large.csv', `id,word,share\n${rows}`);
    const file = absolute('data/large.csv');
    // What was changed just now isn't kept.
    utimesSync(file, new Date(), new Date(Date.now() - 60_000));
    const profile = () => services.profiles.profile(file, { decimal: '.' }, new AbortController().signal);
    assert.equal((await profile()).rows, 400_000);
    await eventually(() => assert.ok(readdirSync(folder).some((name) => name.endsWith('.cache'))));
    const cleared = vscode.commands.executeCommand('trainyard.clearDataCache');
    await eventually(async () => {
      await vscode.commands.executeCommand('notifications.focusToasts');
      await vscode.commands.executeCommand('notification.acceptPrimaryAction');
      assert.equal(existsSync(folder), false);
    });
    await cleared;
    assert.equal((await profile()).rows, 400_000);
  });
});
