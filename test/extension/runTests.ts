import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { installRig, rigProblem } from '../rig/install';
import { repositoryRoot } from '../rig/paths';

/**
 * Runs the suite of this folder inside VS Code: in the rig's one where that runs, otherwise in a desktop VS Code, which
 * @vscode/test-electron downloads. The window opens a throw-away folder with the sample data.
 */
async function main(): Promise<void> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'trainyard-extension-'));
  const report = path.join(scratch, 'report.txt');
  try {
    const workspace = path.join(scratch, 'workspace');
    mkdirSync(workspace);
    cpSync(path.join(repositoryRoot, 'dist', 'sample'), path.join(workspace, 'data'), { recursive: true });
    await runTests({
      ...(rigProblem() === undefined ? { vscodeExecutablePath: shim() } : {}),
      extensionDevelopmentPath: repositoryRoot,
      extensionTestsPath: path.join(repositoryRoot, 'out', 'test', 'extension', 'index'),
      launchArgs: [workspace],
      extensionTestsEnv: { TRAINYARD_TEST_OUTPUT: report },
    });
  } finally {
    console.log(existsSync(report) ? readFileSync(report, 'utf8') : 'The suite did not start.');
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function shim(): string {
  installRig();
  return path.join(repositoryRoot, 'test', 'rig', 'shim.sh');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
