import path from 'node:path';
import * as vscode from 'vscode';
import { Debouncer, Disposables } from '../lifecycle';
import { relativePath } from '../safePath';
import { datasetExcludeGlob, datasetGlob, DatasetPaths, isDatasetPath, isHiddenBy } from './datasetPaths';
import type { GitIgnore } from './gitIgnore';
import { isFolderWithDatasets, isUninteresting } from './newFolders';

/** The data sets of a workspace folder. */
export interface FolderDatasets {
  readonly folder: vscode.WorkspaceFolder;
  /** Relative to the folder, sorted. */
  readonly paths: readonly string[];
  /** True when there were too many files to look at all of them. */
  readonly incomplete: boolean;
}

interface FolderState {
  readonly gitIgnore: GitIgnore;
  readonly paths: DatasetPaths;
  readonly incomplete: boolean;
}

/** More files than this aren't looked at; a list of so many helps nobody. */
const maximumFound = 20_000;

/** A search isn't repeated within this time just because somebody looks. */
const quietMilliseconds = 5000;

/**
 * The data sets of the workspace. Nothing happens until they are first asked for. From then on the list follows the file
 * system: files come in and go out one by one, and only what can't be told without one leads to a new search.
 */
export class DatasetIndex extends Disposables {
  readonly onDidChange: vscode.Event<void>;
  private readonly changed = this.track(new vscode.EventEmitter<void>());
  private readonly searchAgain = this.track(new Debouncer(() => this.invalidate(), 400, 3000));
  private readonly announce = this.track(new Debouncer(() => this.changed.fire(), 150, 1000));
  private readonly lookAtFolders = this.track(new Debouncer(() => void this.lookAtStirredFolders(), 400, 3000));
  private readonly stirred = new Map<string, { readonly folder: vscode.WorkspaceFolder; readonly relative: string }>();
  private readonly states = new Map<string, Promise<FolderState>>();
  private watching = false;
  private lastSearch = 0;

  constructor() {
    super();
    this.onDidChange = this.changed.event;
  }

  async list(folder: vscode.WorkspaceFolder): Promise<FolderDatasets> {
    this.watch();
    const { paths, incomplete } = await this.stateOf(folder);
    return { folder, paths: paths.sorted(), incomplete };
  }

  /** Searches anew if that wasn't just done: not every change reaches the watcher, and somebody looks now. */
  lookAgain(): void {
    if (this.watching && Date.now() - this.lastSearch > quietMilliseconds) {
      this.invalidate();
    }
  }

  /** Forgets everything, so that the next look searches anew. */
  invalidate(): void {
    this.states.clear();
    this.changed.fire();
  }

  private stateOf(folder: vscode.WorkspaceFolder): Promise<FolderState> {
    const key = folder.uri.toString();
    let state = this.states.get(key);
    if (state === undefined) {
      this.lastSearch = Date.now();
      state = search(folder);
      this.states.set(key, state);
      // A failed search isn't kept; whoever asked is told.
      state.catch(() => this.states.delete(key));
    }
    return state;
  }

  private watch(): void {
    if (this.watching) {
      return;
    }
    this.watching = true;
    // Of a folder that is deleted, moved or unpacked often only the folder itself is reported, so all names are looked at.
    // That makes no further watcher in the system: VS Code reports every file of the workspace to extensions anyway.
    const all = this.track(vscode.workspace.createFileSystemWatcher('**'));
    this.track(all.onDidCreate((uri) => void this.onCreated(uri)));
    this.track(all.onDidChange((uri) => this.onChanged(uri)));
    this.track(all.onDidDelete((uri) => void this.onDeleted(uri)));
    const ignoreFiles = this.track(vscode.workspace.createFileSystemWatcher('**/.gitignore'));
    for (const event of [ignoreFiles.onDidChange, ignoreFiles.onDidCreate, ignoreFiles.onDidDelete]) {
      this.track(event(() => this.searchAgain.call()));
    }
    this.track(vscode.workspace.onDidChangeWorkspaceFolders(() => this.invalidate()));
    this.track(vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('files.exclude') || event.affectsConfiguration('trainyard.datasets')) {
        this.invalidate();
      }
    }));
  }

  private async onCreated(uri: vscode.Uri): Promise<void> {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (folder === undefined) {
      return;
    }
    const relative = relativePath(folder.uri.fsPath, uri.fsPath);
    if (!isDatasetPath(relative)) {
      this.lookAtFolderSoon(folder, relative);
      return;
    }
    const { gitIgnore, paths } = await this.stateOf(folder);
    if (paths.has(relative) || (usesIgnoreFiles(folder) && (await gitIgnore.ignores(uri.fsPath)))) {
      return;
    }
    const hidden = isHiddenBy(vscode.workspace.getConfiguration('files', folder.uri).get('exclude', {}), relative);
    if (hidden === false) {
      paths.add(relative);
      this.announce.call();
    } else if (hidden === undefined) {
      this.searchAgain.call();
    }
  }

  /** A folder that was deleted and made anew at once is reported as changed. Changes of files don't matter. */
  private onChanged(uri: vscode.Uri): void {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (folder !== undefined) {
      this.lookAtFolderSoon(folder, relativePath(folder.uri.fsPath, uri.fsPath));
    }
  }

  /** Each folder once for all that is reported of it in a while. */
  private lookAtFolderSoon(folder: vscode.WorkspaceFolder, relative: string): void {
    // A name with an ending is hardly ever a folder's, and most of what happens in a repository happens to files with one.
    if (path.extname(relative) === '' && !isUninteresting(relative)) {
      this.stirred.set(`${folder.uri.toString()} ${relative}`, { folder, relative });
      this.lookAtFolders.call();
    }
  }

  /** Searches anew when one of the folders that something happened to holds data sets, or did. */
  private async lookAtStirredFolders(): Promise<void> {
    const stirred = [...this.stirred.values()];
    this.stirred.clear();
    for (const { folder, relative } of stirred) {
      const { paths } = await this.stateOf(folder);
      const root = folder.uri.fsPath;
      if (paths.hasFolder(relative) || (await isFolderWithDatasets(root, path.join(root, relative)))) {
        this.invalidate();
        return;
      }
    }
  }

  private async onDeleted(uri: vscode.Uri): Promise<void> {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const state = folder === undefined ? undefined : await this.states.get(folder.uri.toString());
    if (folder !== undefined && state?.paths.delete(relativePath(folder.uri.fsPath, uri.fsPath)) === true) {
      this.announce.call();
    }
  }
}

async function search(folder: vscode.WorkspaceFolder): Promise<FolderState> {
  const root = folder.uri.fsPath;
  const { GitIgnore } = await import('./gitIgnore');
  const gitIgnore = new GitIgnore(root);
  const found = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, datasetGlob), datasetExcludeGlob, maximumFound);
  const relative = found.map((uri) => relativePath(root, uri.fsPath));
  const ignored = usesIgnoreFiles(folder)
    ? await Promise.all(relative.map((file) => gitIgnore.ignores(path.join(root, file))))
    : [];
  return {
    gitIgnore,
    paths: new DatasetPaths(relative.filter((_file, index) => ignored[index] !== true)),
    incomplete: found.length >= maximumFound,
  };
}

function usesIgnoreFiles(folder: vscode.WorkspaceFolder): boolean {
  return vscode.workspace.getConfiguration('trainyard.datasets', folder.uri).get('useIgnoreFiles', true);
}
