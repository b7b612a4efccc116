import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from './browser';
import { installRig } from './install';
import { outFolder } from './paths';
import { VsCodeServer } from './server';

/** A suite that takes longer hangs. */
const timeLimit = 5 * 60_000;

/**
 * Understands the command line of the desktop program as far as tests use it, runs the suite in the rig's VS Code and returns
 * the exit code that VS Code gives it.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { extensionDevelopmentPath: { type: 'string' }, extensionTestsPath: { type: 'string' } },
    allowPositionals: true,
    strict: false,
  });
  const [workspace] = positionals;
  const { extensionDevelopmentPath, extensionTestsPath } = values;
  if (workspace === undefined || typeof extensionDevelopmentPath !== 'string' || typeof extensionTestsPath !== 'string') {
    throw new Error('Needs a folder to open, --extensionDevelopmentPath and --extensionTestsPath.');
  }
  const server = await VsCodeServer.start(installRig(), { runsSuite: true, env: ownVariables() });
  try {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const exitCode = new Promise<number>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`The suite did not end within ${timeLimit / 60_000} minutes.`)), timeLimit);
        const exit = (code: number): void => {
          clearTimeout(timer);
          resolve(code);
        };
        page.exposeFunction('codeAutomationExit', exit).catch(reject);
        page.on('crash', () => reject(new Error('The window crashed.')));
      });
      await page.exposeFunction('codeAutomationLog', windowLog());
      await page.goto(
        server.windowUrl(workspace, [
          ['extensionDevelopmentPath', server.remoteUri(extensionDevelopmentPath)],
          ['extensionTestsPath', server.remoteUri(extensionTestsPath)],
        ]),
      );
      return await exitCode;
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

/** Keeps what the window and its extension host say, most of it VS Code's own affairs, where a person can look it up. */
function windowLog(): (type: string, args: unknown) => void {
  const folder = path.join(outFolder, 'logs');
  mkdirSync(folder, { recursive: true });
  const stream = createWriteStream(path.join(folder, 'extensionTests.log'));
  return (type, args) => {
    const parts = Array.isArray(args) ? args : [args];
    stream.write(`${type}: ${parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ')}\n`);
  };
}

/** The variables by which the tests' starter speaks to the suite. */
function ownVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[0].startsWith('TRAINYARD_') && entry[1] !== undefined),
  );
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
