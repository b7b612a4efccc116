import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { RunEvent } from '../../schema/run';
import { runFiles } from '../../schema/runLayout';
import { Disposables } from '../lifecycle';
import { resultText } from '../runs/runText';
import { notificationText } from '../userError';
import { resultsViewType } from '../viewTypes';
import type { Job, JobOutcome } from './job';
import type { JobQueue } from './jobQueue';

/** Shows jobs where VS Code shows work: a notification with progress, the status bar, and a log. */
export class JobDisplay extends Disposables {
  private readonly status = this.track(vscode.window.createStatusBarItem('trainyard.jobs', vscode.StatusBarAlignment.Left, 10));

  private training = false;

  constructor(
    private readonly queue: JobQueue,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.status.name = 'Trainyard Training';
    this.status.command = 'trainyard.showRunning';
    this.track(queue.listen({ added: (job) => this.onAdded(job), changed: () => this.updateStatus() }));
  }

  private onAdded(job: Job): void {
    const { name, found } = job.subject;
    job.on('event', (event) => this.logEvent(name, event));
    this.log.info(`[${name}] ${found === undefined ? 'Queued' : 'Found running'}`);
    if (found !== 'outside') {
      this.notify(job);
    }
    const activeTab = vscode.window.tabGroups.activeTabGroup.activeTab;
    void job.finished.then((outcome) => this.onFinished(job, outcome, activeTab));
    this.updateStatus();
  }

  private notify(job: Job): void {
    const { name, found } = job.subject;
    const title = found === undefined ? `Training ${name}` : `Training ${name} (still running)`;
    const options = { location: vscode.ProgressLocation.Notification, title: notificationText(title), cancellable: true };
    void vscode.window.withProgress(options, async (progress, token) => {
      let shown = 0;
      const report = () => {
        const percent = job.progress.fraction * 100;
        progress.report({ message: notificationText(job.progress.message), increment: percent - shown });
        shown = percent;
      };
      token.onCancellationRequested(() => job.cancel());
      job.on('changed', report);
      report();
      await job.finished;
    });
  }

  private async onFinished(job: Job, outcome: JobOutcome, activeTab: vscode.Tab | undefined): Promise<void> {
    const { name, found } = job.subject;
    switch (outcome.kind) {
      case 'cancelled':
        this.log.info(`[${name}] Cancelled`);
        if (!job.cancelRequested) {
          void vscode.window.showWarningMessage(notificationText(`Training ${name} was stopped from outside of this window.`));
        }
        return;
      case 'failed':
        this.log.error(`[${name}] Failed: ${outcome.message}`);
        await this.showFailure(job, outcome.message);
        return;
      case 'done':
        this.log.info(`[${name}] Done${outcome.result === undefined ? '' : `: ${resultText(outcome.result)}`}`);
        if (found === 'outside') {
          return;
        }
        // Results open by themselves only while that takes nobody away from other work.
        if (found === undefined && isSameOrOurs(activeTab)) {
          await openResults(outcome.runDir);
        } else {
          await showSuccess(name, outcome);
        }
    }
  }

  private async showFailure(job: Job, message: string): Promise<void> {
    const open = 'Open Results';
    const show = 'Show Log';
    const { name } = job.subject;
    // What fails before anything was fitted leaves no run behind.
    const hasRun = job.runDir !== undefined && existsSync(path.join(job.runDir, runFiles.record));
    const choice = await vscode.window.showErrorMessage(notificationText(`Training ${name} failed: ${message}`), ...(hasRun ? [show, open] : [show]));
    if (choice === show) {
      this.log.show();
    } else if (choice === open && job.runDir !== undefined) {
      await openResults(job.runDir);
    }
  }

  private logEvent(name: string, event: RunEvent): void {
    switch (event.kind) {
      case 'progress':
        this.log.info(`[${name}] ${Math.round(event.fraction * 100)} % ${event.step}: ${event.message}`);
        return;
      case 'log':
        this.log[event.level === 'warning' ? 'warn' : event.level](`[${name}] ${event.message}`);
        return;
      case 'epoch':
        this.log.debug(`[${name}] epoch ${event.epoch} of at most ${event.epochs}: ${Object.entries(event.metrics).map(([metric, value]) => `${metric} ${value}`).join(', ')}`);
        return;
      case 'state':
        this.log.info(`[${name}] ${event.state}${event.message === undefined ? '' : `: ${event.message}`}`);
    }
  }

  private updateStatus(): void {
    const { jobs } = this.queue;
    const [first] = jobs;
    if ((first !== undefined) !== this.training) {
      this.training = first !== undefined;
      void vscode.commands.executeCommand('setContext', 'trainyard.training', this.training);
    }
    if (first === undefined) {
      this.status.hide();
      return;
    }
    const percent = Math.round(first.progress.fraction * 100);
    this.status.text = jobs.length === 1
      ? `$(loading~spin) ${first.subject.name} ${percent} %`
      : `$(loading~spin) ${first.subject.name} ${percent} % (+${jobs.length - 1})`;
    this.status.tooltip = jobs.map(({ subject, progress }) => `${subject.name}: ${progress.message}`).join('\n');
    this.status.accessibilityInformation = { label: `Training ${first.subject.name}, ${percent} percent, ${jobs.length} in all` };
    this.status.show();
  }
}

/** Opens the results view of a run. */
export async function openResults(runDir: string): Promise<void> {
  const record = vscode.Uri.file(path.join(runDir, runFiles.record));
  await vscode.commands.executeCommand('vscode.openWith', record, resultsViewType, { preview: false });
}

async function showSuccess(name: string, { runDir, result }: Extract<JobOutcome, { kind: 'done' }>): Promise<void> {
  const open = 'Open Results';
  const summary = result === undefined ? '' : `: ${resultText(result)}`;
  if ((await vscode.window.showInformationMessage(notificationText(`Trained ${name}${summary}.`), open)) === open) {
    await openResults(runDir);
  }
}

/** True when the same editor is in front as when the job began, or one of ours. */
function isSameOrOurs(before: vscode.Tab | undefined): boolean {
  const now = vscode.window.tabGroups.activeTabGroup.activeTab;
  const isOurs = now?.input instanceof vscode.TabInputCustom && now.input.viewType.startsWith('trainyard.');
  return now === undefined || isOurs || (now.label === before?.label && tabUri(now)?.toString() === tabUri(before)?.toString());
}

/** The file that a tab shows, if it shows one. */
export function tabUri(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  const input = tab?.input;
  return input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText ? input.uri : undefined;
}
