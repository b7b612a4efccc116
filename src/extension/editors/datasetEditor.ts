import path from 'node:path';
import * as vscode from 'vscode';
import { dataFileTypeOf } from '../../schema/dataFiles';
import type { DatasetAction, DatasetExperiment, DatasetProfile, DatasetSnapshot, DatasetTable, FromDataset, ToDataset, WantedRows } from '../../schema/datasetView';
import { mendEdits } from '../../schema/mends';
import type { ExperimentEdit } from '../../schema/messages';
import type { OpenedTable } from '../../schema/protocol';
import { experimentFileSuffix } from '../../schema/resolveExperiment';
import { editExperiment, experimentsOf } from '../datasets/datasetExperiments';
import { DatasetProfiling } from '../datasets/datasetProfiling';
import { TableClient } from '../engineClient/tableClient';
import { stampOf } from '../fileStamp';
import { FolderWatch } from '../folderWatch';
import { trainBlockedReason } from '../jobs/training';
import { Debouncer, Disposables } from '../lifecycle';
import { relativePath } from '../safePath';
import type { Services } from '../services';
import { sentenceFor, UserError } from '../userError';
import { fromDataset } from './webviewMessages';
import { WebviewPage } from './webviewPage';

/** Longer texts are cut off in the page; copying one takes the whole. */
const longestText = 500;

/** One state of the file, opened. */
interface Opened {
  readonly client: TableClient;
  readonly table: OpenedTable;
  readonly generation: number;
  rowCount: number | null;
}

/** One open view of a data file. What it holds is bounded: rows are handed through, never kept. */
export class DatasetEditor extends Disposables {
  private readonly root: string | undefined;
  private readonly file: string;
  private readonly page: WebviewPage<FromDataset>;
  private readonly soon = this.track(new Debouncer(() => this.page.update(), 60, 120));
  private readonly lookAtFile = this.track(new Debouncer(() => void this.compareStamp(), 300, 2000));
  private readonly profiling: DatasetProfiling;
  private client: TableClient | undefined;
  private opened: Opened | undefined;
  private failure: string | undefined;
  private generation = 0;
  private stamp = '';
  private changedOnDisk = false;
  /** The experiments on this file, until one changes. */
  private known: Promise<DatasetExperiment[]> | undefined;
  /** What the page has been sent of the large snapshots. */
  private sentTable = '';
  private sentProfile = '';

  constructor(
    private readonly uri: vscode.Uri,
    private readonly panel: vscode.WebviewPanel,
    private readonly services: Services,
  ) {
    super();
    const { experiments, extensionUri, log, profiles } = services;
    this.file = uri.fsPath;
    this.root = uri.scheme === 'file' ? vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath : undefined;
    this.profiling = this.track(new DatasetProfiling(this.file, profiles, () => this.soon.call()));
    this.track({ dispose: () => this.client?.dispose() });
    this.track(experiments.onDidChange(() => this.lookForExperiments()));
    this.track(vscode.workspace.onDidChangeTextDocument(({ document }) => (document.fileName.endsWith(experimentFileSuffix) ? this.lookForExperiments() : undefined)));
    this.track(vscode.workspace.onDidGrantWorkspaceTrust(() => this.soon.call()));
    this.watchFile();
    // Opened while the page loads, not after it.
    void this.open();
    this.page = this.track(new WebviewPage(panel, extensionUri, {
      name: 'dataset',
      title: path.basename(uri.path),
      incoming: fromDataset,
      onMessage: (message) => this.onMessage(message),
      snapshot: (isFirst) => this.snapshot(isFirst),
    }, log));
  }

  get active(): boolean {
    return this.panel.active;
  }

  /** Has the page begin something, as a command asks for it. */
  begin(action: DatasetAction['action']): void {
    this.page.post({ kind: 'begin', action } satisfies DatasetAction);
  }

  private watchFile(): void {
    try {
      this.track(new FolderWatch(path.dirname(this.file), (name) => {
        if (name === undefined || name === path.basename(this.file)) {
          this.lookAtFile.call();
        }
      }));
    } catch (error) {
      this.services.log.warn(`"${this.file}" can't be watched for changes: ${sentenceFor(error)}`);
    }
  }

  private async compareStamp(): Promise<void> {
    const changed = this.opened !== undefined && (await stampOf(this.file)) !== this.stamp;
    if (changed !== this.changedOnDisk) {
      this.changedOnDisk = changed;
      this.soon.call();
    } else if (this.failure !== undefined) {
      // What could not be opened may have been mended.
      void this.open();
    }
  }

  /** Opens the file as it is now; the sample shows at once, then rows are counted, then the whole file is profiled. */
  private async open(): Promise<void> {
    const generation = ++this.generation;
    this.client?.dispose();
    [this.client, this.opened, this.failure, this.changedOnDisk] = [undefined, undefined, undefined, false];
    this.profiling.cancel();
    try {
      if (this.uri.scheme !== 'file') {
        throw new UserError('Only files on a disk can be explored, not those of earlier commits or of other places.');
      }
      this.stamp = await stampOf(this.file);
      const client = new TableClient(this.services.questions, { file: this.file });
      this.client = client;
      const table = await client.open();
      if (generation !== this.generation || this.disposed) {
        client.dispose();
        return;
      }
      const opened: Opened = { client, table, generation, rowCount: null };
      this.opened = opened;
      this.soon.call();
      opened.rowCount = await client.countRows();
      if (this.opened === opened) {
        this.profiling.start();
      }
    } catch (error) {
      if (generation === this.generation) {
        this.opened = undefined;
        this.failure = sentenceFor(error);
      }
    }
    this.soon.call();
  }

