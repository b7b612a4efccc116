import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import { html, nothing, render } from 'lit';
import type { TemplateResult } from 'lit';
import type { DatasetProfile, DatasetSnapshot, DatasetTable, FromDataset, ToDataset, WantedRows } from '../../schema/datasetView';
import type { Finding } from '../../schema/profile';
import '../shared/base.css';
import '../shared/chart/chart.css';
import '../shared/chart/chartCard';
import { cssProperties } from '../shared/cssProperties';
import { countOf } from '../shared/format';
import { connectToHost } from '../shared/host';
import { NavigationStore } from '../shared/navigation';
import { emptyPage } from '../shared/notice';
import { initialWidths } from './columnAxis';
import { findColumn } from './columnSearch';
import './dataGrid';
import type { DataGrid, GridActions, GridColumn, GridPlace } from './dataGrid';
import './dataset.css';
import './grid.css';
import './panel.css';
import './heatMap.css';
// Last: it has the last word where the editor is narrow.
import './narrow.css';
import type { DatasetContext, DatasetModel } from './datasetModel';
import { countedRows, datasetModel, missingShare } from './datasetModel';
import { PageStore } from './pageStore';
import { keptPlace, keptWidths } from './keptState';
import { panelWidth, sidePanel, startSplit } from './sidePanel';
import type { RowFilter, ToolbarActions } from './toolbar';
import { statusLines, toolbar } from './toolbar';

/** How long the reader must stay somewhere for the place to be remembered. */
const placeDelay = 400;

/** The view of a data file: its table, what the profile says of it, and what experiments make of it. */
class DatasetView {
  private snapshot: DatasetSnapshot | undefined;
  private table: DatasetTable | undefined;
  private made: DatasetProfile | undefined;
  private model: DatasetModel | undefined;
  private columns: readonly GridColumn[] = [];
  private widths: readonly number[] = [];
  private missing: ReadonlySet<string> = new Set();
  private all: PageStore | undefined;
  private filtered: PageStore | undefined;
  private filter: RowFilter | undefined;
  private version = 0;
  private requests = 0;
  /** A request for the row of a line, and what to do when it is known. */
  private locating: { readonly request: number; readonly line: number } | undefined;
  private found = '';
  private scheduled = false;
  private placeTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly host = connectToHost<ToDataset, FromDataset>((message) => this.receive(message));
  private readonly context: DatasetContext = {
    navigation: new NavigationStore(this.host, () => this.schedule()),
    post: (message) => this.host.post(message),
    showRows: (finding) => this.showRows(finding),
    showColumn: (name, scroll) => this.showColumn(name, scroll),
  };
  private readonly gridActions: GridActions = {
    openColumn: (column) => this.showColumn(this.table?.columns[column] ?? '', false),
    openLine: (line) => this.host.post({ kind: 'openLine', line }),
    copy: (line, column) => this.host.post({ kind: 'copyCell', line, column }),
    resize: (column, width) => this.resize(column, width),
    moved: (place) => this.remember(place),
  };
  private readonly toolbarActions: ToolbarActions = {
    goToLine: (line) => this.goToLine(line),
    findColumn: (text, next) => this.findColumn(text, next),
    showAllRows: () => this.setFilter(undefined),
  };

  constructor(private readonly root: HTMLElement) {
    this.host.post({ kind: 'ready' });
  }

  private receive(message: ToDataset): void {
    switch (message.kind) {
      case 'dataset':
        this.snapshot = message;
        break;
      case 'datasetTable':
        this.receiveTable(message);
        break;
      case 'datasetProfile':
        this.made = message;
        break;
      case 'rows':
        this.receiveRows(message);
        break;
      case 'rowsFailed':
        [this.all, this.filtered].forEach((store) => store?.fail(message.request, message.message));
        break;
      case 'begin':
        this.root.querySelector<HTMLInputElement>(message.action === 'goToLine' ? '[data-go]' : '[data-find]')?.select();
        return;
    }
    this.version += 1;
    this.schedule();
  }

