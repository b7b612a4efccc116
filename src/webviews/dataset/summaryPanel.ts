import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ColumnType } from '../../schema/columnType';
import { columnTypeLabels, columnTypes } from '../shared/columnTypes';
import { cssProperties } from '../shared/cssProperties';
import { countOf, formatBytes, formatCount, formatShare } from '../shared/format';
import { icon } from '../shared/icon';
import { typeIcon } from './columnLook';
import type { DatasetContext, DatasetModel } from './datasetModel';
import { countedRows, missingShare, roughly, sortedFindings } from './datasetModel';
import { findingItem } from './findingsPanel';

/** Shown before the reader opens the list. */
const firstFindings = 3;
const shownMissing = 6;

/** The file at a glance. */
export function summaryPanel(model: DatasetModel, context: DatasetContext): TemplateResult {
  return html`
    ${facts(model)}
    ${types(model)}
    ${missing(model, context)}
    ${mostSerious(model, context)}
    ${training(model, context)}`;
}

function facts(model: DatasetModel): TemplateResult {
  const { snapshot, table, profile, extent } = model;
  const rows = table.rowCount === null ? `about ${formatCount(roughly(table.estimatedRows))}` : formatCount(table.rowCount);
  const fact = (label: string, value: unknown): TemplateResult => html`<div class="fact"><dt class="muted">${label}</dt><dd data-fact=${label}>${value}</dd></div>`;
  return html`<dl class="facts">
    ${fact('File', html`<span title=${snapshot.path}>${snapshot.path}</span>`)}
    ${fact('Rows', rows)}
    ${fact('Columns', formatCount(table.columns.length))}
    ${fact('Size', formatBytes(table.bytes))}
    ${table.dialect === undefined ? nothing : fact('Written with', dialectText(table.dialect))}
    ${fact('Statistics', extent === 'sample'
      ? `from a sample of ${countOf(countedRows(model), 'row')}`
      : profile.sampledRows === undefined
        ? 'from every row'
        : `from every row; quantiles, histograms and distinct numbers from ${formatCount(profile.sampledRows)} rows, evenly spread`)}
  </dl>`;
}

const delimiterNames: Readonly<Record<string, string>> = { ',': 'commas', '\t': 'tabs', ';': 'semicolons', '|': 'pipes', ' ': 'spaces' };
const encodingNames: Readonly<Record<string, string>> = { 'utf-8': 'UTF-8', 'windows-1252': 'Windows-1252', 'utf-16le': 'UTF-16', 'utf-16be': 'UTF-16' };

/** "commas, a header, UTF-8" */
export function dialectText({ delimiter, header, decimal, thousands, encoding }: NonNullable<DatasetModel['table']['dialect']>): string {
  return [
    delimiterNames[delimiter] ?? `"${delimiter}"`,
    header ? 'a header' : 'no header',
    ...(decimal === ',' ? ['decimal commas'] : []),
    ...(thousands === '' ? [] : [`thousands set off by ${thousands === ' ' ? 'spaces' : `"${thousands}"`}`]),
    encodingNames[encoding] ?? encoding,
  ].join(', ');
}

function types({ profile }: DatasetModel): TemplateResult {
  const counts = new Map<ColumnType, number>();
  profile.columns.forEach(({ type }) => counts.set(type, (counts.get(type) ?? 0) + 1));
  return html`<section class="panel-section"><h3>Types</h3>
    <ul class="type-counts">${columnTypes.filter((type) => counts.has(type)).map((type) => html`<li data-type=${type}>${typeIcon(type)}<span>${formatCount(counts.get(type) ?? 0)}</span><span class="muted">${columnTypeLabels[type].toLowerCase()}</span></li>`)}</ul>
  </section>`;
}

function missing(model: DatasetModel, context: DatasetContext): TemplateResult {
  const { profile, extent } = model;
  const cells = profile.columns.reduce((sum, column) => sum + column.missing, 0);
  const most = profile.columns.filter((column) => column.missing > 0).sort((a, b) => b.missing - a.missing);
  const all = countedRows(model) * profile.columns.length;
  const words = cells === 0
    ? `None${extent === 'sample' ? ' in the sample' : ''}.`
    : `${formatShare(cells / Math.max(1, all))} of all cells${extent === 'sample' ? ' in the sample' : ` (${formatCount(cells)})`}, in ${countOf(most.length, 'column')}.`;
  return html`<section class="panel-section"><h3>Missing values</h3>
    <p class="muted">${words}</p>
    <ul class="share-list">${most.slice(0, shownMissing).map((column) => html`<li>
      <button class="link" type="button" @click=${() => context.showColumn(column.name, true)}><span class="ellipsis">${column.name}</span></button>
      <span class="share-bar" ${cssProperties({ '--share': String(missingShare(model, column)) })}></span>
      <span class="number">${formatShare(missingShare(model, column))}</span>
    </li>`)}</ul>
  </section>`;
}

function mostSerious(model: DatasetModel, context: DatasetContext): TemplateResult {
  const findings = sortedFindings(model.profile.findings);
  const rest = findings.length - firstFindings;
  return html`<section class="panel-section"><h3>Findings</h3>
    ${model.extent === 'sample'
      ? html`<p class="muted">They follow when the whole file has been read.</p>`
      : findings.length === 0 ? html`<p class="muted">Nothing odd was found.</p>` : nothing}
    <ul class="finding-list">${findings.slice(0, firstFindings).map((finding) => findingItem(finding, model, context, 'brief'))}</ul>
    ${rest > 0 ? html`<button class="link" type="button" data-action="allFindings" @click=${() => context.navigation.choose('tab', 'findings')}>Show ${countOf(rest, 'more finding')}</button>` : nothing}
  </section>`;
}

function training({ profile, snapshot }: DatasetModel, context: DatasetContext): TemplateResult | typeof nothing {
  const { likelyTarget } = profile;
  const { experiments } = snapshot;
  if (experiments.length === 0 && likelyTarget === null) {
    return nothing;
  }
  return html`<section class="panel-section"><h3>${experiments.length === 0 ? 'Training' : 'Experiments on this data'}</h3>
    ${experiments.length === 0
      ? html`<p class="muted">The column to predict is probably <button class="link" type="button" @click=${() => context.showColumn(likelyTarget ?? '', true)}>${likelyTarget}</button>.</p>`
      : html`<ul class="experiment-list">${experiments.map(({ uri, name, file }) => html`<li>
          ${icon('beaker')}<button class="link" type="button" @click=${() => context.post({ kind: 'openExperiment', uri })}><span class="ellipsis">${name}</span></button><span class="muted ellipsis">predicts ${file.target}</span>
        </li>`)}</ul>`}
  </section>`;
}
