import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExperimentFile } from '../../schema/experiment';
import { gpuChoices, gpuProvider } from '../../schema/gpu';
import type { TrainParams } from '../../schema/protocol';
import type { EngineLauncher } from '../engineClient/engineLauncher';
import { fileStem } from '../experiments/experimentFiles';
import type { ExperimentIndex } from '../experiments/experimentIndex';
import type { RunEntry } from '../runs/runList';
import { isRunningHere } from '../runs/processAlive';
import { actualState, hasCheckpoint, readRunRecord } from '../runs/runRecord';
import { isRunFolder } from '../runs/runUri';
import { relativePath, resolveInside } from '../safePath';
import { isMissing, UserError } from '../userError';
import { EngineDriver } from './engineDriver';
import { Job, type JobSubject } from './job';
import type { JobQueue } from './jobQueue';
import { ReattachDriver } from './reattachDriver';

/** How often a new run's record is looked for, and how long after the first look comes the second; later ones take longer. */
const recordAttempts = 4;
const recordMilliseconds = 150;

/** Turns experiments into jobs. */
export class Training {
  constructor(
    private readonly queue: JobQueue,
    private readonly launcher: EngineLauncher,
    private readonly index: ExperimentIndex,
  ) {}

  /**
   * Queues a run of an experiment file as it is on disk.
   *
   * @throws UserError when the file can't be run.
   */
  async trainExperiment(uri: vscode.Uri): Promise<Job> {
    requireTrust();
    const root = rootOf(uri);
    let bytes: Uint8Array;
    try {
      bytes = await vscode.workspace.fs.readFile(uri);
    } catch (error) {
      throw new UserError(`The experiment "${path.basename(uri.fsPath)}" can't be read; it may have been deleted or moved.`, { cause: error });
    }
    const { parseExperimentText } = await import('../experiments/experimentText');
    const { file, problems } = parseExperimentText(new TextDecoder().decode(bytes));
    if (file === null) {
      const [problem] = problems;
      const where = problem === undefined || problem.path.length === 0 ? '' : `"${problem.path.join('.')}": `;
      throw new UserError(`The experiment "${fileStem(uri.fsPath)}" can't be trained: ${where}${problem?.message ?? 'it is not valid.'}`);
    }
    return this.submit(root, file, fileStem(uri.fsPath), relativePath(root, uri.fsPath));
  }

  /** Queues the experiment of a run anew: its file if that is still there, otherwise the experiment exactly as it ran. */
  async trainAgain(runDir: string): Promise<Job> {
    requireTrust();
    const root = rootOf(vscode.Uri.file(runDir));
    const record = await readRunRecord(runDir);
    const file = await this.experimentFileOf(root, record);
    if (file !== undefined) {
      return this.trainExperiment(file);
    }
    return this.submit(root, record.experiment, record.experiment.name, undefined);
  }

  /**
   * Queues a run that goes on from an unfinished one's checkpoint: the experiment exactly as it ran.
   *
   * @throws UserError when there is nothing to go on from.
   */
  async resume(runDir: string): Promise<Job> {
    requireTrust();
    const root = rootOf(vscode.Uri.file(runDir));
    const record = await readRunRecord(runDir);
    const state = await actualState(record, runDir);
    if (state === 'running' || state === 'done') {
      throw new UserError(state === 'running' ? 'This run is still under way; there is nothing to resume.' : 'This run is finished; there is nothing to resume.');
    }
    if (!(await hasCheckpoint(runDir))) {
      throw new UserError('This run left no checkpoint to go on from; train it again instead.');
    }
    return this.submit(root, record.experiment, record.experiment.name, record.experimentPath, runDir);
  }

  /** The experiment file that a run came from, if it is still there. */
  async experimentFileOf(root: string, record: { readonly experimentPath?: string }): Promise<vscode.Uri | undefined> {
    if (record.experimentPath === undefined) {
      return undefined;
    }
    try {
      const uri = vscode.Uri.file(await resolveInside(root, record.experimentPath));
      await vscode.workspace.fs.stat(uri);
      return uri;
    } catch {
      // Gone, or a path that leads elsewhere; either way there is no file of ours.
      return undefined;
    }
  }

