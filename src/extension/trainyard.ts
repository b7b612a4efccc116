import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { AlgorithmDeclaration } from '../schema/algorithm';
import { AlgorithmCatalog } from './algorithmCatalog';
import { dataCacheEnvironment, dataCacheFolder } from './commands/clearDataCache';
import { comparisonChooser, registerCommands } from './commands/registerCommands';
import { createExperiment } from './commands/trainModel';
import { DatasetIndex } from './datasets/datasetIndex';
import { DatasetEditorProvider, ExperimentEditorProvider, registerEditors, ResultsEditorProvider } from './editors/editorProviders';
import { EngineLauncher } from './engineClient/engineLauncher';
import { ProfileService } from './engineClient/profileService';
import { QuestionEngine } from './engineClient/questionEngine';
import { ExperimentIndex } from './experiments/experimentIndex';
import type { Job } from './jobs/job';
import { JobDisplay } from './jobs/jobDisplay';
import { JobQueue } from './jobs/jobQueue';
import { rootOf, Training } from './jobs/training';
import { rememberWaiting, type LeftBehind } from './jobs/waitingJobs';
import { Disposables } from './lifecycle';
import type { DataProblems } from './problems/dataProblems';
import { registerProblems } from './problems/registerProblems';
import { relativePath, resolveInside } from './safePath';
import type { Services } from './services';
import { sentenceFor } from './userError';
import { DatasetsTree } from './views/datasetsTree';
import { ExperimentsTree } from './views/experimentsTree';

/** What a view takes to draw its rows anew. */
const redrawMilliseconds = 500;

/** A window that comes back within this time was reloaded, and so was one whose run is still at work. */
const reloadMilliseconds = 60_000;

/** Everything that the extension keeps while it is active, and what it lets other extensions do. */
export class Trainyard extends Disposables {
  readonly services: Services;
  readonly datasetsTree: DatasetsTree;
  readonly experimentsTree: ExperimentsTree;
  readonly experimentEditors: ExperimentEditorProvider;
  readonly resultsEditors: ResultsEditorProvider;
  readonly problems: DataProblems;
  readonly datasetEditors: DatasetEditorProvider;
  /** Settles when runs that an earlier window left running have been looked for. */
  readonly reattached: Promise<void>;
  private algorithms: ReadonlyMap<string, AlgorithmDeclaration> = new Map();

  constructor(context: vscode.ExtensionContext) {
    super();
    const { extensionUri } = context;
    const log = this.track(vscode.window.createOutputChannel('Trainyard', { log: true }));
    const launcher = new EngineLauncher({
      script: context.asAbsolutePath(path.join('dist', 'engine.js')),
      stderrFolder: context.logUri.fsPath,
      environment: () => dataCacheEnvironment(context.globalStorageUri),
    });
    const queue = new JobQueue(maximumConcurrentRuns);
    const experiments = this.track(new ExperimentIndex(log));
    const questions = this.track(new QuestionEngine(() => launcher.startForQuestions()));
    this.services = {
      extensionUri,
      dataCache: dataCacheFolder(context.globalStorageUri),
      log,
      algorithms: new AlgorithmCatalog(context.asAbsolutePath(path.join('dist', 'algorithms.json'))),
      questions,
      profiles: this.track(new ProfileService(questions)),
      datasets: this.track(new DatasetIndex()),
      experiments,
      queue,
      training: new Training(queue, launcher, experiments),
    };
    this.datasetsTree = this.track(new DatasetsTree(this.services.datasets));
    this.experimentsTree = this.track(new ExperimentsTree(experiments, queue, {
      algorithmLabel: (id) => this.algorithms.get(id)?.label ?? id,
      isStoppable: ({ algorithm, validation }) => validation.method !== 'none' || this.algorithms.get(algorithm)?.stoppable === true,
    }));
    this.experimentEditors = new ExperimentEditorProvider(this.services);
    this.resultsEditors = new ResultsEditorProvider(this.services);
    this.datasetEditors = new DatasetEditorProvider(this.services);
    this.problems = this.track(registerProblems(this.services));
    this.track(new JobDisplay(queue, log));
    this.register();
    const key = 'waitingExperiments';
    const { workspaceState } = context;
    this.reattached = this.reattach(rememberWaiting(queue, { get: () => workspaceState.get<LeftBehind>(key), set: (left) => workspaceState.update(key, left) }));
  }

