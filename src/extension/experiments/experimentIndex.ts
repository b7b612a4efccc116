import path from 'node:path';
import * as vscode from 'vscode';
import { Disposables } from '../lifecycle';
import { RunReader, type RunEntry } from '../runs/runList';
import { relativePath } from '../safePath';
import { listExperiments, readExperiment, runsFolderOf, type ExperimentEntry } from './experimentFiles';
import { ExperimentWatch } from './experimentWatch';

/**
 * The experiments and runs of the workspace. Nothing is kept but what can't change: each question looks into
 * `trainyard/experiments` and `trainyard/runs`, which costs the same however large the rest of the repository is.
 */
export class ExperimentIndex extends Disposables {
  /** Experiments or runs appeared, changed or went. Log lines of running runs don't count. */
  readonly onDidChange: vscode.Event<void>;
  /** A run may have appeared in this folder, given as an absolute path: a run folder or one above. */
  readonly onDidFindRun: vscode.Event<string>;
  readonly runs = new RunReader();
  private readonly found = this.track(new vscode.EventEmitter<string>());
  private readonly changed = this.track(new vscode.EventEmitter<void>());
  private watchers = this.track(new Disposables());

  constructor(private readonly log: vscode.LogOutputChannel) {
    super();
    this.onDidChange = this.changed.event;
    this.onDidFindRun = this.found.event;
    this.watch();
    this.track(vscode.workspace.onDidChangeWorkspaceFolders(() => {
      this.watch();
      this.changed.fire();
    }));
  }

  list(folder: vscode.WorkspaceFolder): Promise<ExperimentEntry[]> {
    return listExperiments(folder.uri.fsPath);
  }

  /** The experiment in a file, wherever in the workspace it lies; undefined when it isn't there. */
  async read(uri: vscode.Uri): Promise<ExperimentEntry | undefined> {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    return folder === undefined ? undefined : readExperiment(folder.uri.fsPath, uri.fsPath);
  }

  /** The newest runs of an experiment, newest first. */
  async runsOf(root: string, experimentName: string, maximum: number): Promise<RunEntry[]> {
    const folder = runsFolderOf(root, experimentName);
    const ids = await this.runs.listIds(folder);
    return Promise.all(ids.slice(0, maximum).map((id) => this.runs.read(path.join(folder, id))));
  }

  /** Looks again, for whoever shows what this index found. */
  refresh(): void {
    this.changed.fire();
  }

  private watch(): void {
    this.watchers.dispose();
    this.watchers = this.track(new Disposables());
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
      this.watchers.track(new ExperimentWatch(uri.fsPath, {
        changed: () => this.changed.fire(),
        runFound: (folder) => this.found.fire(folder),
        problem: (message) => this.log.warn(message),
      }));
    }
  }
}

/** An experiment file's path as run records hold it. */
export function experimentPathOf(entry: { readonly root: string; readonly path: string }): string {
  return relativePath(entry.root, entry.path);
}
