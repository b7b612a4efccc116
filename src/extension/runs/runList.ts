import path from 'node:path';
import type { RunRecord, RunState } from '../../schema/run';
import { runFiles, runIdPattern } from '../../schema/runLayout';
import { listFolder, runsFolder } from '../experiments/experimentFiles';
import { stampOf } from '../fileStamp';
import { sentenceFor } from '../userError';
import { bootTime, isRunningHere } from './processAlive';
import { actualState, hasCheckpoint, readRunRecord } from './runRecord';

/** A run as a list shows it. */
export interface RunEntry {
  /** Absolute path of the run folder. */
  readonly runDir: string;
  readonly id: string;
  /** `interrupted` for a run that says running although its process is gone; `failed` for one that can't be read. */
  readonly state: RunState;
  /** Null when `run.json` can't be read; then `problem` says why. */
  readonly record: RunRecord | null;
  readonly problem?: string;
  /** True for an unfinished run that left a checkpoint to go on from. */
  readonly resumable?: boolean;
}

const maximumRemembered = 2000;

/** Reads run folders, and remembers records that can't change any more. */
export class RunReader {
  private readonly remembered = new Map<string, { readonly stamp: string; readonly entry: RunEntry }>();

  /** The ids of an experiment's runs, newest first. Costs one look at a folder. */
  async listIds(folder: string): Promise<string[]> {
    return (await listFolder(folder)).filter((name) => runIdPattern.test(name)).sort().reverse();
  }

  /** Names of the folders of runs in a workspace folder, one an experiment. */
  async listRunFolders(root: string): Promise<string[]> {
    return listFolder(path.join(root, runsFolder));
  }

  /** Never rejects: a run that can't be read is listed with the reason. */
  async read(runDir: string): Promise<RunEntry> {
    const stamp = await stampOf(path.join(runDir, runFiles.record));
    const known = this.remembered.get(runDir);
    if (known?.stamp === stamp) {
      return withCheckpoint(known.entry);
    }
    const entry = await withCheckpoint(await readEntry(runDir));
    if (entry.record !== null && entry.record.state !== 'running') {
      this.remember(runDir, stamp, entry);
    }
    return entry;
  }

  /** Runs of a workspace folder that a process of this machine is working on now. */
  async listRunning(root: string): Promise<RunEntry[]> {
    // Ids begin with their time, so runs from before this machine started are told apart without being read.
    const earliest = new Date(bootTime() - 60_000).toISOString().replace(/\.\d+Z$/, 'Z').replace(/[-:]/g, '');
    const running: RunEntry[] = [];
    for (const name of await this.listRunFolders(root)) {
      const folder = path.join(root, runsFolder, name);
      for (const id of (await this.listIds(folder)).filter((each) => each >= earliest)) {
        const entry = await this.read(path.join(folder, id));
        if (entry.record !== null && isRunningHere(entry.record)) {
          running.push(entry);
        }
      }
    }
    return running;
  }

  private remember(runDir: string, stamp: string, entry: RunEntry): void {
    if (this.remembered.size >= maximumRemembered) {
      const [oldest] = this.remembered.keys();
      this.remembered.delete(oldest ?? runDir);
    }
    this.remembered.set(runDir, { stamp, entry });
  }
}

/** A run's checkpoint goes once another run has gone on from it to its end. */
async function withCheckpoint(entry: RunEntry): Promise<RunEntry> {
  const isUnfinished = entry.record !== null && entry.state !== 'running' && entry.state !== 'done';
  return isUnfinished ? { ...entry, resumable: await hasCheckpoint(entry.runDir) } : entry;
}

async function readEntry(runDir: string): Promise<RunEntry> {
  const id = path.basename(runDir);
  try {
    const record = await readRunRecord(runDir);
    return { runDir, id, record, state: await actualState(record, runDir) };
  } catch (error) {
    return { runDir, id, record: null, state: 'failed', problem: sentenceFor(error) };
  }
}
