/**
 * npm run vscode: opens the sample workspace in a VS Code with the extension loaded: the desktop program where `code` is on the
 * PATH, otherwise its browser build, on an address that this prints.
 */
import { spawnSync } from 'node:child_process';
import { build, ensureInstalled, root, runMain, runNode } from './project.mjs';

runMain(async () => {
  ensureInstalled();
  build();
  const { ensureSampleWorkspace } = await import('./sampleWorkspace.mjs');
  const workspace = ensureSampleWorkspace();
  const shell = process.platform === 'win32';
  const quote = (text) => (shell ? `"${text}"` : text);
  const desktop = spawnSync('code', [quote(`--extensionDevelopmentPath=${root}`), quote(workspace)], { shell, stdio: ['ignore', 'inherit', 'pipe'] });
  if (desktop.error === undefined && desktop.status === 0) {
    console.log('Opened the sample workspace in VS Code. Right-click data/penguins.csv and choose "Trainyard: Train Model…".');
    return;
  }
  console.log('Desktop VS Code did not start (is its "code" command on the PATH?), so this is its browser build.');
  runNode(['--import', 'tsx', 'test/rig/open.ts', workspace]);
});
