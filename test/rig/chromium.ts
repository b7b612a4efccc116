import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Returns Chromium's path: $TRAINYARD_CHROMIUM, else one on the PATH, else Debian's package, installed now.
 *
 * @throws Error with the command that a person has to run, when none of these works.
 */
export function ensureChromium(log: (line: string) => void = console.error): string {
  const given = process.env['TRAINYARD_CHROMIUM'];
  if (given !== undefined) {
    return given;
  }
  const found = findOnPath(programs);
  if (found !== undefined) {
    return found;
  }
  if (findOnPath(['apt-get']) !== undefined && process.getuid?.() === 0) {
    log('Installing Chromium (apt-get install chromium)…');
    aptGet(['update']);
    aptGet(['install', '-y', '--no-install-recommends', 'chromium']);
    const installed = findOnPath(programs);
    if (installed !== undefined) {
      return installed;
    }
  }
  throw new Error(
    'The tests in VS Code need Chromium or Chrome. Install it ("sudo apt-get install chromium" on Debian), or set TRAINYARD_CHROMIUM to its path.',
  );
}

function findOnPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function aptGet(args: string[]): void {
  const { status, stdout, stderr } = spawnSync('apt-get', ['-qq', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) {
    throw new Error(`"apt-get ${args.join(' ')}" failed, so Chromium could not be installed: ${stderr.trim() || stdout.trim()}`);
  }
}