  /** Follows all runs that an earlier window left running. */
  async reattach(): Promise<void> {
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      for (const entry of await this.index.runs.listRunning(folder.uri.fsPath)) {
        this.follow(folder.uri.fsPath, entry, 'afterReload');
      }
    }
  }

  /**
   * Follows runs that have just appeared, unless they are this window's own.
   *
   * @param appeared absolute path of a run folder or of one above.
   */
  async followNew(appeared: string): Promise<void> {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(appeared));
    if (folder === undefined) {
      return;
    }
    const root = folder.uri.fsPath;
    const isRun = isRunFolder(root, appeared);
    // A folder is seen before its record is in it.
    for (let attempt = 0; attempt < recordAttempts; attempt += 1) {
      const entries = isRun ? [await this.index.runs.read(appeared)] : await this.index.runs.listRunning(root);
      entries.forEach((entry) => this.follow(root, entry, 'outside'));
      if (entries.some(({ record }) => record !== null)) {
        return;
      }
      await delay(recordMilliseconds * 2 ** attempt);
    }
  }

  private follow(root: string, { runDir, record }: RunEntry, found: JobSubject['found']): void {
    const pid = record?.process?.pid;
    if (record === null || pid === undefined || !isRunningHere(record) || this.launcher.owns(pid) || this.queue.jobOfRun(runDir) !== undefined) {
      return;
    }
    const { name } = record.experiment;
    const subject: JobSubject = { name, root, found, ...(record.experimentPath === undefined ? {} : { experimentPath: record.experimentPath }) };
    this.queue.attach(new Job(subject, new ReattachDriver(runDir, name), runDir));
  }

  private async submit(root: string, file: ExperimentFile, fallbackName: string, experimentPath: string | undefined, resumeFrom?: string): Promise<Job> {
    const data = await resolveInside(root, file.data.path);
    try {
      await vscode.workspace.fs.stat(vscode.Uri.file(data));
    } catch (error) {
      throw isMissing(error) || (error instanceof vscode.FileSystemError && error.code === 'FileNotFound')
        ? new UserError(`The data file "${file.data.path}" doesn't exist; restore it, or change the experiment's data path.`, { cause: error })
        : error;
    }
    const optionalPath = experimentPath === undefined ? {} : { experimentPath };
    const driver = new EngineDriver(() => this.launcher.startForRun(), {
      root, name: fallbackName, experiment: file, ...optionalPath, ...gpuSetting(), ...(resumeFrom === undefined ? {} : { resumeFrom }),
    });
    const job = new Job({ name: file.name ?? fallbackName, root, ...optionalPath }, driver);
    this.queue.submit(job);
    return job;
  }
}

/** The GPU that the settings allow networks to use. */
function gpuSetting(): Pick<TrainParams, 'gpu'> {
  const choice = gpuChoices.find((each) => each === vscode.workspace.getConfiguration('trainyard').get('gpu'));
  const gpu = gpuProvider(choice ?? 'off', process.platform);
  return gpu === undefined ? {} : { gpu };
}

/** Why training is not possible now; null when it is. */
export function trainBlockedReason(): string | null {
  return vscode.workspace.isTrusted
    ? null
    : 'This workspace is in Restricted Mode: you can look at data, experiments and results, but training needs a trusted workspace.';
}

/** Training was asked for in a workspace that isn't trusted. */
export class UntrustedError extends UserError {}

function requireTrust(): void {
  const reason = trainBlockedReason();
  if (reason !== null) {
    throw new UntrustedError(reason);
  }
}

/**
 * Absolute path of the workspace folder that holds a file.
 *
 * @throws UserError when none does.
 */
export function rootOf(uri: vscode.Uri): string {
  const folder = uri.scheme === 'file' ? vscode.workspace.getWorkspaceFolder(uri) : undefined;
  if (folder === undefined) {
    throw new UserError(`"${path.basename(uri.path)}" isn't in an open folder; open the folder that holds it, because Trainyard keeps experiments beside the data.`);
  }
  return folder.uri.fsPath;
}
