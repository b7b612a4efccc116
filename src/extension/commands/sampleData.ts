import path from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../services';
import { UserError } from '../userError';

const sampleName = 'penguins.csv';

/** Copies the sample data set into the workspace, for who wants to see what training is like, and opens it. */
export async function addSampleData({ extensionUri }: Services): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) {
    throw new UserError('Open a folder first; the sample data set is copied into it.');
  }
  const target = vscode.Uri.joinPath(folder.uri, 'data', sampleName);
  try {
    await vscode.workspace.fs.copy(vscode.Uri.joinPath(extensionUri, 'dist', 'sample', sampleName), target, { overwrite: false });
  } catch (error) {
    if (!(error instanceof vscode.FileSystemError && error.code === 'FileExists')) {
      throw new UserError(`The sample data set could not be copied to ${path.join(folder.name, 'data', sampleName)}: ${String(error)}`, { cause: error });
    }
  }
  await vscode.window.showTextDocument(target);
}
