import path from 'node:path';
import * as vscode from 'vscode';
import { fileStem, runsFolderOf, type ExperimentEntry } from '../experiments/experimentFiles';
import { tabUri } from '../jobs/jobDisplay';
import { isWithin } from '../safePath';
import type { Services } from '../services';
import { UserError } from '../userError';

/** Asks, then moves an experiment file, and its runs if the user says so, to the trash. */
export async function deleteExperiment(entry: ExperimentEntry, services: Services): Promise<void> {
  const runs = runsFolderOf(entry.root, entry.name);
  const ids = await services.experiments.runs.listIds(runs);
  if (services.queue.jobs.some(({ runDir }) => runDir !== undefined && path.dirname(runDir) === runs)) {
    throw new UserError(`"${entry.name}" is being trained; cancel the run before you delete the experiment.`);
  }
  const fileOnly = ids.length === 0 ? 'Move to Trash' : 'Delete Experiment Only';
  const withRuns = `Delete with ${ids.length === 1 ? 'Its Run' : `${ids.length} Runs`}`;
  const choice = await vscode.window.showWarningMessage(
    `Delete the experiment "${entry.name}"?`,
    { modal: true, detail: `${fileStem(entry.path)}.experiment.json moves to the trash.${ids.length === 0 ? '' : ' Its runs can stay, with their models and results.'}` },
    fileOnly,
    ...(ids.length === 0 ? [] : [withRuns]),
  );
  if (choice === undefined) {
    return;
  }
  const gone = await discard([entry.path, ...(choice === withRuns ? [runs] : [])]);
  services.log.info(`Deleted ${gone.join(', ')}`);
}

/** Asks, then moves run folders to the trash. */
export async function deleteRuns(runDirs: readonly string[], services: Services): Promise<void> {
  const [first] = runDirs;
  if (first === undefined) {
    return;
  }
  if (runDirs.some((runDir) => services.queue.jobOfRun(runDir) !== undefined)) {
    throw new UserError('A run that is under way can\'t be deleted; cancel it first.');
  }
  const what = runDirs.length === 1 ? `the run ${path.basename(first)}` : `${runDirs.length} runs`;
  const choice = await vscode.window.showWarningMessage(
    `Delete ${what}?`,
    { modal: true, detail: 'The model, its results and its log move to the trash.' },
    'Move to Trash',
  );
  if (choice !== undefined) {
    const gone = await discard(runDirs);
    services.log.info(`Deleted ${gone.join(', ')}`);
  }
}

/** Moves files or folders to the trash; where there is none (a remote machine), asks before it deletes for good. */
async function discard(files: readonly string[]): Promise<readonly string[]> {
  const rest: vscode.Uri[] = [];
  for (const uri of files.map((file) => vscode.Uri.file(file))) {
    try {
      await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: true });
    } catch (error) {
      if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') {
        continue;
      }
      rest.push(uri);
    }
  }
  if (rest.length === 0) {
    await closeTabs(files);
    return files;
  }
  const forGood = 'Delete Permanently';
  const choice = await vscode.window.showWarningMessage(
    'There is no trash for this folder. Delete permanently?',
    { modal: true, detail: rest.map((uri) => path.basename(uri.fsPath)).join('\n') },
    forGood,
  );
  if (choice === forGood) {
    for (const uri of rest) {
      await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: false });
    }
  }
  const gone = choice === forGood ? files : files.filter((file) => !rest.some((uri) => uri.fsPath === file));
  await closeTabs(gone);
  return gone;
}

/** Closes the editors of what is gone, but none with unsaved changes. */
async function closeTabs(files: readonly string[]): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => {
    const uri = tabUri(tab);
    return uri !== undefined && !tab.isDirty && files.some((file) => isWithin(file, uri.fsPath));
  });
  await vscode.window.tabGroups.close(tabs, true);
}
