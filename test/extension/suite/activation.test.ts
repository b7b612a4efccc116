import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { extension } from './trainyard';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly keybindings: readonly { readonly command: string }[];
    readonly viewsWelcome: readonly { readonly contents: string }[];
    readonly walkthroughs: readonly { readonly steps: readonly { readonly description: string }[] }[];
  };
}

// First in the suite: nothing has needed the extension yet.
describe('activation', () => {
  it('takes less than 200 ms, the loading of its code included', async () => {
    const found = extension();
    assert.equal(found.isActive, false, 'the extension was active before anything needed it');
    const [started, before] = [performance.now(), process.cpuUsage()];
    await found.activate();
    const elapsed = performance.now() - started;
    const { user, system } = process.cpuUsage(before);
    const busy = (user + system) / 1000;
    console.log(`      activated in ${elapsed.toFixed(0)} ms, ${busy.toFixed(0)} ms of them at work`);
    // On a machine that is busy with other things the time that passes says nothing of the extension.
    assert.ok(Math.min(elapsed, busy) < 200, `it took ${elapsed} ms, ${busy} ms of them at work`);
  });

  it('starts no engine', async () => {
    const { questions } = extension().exports.services;
    assert.equal(questions.active, false);
  });

  it('registers every command that it declares, and declares every command that it registers', async () => {
    const { commands } = (extension().packageJSON as Manifest).contributes;
    const declared = commands.map(({ command }) => command).sort();
    const registered = (await vscode.commands.getCommands(true)).filter((command) => /^trainyard\.[a-z]\w+$/i.test(command)).sort();
    assert.deepEqual(registered, declared);
  });

  it('uses no command in menus, keys or texts that isn\'t declared', () => {
    const { commands, menus, keybindings, viewsWelcome, walkthroughs } = (extension().packageJSON as Manifest).contributes;
    const declared = new Set(commands.map(({ command }) => command));
    const texts = [...viewsWelcome.map(({ contents }) => contents), ...walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description))];
    const inTexts = texts.flatMap((text) => [...text.matchAll(/\(command:(trainyard\.\w+)\)/g)].map(([, command]) => command ?? ''));
    const used = [...Object.values(menus).flat().map(({ command }) => command), ...keybindings.map(({ command }) => command), ...inTexts];
    assert.ok(inTexts.length > 3);
    assert.deepEqual(used.filter((command) => !declared.has(command)), []);
  });
});
