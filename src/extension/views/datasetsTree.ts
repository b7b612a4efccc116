import path from 'node:path';
import * as vscode from 'vscode';
import type { DatasetIndex } from '../datasets/datasetIndex';
import { Disposables } from '../lifecycle';
import { TreeRefresh } from './treeRefresh';

/** A row of the Datasets view. */
export type DatasetNode =
  | { readonly kind: 'folder'; readonly folder: vscode.WorkspaceFolder }
  | { readonly kind: 'dataset'; readonly uri: vscode.Uri; readonly relative: string }
  | { readonly kind: 'more'; readonly folder: vscode.WorkspaceFolder; readonly hidden: number; readonly incomplete: boolean };

const pageSize = 200;

/** Set once the data sets are known; before that an empty view must not say that there are none. */
const listedContext = 'trainyard.datasetsListed';

/** The Datasets view: data files of the workspace, a page at a time. */
export class DatasetsTree extends Disposables implements vscode.TreeDataProvider<DatasetNode> {
  readonly onDidChangeTreeData: vscode.Event<DatasetNode[] | undefined>;
  private readonly changed = this.track(new vscode.EventEmitter<DatasetNode[] | undefined>());
  private readonly refresh = this.track(new TreeRefresh<DatasetNode>((nodes) => this.changed.fire(nodes)));
  /** How many rows of each folder are shown. */
  private readonly shown = new Map<string, number>();

  private listed = false;

  constructor(private readonly index: DatasetIndex) {
    super();
    this.onDidChangeTreeData = this.changed.event;
    this.track(index.onDidChange(() => this.refresh.request()));
    this.track(vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh.request()));
  }

  /** Data sets are looked for again when somebody comes to see them. */
  setVisible(visible: boolean): void {
    this.refresh.setVisible(visible);
    if (visible) {
      this.index.lookAgain();
    }
  }

  showMore(folder: vscode.WorkspaceFolder): void {
    this.shown.set(folder.uri.toString(), this.shownIn(folder) + pageSize);
    this.refresh.request();
  }

  getChildren(node?: DatasetNode): Promise<DatasetNode[]> {
    return this.refresh.whileReadingBelow(node, () => this.childrenAndListed(node));
  }

  private async childrenAndListed(node: DatasetNode | undefined): Promise<DatasetNode[]> {
    const children = await this.childrenOf(node);
    if (!this.listed) {
      this.listed = true;
      await vscode.commands.executeCommand('setContext', listedContext, true);
    }
    return children;
  }

  private async childrenOf(node: DatasetNode | undefined): Promise<DatasetNode[]> {
    if (node?.kind === 'folder') {
      return this.rowsOf(node.folder);
    }
    const folders = vscode.workspace.workspaceFolders ?? [];
    const [only] = folders;
    if (node !== undefined || only === undefined) {
      return [];
    }
    if (folders.length === 1) {
      return this.rowsOf(only);
    }
    const lists = await Promise.all(folders.map((folder) => this.index.list(folder)));
    return lists.filter(({ paths }) => paths.length > 0).map(({ folder }) => ({ kind: 'folder', folder }));
  }

  getTreeItem(node: DatasetNode): vscode.TreeItem {
    switch (node.kind) {
      case 'folder':
        return folderItem(node.folder);
      case 'dataset':
        return datasetItem(node);
      case 'more':
        return moreItem(node);
    }
  }

  private shownIn(folder: vscode.WorkspaceFolder): number {
    return this.shown.get(folder.uri.toString()) ?? pageSize;
  }

  private async rowsOf(folder: vscode.WorkspaceFolder): Promise<DatasetNode[]> {
    const { paths, incomplete } = await this.index.list(folder);
    const shown = this.shownIn(folder);
    const rows: DatasetNode[] = paths
      .slice(0, shown)
      .map((relative) => ({ kind: 'dataset', uri: vscode.Uri.joinPath(folder.uri, relative), relative }));
    const hidden = Math.max(0, paths.length - shown);
    return hidden === 0 && !incomplete ? rows : [...rows, { kind: 'more', folder, hidden, incomplete }];
  }
}

/** A workspace folder's row, in a window that has several. */
export function folderItem(folder: vscode.WorkspaceFolder): vscode.TreeItem {
  const item = new vscode.TreeItem(folder.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `folder ${folder.uri.toString()}`;
  item.iconPath = vscode.ThemeIcon.Folder;
  item.resourceUri = folder.uri;
  item.contextValue = 'folder';
  return item;
}

function datasetItem({ uri, relative }: Extract<DatasetNode, { kind: 'dataset' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(uri);
  const folder = path.posix.dirname(relative);
  item.id = uri.toString();
  item.iconPath = vscode.ThemeIcon.File;
  item.description = folder === '.' ? '' : folder;
  item.tooltip = relative;
  item.contextValue = 'dataset';
  item.command = { command: 'vscode.open', title: 'Open', arguments: [uri, { preview: true }] };
  item.accessibilityInformation = { label: `data set ${relative}` };
  return item;
}

function moreItem(node: Extract<DatasetNode, { kind: 'more' }>): vscode.TreeItem {
  const { folder, hidden, incomplete } = node;
  const item = new vscode.TreeItem(hidden > 0 ? `Show more (${hidden} hidden)` : 'Too many files to show all');
  item.id = `more ${folder.uri.toString()}`;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.tooltip = incomplete ? 'There are more data files than are looked at. Hide folders with files.exclude or .gitignore.' : 'Show more data sets.';
  if (hidden > 0) {
    item.command = { command: 'trainyard.showMoreDatasets', title: 'Show More', arguments: [node] };
  }
  return item;
}
