import '@vscode-elements/elements/dist/vscode-badge/index.js';
import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ColumnType } from '../../schema/columnType';
import { cssProperties } from '../shared/cssProperties';
import { formatCount, formatShare } from '../shared/format';
import { icon } from '../shared/icon';
import { columnTypeLabels, columnTypes, isColumnType } from '../shared/columnTypes';
import type { FeatureRow } from './featureRows';

export interface FeatureActions {
  setIncluded(columns: readonly string[], included: boolean): void;
  setType(column: string, type: ColumnType): void;
  setTarget(column: string): void;
  /** Shows or hides how the column is prepared for itself. */
  openSettings(column: string): void;
}

/** Row heights in CSS pixels; they must be those of experiment.css, since the rows' places are computed from them. */
const rowHeights = { wide: 30, narrow: 54 } as const;
const headHeight = 30;
const narrowBelow = 620;
/** A table up to this high has no scroll bar of its own. */
const maximumHeight = 480;
/** Rows rendered beyond either edge, so that fast scrolling shows no gap. */
const overscan = 6;

/**
 * The columns of the data: which ones the model sees, and as what. Only rows in sight are in the page, so that thousands of
 * columns stay smooth. One row at a time is in the tab order; arrow keys on its check box walk through the others.
 */
@customElement('trainyard-features')
export class FeatureTable extends LitElement {
  @property({ attribute: false }) rows: readonly FeatureRow[] = [];
  @property({ attribute: false }) actions: FeatureActions | undefined;
  @property({ type: Boolean }) disabled = false;

