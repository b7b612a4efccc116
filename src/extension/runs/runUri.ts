import path from 'node:path';
import * as vscode from 'vscode';
import { runIdPattern } from '../../schema/runLayout';
import { runsFolder } from '../experiments/experimentFiles';
import { isWithin, relativePath, resolveInside } from '../safePath';
import { UserError } from '../userError';

/**
 * The absolute path of a run folder that a webview names.
 *
 * @throws UserError unless it is a run folder of this workspace.
 */
export async function runFolderUri(text: string): Promise<string> {
  const uri = vscode.Uri.parse(text, true);
  const folder = uri.scheme === 'file' ? vscode.workspace.getWorkspaceFolder(uri) : undefined;
  if (folder === undefined) {
    throw new UserError('That run is not in an open folder.');
  }
  const root = folder.uri.fsPath;
  const runDir = await resolveInside(root, relativePath(root, uri.fsPath));
  if (!isRunFolder(root, runDir)) {
    throw new UserError(`"${relativePath(root, runDir)}" is not a run folder.`);
  }
  return runDir;
}

/** True for a path of the form ROOT/trainyard/runs/NAME/RUN-ID. */
export function isRunFolder(root: string, runDir: string): boolean {
  const runs = path.join(root, runsFolder);
  return isWithin(runs, runDir) && path.dirname(path.dirname(runDir)) === runs && runIdPattern.test(path.basename(runDir));
}
