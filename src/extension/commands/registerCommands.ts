import path from 'node:path';
import * as vscode from 'vscode';
import { runFiles } from '../../schema/runLayout';
import type { RunChooser } from '../editors/comparisonPanel';
import type { DatasetEditorProvider } from '../editors/editorProviders';
import { openReport } from '../editors/reportPanel';
import { createExperimentFile, fileStem } from '../experiments/experimentFiles';
import type { Job } from '../jobs/job';
import { openResults } from '../jobs/jobDisplay';
import { rootOf, UntrustedError } from '../jobs/training';
import { Disposables } from '../lifecycle';
import { readRunRecord } from '../runs/runRecord';
import { resolveInside } from '../safePath';
import type { Services } from '../services';
import { notificationText, sentenceFor, UserError } from '../userError';
import { datasetViewType, experimentViewType } from '../viewTypes';
import type { DatasetsTree } from '../views/datasetsTree';
import type { ExperimentTreeNode } from '../views/experimentNodes';
import type { ExperimentsTree } from '../views/experimentsTree';
import { clearDataCache } from './clearDataCache';
import { exportOnnx } from './exportModel';
import { deleteExperiment, deleteRuns } from './deleteFiles';
import { addSampleData } from './sampleData';
import { activeUri, datasetOf, experimentOf, pickRun, pickRuns, runDirOfRecord, runOf, type CommandArgument } from './subjects';
import { trainModel } from './trainModel';

/** A command's work. The first argument is what it was called on, the second all selected rows of a view. */
type Handler = (argument: CommandArgument, selected?: readonly ExperimentTreeNode[]) => unknown;

/** The views that commands act on. */
export interface CommandViews {
  readonly datasetsTree: DatasetsTree;
  readonly experimentsTree: ExperimentsTree;
  /** The rows that are selected in the Experiments view; a key press passes none. */
  readonly selection: () => readonly ExperimentTreeNode[];
  readonly datasetEditors: Pick<DatasetEditorProvider, 'active'>;
}

/** Registers every command of the extension. */
export function registerCommands(services: Services, { datasetsTree, experimentsTree, selection, datasetEditors }: CommandViews): Disposables {
  const disposables = new Disposables();
  const train: Handler = async (argument) => {
    const data = await datasetOf(argument, services, 'Train a Model');
    return data === undefined ? undefined : trainModel(data, services);
  };
  const explore: Handler = async (argument) => {
    const data = await datasetOf(argument, services, 'Explore Data');
    return data === undefined ? undefined : vscode.commands.executeCommand('vscode.openWith', data, datasetViewType, { preview: false });
  };
  const handlers: Readonly<Record<string, Handler>> = {
    ...experimentCommands(services),
    ...runCommands(services),
    trainModel: train,
    trainDataset: train,
    exploreData: explore,
    exploreDataset: explore,
    goToDataLine: () => datasetEditors.active?.begin('goToLine'),
    findDataColumn: () => datasetEditors.active?.begin('findColumn'),
    deleteSelected: () => deleteSelected(selection(), services),
    addSampleData: () => addSampleData(services),
    refreshDatasets: () => services.datasets.invalidate(),
    refreshExperiments: () => services.experiments.refresh(),
    showMoreDatasets: (argument) => (isNode(argument) && argument.kind === 'more' && 'folder' in argument ? datasetsTree.showMore(argument.folder) : undefined),
    showMoreRuns: (argument) => (isNode(argument) && argument.kind === 'more' && 'parent' in argument ? experimentsTree.showMore(argument.parent) : undefined),
    showLog: () => services.log.show(),
    clearDataCache: () => clearDataCache(services.dataCache),
    openWalkthrough: () => vscode.commands.executeCommand('workbench.action.openWalkthrough', 'trainyard.trainyard#getStarted', false),
    revealInExplorer: (argument) => reveal(argument, 'revealInExplorer'),
    revealInOS: (argument) => reveal(argument, 'revealFileInOS'),
  };
  for (const [name, handler] of Object.entries(handlers)) {
    disposables.track(vscode.commands.registerCommand(`trainyard.${name}`, guarded(handler, services)));
  }
  return disposables;
}

