import * as vscode from 'vscode';
import { z } from 'zod';
import type { AlgorithmDeclaration } from '../../schema/algorithm';
import type { ComparedRun, FromComparison, ToComparison } from '../../schema/messages';
import { Debouncer, Disposables } from '../lifecycle';
import { algorithmLabel, readEvaluation } from '../results/resultsState';
import { actualState, readRunRecord } from '../runs/runRecord';
import { runFolderUri } from '../runs/runUri';
import { openResults } from '../jobs/jobDisplay';
import type { Services } from '../services';
import { sentenceFor } from '../userError';
import { comparisonViewType } from '../viewTypes';
import { fromComparison } from './webviewMessages';
import { WebviewPage } from './webviewPage';

/** What a comparison leaves in its page's state to be restored from. */
const restoredSchema = z.object({ restore: z.array(z.string().max(4096)).max(100) });

/** Asks for one more run to compare; undefined when the user thinks better of it. */
export type RunChooser = (alreadyShown: readonly string[]) => Promise<string | undefined>;

/** Brings a comparison back after a window reload. */
export function restoreComparison(panel: vscode.WebviewPanel, state: unknown, services: Services, choose: RunChooser): void {
  const restored = restoredSchema.safeParse(state);
  new ComparisonPanel(panel, restored.success ? restored.data.restore : [], services, choose);
}

/** Shows runs side by side. */
export function openComparison(runDirs: readonly string[], services: Services, choose: RunChooser): void {
  const panel = vscode.window.createWebviewPanel(comparisonViewType, 'Compare Runs', vscode.ViewColumn.Active, {});
  new ComparisonPanel(panel, runDirs.map((dir) => vscode.Uri.file(dir).toString()), services, choose);
}

class ComparisonPanel extends Disposables {
  private page: WebviewPage<FromComparison>;
  private readonly soon = this.track(new Debouncer(() => this.page.update(), 100, 500));

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private uris: readonly string[],
    private readonly services: Services,
    private readonly choose: RunChooser,
  ) {
    super();
    this.track(services.experiments.onDidChange(() => this.soon.call()));
    this.page = this.createPage();
    panel.onDidDispose(() => this.dispose());
  }

  /** The page carries the runs in its state, so other runs mean a new page. */
  private createPage(): WebviewPage<FromComparison> {
    return this.track(new WebviewPage<FromComparison>(this.panel, this.services.extensionUri, {
      name: 'comparison',
      title: this.panel.title,
      incoming: fromComparison,
      restore: this.uris,
      onMessage: (message) => this.onMessage(message),
      snapshot: () => this.snapshot(),
    }, this.services.log));
  }

  private show(uris: readonly string[]): void {
    this.uris = uris;
    this.page.dispose();
    this.page = this.createPage();
  }

  private async onMessage(message: Exclude<FromComparison, { kind: 'ready' }>): Promise<void> {
    switch (message.kind) {
      case 'openRun':
        return openResults(await runFolderUri(message.uri));
      case 'removeRun':
        this.show(this.uris.filter((uri) => uri !== message.uri));
        return;
      case 'addRun': {
        const added = await this.choose(this.uris);
        if (added !== undefined) {
          this.show([...this.uris, added]);
        }
      }
    }
  }

  private async snapshot(): Promise<ToComparison> {
    const algorithms = await this.services.algorithms.all();
    const results = await Promise.allSettled(this.uris.map((uri) => readComparedRun(uri, algorithms)));
    const runs = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [sentenceFor(result.reason)] : []));
    const [failure] = failures;
    if (failure !== undefined && runs.length === 0) {
      return { kind: 'failure', message: failure };
    }
    // A run that was deleted meanwhile leaves the comparison; the others stay comparable.
    failures.forEach((message) => this.services.log.warn(`Left out of a comparison: ${message}`));
    return { kind: 'comparison', runs };
  }
}

async function readComparedRun(uri: string, algorithms: readonly AlgorithmDeclaration[]): Promise<ComparedRun> {
  const runDir = await runFolderUri(uri);
  const record = await readRunRecord(runDir);
  return {
    uri,
    run: { ...record, state: await actualState(record, runDir) },
    evaluation: record.state === 'done' ? await readEvaluation(runDir) : null,
    algorithmLabel: algorithmLabel(algorithms, record.experiment.algorithm),
  };
}