  private receiveTable(table: DatasetTable): void {
    const isNew = this.table?.generation !== table.generation;
    this.table = table;
    if (!isNew) {
      if (table.rowCount !== null) {
        this.all?.setRowCount(table.rowCount);
      }
      return;
    }
    this.missing = new Set(table.missing);
    this.all = this.createStore(table.rowCount, undefined);
    [this.filter, this.filtered] = [undefined, undefined];
    const kept = keptWidths(this.context.navigation);
    this.widths = initialWidths(table).map((width, column) => kept[table.columns[column] ?? ''] ?? width);
  }

  private createStore(rowCount: number | null, lines: readonly number[] | undefined): PageStore {
    return new PageStore(this.table?.columns.length ?? 0, rowCount, lines, (window) => this.ask(window));
  }

  private ask(window: WantedRows): number {
    this.requests += 1;
    this.host.post({ kind: 'rows', request: this.requests, window });
    return this.requests;
  }

  private receiveRows(message: Extract<ToDataset, { kind: 'rows' }>): void {
    if (message.generation !== this.table?.generation) {
      return;
    }
    if (message.request === this.locating?.request) {
      this.locating = undefined;
      this.grid?.goTo({ row: message.rows.from, column: this.grid.activeCell.column }, true);
      return;
    }
    [this.all, this.filtered].some((store) => store?.receive(message) === true);
  }

  // ---- What the reader does -------------------------------------------------------------------------------------

  private get grid(): DataGrid | null {
    return this.root.querySelector<DataGrid>('trainyard-data-grid');
  }

  private showRows({ lines = [], message }: Finding): void {
    this.setFilter({ lines, label: message });
  }

  private setFilter(filter: RowFilter | undefined): void {
    this.filter = filter;
    this.filtered = filter === undefined ? undefined : this.createStore(filter.lines.length, filter.lines);
    this.renderNow();
    this.grid?.goTo({ row: 0, column: this.grid.activeCell.column }, false);
  }

  private showColumn(name: string, scroll: boolean): void {
    const { navigation } = this.context;
    navigation.choose('column', name);
    navigation.choose('tab', 'column');
    navigation.setOpen('panel', true);
    const column = this.table?.columns.indexOf(name) ?? -1;
    if (scroll && column >= 0 && this.grid !== null) {
      this.grid.goTo({ row: Math.max(0, this.grid.activeCell.row), column }, false);
    }
  }

  private goToLine(line: number): void {
    this.setFilter(undefined);
    this.locating = { line, request: this.ask({ fromLine: line, count: 0, firstColumn: 0, lastColumn: 1 }) };
  }

  private findColumn(text: string, next: boolean): void {
    const { grid, table } = this;
    if (grid === null || table === undefined || text === '') {
      this.found = '';
      return;
    }
    const { index, count } = findColumn(table.columns, text, grid.activeCell.column + (next ? 1 : 0));
    this.found = index === undefined ? 'No column is called that.' : `${table.columns[index] ?? ''}, ${countOf(count, 'match', 'matches')}`;
    this.root.querySelector('[data-find]')?.setAttribute('aria-invalid', String(index === undefined));
    if (index !== undefined) {
      grid.goTo({ row: Math.max(0, grid.activeCell.row), column: index }, false);
      this.context.navigation.choose('column', table.columns[index] ?? '');
    }
    this.schedule();
  }

  private resize(column: number, width: number): void {
    const name = this.table?.columns[column] ?? '';
    this.widths = this.widths.map((each, index) => (index === column ? width : each));
    this.context.navigation.choose('widths', JSON.stringify({ ...keptWidths(this.context.navigation), [name]: width }));
    this.schedule();
  }

  private remember(place: GridPlace): void {
    clearTimeout(this.placeTimer);
    if (this.filter === undefined) {
      this.placeTimer = setTimeout(() => this.context.navigation.choose('place', JSON.stringify(place)), placeDelay);
    }
  }

