import path from 'node:path';
import * as vscode from 'vscode';
import { experimentFileSuffix } from '../../schema/resolveExperiment';
import { runFiles } from '../../schema/runLayout';
import { Debouncer, Disposables } from '../lifecycle';
import { RunReader, type RunEntry } from '../runs/runList';
import { relativePath } from '../safePath';
import { experimentsFolder, listExperiments, readExperiment, runsFolder, runsFolderOf, type ExperimentEntry } from './experimentFiles';

/**
 * The experiments and runs of the workspace. Nothing is kept but what can't change: each question looks into
 * `trainyard/experiments` and `trainyard/runs`, which costs the same however large the rest of the repository is.
 */
export class ExperimentIndex extends Disposables {
  /** Experiments or runs appeared, changed or went. Log lines of running runs don't count. */
  readonly onDidChange: vscode.Event<void>;
  /** A `run.json` appeared. */
  readonly onDidFindRun: vscode.Event<vscode.Uri>;
  readonly runs = new RunReader();
  private readonly found = this.track(new vscode.EventEmitter<vscode.Uri>());
  private readonly changed = this.track(new vscode.EventEmitter<void>());
  private readonly announce = this.track(new Debouncer(() => this.changed.fire(), 120, 600));
  private watchers = this.track(new Disposables());

  constructor() {
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
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      this.watchPattern(folder, `${experimentsFolder}/*${experimentFileSuffix}`);
      const records = this.watchPattern(folder, `${runsFolder}/*/*/${runFiles.record}`);
      this.watchers.track(records.onDidCreate((uri) => this.found.fire(uri)));
      // Of a folder that is deleted only the folder itself is reported; the files in it come and go unreported.
      this.watchPattern(folder, `{trainyard,trainyard/*,${runsFolder}/*,${runsFolder}/*/*}`, true);
    }
  }

  private watchPattern(folder: vscode.WorkspaceFolder, glob: string, deletionsOnly = false): vscode.FileSystemWatcher {
    const pattern = new vscode.RelativePattern(folder, glob);
    const watcher = this.watchers.track(vscode.workspace.createFileSystemWatcher(pattern, deletionsOnly, deletionsOnly, false));
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
      this.watchers.track(event(() => this.announce.call()));
    }
    return watcher;
  }
}

/** An experiment file's path as run records hold it. */
export function experimentPathOf(entry: { readonly root: string; readonly path: string }): string {
  return relativePath(entry.root, entry.path);
}