function experimentCommands(services: Services): Record<string, Handler> {
  const withExperiment = (act: (uri: vscode.Uri) => unknown): Handler => async (argument) => {
    const uri = await experimentOf(argument, services);
    return uri === undefined ? undefined : act(uri);
  };
  const open = (uri: vscode.Uri, editor: string) => vscode.commands.executeCommand('vscode.openWith', uri, editor, { preview: false });
  return {
    openExperiment: withExperiment((uri) => open(uri, experimentViewType)),
    openExperimentText: withExperiment((uri) => open(uri, 'default')),
    runExperiment: withExperiment(async (uri) => {
      await saveIfOpen(uri);
      await services.training.trainExperiment(uri);
    }),
    duplicateExperiment: withExperiment(async (uri) => open(await duplicate(uri, services), experimentViewType)),
    deleteExperiment: withExperiment(async (uri) => {
      const entry = await services.experiments.read(uri);
      return entry === undefined ? undefined : deleteExperiment(entry, services);
    }),
  };
}

function runCommands(services: Services): Record<string, Handler> {
  const withRun = (act: (runDir: string) => unknown): Handler => async (argument) => {
    const runDir = await runOf(argument, services);
    return runDir === undefined ? undefined : act(runDir);
  };
  const choose = comparisonChooser(services);
  return {
    openResults: withRun(openResults),
    openRunText: withRun((runDir) => vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path.join(runDir, runFiles.record)), 'default')),
    openReport: withRun(openReport),
    runAgain: withRun((runDir) => services.training.trainAgain(runDir)),
    cancelRun: async (argument) => (await runningJobs(argument, services, 'Choose the run to cancel')).forEach((job) => job.cancel()),
    exportOnnx: withRun((runDir) => exportOnnx(runDir, services)),
    stopRun: (argument) => stopRun(argument, services),
    resumeRun: (argument) => resumeRun(argument, services),
    showRunning: () => showRunning(services),
    compareRuns: async (argument, selected) => {
      const chosen = (selected ?? []).flatMap((node) => (node.kind === 'run' ? [node.entry.runDir] : []));
      const runDirs = chosen.length >= 2 ? chosen : await runsToCompare(argument, services);
      if (runDirs.length >= 2) {
        const { openComparison } = await import('../editors/comparisonPanel');
        openComparison(runDirs, services, choose);
      }
    },
    deleteRun: async (argument, selected) => {
      const chosen = (selected ?? []).flatMap((node) => (node.kind === 'run' ? [node.entry.runDir] : []));
      const runDir = chosen.length > 1 ? undefined : await runOf(argument, services);
      return deleteRuns(runDir === undefined ? chosen : [runDir], services);
    },
  };
}

/** Asks for a run to add to a comparison. */
export function comparisonChooser(services: Services): RunChooser {
  return async (shown) => {
    const dirs = new Set(shown.map((uri) => vscode.Uri.parse(uri, true).fsPath));
    const picked = await pickRun(services, 'Choose a run to add', ({ runDir, state }) => state === 'done' && !dirs.has(runDir));
    return picked === undefined ? undefined : vscode.Uri.file(picked).toString();
  };
}

/** The runs to compare: the one that the command was called on, and those that the user picks beside it. */
async function runsToCompare(argument: CommandArgument, services: Services): Promise<string[]> {
  const first = await runOf(argument, services);
  if (first === undefined) {
    return [];
  }
  const { experiment } = await readRunRecord(first);
  const others = await pickRuns(services, 'Compare with…', ({ runDir, state, record }) =>
    state === 'done' && runDir !== first && record?.experiment.task === experiment.task);
  return [first, ...others];
}

async function deleteSelected(selected: readonly ExperimentTreeNode[], services: Services): Promise<void> {
  const runDirs = selected.flatMap((node) => (node.kind === 'run' ? [node.entry.runDir] : []));
  const [only] = selected;
  if (runDirs.length > 0) {
    await deleteRuns(runDirs, services);
  } else if (only?.kind === 'experiment' && only.entry !== null) {
    await deleteExperiment(only.entry, services);
  }
}

/** The running or waiting jobs that a command is about; none when the user thought better of it. */
async function runningJobs(argument: CommandArgument, { queue }: Services, placeHolder: string): Promise<readonly Job[]> {
  if (isNode(argument) && argument.kind === 'job') {
    return [argument.job];
  }
  if (isNode(argument) && argument.kind === 'experiment') {
    return queue.jobs.filter(({ subject }) => subject.root === argument.root && subject.name === argument.entry?.name);
  }
  const runDir = isNode(argument) ? (argument.kind === 'run' ? argument.entry.runDir : undefined) : runDirOfRecord(argument ?? activeUri() ?? vscode.Uri.file('/'));
  const job = (runDir === undefined ? undefined : queue.jobOfRun(runDir)) ?? (await pickJob(queue.jobs, placeHolder));
  return job === undefined ? [] : [job];
}

