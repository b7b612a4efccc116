import path from 'node:path';
import * as vscode from 'vscode';
import type { FromResults, ToResults } from '../../schema/messages';
import { runFiles } from '../../schema/runLayout';
import type { Job } from '../jobs/job';
import { trainBlockedReason } from '../jobs/training';
import { FolderWatch } from '../folderWatch';
import { Debouncer, Disposables } from '../lifecycle';
import { CurveCollector } from '../results/learningCurves';
import { collectResultsState, readRunContent } from '../results/resultsState';
import { EventTail } from '../runs/eventTail';
import { isRunFolder } from '../runs/runUri';
import { readRunRecord } from '../runs/runRecord';
import { resolveInside } from '../safePath';
import type { Services } from '../services';
import { sentenceFor, UserError } from '../userError';
import { fromResults } from './webviewMessages';
import { WebviewPage } from './webviewPage';

/** One open dashboard over a run's `run.json`; live while its run is under way. */
export class ResultsEditor extends Disposables {
  private readonly runDir: string;
  private readonly root: string | undefined;
  private readonly page: WebviewPage<FromResults>;
  /** The log is read on from where it was read to: a long training's is large, and grows several times a second. */
  private readonly tail: EventTail;
  private readonly curves = new CurveCollector();
  private readonly soon = this.track(new Debouncer(() => this.page.update(), 100, 300));

  constructor(
    private readonly uri: vscode.Uri,
    panel: vscode.WebviewPanel,
    private readonly services: Services,
  ) {
    super();
    const { queue, extensionUri, log } = services;
    this.runDir = path.dirname(uri.fsPath);
    this.tail = new EventTail(path.join(this.runDir, runFiles.events));
    this.root = uri.scheme === 'file' ? vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath : undefined;
    panel.title = `${path.basename(path.dirname(this.runDir))} results`;
    this.watchRunFolder();
    this.track(vscode.workspace.onDidGrantWorkspaceTrust(() => this.soon.call()));
    const onJob = (job: Job) => {
      if (job.runDir === this.runDir) {
        this.soon.call();
      }
    };
    this.track(queue.listen({ added: onJob, changed: onJob }));
    this.page = this.track(new WebviewPage(panel, extensionUri, {
      name: 'results',
      title: panel.title,
      incoming: fromResults,
      onMessage: (message) => this.onMessage(message),
      snapshot: () => this.snapshot(),
    }, log));
  }

  /** Follows what programs do in the run folder; without a folder the page says so, and needs no watch. */
  private watchRunFolder(): void {
    try {
      this.track(new FolderWatch(this.runDir, () => this.soon.call()));
    } catch (error) {
      this.services.log.warn(`"${this.runDir}" can't be watched: ${sentenceFor(error)}`);
    }
  }

  private async snapshot(): Promise<ToResults> {
    try {
      const { root } = this;
      if (root === undefined || !isRunFolder(root, this.runDir)) {
        throw new UserError('Results are shown for runs in an open folder; open this file as text instead.');
      }
      const content = await readRunContent(this.runDir);
      this.curves.add(await this.tail.read());
      const { algorithms, queue, training } = this.services;
      const experiment = await training.experimentFileOf(root, content.run);
      const state = collectResultsState(content, {
        job: queue.jobOfRun(this.runDir)?.progress ?? null,
        algorithms: await algorithms.all(),
        experimentExists: experiment !== undefined,
        trainBlocked: trainBlockedReason(),
        curves: this.curves.curves(content.run.state === 'running'),
      });
      return { kind: 'results', state };
    } catch (error) {
      return { kind: 'failure', message: sentenceFor(error) };
    }
  }

  private async onMessage(message: Exclude<FromResults, { kind: 'ready' }>): Promise<void> {
    switch (message.kind) {
      case 'openFile':
        return this.openFile(message.name);
      case 'revealFolder':
        await vscode.commands.executeCommand('trainyard.revealInExplorer', this.uri);
        return;
      case 'openExperiment':
        return this.openExperiment();
      case 'rerun':
        await vscode.commands.executeCommand('trainyard.runAgain', this.uri);
        return;
      case 'compare':
        await vscode.commands.executeCommand('trainyard.compareRuns', this.uri);
        return;
      case 'stop':
        await vscode.commands.executeCommand('trainyard.stopRun', this.uri);
        return;
      case 'resume':
        await vscode.commands.executeCommand('trainyard.resumeRun', this.uri);
        return;
      case 'cancel':
        return this.services.queue.jobOfRun(this.runDir)?.cancel();
    }
  }

  private async openFile(name: string): Promise<void> {
    if (path.basename(name) !== name) {
      throw new UserError(`"${name}" is not the name of a file of this run.`);
    }
    const file = vscode.Uri.file(await resolveInside(this.runDir, name));
    const { type } = await vscode.workspace.fs.stat(file);
    if ((type & vscode.FileType.Directory) !== 0) {
      await vscode.commands.executeCommand('trainyard.revealInExplorer', file);
    } else if (name === runFiles.report) {
      await vscode.commands.executeCommand('trainyard.openReport', this.uri);
    } else if (name === runFiles.card) {
      await vscode.commands.executeCommand('markdown.showPreview', file);
    } else {
      await vscode.commands.executeCommand('vscode.openWith', file, 'default');
    }
  }

  private async openExperiment(): Promise<void> {
    const { root } = this;
    const experiment = root === undefined ? undefined : await this.services.training.experimentFileOf(root, await readRunRecord(this.runDir));
    if (experiment === undefined) {
      throw new UserError('The experiment file of this run is no longer there.');
    }
    await vscode.commands.executeCommand('trainyard.openExperiment', experiment);
  }
}
