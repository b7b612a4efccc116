import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import path from 'node:path';
import type { RunRecord } from '../../schema/run';
import { runFiles, runIdPattern } from '../../schema/runLayout';
import { UserError } from '../errors';
import { errorCode, readingError } from '../fileErrors';
import { readRecord } from './runFolder';

/** A log that was silent for longer belongs to a run that is over. */
const freshMilliseconds = 2 * 60_000;

export interface ListedRun {
  /** Absolute. */
  readonly runDir: string;
  /** With `interrupted` for a run that says running although its process is gone. */
  readonly record: RunRecord;
}

/**
 * All runs below a folder of runs, newest first. A folder that isn't there holds none.
 *
 * @param problems told about each run that can't be read.
 */
export async function listRuns(runsFolder: string, problems: (message: string) => void): Promise<ListedRun[]> {
  const runs: ListedRun[] = [];
  for (const experiment of await foldersIn(runsFolder)) {
    for (const id of await foldersIn(path.join(runsFolder, experiment))) {
      if (!runIdPattern.test(id)) {
        continue;
      }
      const runDir = path.join(runsFolder, experiment, id);
      try {
        runs.push({ runDir, record: await withActualState(await readRecord(runDir), runDir) });
      } catch (error) {
        if (!(error instanceof UserError)) {
          throw error;
        }
        problems(error.message);
      }
    }
  }
  return runs.sort((a, b) => compareText(b.record.startedAt, a.record.startedAt) || compareText(b.record.id, a.record.id));
}

async function foldersIn(folder: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return [];
    }
    throw readingError(error, folder);
  }
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/**
 * The record with `interrupted` when it says running but can't be: its process is gone, or the machine was started after it.
 * A run on another machine (a shared folder) is believed while its log grows.
 */
export async function withActualState(record: RunRecord, runDir: string): Promise<RunRecord> {
  if (record.state !== 'running') {
    return record;
  }
  const owner = record.process;
  if (owner !== undefined && owner.host !== hostname()) {
    return (await isFresh(path.join(runDir, runFiles.events))) ? record : { ...record, state: 'interrupted' };
  }
  const bootedAt = Date.now() - uptime() * 1000;
  // Clocks are set, so a minute of doubt.
  const startedBeforeBoot = Date.parse(record.startedAt) < bootedAt - 60_000;
  const alive = owner !== undefined && !startedBeforeBoot && isAlive(owner.pid);
  return alive ? record : { ...record, state: 'interrupted' };
}

async function isFresh(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs < freshMilliseconds;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return false;
    }
    throw readingError(error, file);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Someone else's process is alive, too.
    return errorCode(error) === 'EPERM';
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
