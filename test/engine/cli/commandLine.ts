import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const repository = path.join(__dirname, '..', '..', '..');

/** A bundle's path; everything is built first when it isn't there. */
export function bundle(name: 'cli' | 'engine'): string {
  const file = path.join(repository, 'dist', `${name}.js`);
  if (!existsSync(file)) {
    execFileSync(process.execPath, [path.join(repository, 'esbuild.js')], { cwd: repository, stdio: 'ignore' });
  }
  return file;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves once stderr holds the text. */
  said(text: string): Promise<void>;
}

/** Starts `trainyard …` in a folder. @param user runs it as another user (only root can). */
export function startCommand(folder: string, args: readonly string[], user?: number): RunningCommand {
  const child = spawn(process.execPath, [bundle('cli'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stderr.includes(text)) {
          resolve();
        }
      };
      look();
      child.stderr.on('data', look);
      child.on('close', () => reject(new Error(`It ended without saying "${text}": ${stderr}`)));
    });
  return { process: child, finished, said };
}

export function runCommand(folder: string, ...args: string[]): Promise<Finished> {
  return startCommand(folder, args).finished;
}

/** The last line that was said on stderr. */
export function lastLine({ stderr }: Finished): string {
  return stderr.trimEnd().split('\n').at(-1) ?? '';
}

/**
 * A data set that is easy to learn, always the same: two numbers, a category and a flag, with missing values, from which
 * `kind` (three classes) and `size` (a number) follow but for some noise.
 */
export function generatedCsv(rows: number): string {
  let state = 12345;
  const next = (): number => {
    // Numerical Recipes' linear congruential generator; good enough for data that only has to be ugly.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const lines = Array.from({ length: rows }, (_, i) => {
    const [a, b] = [next() * 10, next() * 4 - 2];
    const colour = ['red', 'green', 'blue'][Math.floor(next() * 3)];
    const flag = next() < 0.5;
    const score = a + 2 * b + (colour === 'red' ? 3 : 0) + (flag ? 1 : 0);
    const kind = score + next() < 4 ? 'low' : score + next() < 9 ? 'middle' : 'high';
    const missing = i % 17 === 5;
    return [missing ? '' : a.toFixed(3), b.toFixed(3), i % 23 === 7 ? 'NA' : colour, flag, kind, (score + next()).toFixed(4)].join(',');
  });
  return `a,b,colour,flag,kind,size\n${lines.join('\n')}\n`;
}