  @state() private narrow = false;
  @state() private scrolled = 0;
  @state() private active = 0;
  @query('.feature-table') private readonly viewport!: HTMLElement | null;
  private hadFocus = false;
  private readonly sizes = new ResizeObserver(() => (this.narrow = this.clientWidth < narrowBelow));

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.narrow = this.clientWidth > 0 && this.clientWidth < narrowBelow;
    this.sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows')) {
      this.active = Math.max(0, Math.min(this.active, this.rows.length - 1));
    }
    this.hadFocus = this.viewport?.contains(document.activeElement) === true;
  }

  /** A focused row that is scrolled out of sight leaves the page: the table takes the focus, so that arrow keys go on from that row. */
  protected override updated(): void {
    if (this.hadFocus && !this.contains(document.activeElement)) {
      this.viewport?.focus({ preventScroll: true });
    }
  }

  private get rowHeight(): number {
    return this.narrow ? rowHeights.narrow : rowHeights.wide;
  }

  protected override render(): TemplateResult {
    const { rows, rowHeight } = this;
    const height = Math.min(maximumHeight, rows.length * rowHeight);
    const first = Math.max(0, Math.floor(this.scrolled / rowHeight) - overscan);
    const last = Math.min(rows.length, Math.ceil((this.scrolled + height) / rowHeight) + overscan);
    const shown = rows.slice(first, last).map((row, index) => ({ row, index: first + index }));
    const tabStop = this.active >= first && this.active < last ? this.active : Math.ceil(this.scrolled / rowHeight);
    return html`<div class="feature-table ${this.narrow ? 'narrow' : ''}" role="table" aria-label="Columns" aria-rowcount=${rows.length + 1} tabindex="-1" @scroll=${this.onScroll} @keydown=${this.walk} ${cssProperties({ '--rows-height': `${height}px` })}>
      <div class="feature-row feature-head" role="row" aria-rowindex="1">
        ${this.renderAllCheckbox()}
        ${['Column', 'Type', 'Missing', 'Distinct', 'Values'].map((label) => html`<span role="columnheader" class="cell-${label.toLowerCase()}">${label}</span>`)}
      </div>
      <div class="feature-rows" role="rowgroup" ${cssProperties({ height: `${rows.length * rowHeight}px` })}>
        ${repeat(shown, ({ row }) => row.name, ({ row, index }) => this.renderRow(row, index, index === tabStop ? 0 : -1))}
      </div>
    </div>`;
  }

  private renderAllCheckbox(): TemplateResult {
    const candidates = this.rows.filter(({ isTarget }) => !isTarget);
    const included = candidates.filter((row) => row.included).length;
    const all = candidates.length > 0 && included === candidates.length;
    const toggle = (): void => this.actions?.setIncluded(candidates.map(({ name }) => name), !all);
    return html`<span role="columnheader"><input type="checkbox" aria-label=${all ? 'Exclude all shown columns' : 'Include all shown columns'} title=${all ? 'Exclude all' : 'Include all'} data-action="all"
      ?disabled=${this.disabled || candidates.length === 0} .checked=${live(all)} .indeterminate=${live(included > 0 && !all)} @change=${toggle} /></span>`;
  }

  private renderRow(row: FeatureRow, index: number, tabIndex: number): TemplateResult {
    const { name, isTarget, included, reason } = row;
    const state = isTarget ? 'target' : included ? 'included' : 'excluded';
    return html`<div class="feature-row ${state}" role="row" aria-rowindex=${index + 2} data-column=${name} data-state=${state} ${cssProperties({ top: `${index * this.rowHeight}px` })} @focusin=${() => (this.active = index)}>
      <span role="cell">${isTarget
        ? html`<span class="codicon codicon-target" title="The target" aria-label="Target" role="img"></span>`
        : html`<input type="checkbox" tabindex=${tabIndex} data-index=${index} aria-label="Use ${name}" ?disabled=${this.disabled} .checked=${live(included)} @change=${() => this.actions?.setIncluded([name], !included)} />`}</span>
      <span role="cell" class="cell-column" title=${name}>
        <span class="ellipsis">${name}</span>
        ${isTarget ? html`<vscode-badge>target</vscode-badge>` : nothing}
        ${reason === undefined ? nothing : html`<span class="reason codicon codicon-lightbulb ${included ? 'warning' : ''}" role="img" title=${reason} aria-label=${reason}></span>`}
        ${isTarget || !included ? nothing : this.renderSettings(row, tabIndex)}
        ${isTarget || this.disabled ? nothing : html`<button class="icon-button make-target" type="button" tabindex=${tabIndex} title="Make this the target" aria-label="Make ${name} the target" @click=${() => this.actions?.setTarget(name)}>${icon('target')}</button>`}
      </span>
      <span role="cell" class="cell-type">${this.renderType(row, tabIndex)}</span>
      <span role="cell" class="cell-missing number ${row.missing === 0 ? 'muted' : ''}" title="Share of rows without a value">${formatShare(row.missing)}<span class="unit"> missing</span></span>
      <span role="cell" class="cell-distinct number">${formatCount(row.distinct)}<span class="unit"> distinct</span></span>
      <span role="cell" class="cell-values muted ellipsis" title=${reason ?? row.summary}>${reason !== undefined && included ? html`<span class="reason-text">${reason}</span>` : row.summary}</span>
    </div>`;
  }

  private renderSettings({ name, own }: FeatureRow, tabIndex: number): TemplateResult {
    const title = own === '' ? 'Prepare this column for itself' : `Prepared for itself: ${own}`;
    return html`<button class="icon-button own-settings ${own === '' ? '' : 'set'}" type="button" tabindex=${tabIndex} title=${title} aria-label="Preparation of ${name}${own === '' ? '' : `: ${own}`}" @click=${() => this.actions?.openSettings(name)}>${icon('settings')}</button>`;
  }

  private renderType({ name, type, inferred }: FeatureRow, tabIndex: number): TemplateResult {
    const change = (event: Event): void => {
      if (event.target instanceof HTMLSelectElement && isColumnType(event.target.value)) {
        this.actions?.setType(name, event.target.value);
      }
    };
    return html`<select class=${type === inferred ? '' : 'modified'} tabindex=${tabIndex} aria-label="Type of ${name}" title=${type === inferred ? 'As found in the data' : `Found in the data: ${columnTypeLabels[inferred].toLowerCase()}`} ?disabled=${this.disabled} .value=${live(type)} @change=${change}>
      ${columnTypes.map((value) => html`<option value=${value} ?selected=${value === type}>${columnTypeLabels[value]}${value === inferred && value !== type ? ' (found)' : ''}</option>`)}
    </select>`;
  }

  private readonly onScroll = (event: Event): void => {
    if (event.target instanceof HTMLElement) {
      this.scrolled = event.target.scrollTop;
    }
  };

  private readonly walk = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(maximumHeight / this.rowHeight) - 1);
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const move = moves[event.key];
    // In a select the arrow keys are its own.
    if (move === undefined || event.target instanceof HTMLSelectElement || this.rows.length === 0) {
      return;
    }
    event.preventDefault();
    const wanted = Math.max(0, Math.min(this.rows.length - 1, this.active + move));
    const index = this.nearestSelectable(wanted, Math.sign(move));
    if (index !== undefined) {
      void this.focusRow(index);
    }
  };

  /** The target has no check box: step over it. */
  private nearestSelectable(from: number, direction: number): number | undefined {
    return [from, from + direction, from - direction].find((index) => this.rows[index]?.isTarget === false);
  }

  private async focusRow(index: number): Promise<void> {
    this.active = index;
    const { viewport, rowHeight } = this;
    if (viewport !== null) {
      const top = index * rowHeight;
      const lowest = top + rowHeight - (viewport.clientHeight - headHeight);
      viewport.scrollTop = Math.min(top, Math.max(lowest, viewport.scrollTop));
      this.scrolled = viewport.scrollTop;
    }
    await this.updateComplete;
    this.querySelector<HTMLInputElement>(`input[data-index="${index}"]`)?.focus({ preventScroll: true });
  }
}