  private async snapshot(isFirst: boolean): Promise<ToDataset[]> {
    if (isFirst) {
      [this.sentTable, this.sentProfile] = ['', ''];
    }
    const { root, failure } = this;
    const status: DatasetSnapshot = {
      kind: 'dataset',
      fileName: path.basename(this.file),
      path: root === undefined ? this.file : relativePath(root, this.file),
      table: failure !== undefined ? { status: 'failed', message: failure } : { status: this.opened === undefined ? 'opening' : 'open' },
      profiling: this.profiling.state,
      changedOnDisk: this.changedOnDisk,
      experiments: await (this.known ??= this.findExperiments()),
      trainBlocked: root === undefined ? 'Only data in an open folder can be trained on.' : trainBlockedReason(),
    };
    return [...this.tableSnapshot(), ...this.profileSnapshot(), status];
  }

  private lookForExperiments(): void {
    this.known = undefined;
    this.soon.call();
  }

  private async findExperiments(): Promise<DatasetExperiment[]> {
    try {
      return this.root === undefined ? [] : await experimentsOf(this.root, this.file);
    } catch (error) {
      // The data can be looked at all the same.
      this.services.log.error(`Experiments on "${this.file}" could not be looked for: ${sentenceFor(error)}`);
      return [];
    }
  }

  private tableSnapshot(): DatasetTable[] {
    const { opened } = this;
    const key = opened === undefined ? '' : `${opened.generation} ${opened.rowCount}`;
    if (opened === undefined || key === this.sentTable) {
      return [];
    }
    this.sentTable = key;
    const { table: { columns, estimatedRows, dialect, missing, typicalLengths, hasLines, profile }, generation, rowCount } = opened;
    return [{
      kind: 'datasetTable', generation, columns, rowCount, estimatedRows, missing, typicalLengths, hasLines, bytes: profile.bytes,
      ...(dialect === undefined ? {} : { dialect }),
      plainText: hasLines && dataFileTypeOf(this.file)?.plainText !== false,
    }];
  }

  private profileSnapshot(): DatasetProfile[] {
    const { opened, profiling } = this;
    const extent = profiling.profile === undefined ? 'sample' : 'whole';
    const key = opened === undefined ? '' : `${opened.generation} ${extent}`;
    if (opened === undefined || key === this.sentProfile) {
      return [];
    }
    this.sentProfile = key;
    return [{ kind: 'datasetProfile', generation: opened.generation, extent, profile: profiling.profile ?? opened.table.profile }];
  }

  private async onMessage(message: Exclude<FromDataset, { kind: 'ready' }>): Promise<void> {
    switch (message.kind) {
      case 'rows':
        return this.sendRows(message.request, message.window);
      case 'copyCell':
        return this.copyCell(message.line, message.column);
      case 'reload':
        return this.open();
      case 'startProfile':
        return this.profiling.start();
      case 'cancelProfile':
        return this.profiling.cancel();
      case 'openLine':
        return this.openLine(message.line);
      case 'openText':
        await vscode.commands.executeCommand('vscode.openWith', this.uri, 'default');
        return;
      case 'train':
        await vscode.commands.executeCommand('trainyard.trainModel', this.uri);
        return;
      case 'openExperiment':
        await vscode.commands.executeCommand('trainyard.openExperiment', vscode.Uri.parse(message.uri, true));
        return;
      case 'setType': {
        const { column, type } = message;
        const at = ['features', 'types', column];
        return this.edit(message.experiment, () => [type === null ? { path: at } : { path: at, value: type }]);
      }
      case 'mend':
        return this.edit(message.experiment, (file) => mendEdits(file, message.mend));
    }
  }

  private async sendRows(request: number, window: WantedRows): Promise<void> {
    const { opened } = this;
    if (opened === undefined) {
      return;
    }
    try {
      const rows = await opened.client.rows({ ...window, longest: longestText });
      this.page.post({ kind: 'rows', request, generation: opened.generation, rows } satisfies ToDataset);
    } catch (error) {
      this.page.post({ kind: 'rowsFailed', request, message: sentenceFor(error) } satisfies ToDataset);
    }
  }

  private async copyCell(line: number, column: number): Promise<void> {
    const rows = await this.opened?.client.rows({ lines: [line], count: 1, firstColumn: column, lastColumn: column + 1 });
    const text = rows?.cells[0]?.[0];
    if (text !== undefined) {
      await vscode.env.clipboard.writeText(text);
    }
  }

  /** By command, since extensions can't open files beyond 50 MB themselves. */
  private async openLine(line: number): Promise<void> {
    const position = new vscode.Position(line - 1, 0);
    await vscode.commands.executeCommand('vscode.openWith', this.uri, 'default', { selection: new vscode.Range(position, position), preview: true } satisfies vscode.TextDocumentShowOptions);
  }

  private async edit(experiment: string, edits: (file: DatasetExperiment['file']) => readonly ExperimentEdit[]): Promise<void> {
    try {
      if (this.root !== undefined) {
        await editExperiment(this.root, experiment, edits);
      }
    } finally {
      // The page shows what it sent; the snapshot puts it right.
      this.lookForExperiments();
    }
  }
}
