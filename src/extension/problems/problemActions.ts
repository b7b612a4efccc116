import * as vscode from 'vscode';
import { mendEdits } from '../../schema/mends';
import { experimentsOf } from '../datasets/datasetExperiments';
import type { DataProblems } from './dataProblems';

/** More experiments than this make a menu that nobody reads. */
const mostExperiments = 5;

/** Offers what mends a problem of a data file: a change of an experiment that learns from it, or of the row itself. */
export class ProblemActions implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];

  constructor(private readonly problems: DataProblems) {}

  async provideCodeActions(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CodeAction[]> {
    const shown = this.problems.at(document.uri, range);
    if (shown.length === 0) {
      return [];
    }
    const root = vscode.workspace.getWorkspaceFolder(document.uri)?.uri.fsPath;
    const experiments = root === undefined ? [] : (await experimentsOf(root, document.uri.fsPath)).slice(0, mostExperiments);
    const actions: vscode.CodeAction[] = [];
    for (const { problem, range: place } of shown) {
      const { mend, code } = problem;
      for (const { uri, name, file } of mend === undefined ? [] : experiments) {
        if (mend !== undefined && mendEdits(file, mend.change).length > 0) {
          actions.push(commandAction(`${mend.label} in the experiment ${name}`, 'trainyard.mendExperiment', [document.uri, uri, mend.change]));
        }
      }
      if (code === 'duplicateRows' || code === 'raggedRows') {
        const remove = new vscode.CodeAction('Remove this row from the file', vscode.CodeActionKind.QuickFix);
        remove.edit = new vscode.WorkspaceEdit();
        remove.edit.delete(document.uri, new vscode.Range(place.start.line, 0, place.end.line + 1, 0));
        actions.push(remove);
      }
    }
    return [...unique(actions), commandAction('Clear Trainyard\'s problems of this file', 'trainyard.clearProblems', [document.uri])];
  }
}

function commandAction(title: string, command: string, args: unknown[]): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.command = { title, command, arguments: args };
  return action;
}

function unique(actions: readonly vscode.CodeAction[]): vscode.CodeAction[] {
  return [...new Map(actions.map((action) => [action.title, action])).values()];
}
