import path from 'node:path';
import * as vscode from 'vscode';
import type { ExperimentEdit } from '../../schema/messages';
import { UserError } from '../userError';
import { applyExperimentEdits, smallestReplacement } from './experimentEdits';
import { isEditableJson } from './experimentText';

/**
 * Applies edits to an experiment's text as one change, so that one undo takes all of them back.
 *
 * @returns whether that changed anything.
 * @throws UserError when the text is no JSON at the moment, or can't be changed.
 */
export async function editExperimentDocument(document: vscode.TextDocument, edits: readonly ExperimentEdit[]): Promise<boolean> {
  const before = document.getText();
  if (!isEditableJson(before)) {
    throw new UserError('The file is not valid JSON at the moment, so the form can\'t change it; open it as text to mend it.');
  }
  const formatting = { insertSpaces: true, tabSize: 2, eol: document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n' };
  const change = smallestReplacement(before, applyExperimentEdits(before, edits, formatting));
  if (change === undefined) {
    return false;
  }
  const range = new vscode.Range(document.positionAt(change.offset), document.positionAt(change.offset + change.length));
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, change.text);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new UserError(`"${path.basename(document.uri.path)}" could not be changed; it may be read-only.`);
  }
  return true;
}
