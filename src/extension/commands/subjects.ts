import path from 'node:path';
import * as vscode from 'vscode';
import { dataFileTypeOf } from '../../schema/dataFiles';
import { experimentFileSuffix } from '../../schema/resolveExperiment';
import { runFiles } from '../../schema/runLayout';
import type { ExperimentEntry } from '../experiments/experimentFiles';
import { tabUri } from '../jobs/jobDisplay';
import { runDescription } from '../runs/runText';
import type { RunEntry } from '../runs/runList';
import { isRunFolder } from '../runs/runUri';
import type { Services } from '../services';
import { UserError } from '../userError';
import type { DatasetNode } from '../views/datasetsTree';
import type { ExperimentTreeNode } from '../views/experimentNodes';

/**
 * What a command is about. Menus pass a file or a row of a view, the palette passes nothing; then the editor in front
 * counts, and failing that the user is asked. Undefined means that the user thought better of it.
 */
export type CommandArgument = vscode.Uri | DatasetNode | ExperimentTreeNode | undefined;

/** The data set that a command is about. @param title what the list is called from which the user chooses one. */
export async function datasetOf(argument: CommandArgument, services: Services, title: string): Promise<vscode.Uri | undefined> {
  if (argument instanceof vscode.Uri) {
    return argument;
  }
  if (argument?.kind === 'dataset') {
    return argument.uri;
  }
  const inFront = activeUri();
  return inFront !== undefined && dataFileTypeOf(inFront.path) !== undefined ? inFront : pickDataset(services, title);
}

/** The experiment file that a command is about. */
export async function experimentOf(argument: CommandArgument, services: Services): Promise<vscode.Uri | undefined> {
  if (argument instanceof vscode.Uri) {
    return argument;
  }
  if (argument?.kind === 'experiment') {
    if (argument.entry === null) {
      throw new UserError(`The experiment file of "${argument.runsName}" is gone; only its runs are left.`);
    }
    return vscode.Uri.file(argument.entry.path);
  }
  const inFront = activeUri();
  return inFront?.path.endsWith(experimentFileSuffix) === true ? inFront : pickExperiment(services);
}

/** The run folder that a command is about. */
export async function runOf(argument: CommandArgument, services: Services): Promise<string | undefined> {
  const uri = argument instanceof vscode.Uri ? argument : undefined;
  if (argument !== undefined && uri === undefined) {
    return argument instanceof vscode.Uri || argument.kind !== 'run' ? undefined : argument.entry.runDir;
  }
  const candidate = uri ?? activeUri();
  const runDir = candidate === undefined ? undefined : runDirOfRecord(candidate);
  if (uri !== undefined && runDir === undefined) {
    throw new UserError(`"${path.basename(uri.path)}" doesn't belong to a run.`);
  }
  return runDir ?? (await pickRun(services, 'Choose a run', () => true));
}

/** The run folder of a `run.json` in this workspace, or the folder itself. */
export function runDirOfRecord(uri: vscode.Uri): string | undefined {
  const folder = uri.scheme === 'file' ? vscode.workspace.getWorkspaceFolder(uri) : undefined;
  const candidate = path.basename(uri.fsPath) === runFiles.record ? path.dirname(uri.fsPath) : uri.fsPath;
  return folder !== undefined && isRunFolder(folder.uri.fsPath, candidate) ? candidate : undefined;
}

/** The file of the editor in front, whatever kind of editor shows it. */
export function activeUri(): vscode.Uri | undefined {
  return tabUri(vscode.window.tabGroups.activeTabGroup.activeTab);
}

async function pickDataset({ datasets }: Services, title: string): Promise<vscode.Uri | undefined> {
  const folders = requireFolders();
  const items = Promise.all(folders.map((folder) => datasets.list(folder))).then((lists) => {
    const all = lists.flatMap(({ folder, paths }) => paths.map((relative) => ({
      label: path.posix.basename(relative),
      description: [folders.length > 1 ? folder.name : '', path.posix.dirname(relative)].filter((part) => part !== '' && part !== '.').join('/'),
      iconPath: vscode.ThemeIcon.File,
      resourceUri: vscode.Uri.joinPath(folder.uri, relative),
      uri: vscode.Uri.joinPath(folder.uri, relative),
    })));
    if (all.length === 0) {
      throw new UserError('No data file was found in this workspace; add one, or check files.exclude and .gitignore.');
    }
    return all;
  });
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: 'Choose a data set', matchOnDescription: true });
  return picked?.uri;
}

async function pickExperiment({ experiments }: Services): Promise<vscode.Uri | undefined> {
  const lists = await Promise.all(requireFolders().map((folder) => experiments.list(folder)));
  const items = lists.flat().map((entry) => ({
    label: entry.name,
    description: describeExperiment(entry),
    iconPath: new vscode.ThemeIcon('beaker'),
    uri: vscode.Uri.file(entry.path),
  }));
  if (items.length === 0) {
    throw new UserError('There is no experiment yet; choose "Train Model…" on a CSV file to make one.');
  }
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Choose an experiment', matchOnDescription: true });
  return picked?.uri;
}

function describeExperiment({ file }: ExperimentEntry): string {
  return file === null ? 'can\'t be read' : `${file.target} from ${file.data.path}`;
}

/** How many of the newest runs of each experiment are offered. */
const offeredRuns = 50;

interface RunItem extends vscode.QuickPickItem {
  readonly runDir: string;
}

async function runItems(services: Services, offered: (entry: RunEntry) => boolean): Promise<(RunItem | vscode.QuickPickItem)[]> {
  const items: (RunItem | vscode.QuickPickItem)[] = [];
  const labels = new Map((await services.algorithms.all()).map(({ id, label }) => [id, label]));
  for (const folder of requireFolders()) {
    const root = folder.uri.fsPath;
    for (const name of await services.experiments.runs.listRunFolders(root)) {
      const runs = (await services.experiments.runsOf(root, name, offeredRuns)).filter((entry) => entry.record !== null && offered(entry));
      if (runs.length > 0) {
        items.push({ label: name, kind: vscode.QuickPickItemKind.Separator });
      }
      for (const entry of runs) {
        const id = entry.record?.experiment.algorithm ?? '';
        items.push({ label: labels.get(id) ?? id, description: runDescription(entry, Date.now()), detail: `${name} · ${entry.id}`, runDir: entry.runDir });
      }
    }
  }
  return items;
}

/** Asks for a run. */
export async function pickRun(services: Services, placeHolder: string, offered: (entry: RunEntry) => boolean): Promise<string | undefined> {
  const items = await runItems(services, offered);
  if (items.length === 0) {
    throw new UserError('There is no run to choose.');
  }
  const picked = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true });
  return picked === undefined || !('runDir' in picked) ? undefined : picked.runDir;
}

/** Asks for any number of runs. */
export async function pickRuns(services: Services, placeHolder: string, offered: (entry: RunEntry) => boolean): Promise<string[]> {
  const items = await runItems(services, offered);
  if (items.length === 0) {
    throw new UserError('There is no other run to compare with; train the same target with another algorithm or other settings first.');
  }
  const picked = await vscode.window.showQuickPick(items, { placeHolder, canPickMany: true, matchOnDescription: true, matchOnDetail: true });
  return (picked ?? []).flatMap((item) => ('runDir' in item ? [item.runDir] : []));
}

function requireFolders(): readonly vscode.WorkspaceFolder[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    throw new UserError('Open a folder first; Trainyard keeps experiments and runs in it, beside the data.');
  }
  return folders;
}
