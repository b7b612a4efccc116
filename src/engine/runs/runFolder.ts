import { appendFileSync, existsSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { version } from '../../../package.json';
import type { Experiment } from '../../schema/experiment';
import type { RunEvent, RunRecord, RunState } from '../../schema/run';
import { runRecordSchema } from '../../schema/run';
import { runFiles, runFolderName } from '../../schema/runLayout';
import { UserError } from '../errors';
import { errorCode, readingError, writingError } from '../fileErrors';
import { isInside } from './paths';
import { newRunId } from './runId';
import { writeFileAtomically, writeJson } from './writeFile';

/**
 * The folder of one run, as its writers see it. Whole files appear at once; the log only grows; `run.json` says where the
 * run stands and is immutable once that is final.
 */
export class RunFolder {
  constructor(
    /** Absolute. */
    readonly path: string,
    /** The topmost folder that was made for this run; absent when it was opened. */
    private readonly madeFrom?: string,
  ) {}

  /**
   * Makes a run's folder below `runsFolder`, marked as running in this process.
   *
   * @throws UserError when the folder can't be written.
   */
  static async create(runsFolder: string, experiment: Experiment, experimentPath: string | undefined): Promise<RunFolder> {
    const startedAt = new Date();
    for (;;) {
      const id = newRunId(startedAt);
      const folder = path.join(runsFolder, runFolderName(experiment.name), id);
      if (existsSync(folder)) {
        continue;
      }
      try {
        const made = new RunFolder(folder, await mkdir(folder, { recursive: true }));
        await made.writeRecord({
          version: 1,
          id,
          state: 'running',
          experiment,
          ...(experimentPath === undefined ? {} : { experimentPath }),
          startedAt: startedAt.toISOString(),
          seconds: {},
          versions: { trainyard: version, node: process.versions.node, platform: `${process.platform}-${process.arch}` },
          process: { pid: process.pid, host: hostname() },
        });
        return made;
      } catch (error) {
        throw writingError(error, runsFolder);
      }
    }
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  /** @throws UserError when it is no run folder or its record is damaged. */
  async readRecord(): Promise<RunRecord> {
    return readRecord(this.path);
  }

  async writeRecord(record: RunRecord): Promise<void> {
    await writeJson(this.file(runFiles.record), runRecordSchema.parse(record));
  }

  async writeFile(name: string, content: string | Uint8Array): Promise<void> {
    await writeFileAtomically(this.file(name), content);
  }

  /** Adds a line to the log. Synchronous, so that lines keep their order and none is lost when the process ends. */
  append(event: RunEvent): void {
    appendFileSync(this.file(runFiles.events), `${JSON.stringify(event)}\n`);
  }

  /** Whether the run is asked to stop. Removes the request, so that the next one is another. */
  takeStopRequest(): boolean {
    const isRequested = existsSync(this.file(runFiles.stopRequest));
    if (isRequested) {
      rmSync(this.file(runFiles.stopRequest), { force: true });
    }
    return isRequested;
  }

  get cancelRequested(): boolean {
    return existsSync(this.file(runFiles.cancelRequest));
  }

  /** Marks how an unfinished run ended, in its record and its log; a record that is final already stays. */
  async finish(state: Exclude<RunState, 'running' | 'interrupted' | 'done'>, error?: string): Promise<void> {
    const record = await this.readRecord();
    if (record.state !== 'running') {
      return;
    }
    const now = new Date();
    const total = (now.getTime() - Date.parse(record.startedAt)) / 1000;
    await this.writeRecord({
      ...withoutProcess(record),
      state,
      ...(error === undefined ? {} : { error }),
      finishedAt: now.toISOString(),
      seconds: { ...record.seconds, total },
    });
    await this.close({ kind: 'state', time: now.toISOString(), state, ...(error === undefined ? {} : { message: error }) });
  }

  /** Marks the run as done: the last that is written of it but for its log's last line. */
  async succeed(record: RunRecord): Promise<void> {
    const time = new Date().toISOString();
    await this.writeRecord({ ...withoutProcess(record), state: 'done', finishedAt: time });
    await this.close({ kind: 'state', time, state: 'done' });
  }

  /** Who follows the log and sees this line finds a record that is final. */
  private async close(event: RunEvent): Promise<void> {
    this.append(event);
    await rm(this.file(runFiles.cancelRequest), { force: true });
    await rm(this.file(runFiles.stopRequest), { force: true });
  }

  /** Takes the run away without a trace: its folder, and the folders above that were made for it and are empty. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    if (this.madeFrom === undefined) {
      return;
    }
    for (let folder = path.dirname(this.path); isInside(this.madeFrom, folder); folder = path.dirname(folder)) {
      try {
        await rmdir(folder);
      } catch (error) {
        if (errorCode(error) === 'ENOENT') {
          continue;
        }
        // Something else has come to live there meanwhile.
        return;
      }
    }
  }
}

/** Which process ran it on which machine matters only while it does, and has no place in a repository afterwards. */
function withoutProcess({ process: _process, ...record }: RunRecord): RunRecord {
  return record;
}

/** @throws UserError when the folder holds no readable run.json. */
export async function readRecord(folder: string): Promise<RunRecord> {
  const file = path.join(folder, runFiles.record);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR'
      ? new UserError(`"${folder}" is not a run folder: it holds no ${runFiles.record}.`, { cause: error })
      : readingError(error, file);
  }
  try {
    return runRecordSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`"${file}" is damaged or of a newer version; restore it from git or delete the run.`, { cause: error });
  }
}
