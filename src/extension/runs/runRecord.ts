import { randomBytes } from 'node:crypto';
import { appendFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toCanonicalJson } from '../../schema/json';
import type { RunEvent, RunRecord, RunState } from '../../schema/run';
import { runFiles } from '../../schema/runLayout';
import { isMissing, UserError } from '../userError';
import { isProcessAlive } from './processAlive';

/** A run of another machine counts as running while its log was written to within this time. */
const remoteFreshMilliseconds = 2 * 60_000;

/**
 * Reads `run.json`.
 *
 * @throws UserError when it is missing or isn't a run record.
 */
export async function readRunRecord(runDir: string): Promise<RunRecord> {
  const name = path.basename(runDir);
  let text: string;
  try {
    text = await readFile(path.join(runDir, runFiles.record), 'utf8');
  } catch (error) {
    if (isMissing(error)) {
      throw new UserError(`The run ${name} has no ${runFiles.record}; it was deleted or moved.`, { cause: error });
    }
    throw error;
  }
  // Schemas are loaded with the first record, not with the extension.
  const { parseRunRecord } = await import('./parseRunRecord');
  return parseRunRecord(text, name);
}

/** The run's state as it really is: one that says `running` although its process is gone was interrupted. */
export async function actualState(record: RunRecord, runDir: string): Promise<RunState> {
  if (record.state !== 'running') {
    return record.state;
  }
  if (record.process === undefined) {
    return 'interrupted';
  }
  const alive = isProcessAlive(record.process, record.startedAt) ?? (await isFresh(path.join(runDir, runFiles.events)));
  return alive ? 'running' : 'interrupted';
}

/**
 * Writes how a run ended whose process can't do so itself any more. A run that has already ended is left as it is.
 *
 * @returns the record as it stands now.
 */
export async function endRun(runDir: string, state: 'failed' | 'cancelled', reason: string): Promise<RunRecord> {
  const record = await readRunRecord(runDir);
  if (record.state !== 'running') {
    return record;
  }
  const time = new Date().toISOString();
  const ended: RunRecord = { ...record, state, finishedAt: time, ...(state === 'failed' ? { error: reason } : {}) };
  // Which process ran it on which machine matters only while it does.
  delete ended.process;
  const event: RunEvent = { kind: 'state', time, state, ...(state === 'failed' ? { message: reason } : {}) };
  await appendFile(path.join(runDir, runFiles.events), `${JSON.stringify(event)}\n`);
  await writeAtomically(path.join(runDir, runFiles.record), toCanonicalJson(ended));
  await Promise.all([runFiles.cancelRequest, runFiles.stopRequest].map((name) => rm(path.join(runDir, name), { force: true })));
  return ended;
}

/** True when an unfinished run left something to go on from. */
export async function hasCheckpoint(runDir: string): Promise<boolean> {
  try {
    return (await stat(path.join(runDir, runFiles.checkpoint))).size > 0;
  } catch {
    return false;
  }
}

/** Writes to a temporary name and renames, so that readers see the old content or the new, never a part. */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, text, { flush: true });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function isFresh(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs < remoteFreshMilliseconds;
  } catch {
    return false;
  }
}
