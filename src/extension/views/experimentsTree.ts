import path from 'node:path';
import * as vscode from 'vscode';
import { runFolderName } from '../../schema/runLayout';
import { runsFolder, type ExperimentEntry } from '../experiments/experimentFiles';
import type { ExperimentIndex } from '../experiments/experimentIndex';
import type { Job } from '../jobs/job';
import type { JobQueue } from '../jobs/jobQueue';
import { Debouncer, Disposables } from '../lifecycle';
import { folderItem } from './datasetsTree';
import { experimentItem, jobItem, moreRunsItem, runItem, type ItemContext } from './experimentItems';
import { isJobOf, jobNodeId, nodeId, type ExperimentNode, type ExperimentTreeNode, type RunNode } from './experimentNodes';
import { TreeRefresh } from './treeRefresh';

const pageSize = 50;
/** How often rows of running jobs are drawn again at most. */
const progressMilliseconds = 400;
/** How often ages are brought up to date while the view is open. */
const ageMilliseconds = 60_000;
/** How many of the newest runs are looked at for one that is done, whose result stands beside the experiment. */
const maximumLookedAt = 10;

/** Set once the experiments are known; before that an empty view must not say that there are none. */
const listedContext = 'trainyard.experimentsListed';

/** The Experiments view: experiments with their runs, newest first, running ones with their progress. */
export class ExperimentsTree extends Disposables implements vscode.TreeDataProvider<ExperimentTreeNode> {
  readonly onDidChangeTreeData: vscode.Event<ExperimentTreeNode[] | undefined>;
  private readonly changed = this.track(new vscode.EventEmitter<ExperimentTreeNode[] | undefined>());
  private readonly refresh = this.track(new TreeRefresh<ExperimentTreeNode>((nodes) => this.changed.fire(nodes)));
  private readonly nodes = new Map<string, ExperimentTreeNode>();
  private readonly shown = new Map<string, number>();
  /** Jobs whose rows have to be drawn again. */
  private readonly moving = new Set<Job>();
  /** What of each job decides which rows there are; anything else changes only a row's text. */
  private readonly shapes = new WeakMap<Job, string>();
  private readonly redrawMoving = this.track(new Debouncer(() => this.fireMoving(), progressMilliseconds, progressMilliseconds));
  private listed = false;
  private ageTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly index: ExperimentIndex,
    private readonly queue: JobQueue,
    private readonly context: Omit<ItemContext, 'now'>,
  ) {
    super();
    this.onDidChangeTreeData = this.changed.event;
    this.track(index.onDidChange(() => this.refresh.request()));
    this.track(queue.listen({ added: () => this.refresh.request(), changed: (job) => this.onJobChanged(job) }));
    this.track({ dispose: () => clearInterval(this.ageTimer) });
  }

  /** Ages are kept up to date only while somebody sees them. */
  setVisible(visible: boolean): void {
    this.refresh.setVisible(visible);
    clearInterval(this.ageTimer);
    if (visible) {
      this.ageTimer = setInterval(() => this.refresh.request(), ageMilliseconds);
    }
  }

  showMore(node: ExperimentNode): void {
    this.shown.set(node.id, this.shownOf(node) + pageSize);
    this.refresh.request(node);
  }

  getChildren(node?: ExperimentTreeNode): Promise<ExperimentTreeNode[]> {
    return this.refresh.whileReadingBelow(node, () => this.childrenAndListed(node));
  }

  private async childrenAndListed(node: ExperimentTreeNode | undefined): Promise<ExperimentTreeNode[]> {
    const children = await this.childrenOf(node);
    if (!this.listed) {
      this.listed = true;
      await vscode.commands.executeCommand('setContext', listedContext, true);
    }
    return children;
  }

  private async childrenOf(node: ExperimentTreeNode | undefined): Promise<ExperimentTreeNode[]> {
    if (node?.kind === 'experiment') {
      return this.runRows(node);
    }
    if (node?.kind === 'folder') {
      return this.experimentRows(node.folder);
    }
    const folders = vscode.workspace.workspaceFolders ?? [];
    const [only] = folders;
    if (node !== undefined || only === undefined) {
      return [];
    }
    if (folders.length === 1) {
      return this.experimentRows(only);
    }
    const rows = await Promise.all(folders.map(async (folder) => ({ folder, rows: await this.experimentRows(folder) })));
    return rows
      .filter((each) => each.rows.length > 0)
      .map(({ folder }) => this.keep({ kind: 'folder', id: nodeId('folder', folder.uri.fsPath), folder }));
  }

  getTreeItem(node: ExperimentTreeNode): Promise<vscode.TreeItem> {
    return this.refresh.whileReading(() => this.itemOf(node));
  }

  private async itemOf(node: ExperimentTreeNode): Promise<vscode.TreeItem> {
    const context: ItemContext = { ...this.context, now: Date.now() };
    switch (node.kind) {
      case 'folder':
        return folderItem(node.folder);
      case 'experiment': {
        const runs = await this.index.runsOf(node.root, node.runsName, maximumLookedAt);
        return experimentItem(node, runs, this.jobsOf(node), context);
      }
      case 'run':
        return runItem(node, this.queue.jobOfRun(node.entry.runDir), context);
      case 'job':
        return jobItem(node);
      case 'more':
        return moreRunsItem(node);
    }
  }

  /** The row of a job's experiment, so that the view can be opened there. */
  async nodeOf(job: Job): Promise<ExperimentNode | undefined> {
    const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.fsPath === job.subject.root);
    const rows = folder === undefined ? [] : await this.experimentRows(folder);
    return rows.find((node): node is ExperimentNode => node.kind === 'experiment' && isJobOf(node, job));
  }

  getParent(node: ExperimentTreeNode): ExperimentTreeNode | undefined {
    if (node.kind === 'run' || node.kind === 'job' || node.kind === 'more') {
      return node.parent;
    }
    const folders = vscode.workspace.workspaceFolders ?? [];
    return node.kind === 'experiment' && folders.length > 1 ? this.nodes.get(nodeId('folder', node.root)) : undefined;
  }

  private async experimentRows(folder: vscode.WorkspaceFolder): Promise<ExperimentTreeNode[]> {
    const root = folder.uri.fsPath;
    const [entries, runFolders] = await Promise.all([this.index.list(folder), this.index.runs.listRunFolders(root)]);
    const rows = entries.map((entry) => this.experimentNode(root, runFolderName(entry.name), entry));
    const known = new Set(rows.map(({ runsName }) => runsName));
    const orphans: ExperimentNode[] = [];
    for (const name of runFolders.filter((each) => !known.has(each))) {
      if ((await this.index.runs.listIds(path.join(root, runsFolder, name))).length > 0) {
        orphans.push(this.experimentNode(root, name, null));
      }
    }
    return [...rows, ...orphans];
  }

  private experimentNode(root: string, runsName: string, entry: ExperimentEntry | null): ExperimentNode {
    const id = nodeId('experiment', entry?.path ?? path.join(root, runsFolder, runsName));
    const known = this.nodes.get(id);
    if (known?.kind === 'experiment' && known.runsName === runsName) {
      known.entry = entry;
      return known;
    }
    const node: ExperimentNode = { kind: 'experiment', id, root, runsName, entry };
    this.nodes.set(id, node);
    return node;
  }

  private async runRows(node: ExperimentNode): Promise<ExperimentTreeNode[]> {
    const folder = path.join(node.root, runsFolder, node.runsName);
    const ids = await this.index.runs.listIds(folder);
    const shown = this.shownOf(node);
    const entries = await Promise.all(ids.slice(0, shown).map((id) => this.index.runs.read(path.join(folder, id))));
    const waiting = this.jobsOf(node).filter(({ runDir }) => runDir === undefined);
    const jobs = waiting.map((job) => this.keep({ kind: 'job', id: jobNodeId(job), parent: node, job }));
    const runs = entries.map((entry): RunNode => {
      const kept = this.keep({ kind: 'run', id: nodeId('run', entry.runDir), parent: node, entry });
      kept.entry = entry;
      return kept;
    });
    const hidden = ids.length - entries.length;
    const more = hidden === 0 ? [] : [this.keep({ kind: 'more', id: `more ${node.id} ${hidden}`, parent: node, hidden })];
    return [...jobs.reverse(), ...runs, ...more];
  }

  private jobsOf(node: ExperimentNode): Job[] {
    return this.queue.jobs.filter((job) => isJobOf(node, job));
  }

  private shownOf(node: ExperimentNode): number {
    return this.shown.get(node.id) ?? pageSize;
  }

  /** The node that was given out under this id before, or this one. */
  private keep<T extends ExperimentTreeNode>(node: T): T {
    const known = this.nodes.get(node.id);
    if (known?.kind === node.kind) {
      return known as T;
    }
    this.nodes.set(node.id, node);
    return node;
  }

  private onJobChanged(job: Job): void {
    const shape = `${job.progress.state} ${job.runDir ?? ''} ${job.outcome?.kind ?? ''}`;
    if (this.shapes.get(job) !== shape) {
      this.shapes.set(job, shape);
      this.moving.delete(job);
      this.refresh.request();
    } else {
      this.moving.add(job);
      this.redrawMoving.call();
    }
  }

  private fireMoving(): void {
    for (const job of this.moving) {
      const row = this.nodes.get(job.runDir === undefined ? jobNodeId(job) : nodeId('run', job.runDir));
      if (row !== undefined) {
        this.refresh.request(row);
      }
    }
    this.moving.clear();
  }
}
