import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ColumnProfile } from '../../schema/profile';
import { cssProperties } from '../shared/cssProperties';
import { followPointer } from '../shared/dragging';
import { formatCount } from '../shared/format';
import { allowedWidth, columnAt, columnOffsets, columnsInSight, fittingWidth, leftShowing } from './columnAxis';
import type { ColumnOffsets } from './columnAxis';
import { columnHead } from './columnHead';
import { moveCell } from './gridKeys';
import type { GridCell } from './gridKeys';
import type { PageStore } from './pageStore';
import { fullHeight, isScaled, laidOutHeight, lastTop, rowHeight, rowsInSight, scrollTopOf, topOf, topShowing } from './rowAxis';
import type { RowAxis } from './rowAxis';

/** The height of the columns' heads in CSS pixels; dataset.css has the same. */
export const headHeight = 86;

/** A column as the grid shows it. */
export interface GridColumn {
  readonly name: string;
  readonly profile: ColumnProfile | undefined;
  /** Share of missing values, 0 to 1. */
  readonly missing: number;
  /** How many values it has. */
  readonly present: number;
}

/** Where the reader is in the table. */
export interface GridPlace {
  readonly top: number;
  readonly left: number;
  readonly cell: GridCell;
}

/** What the grid tells its owner. */
export interface GridActions {
  openColumn(column: number): void;
  openLine(line: number): void;
  copy(line: number, column: number): void;
  resize(column: number, width: number): void;
  /** The reader has moved. */
  moved(place: GridPlace): void;
}

/**
 * The rows and columns of a data file. Only what is in sight is in the page, whatever the size of the table. A layer as large as the
 * window sticks to it while the scrolled content below it is only a size, so a table higher than browsers lay out scrolls too, and
 * no gap shows however fast it goes.
 */
@customElement('trainyard-data-grid')
export class DataGrid extends LitElement {
  @property({ attribute: false }) columns: readonly GridColumn[] = [];
  @property({ attribute: false }) widths: readonly number[] = [];
  @property({ attribute: false }) store: PageStore | undefined;
  @property({ attribute: false }) rowCount = 0;
  /** Grows whenever the store has got something new. */
  @property({ attribute: false }) version = 0;
  @property({ attribute: false }) missing: ReadonlySet<string> = new Set();
  @property({ attribute: false }) hasLines = true;
  /** Whether a line can be opened in a text editor. */
  @property({ attribute: false }) opensLines = true;
  @property({ attribute: false }) selectedColumn = -1;
  @property({ attribute: false }) actions: GridActions | undefined;

  @state() private top = 0;
  @state() private left = 0;
  @state() private size = { width: 0, height: 0 };
  @state() private cell: GridCell = { row: 0, column: 0 };
  @state() private spoken = '';
  @query('.grid') private readonly scroller!: HTMLElement | null;
  private offsets: ColumnOffsets = columnOffsets([]);
  /** Where the scroll bar was put by this class: its events tell nothing new. */
  private expected = -1;
  private wanted: GridPlace | undefined;
  private readonly sizes = new ResizeObserver(() => this.measure());

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  /** Goes to where the reader was before, as soon as the table is there. */
  restore(place: GridPlace): void {
    this.wanted = place;
    this.requestUpdate();
  }

  /** Brings a cell into sight and makes it the active one. */
  goTo(cell: GridCell, focus: boolean): void {
    this.activate(cell);
    if (focus) {
      this.scroller?.focus({ preventScroll: true });
    }
  }

  /** The column that is active; the others' panels open from it. */
  get activeCell(): GridCell {
    return this.cell;
  }

  private get axis(): RowAxis {
    return { rowCount: this.rowCount, viewport: Math.max(0, this.size.height - headHeight) };
  }

  private get lineWidth(): number {
    return Math.max(64, String(this.rowCount + 1).length * 8 + 28);
  }

