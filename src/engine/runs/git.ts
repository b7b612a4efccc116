import { execFile } from 'node:child_process';
import type { RunRecord } from '../../schema/run';

const timeout = 5000;

/**
 * The commit and branch of the repository that a folder is in, and whether tracked files differ from it.
 *
 * @returns undefined where there is no repository, no commit yet, or no git.
 */
export async function readGitState(folder: string): Promise<RunRecord['git']> {
  // A repository's own configuration may name programs to run (core.fsmonitor); those stay unused.
  const options = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-C', folder];
  const status = ['status', '--porcelain=v2', '--branch', '--untracked-files=no', '--ignore-submodules=all'];
  const output = await new Promise<string | undefined>((resolve) => {
    execFile('git', [...options, ...status], { timeout, maxBuffer: 64 * 1024 * 1024, windowsHide: true }, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
  const lines = output?.split('\n') ?? [];
  const header = (key: string): string | undefined =>
    lines.find((line) => line.startsWith(`# branch.${key} `))?.slice(`# branch.${key} `.length);
  const commit = header('oid');
  if (commit === undefined || commit === '(initial)') {
    return undefined;
  }
  const branch = header('head');
  return {
    commit,
    ...(branch === undefined || branch === '(detached)' ? {} : { branch }),
    dirty: lines.some((line) => line !== '' && !line.startsWith('#')),
  };
}