  /** Makes an experiment for a data set of the workspace, as "Train Model…" does once the target is chosen. */
  async createExperiment(data: vscode.Uri, target: string): Promise<vscode.Uri> {
    const root = rootOf(data);
    const profile = await this.services.profiles.profile(data.fsPath, undefined, new AbortController().signal);
    return createExperiment(root, relativePath(root, data.fsPath), target, profile);
  }

  /** Queues a run of an experiment file; the job tells its progress and its outcome. */
  trainExperiment(experiment: vscode.Uri): Promise<Job> {
    return this.services.training.trainExperiment(experiment);
  }

  private register(): void {
    const { services } = this;
    const datasetsView = this.track(vscode.window.createTreeView('trainyard.datasets', { treeDataProvider: this.datasetsTree }));
    this.track(datasetsView.onDidChangeVisibility(({ visible }) => this.datasetsTree.setVisible(visible)));
    this.track(vscode.window.onDidChangeWindowState(({ focused }) => (focused && datasetsView.visible ? services.datasets.lookAgain() : undefined)));
    const experimentsView = this.track(vscode.window.createTreeView('trainyard.experiments', {
      treeDataProvider: this.experimentsTree,
      canSelectMany: true,
      showCollapseAll: true,
    }));
    this.track(experimentsView.onDidChangeVisibility(({ visible }) => this.experimentsTree.setVisible(visible)));
    services.queue.on('added', (job) => void this.revealJob(job, experimentsView));
    this.track(registerEditors({ experiments: this.experimentEditors, results: this.resultsEditors, datasets: this.datasetEditors }, services, comparisonChooser(services)));
    this.track(registerCommands(services, {
      datasetsTree: this.datasetsTree,
      experimentsTree: this.experimentsTree,
      selection: () => experimentsView.selection,
      datasetEditors: this.datasetEditors,
    }));
    this.track(vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('trainyard.maxConcurrentRuns')) {
        services.queue.startNext();
      }
    }));
    this.track(services.experiments.onDidFindRun((folder) => void services.training.followNew(folder)));
    // Labels are wanted as soon as a row shows; reading them takes one small file.
    void services.algorithms.all().then((declarations) => {
      this.algorithms = new Map(declarations.map((declaration) => [declaration.id, declaration]));
      services.experiments.refresh();
    }, (error: unknown) => services.log.error(`The algorithms could not be read: ${sentenceFor(error)}`));
  }

  private async reattach(left: LeftBehind | undefined): Promise<void> {
    try {
      await this.services.training.reattach();
      // Nobody waits for the answer to a question here.
      void this.takeUp(left);
    } catch (error) {
      this.services.log.error(`Runs of an earlier window could not be looked for: ${sentenceFor(error)}`);
    }
  }

  /** Queues again what waited when the window was reloaded. After a longer time away it asks first. */
  private async takeUp(left: LeftBehind | undefined): Promise<void> {
    if (left === undefined) {
      return;
    }
    const count = left.waiting.length === 1 ? '1 experiment was' : `${left.waiting.length} experiments were`;
    const train = 'Train Now';
    const isReload = this.services.queue.jobs.length > 0 || Date.now() - left.time < reloadMilliseconds;
    if (!isReload && (await vscode.window.showInformationMessage(`${count} still waiting to be trained when this window was closed.`, train)) !== train) {
      return;
    }
    for (const { root, experimentPath } of left.waiting) {
      try {
        await this.trainExperiment(vscode.Uri.file(await resolveInside(root, experimentPath)));
      } catch (error) {
        this.services.log.warn(`${experimentPath} waited to be trained, but can't be any more: ${sentenceFor(error)}`);
      }
    }
  }

  /** Opens the row of a job's experiment, so that a visible view shows the new run. */
  private async revealJob(job: Job, view: vscode.TreeView<unknown>): Promise<void> {
    try {
      // A row that the view hasn't drawn anew yet still counts as one without children.
      await delay(redrawMilliseconds);
      const node = view.visible ? await this.experimentsTree.nodeOf(job) : undefined;
      if (node !== undefined) {
        await view.reveal(node, { expand: true, select: false, focus: false });
      }
    } catch (error) {
      // The row may have gone or not be drawn yet; the run itself doesn't depend on it.
      this.services.log.debug(`The row of ${job.subject.name} could not be revealed: ${sentenceFor(error)}`);
    }
  }
}

function maximumConcurrentRuns(): number {
  return vscode.workspace.getConfiguration('trainyard').get('maxConcurrentRuns', 1);
}
