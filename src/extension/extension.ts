import type * as vscode from 'vscode';
import { Trainyard } from './trainyard';

/** Called by VS Code when a view, a command or an editor of ours is first needed, or the folder holds runs. */
export function activate(context: vscode.ExtensionContext): Trainyard {
  const trainyard = new Trainyard(context);
  context.subscriptions.push(trainyard);
  return trainyard;
}
