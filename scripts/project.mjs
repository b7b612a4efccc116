/** What every command of the project needs: Node new enough, packages installed, everything built. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.join(import.meta.dirname, '..');

/** A command failed; what went wrong is on the screen already. */
export class CommandFailedError extends Error {
  name = 'CommandFailedError';
}

/** Installs the packages when they are missing or not those of the lock file. */
export function ensureInstalled() {
  checkNodeVersion();
  if (!isInstalled()) {
    console.log('Installing packages…');
    runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
}

/** npm keeps a list of what it has installed beside the packages. */
function isInstalled() {
  const list = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(list)) {
    return false;
  }
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packagesOf(list);
  return Object.entries(packagesOf(path.join(root, 'package-lock.json'))).every(([name, { version, optional }]) =>
    // '' is the project itself; optional ones may be for other platforms.
    name === '' || (installed[name] === undefined ? optional === true : installed[name].version === version));
}

/** Builds `dist/`; flags are those of esbuild.js. */
export function build(...flags) {
  runNode(['esbuild.js', ...flags]);
}

/**
 * Packs `dist/`, which must be a production build.
 *
 * @param target the platform that the package is for, or "universal"; this one when absent.
 * @returns the path of the package, trainyard-VERSION.vsix (trainyard-TARGET-VERSION.vsix) in the root folder.
 */
export function pack(target) {
  const file = path.join(root, packageFileName(target));
  const platform = target === undefined || target === 'universal' ? [] : ['--target', target];
  // Everything is bundled, so no dependency goes along.
  runNode(['node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', ...platform, '--out', file]);
  return file;
}

function packageFileName(target) {
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return `${[name, ...(target === undefined ? [] : [target]), version].join('-')}.vsix`;
}

/** Runs a Node program of the project in its root folder, its output on this screen. */
export function runNode(args, options = {}) {
  run(process.execPath, args, options);
}

/**
 * Runs a main function and ends the process as it ends: quietly after a CommandFailedError, whose reason is on the screen
 * already.
 */
export function runMain(main) {
  Promise.resolve()
    .then(main)
    .catch((error) => {
      if (!(error instanceof CommandFailedError)) {
        console.error(error);
      }
      process.exitCode = 1;
    });
}

function runNpm(args) {
  // npm says where it is to the scripts that it starts; without it the name must do.
  const npm = process.env.npm_execpath;
  if (npm !== undefined && npm.endsWith('.js')) {
    run(process.execPath, [npm, ...args]);
  } else {
    run('npm', args, { shell: process.platform === 'win32' });
  }
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error !== undefined) {
    throw error;
  }
  if (status !== 0) {
    throw new CommandFailedError(`${[command, ...args].join(' ')} ended with code ${status}`);
  }
}

function checkNodeVersion() {
  const { engines } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const needed = engines.node.replace('>=', '').split('.').map(Number);
  const actual = process.versions.node.split('.').map(Number);
  const order = needed.map((part, index) => Math.sign(actual[index] - part)).find((sign) => sign !== 0) ?? 0;
  if (order < 0) {
    console.error(`Trainyard needs Node ${needed.join('.')} or newer, and this is Node ${process.versions.node}. Install a newer one from your package manager or nodejs.org.`);
    throw new CommandFailedError('Node is too old');
  }
}