  private get cellsWidth(): number {
    return Math.max(0, this.size.width - this.lineWidth);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('widths')) {
      this.offsets = columnOffsets(this.widths);
    }
    if (changed.has('store') && changed.get('store') !== undefined) {
      this.cell = { row: Math.min(this.cell.row, Math.max(0, this.rowCount - 1)), column: this.cell.column };
    }
    this.top = Math.min(this.top, lastTop(this.axis));
    const [firstRow, lastRow] = rowsInSight(this.axis, this.top, 0);
    const [firstColumn, lastColumn] = columnsInSight(this.offsets, this.left, this.cellsWidth);
    if (this.size.height > 0) {
      this.store?.look({ firstRow, lastRow, firstColumn, lastColumn });
    }
  }

  protected override firstUpdated(): void {
    const { scroller } = this;
    if (scroller !== null) {
      this.sizes.observe(scroller);
      scroller.addEventListener('wheel', this.onWheel, { passive: false });
      this.measure();
    }
  }

  protected override updated(): void {
    const { scroller, wanted } = this;
    if (scroller !== null && wanted !== undefined && this.rowCount > 0 && this.size.height > 0) {
      this.wanted = undefined;
      this.cell = wanted.cell;
      this.setTop(wanted.top);
      scroller.scrollLeft = wanted.left;
    }
  }

  private measure(): void {
    const { scroller } = this;
    if (scroller !== null && (scroller.clientWidth !== this.size.width || scroller.clientHeight !== this.size.height)) {
      this.size = { width: scroller.clientWidth, height: scroller.clientHeight };
    }
  }

  protected override render(): TemplateResult {
    const { axis, offsets, left, top, size, columns } = this;
    const [firstRow, lastRow] = rowsInSight(axis, top);
    const [firstColumn, lastColumn] = columnsInSight(offsets, left, this.cellsWidth);
    const shown = Array.from({ length: lastColumn - firstColumn }, (_, index) => firstColumn + index);
    const rows = Array.from({ length: lastRow - firstRow }, (_, index) => firstRow + index);
    const layout = {
      '--line-width': `${this.lineWidth}px`,
      '--columns': shown.map((column) => `${this.widths[column] ?? 0}px`).join(' '),
      '--shift': `${(offsets[firstColumn] ?? 0) - left}px`,
    };
    return html`<div class="grid" role="grid" tabindex="0" aria-label="Data" aria-rowcount=${this.rowCount + 1} aria-colcount=${columns.length + 1} aria-multiselectable="false"
        aria-activedescendant=${this.isRendered(firstRow, lastRow, firstColumn, lastColumn) ? 'active-cell' : nothing} @keydown=${this.onKey} @copy=${this.onCopy} @scroll=${this.onScroll}>
        <div class="grid-size" role="presentation" ${cssProperties({ width: `${this.lineWidth + (offsets.at(-1) ?? 0)}px`, height: `${headHeight + laidOutHeight(axis)}px` })}>
          <div class="grid-view" role="presentation" ${cssProperties({ width: `${size.width}px`, height: `${size.height}px`, ...layout })} @pointerdown=${this.onPointer} @dblclick=${this.onDoubleClick} @mouseover=${this.onHover}>
            ${this.renderHeads(shown)}
            <div class="grid-rows" role="rowgroup" ${cssProperties({ transform: `translateY(${firstRow * rowHeight - top}px)` })}>
              ${repeat(rows, (row) => row, (row) => this.renderRow(row, shown))}
            </div>
          </div>
        </div>
      </div>
      <p class="visually-hidden" aria-live="polite" data-spoken>${this.spoken}</p>`;
  }

  private renderHeads(shown: readonly number[]): TemplateResult {
    const { cell } = this;
    return html`<div class="grid-head" role="row" aria-rowindex="1">
      <div class="line-head" role="columnheader" aria-colindex="1" id=${cell.row < 0 && cell.column < 0 ? 'active-cell' : nothing}>${this.hasLines ? 'Line' : 'Row'}</div>
      <div class="cells" role="presentation">
        ${repeat(shown, (column) => column, (column) => {
          const isActive = cell.row < 0 && cell.column === column;
          const selected = this.selectedColumn === column;
          return guard([this.columns[column], isActive, selected], () => columnHead(this.columns[column], column, { isActive, selected }, this.startResize));
        })}
      </div>
    </div>`;
  }

  private renderRow(row: number, shown: readonly number[]): TemplateResult {
    const { store, cell } = this;
    const line = store?.line(row, shown[0] ?? 0);
    const isActiveRow = cell.row === row;
    const leftOut = store?.cell(row, shown[0] ?? 0) === null;
    return html`<div class="grid-row ${isActiveRow ? 'active-row' : ''}" role="row" aria-rowindex=${row + 2}>
      <div class="line ${isActiveRow && cell.column < 0 ? 'active' : ''}" role="rowheader" aria-colindex="1" id=${isActiveRow && cell.column < 0 ? 'active-cell' : nothing}>${line === undefined ? '' : formatLine(line)}</div>
      ${leftOut
        ? html`<div class="left-out muted" role="gridcell">This line is not part of the table: it has more values than there are columns.</div>`
        : html`<div class="cells" role="presentation">${shown.map((column) => this.renderCell(row, column, isActiveRow && cell.column === column))}</div>`}
    </div>`;
  }

  private renderCell(row: number, column: number, isActive: boolean): TemplateResult {
    const text = this.store?.cell(row, column);
    const type = this.columns[column]?.profile?.type;
    const isMissing = typeof text === 'string' && this.missing.has(text);
    const kind = text === undefined || text === null ? 'loading' : isMissing ? 'missing' : type === 'numeric' || type === 'integer' ? 'number' : '';
    return html`<div class="cell ${kind} ${isActive ? 'active' : ''} ${this.selectedColumn === column ? 'selected' : ''}" role="gridcell" aria-colindex=${column + 2} id=${isActive ? 'active-cell' : nothing} aria-label=${isMissing ? 'missing' : nothing}>${isMissing ? missingLook(text) : text ?? ''}</div>`;
  }

  private isRendered(firstRow: number, lastRow: number, firstColumn: number, lastColumn: number): boolean {
    const { row, column } = this.cell;
    return (row < 0 || (row >= firstRow && row < lastRow)) && (column < 0 || (column >= firstColumn && column < lastColumn));
  }

  // ---- Scrolling ------------------------------------------------------------------------------------------------

  private readonly onScroll = (): void => {
    const { scroller } = this;
    if (scroller === null) {
      return;
    }
    this.left = scroller.scrollLeft;
    if (Math.abs(scroller.scrollTop - this.expected) >= 1) {
      this.expected = scroller.scrollTop;
      this.top = topOf(this.axis, scroller.scrollTop);
    }
    this.tellPlace();
  };

  /** Where the scroll bar's way stands for a longer one, a turn of the wheel still moves by as many pixels as elsewhere. */
  private readonly onWheel = (event: WheelEvent): void => {
    const { scroller } = this;
    if (!isScaled(this.axis) || scroller === null || event.ctrlKey) {
      return;
    }
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? rowHeight : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? this.axis.viewport : 1;
    const sideways = event.shiftKey && event.deltaX === 0;
    scroller.scrollLeft += (sideways ? event.deltaY : event.deltaX) * unit;
    this.setTop(this.top + (sideways ? 0 : event.deltaY) * unit);
  };

  private setTop(top: number): void {
    const { scroller, axis } = this;
    this.top = Math.max(0, Math.min(lastTop(axis), top));
    if (scroller !== null) {
      scroller.scrollTop = scrollTopOf(axis, this.top);
      this.expected = scroller.scrollTop;
    }
    this.tellPlace();
  }

  private tellPlace(): void {
    this.actions?.moved({ top: this.top, left: this.left, cell: this.cell });
  }

  private activate(cell: GridCell): void {
    this.cell = cell;
    if (cell.row >= 0) {
      this.setTop(topShowing(this.axis, cell.row, this.top));
    }
    if (cell.column >= 0 && this.scroller !== null) {
      this.scroller.scrollLeft = leftShowing(this.offsets, cell.column, this.scroller.scrollLeft, this.cellsWidth);
      this.left = this.scroller.scrollLeft;
    }
    this.tellPlace();
  }

  // ---- Keyboard and mouse ---------------------------------------------------------------------------------------

  private readonly onKey = (event: KeyboardEvent): void => {
    const { cell, actions } = this;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.open(cell);
      return;
    }
    if (cell.row < 0 && cell.column >= 0 && event.shiftKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault();
      actions?.resize(cell.column, allowedWidth((this.widths[cell.column] ?? 0) + (event.key === 'ArrowRight' ? 16 : -16)));
      return;
    }
    const page = Math.max(1, Math.floor(this.axis.viewport / rowHeight) - 1);
    const moved = moveCell(cell, event, { rows: this.rowCount, columns: this.columns.length, page });
    if (moved !== undefined) {
      event.preventDefault();
      this.activate(moved);
    }
  };

  /** A line number leads to the file, everything else to the column's panel. */
  private open({ row, column }: GridCell): void {
    const line = row < 0 ? undefined : this.store?.line(row, Math.max(0, column));
    if (column >= 0) {
      this.actions?.openColumn(column);
    } else if (line !== undefined && this.opensLines) {
      this.actions?.openLine(line);
    }
  }

  private readonly onCopy = (event: ClipboardEvent): void => {
    const { row, column } = this.cell;
    const text = row < 0 ? this.columns[column]?.name : column < 0 ? undefined : this.store?.cell(row, column);
    const line = row < 0 ? undefined : this.store?.line(row, Math.max(0, column));
    if (typeof text !== 'string' || window.getSelection()?.isCollapsed === false) {
      return;
    }
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
    if (line !== undefined && text.endsWith('…')) {
      // The page may know only its beginning.
      this.actions?.copy(line, column);
    }
    this.spoken = 'Copied.';
  };

  private hit(event: MouseEvent): GridCell | undefined {
    const view = this.querySelector('.grid-view')?.getBoundingClientRect();
    if (view === undefined) {
      return undefined;
    }
    const [x, y] = [event.clientX - view.left - this.lineWidth, event.clientY - view.top - headHeight];
    const row = y < 0 ? -1 : Math.floor((y + this.top) / rowHeight);
    return row >= this.rowCount || x + this.left >= (this.offsets.at(-1) ?? 0) ? undefined : { row, column: x < 0 ? -1 : columnAt(this.offsets, x + this.left) };
  }

  private readonly onPointer = (event: PointerEvent): void => {
    const cell = this.hit(event);
    if (cell === undefined || event.button !== 0 || (event.target instanceof Element && event.target.closest('.resizer') !== null)) {
      return;
    }
    this.cell = cell;
    this.tellPlace();
    if (cell.row < 0 || cell.column < 0) {
      this.open(cell);
    }
  };

  private readonly onDoubleClick = (event: MouseEvent): void => {
    const handle = event.target instanceof Element ? event.target.closest<HTMLElement>('.resizer') : null;
    const column = Number(handle?.dataset['column'] ?? -1);
    if (column >= 0) {
      const [first, last] = rowsInSight(this.axis, this.top);
      const texts = Array.from({ length: last - first }, (_, index) => this.store?.cell(first + index, column) ?? '');
      this.actions?.resize(column, fittingWidth(this.columns[column]?.name ?? '', texts));
    } else {
      const cell = this.hit(event);
      if (cell !== undefined && cell.row >= 0 && cell.column >= 0) {
        this.open(cell);
      }
    }
  };

  /** A text that is cut off shows whole in a tooltip. */
  private readonly onHover = (event: MouseEvent): void => {
    const { target } = event;
    if (target instanceof HTMLElement && target.classList.contains('cell')) {
      target.title = target.scrollWidth > target.clientWidth ? (target.textContent ?? '') : '';
    }
  };

  private readonly startResize = (event: PointerEvent): void => {
    const handle = event.currentTarget;
    if (!(handle instanceof HTMLElement) || event.button !== 0) {
      return;
    }
    event.stopPropagation();
    const column = Number(handle.dataset['column']);
    const before = this.widths[column] ?? 0;
    followPointer(event, handle, (pixels) => this.actions?.resize(column, allowedWidth(before + pixels)));
  };

  /** For tests: the height in pixels that all rows have. */
  get contentHeight(): number {
    return fullHeight(this.axis);
  }
}

function formatLine(line: number): string {
  return formatCount(line);
}

function missingLook(text: string): string {
  return text === '' ? 'empty' : text;
}