  // ---- Drawing --------------------------------------------------------------------------------------------------

  /** Once a frame at most, however many messages come. */
  private schedule(): void {
    if (!this.scheduled) {
      this.scheduled = true;
      requestAnimationFrame(() => this.renderNow());
    }
  }

  private renderNow(): void {
    this.scheduled = false;
    const { snapshot } = this;
    if (snapshot === undefined) {
      return;
    }
    const before = this.model;
    this.model = datasetModel(snapshot, this.table, this.made);
    if (snapshot.table.status === 'failed') {
      render(this.failure(snapshot.table.message), this.root);
      return;
    }
    if (this.model === undefined) {
      render(emptyPage('loading codicon-modifier-spin', `Opening ${snapshot.fileName}…`), this.root);
      return;
    }
    if (before?.profile !== this.model.profile || before.table.columns !== this.model.table.columns) {
      this.columns = gridColumns(this.model);
    }
    render(this.page(this.model), this.root);
    if (before === undefined) {
      const place = keptPlace(this.context.navigation);
      if (place !== undefined) {
        this.grid?.restore(place);
      }
    }
  }

  private failure(message: string): TemplateResult {
    return emptyPage('error', message, html`<div class="page-actions">
      <vscode-button secondary data-action="openText" @click=${() => this.host.post({ kind: 'openText' })}>Open as Text</vscode-button>
      <vscode-button data-action="reload" @click=${() => this.host.post({ kind: 'reload' })}>Try Again</vscode-button>
    </div>`);
  }

  private page(model: DatasetModel): TemplateResult {
    const { context, filter, filtered, all } = this;
    const { navigation } = context;
    const { table } = model;
    const store = filtered ?? all;
    const open = navigation.isOpen('panel', true);
    const selected = navigation.chosen('column', '');
    return html`<main class="dataset" data-extent=${model.extent} data-generation=${table.generation}>
      ${toolbar(model, context, this.toolbarActions, this.found)}
      ${statusLines(model, context, filter, store?.failure, this.toolbarActions)}
      <div class="dataset-body" ${cssProperties({ '--panel-width': `${panelWidth(navigation)}px` })}>
        <trainyard-data-grid .columns=${this.columns} .widths=${this.widths} .store=${store} .rowCount=${filter?.lines.length ?? table.rowCount ?? table.estimatedRows}
          .version=${this.version} .missing=${this.missing} .hasLines=${table.hasLines} .opensLines=${table.plainText} .actions=${this.gridActions}
          .selectedColumn=${open && navigation.chosen('tab', 'summary') === 'column' ? table.columns.indexOf(selected) : -1}></trainyard-data-grid>
        ${open ? html`<div class="splitter" role="separator" aria-orientation="vertical" aria-label="Width of the panel" tabindex="0" @pointerdown=${(event: PointerEvent) => startSplit(event, navigation)} @keydown=${(event: KeyboardEvent) => splitByKey(event, context)}></div>${sidePanel(model, context)}` : nothing}
      </div>
    </main>`;
  }
}

function splitByKey(event: KeyboardEvent, { navigation }: DatasetContext): void {
  const step = event.key === 'ArrowLeft' ? 24 : event.key === 'ArrowRight' ? -24 : 0;
  if (step !== 0) {
    event.preventDefault();
    navigation.choose('panelWidth', String(panelWidth(navigation) + step));
  }
}

function gridColumns(model: DatasetModel): GridColumn[] {
  const rows = countedRows(model);
  return model.table.columns.map((name, index) => {
    const profile = model.profile.columns[index];
    return { name, profile, missing: profile === undefined ? 0 : missingShare(model, profile), present: rows - (profile?.missing ?? 0) };
  });
}

const root = document.getElementById('root');
if (root !== null) {
  new DatasetView(root);
}
