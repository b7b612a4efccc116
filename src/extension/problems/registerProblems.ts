import path from 'node:path';
import * as vscode from 'vscode';
import { dataFileTypeOf, dataFileTypes } from '../../schema/dataFiles';
import { mendEdits } from '../../schema/mends';
import { mendSchema } from '../../schema/profile';
import { datasetOf, type CommandArgument } from '../commands/subjects';
import { editExperiment } from '../datasets/datasetExperiments';
import { rootOf } from '../jobs/training';
import type { Services } from '../services';
import { notificationText, sentenceFor } from '../userError';
import { DataProblems } from './dataProblems';
import { ProblemActions } from './problemActions';

/** Shows what profiles find in the Problems view, with what mends it. */
export function registerProblems(services: Services): DataProblems {
  const { extensionUri, log, profiles, questions } = services;
  const problems = new DataProblems(questions, vscode.Uri.joinPath(extensionUri, 'docs', 'findings.md'), log);
  problems.track(profiles.onDidProfile(({ file, dialect, profile }) => void problems.show(file, dialect, profile)));
  const files = `**/*.{${dataFileTypes.filter(({ plainText }) => plainText).flatMap(({ ending }) => [ending, ending.toUpperCase()]).join(',')}}`;
  problems.track(vscode.languages.registerCodeActionsProvider({ scheme: 'file', pattern: files }, new ProblemActions(problems), {
    providedCodeActionKinds: ProblemActions.kinds,
  }));
  const command = (name: string, work: (...args: never[]) => Promise<void> | void): void => {
    problems.track(vscode.commands.registerCommand(`trainyard.${name}`, async (...args: never[]) => {
      try {
        await work(...args);
      } catch (error) {
        log.error(sentenceFor(error));
        await vscode.window.showErrorMessage(notificationText(sentenceFor(error)));
      }
    }));
  };
  command('checkData', async (argument: CommandArgument) => {
    const data = await datasetOf(argument, services, 'Choose the data to check');
    if (data !== undefined) {
      await checkData(data, services, problems);
    }
  });
  command('clearProblems', (argument: vscode.Uri | undefined) => {
    const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
    if (uri !== undefined) {
      problems.clear(uri);
    }
  });
  command('mendExperiment', async (data: vscode.Uri, experiment: string, change: unknown) => {
    const mend = mendSchema.parse(change);
    await editExperiment(rootOf(data), experiment, (file) => mendEdits(file, mend));
  });
  return problems;
}

/** Profiles a file, shows its problems and says how many there are. */
async function checkData(data: vscode.Uri, { profiles }: Services, problems: DataProblems): Promise<void> {
  const name = path.basename(data.fsPath);
  const count = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Checking ${name}`, cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      let done = 0;
      const profile = await profiles.profile(data.fsPath, undefined, abort.signal, ({ fraction, message }) => {
        progress.report({ message, increment: Math.max(0, fraction - done) * 100 });
        done = Math.max(done, fraction);
      });
      return { findings: profile.findings.length, shown: await problems.show(data.fsPath, {}, profile) };
    },
  );
  const view = 'Explore Data';
  const places = count.shown === 0 ? 'none of them has a place in the file' : `${count.shown} ${count.shown === 1 ? 'place is' : 'places are'} marked in the Problems view`;
  const message = count.findings === 0 ? `Nothing odd was found in ${name}.` : `${count.findings} ${count.findings === 1 ? 'finding' : 'findings'} in ${name}: ${dataFileTypeOf(data.fsPath)?.plainText === true ? places : 'they are told in its data view'}.`;
  void vscode.window.showInformationMessage(message, ...(count.findings === 0 ? [] : [view])).then((chosen) => {
    if (chosen === view) {
      void vscode.commands.executeCommand('trainyard.exploreData', data);
    }
  });
  if (count.shown > 0) {
    await vscode.commands.executeCommand('workbench.actions.view.problems');
  }
}
