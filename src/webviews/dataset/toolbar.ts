import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { mostFindingLines } from '../../schema/profileLimits';
import { countOf, formatBytes, formatCount, formatShare } from '../shared/format';
import { icon } from '../shared/icon';
import { notice } from '../shared/notice';
import type { DatasetContext, DatasetModel } from './datasetModel';
import { countedRows, roughly } from './datasetModel';

/** The rows that are shown when not all are. */
export interface RowFilter {
  readonly lines: readonly number[];
  readonly label: string;
}

/** What the toolbar's fields do. */
export interface ToolbarActions {
  goToLine(line: number): void;
  findColumn(text: string, next: boolean): void;
  showAllRows(): void;
}

/** Name and size of the data, and the ways to get about in it. */
export function toolbar(model: DatasetModel, context: DatasetContext, actions: ToolbarActions, found: string): TemplateResult {
  const { snapshot, table } = model;
  const rows = table.rowCount === null ? `about ${countOf(roughly(table.estimatedRows), 'row')}` : countOf(table.rowCount, 'row');
  const open = context.navigation.isOpen('panel', true);
  return html`<header class="dataset-head">
    <div class="title"><h1 title=${snapshot.path}>${snapshot.fileName}</h1><span class="muted ellipsis" data-facts>${rows} × ${countOf(table.columns.length, 'column')}, ${formatBytes(table.bytes)}</span>${profilingProgress(model, context)}</div>
    <div class="dataset-tools">
      <div class="tool-field find">${icon('search')}<input type="search" placeholder="Find column" aria-label="Find column" data-find spellcheck="false" autocomplete="off" list="column-names"
        @input=${(event: Event) => withText(event, (text) => actions.findColumn(text, false))} @keydown=${onEnter((text) => actions.findColumn(text, true))} /></div>
      <span class="visually-hidden" role="status">${found}</span>
      <div class="tool-field go">${icon('arrow-right')}<input type="text" inputmode="numeric" placeholder=${table.hasLines ? 'Go to line' : 'Go to row'} aria-label=${table.hasLines ? 'Go to line' : 'Go to row'} data-go
        @keydown=${onEnter((text, input) => goTo(text, input, actions))} /></div>
      ${table.plainText ? html`<button class="icon-button" type="button" title="Open as text" aria-label="Open as text" data-action="openText" @click=${() => context.post({ kind: 'openText' })}>${icon('go-to-file')}</button>` : nothing}
      <button class="icon-button" type="button" aria-pressed=${open} title="Show or hide the panel" aria-label="Panel" data-action="panel" @click=${() => context.navigation.setOpen('panel', !open)}>${icon('layout-sidebar-right')}</button>
      <vscode-button data-action="train" ?disabled=${snapshot.trainBlocked !== null} title=${snapshot.trainBlocked ?? 'Make an experiment on this data'} @click=${() => (snapshot.trainBlocked === null ? context.post({ kind: 'train' }) : undefined)}><span slot="content-before">${icon('beaker')}</span>Train Model…</vscode-button>
    </div>
  </header>`;
}

function withText(event: Event, act: (text: string, input: HTMLInputElement) => void): void {
  if (event.target instanceof HTMLInputElement) {
    act(event.target.value, event.target);
  }
}

function onEnter(act: (text: string, input: HTMLInputElement) => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      withText(event, act);
    }
  };
}

function goTo(text: string, input: HTMLInputElement, actions: ToolbarActions): void {
  const line = Number(text.replaceAll(/[\s,.’']/g, ''));
  const fits = Number.isInteger(line) && line >= 1;
  input.setAttribute('aria-invalid', String(!fits));
  if (fits) {
    actions.goToLine(line);
  }
}

/** What the reader should know of the state of things: changes on disk, progress, which rows are shown. */
export function statusLines(model: DatasetModel, context: DatasetContext, filter: RowFilter | undefined, failure: string | undefined, actions: ToolbarActions): TemplateResult {
  const { snapshot } = model;
  return html`<div class="dataset-status">
    ${snapshot.changedOnDisk
      ? notice('warning', 'The file has changed on disk: what you see is how it was.', html`<button class="link" type="button" data-action="reload" @click=${() => context.post({ kind: 'reload' })}>Reload</button>`)
      : nothing}
    ${failure === undefined ? nothing : notice('error', failure, html`<button class="link" type="button" data-action="reload" @click=${() => context.post({ kind: 'reload' })}>Reload</button>`)}
    ${profilingEnd(model, context)}
    ${filter === undefined ? nothing : filterChip(filter, model, actions)}
  </div>`;
}

/** How far the profile of the whole file is. It stands in the head, so that the table stays in its place when it is done. */
function profilingProgress(model: DatasetModel, context: DatasetContext): TemplateResult | typeof nothing {
  const { profiling } = model.snapshot;
  if (profiling.status !== 'waiting' && profiling.status !== 'running') {
    return nothing;
  }
  const [fraction, message] = profiling.status === 'running' ? [profiling.fraction, profiling.message] : [0, ''];
  const doing = profiling.status === 'waiting' ? 'counting rows' : message === '' ? 'reading the file' : message;
  return html`<div class="profile-progress" data-profiling title="Until the whole file has been read, statistics are from ${countOf(countedRows(model), 'row')}.">
    <vscode-progress-bar aria-label="Reading the whole file" .value=${Math.round(fraction * 1000) / 10} ?indeterminate=${fraction === 0}></vscode-progress-bar>
    <span class="muted ellipsis">${doing}</span>
    <span class="number muted">${fraction === 0 ? '' : formatShare(Math.round(fraction * 100) / 100)}</span>
    ${profiling.status === 'running' ? html`<button class="link" type="button" data-action="cancelProfile" @click=${() => context.post({ kind: 'cancelProfile' })}>Cancel</button>` : nothing}
  </div>`;
}

function profilingEnd(model: DatasetModel, context: DatasetContext): TemplateResult | typeof nothing {
  const { profiling } = model.snapshot;
  const sample = `Statistics are from a sample of ${countOf(countedRows(model), 'row')}.`;
  const again = (label: string): TemplateResult => html`<button class="link" type="button" data-action="startProfile" @click=${() => context.post({ kind: 'startProfile' })}>${label}</button>`;
  switch (profiling.status) {
    case 'cancelled':
      return notice('info', sample, again('Read the Whole File'));
    case 'failed':
      return notice('warning', `${profiling.message} ${sample}`, again('Try Again'));
    case 'waiting':
    case 'running':
    case 'done':
      return nothing;
  }
}

function filterChip({ lines, label }: RowFilter, { table }: DatasetModel, actions: ToolbarActions): TemplateResult {
  const all = table.rowCount === null ? '' : ` of ${formatCount(table.rowCount)}`;
  return html`<div class="filter-chip" role="status" data-filter-chip>
    ${icon('filter-filled')}
    <span class="ellipsis" title=${label}>${lines.length >= mostFindingLines ? 'The first ' : ''}${countOf(lines.length, 'row')}${all}: ${label}</span>
    <button class="link" type="button" data-action="showAll" @click=${() => actions.showAllRows()}>Show all rows</button>
  </div>`;
}