/** Stops training with the best model so far, where the algorithm can. */
async function stopRun(argument: CommandArgument, services: Services): Promise<void> {
  for (const job of await runningJobs(argument, services, 'Choose the run to stop with the best model so far')) {
    if (job.runDir === undefined) {
      throw new UserError(`"${job.subject.name}" hasn't begun to train, so there is no model to keep; cancel it instead.`);
    }
    const { experiment } = await readRunRecord(job.runDir);
    const declaration = (await services.algorithms.all()).find(({ id }) => id === experiment.algorithm);
    if (declaration?.stoppable !== true && job.progress.stage !== 'crossValidation') {
      throw new UserError(`${declaration?.label ?? experiment.algorithm} has no model to keep before it is done; let it finish or cancel it.`);
    }
    job.stop();
  }
}

/** Goes on from an unfinished run's checkpoint. */
async function resumeRun(argument: CommandArgument, services: Services): Promise<void> {
  const candidate = argument ?? activeUri();
  const runDir = candidate instanceof vscode.Uri ? runDirOfRecord(candidate) : candidate?.kind === 'run' ? candidate.entry.runDir : undefined;
  const chosen = runDir ?? (await pickRun(services, 'Choose the run to resume', ({ resumable }) => resumable === true));
  if (chosen !== undefined) {
    await services.training.resume(chosen);
  }
}

async function showRunning({ queue, log }: Services): Promise<void> {
  const job = await pickJob(queue.jobs, 'Choose a run to look at');
  if (job?.runDir !== undefined) {
    await openResults(job.runDir);
  } else {
    log.show();
  }
}

async function pickJob(jobs: Services['queue']['jobs'], placeHolder: string): Promise<Services['queue']['jobs'][number] | undefined> {
  const [only] = jobs;
  if (only === undefined) {
    throw new UserError('No run is under way.');
  }
  if (jobs.length === 1) {
    return only;
  }
  const items = jobs.map((job) => ({ label: job.subject.name, description: job.progress.message, job }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.job;
}

async function duplicate(uri: vscode.Uri, { experiments }: Services): Promise<vscode.Uri> {
  const entry = await experiments.read(uri);
  if (entry?.file === null || entry === undefined) {
    throw new UserError(`"${path.basename(uri.fsPath)}" isn't a valid experiment, so it can't be duplicated.`);
  }
  // Runs are kept by name: the copy must go by its own.
  const copy = { ...entry.file };
  delete copy.name;
  return vscode.Uri.file(await createExperimentFile(entry.root, fileStem(uri.fsPath), copy));
}

/** What is trained is what the user sees: an open file with unsaved changes is saved first. */
async function saveIfOpen(uri: vscode.Uri): Promise<void> {
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  if (document?.isDirty === true && !(await document.save())) {
    throw new UserError(`"${path.basename(uri.fsPath)}" could not be saved, so it was not trained.`);
  }
}

async function reveal(argument: CommandArgument, command: string): Promise<void> {
  const uri = fileOf(argument) ?? activeUri();
  if (uri === undefined) {
    return;
  }
  const root = rootOf(uri);
  await resolveInside(root, path.relative(root, uri.fsPath));
  await vscode.commands.executeCommand(command, uri);
}

function fileOf(argument: CommandArgument): vscode.Uri | undefined {
  if (argument === undefined || argument instanceof vscode.Uri) {
    return argument;
  }
  switch (argument.kind) {
    case 'dataset':
      return argument.uri;
    case 'run':
      return vscode.Uri.file(path.join(argument.entry.runDir, runFiles.record));
    case 'experiment':
      return argument.entry === null ? undefined : vscode.Uri.file(argument.entry.path);
    case 'folder':
      return argument.folder.uri;
    case 'job':
    case 'more':
      return undefined;
  }
}

function isNode(argument: CommandArgument): argument is Exclude<CommandArgument, vscode.Uri | undefined> {
  return argument !== undefined && !(argument instanceof vscode.Uri);
}

/** Says what goes wrong in one sentence, with a way out where there is one, instead of VS Code's own "command failed". */
function guarded(handler: Handler, { log }: Services): Handler {
  return async (argument, selected) => {
    try {
      return await handler(argument, selected);
    } catch (error) {
      log.error(error instanceof UserError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
      await showError(error);
      return undefined;
    }
  };
}

async function showError(error: unknown): Promise<void> {
  const manage = 'Manage Workspace Trust';
  const choice = await vscode.window.showErrorMessage(notificationText(sentenceFor(error)), ...(error instanceof UntrustedError ? [manage] : []));
  if (choice === manage) {
    await vscode.commands.executeCommand('workbench.trust.manage');
  }
}
