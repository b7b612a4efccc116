import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { DatasetExperiment } from '../../schema/datasetView';
import type { ExperimentEdit } from '../../schema/messages';
import { editExperimentDocument } from '../experiments/editDocument';
import { fileStem, listExperiments } from '../experiments/experimentFiles';
import { parseExperimentText } from '../experiments/experimentText';
import { isWithin } from '../safePath';
import { UserError } from '../userError';

/**
 * The experiments that learn from a data file, most recently changed first. What an open editor holds counts, saved or not.
 *
 * @param root absolute path of the workspace folder. @param dataFile absolute path of the data.
 */
export async function experimentsOf(root: string, dataFile: string): Promise<DatasetExperiment[]> {
  const open = new Map(vscode.workspace.textDocuments.map((document) => [document.uri.fsPath, document]));
  const found = await Promise.all((await listExperiments(root)).map(async (entry) => {
    const document = open.get(entry.path);
    const file = document === undefined ? entry.file : parseExperimentText(document.getText()).file;
    if (file === null || path.resolve(root, file.data.path) !== dataFile) {
      return [];
    }
    return [{ uri: vscode.Uri.file(entry.path).toString(), name: file.name ?? fileStem(entry.path), file, changed: await changeTime(entry.path, document) }];
  }));
  return found.flat().sort((a, b) => b.changed - a.changed).map(({ uri, name, file }) => ({ uri, name, file }));
}

/**
 * Changes an experiment from outside of its form. A file that nobody has unsaved changes in is saved at once: a change that
 * waits in an editor that nobody sees would be lost sight of.
 *
 * @param uri as text, one of the experiments of `root`.
 * @param edits for what the file says now.
 * @returns whether that changed anything.
 * @throws UserError
 */
export async function editExperiment(root: string, uri: string, edits: (file: DatasetExperiment['file']) => readonly ExperimentEdit[]): Promise<boolean> {
  const target = vscode.Uri.parse(uri, true);
  if (target.scheme !== 'file' || !isWithin(root, target.fsPath)) {
    throw new UserError('This experiment doesn\'t belong to the open folder.');
  }
  const document = await vscode.workspace.openTextDocument(target);
  const { file } = parseExperimentText(document.getText());
  if (file === null) {
    throw new UserError(`"${path.basename(target.path)}" can't be read as an experiment at the moment; open it to mend it.`);
  }
  const wasDirty = document.isDirty;
  if (!(await editExperimentDocument(document, edits(file)))) {
    return false;
  }
  if (!wasDirty && !(await document.save())) {
    throw new UserError(`"${path.basename(target.path)}" was changed but could not be saved; it may be read-only.`);
  }
  return true;
}

/** An unsaved change is the latest. */
async function changeTime(file: string, document: vscode.TextDocument | undefined): Promise<number> {
  if (document?.isDirty === true) {
    return Number.MAX_SAFE_INTEGER;
  }
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    // Gone meanwhile; the next look leaves it out.
    return 0;
  }
}
