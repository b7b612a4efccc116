import path from 'node:path';
import * as vscode from 'vscode';
import { fileStem } from '../experiments/experimentFiles';
import { editExperimentDocument } from '../experiments/editDocument';
import { parseExperimentText } from '../experiments/experimentText';
import { collectExperimentFormState } from '../experiments/formState';
import { experimentPathOf } from '../experiments/experimentIndex';
import type { ExperimentEdit, ExperimentFormState, FromExperimentForm, RunSummary, ToExperimentForm } from '../../schema/messages';
import { openResults } from '../jobs/jobDisplay';
import type { Job } from '../jobs/job';
import { rootOf, trainBlockedReason } from '../jobs/training';
import { Debouncer, Disposables } from '../lifecycle';
import { runFolderUri } from '../runs/runUri';
import { summarizeRun } from '../runs/runSummary';
import type { Services } from '../services';
import { notificationText, sentenceFor } from '../userError';
import type { ExampleSource } from './exampleRows';
import { ExampleRows } from './exampleRows';
import { PreflightWatch } from './preflightWatch';
import { ProfileWatch } from './profileWatch';
import { fromExperimentForm } from './webviewMessages';
import { WebviewPage } from './webviewPage';

/** The most runs that the form lists. */
const maximumRuns = 20;

/** One open form over an `*.experiment.json` file: a view on the text document, which stays the only truth. */
export class ExperimentEditor extends Disposables {
  /** Absolute path of the workspace folder; undefined for a file outside of every open folder, or of an earlier commit. */
  private readonly root: string | undefined;
  private readonly profile: ProfileWatch | undefined;
  private readonly preflight: PreflightWatch | undefined;
  private readonly examples: ExampleRows;
  private readonly page: WebviewPage<FromExperimentForm>;
  private readonly soon = this.track(new Debouncer(() => this.page.update(), 30, 250));
  /** Edits one after the other: each is made against the text that the one before left. */
  private editing: Promise<void> = Promise.resolve();

  constructor(
    private readonly document: vscode.TextDocument,
    panel: vscode.WebviewPanel,
    private readonly services: Services,
  ) {
    super();
    const { profiles, questions, experiments, queue, extensionUri, log } = services;
    this.root = folderOf(document.uri);
    this.examples = this.track(new ExampleRows(questions));
    if (this.root !== undefined) {
      this.profile = this.track(new ProfileWatch(this.root, profiles, () => this.soon.call()));
      this.preflight = this.track(new PreflightWatch(this.root, fileStem(document.uri.path), questions, () => this.soon.call(), (error) =>
        log.error(`The preflight of ${path.basename(document.uri.path)} failed: ${sentenceFor(error)}`)));
    }
    this.track(vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === document && event.contentChanges.length > 0) {
        this.soon.call();
      }
    }));
    this.track(vscode.workspace.onDidGrantWorkspaceTrust(() => this.soon.call()));
    this.track(experiments.onDidChange(() => this.soon.call()));
    const onJob = (job: Job) => {
      if (job.subject.root === this.root) {
        this.soon.call();
      }
    };
    this.track(queue.listen({ added: onJob, changed: onJob }));
    this.page = this.track(new WebviewPage(panel, extensionUri, {
      name: 'experiment',
      title: path.basename(document.uri.path),
      incoming: fromExperimentForm,
      onMessage: (message) => this.onMessage(message),
      snapshot: async (): Promise<ToExperimentForm> => ({ kind: 'experiment', state: await this.state() }),
    }, log));
  }

  private async state(): Promise<ExperimentFormState> {
    const { algorithms } = this.services;
    const name = fileStem(this.document.uri.path);
    const parsed = parseExperimentText(this.document.getText());
    if (parsed.file !== null) {
      this.profile?.setData(parsed.file.data);
    }
    const data: ExperimentFormState['data'] = this.profile?.state ?? { status: 'failed', message: 'The data is looked at only for experiments in an open folder.' };
    const state = collectExperimentFormState({
      fileName: path.basename(this.document.uri.path),
      name,
      parsed,
      data,
      algorithms: await algorithms.all(),
      preflight: null,
      trainBlocked: this.root === undefined ? 'Only an experiment in an open folder can be trained.' : trainBlockedReason(),
      job: this.job()?.progress ?? null,
      runs: await this.runs(parsed.file?.name ?? name),
      readOnly: vscode.workspace.fs.isWritableFileSystem(this.document.uri.scheme) !== true,
    });
    // What is wrong already needs no engine to say so.
    if (data.status !== 'ready' || data.isOutdated !== true) {
      this.preflight?.set(state.problems.length > 0 ? null : state.file, data.status === 'ready' ? data.profile : undefined);
    }
    return { ...state, preflight: this.preflight?.state ?? null };
  }

  private job(): Job | undefined {
    const { root } = this;
    const [job] = root === undefined ? [] : this.services.queue.jobsOfExperiment(root, experimentPathOf({ root, path: this.document.uri.fsPath }));
    return job;
  }

  private async runs(name: string): Promise<RunSummary[]> {
    const entries = this.root === undefined ? [] : await this.services.experiments.runsOf(this.root, name, maximumRuns);
    return entries.flatMap((entry) => summarizeRun(entry, vscode.Uri.file(entry.runDir).toString()) ?? []);
  }

  private async onMessage(message: Exclude<FromExperimentForm, { kind: 'ready' }>): Promise<void> {
    switch (message.kind) {
      case 'edit':
        this.editing = this.editing.then(() => this.edit(message.edits));
        return this.editing;
      case 'train':
        return this.train();
      case 'cancel':
        return this.job()?.cancel();
      case 'openData':
        return this.openData();
      case 'openText':
        await vscode.commands.executeCommand('vscode.openWith', this.document.uri, 'default');
        return;
      case 'openRun':
        return openResults(await runFolderUri(message.uri));
      case 'exampleRow':
        this.page.post(await this.examples.answer(message.request, message.row, this.exampleSource()) satisfies ToExperimentForm);
        return;
    }
  }

  private exampleSource(): ExampleSource | undefined {
    const { profile } = this;
    const state = profile?.state;
    return profile?.file === undefined || profile.data === undefined || state?.status !== 'ready' || state.isOutdated === true
      ? undefined
      : { file: profile.file, data: profile.data, profile: state.profile };
  }

  /** Applies edits as one change of the document, so that one undo takes all of them back. */
  private async edit(edits: readonly ExperimentEdit[]): Promise<void> {
    try {
      await editExperimentDocument(this.document, edits);
    } catch (error) {
      // The form shows what it sent; the snapshot puts it right.
      this.soon.call();
      void vscode.window.showErrorMessage(notificationText(sentenceFor(error)));
    }
  }

  private async train(): Promise<void> {
    await this.editing;
    await vscode.commands.executeCommand('trainyard.runExperiment', this.document.uri);
  }

  private async openData(): Promise<void> {
    if (this.profile?.file !== undefined) {
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(this.profile.file));
    }
  }
}

function folderOf(uri: vscode.Uri): string | undefined {
  try {
    return rootOf(uri);
  } catch {
    // An earlier commit's file, or one outside of every open folder: it can be looked at all the same.
    return undefined;
  }
}
