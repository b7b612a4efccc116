import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { countOf, formatCount, joinWords } from '../shared/format';
import { icon } from '../shared/icon';
import { notice } from '../shared/notice';
import { section } from '../shared/section';
import { changeExcluded, changeTarget, changeType } from './changes';
import { columnSettings, openColumnKey } from './columnSettings';
import { featureRows, filterRows } from './featureRows';
import type { FeatureRow } from './featureRows';
import './featureTable';
import type { FeatureActions } from './featureTable';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';
import { problemAt } from './problems';

/** From this many columns on, a filter box is worth its place. */
const filterFrom = 12;

/** Which columns the model sees, and as what. */
export function featureSection(model: FormModel, context: FormContext): TemplateResult {
  const rows = featureRows(model);
  const features = rows.filter(({ isTarget }) => !isTarget);
  const digest = rows.length === 0 ? '' : `${formatCount(features.filter(({ included }) => included).length)} of ${countOf(features.length, 'column')} used`;
  return section(context.navigation, { key: 'features', title: 'Features', digest }, () => featureContent(model, context, rows));
}

function featureContent(model: FormModel, context: FormContext, rows: readonly FeatureRow[]): TemplateResult {
  const { data } = model.state;
  if (data.status === 'loading') {
    return html`<div class="skeleton" role="status" aria-label="Reading the data">${Array.from({ length: 6 }, () => html`<span></span>`)}</div>`;
  }
  if (data.status === 'failed') {
    return notice('error', data.message);
  }
  const problem = problemAt(model.state, ['features']);
  const text = context.navigation.chosen('featureFilter', '');
  const shown = filterRows(rows, text);
  return html`<div data-path="features" class=${model.isOutdated ? 'outdated' : ''}>
    ${model.isOutdated ? html`<vscode-progress-bar class="reading" aria-label="Reading the data anew" indeterminate></vscode-progress-bar>` : nothing}
    ${problem === undefined ? nothing : html`<p class="field-problem" role="alert">${problem}</p>`}
    ${suggestions(model, context, rows)}
    ${rows.length < filterFrom && text === '' ? nothing : filterBar(context, text, shown.length, rows.length)}
    ${shown.length === 0
      ? html`<p class="muted">No column matches.</p>`
      : html`<trainyard-features .rows=${shown} .actions=${featureActions(model, context)} ?disabled=${model.disabled || model.isOutdated}></trainyard-features>`}
    ${columnSettings(model, context, rows)}
    ${unknownColumns(model, context)}
  </div>`;
}

function featureActions(model: FormModel, context: FormContext): FeatureActions {
  return {
    setIncluded: (columns, included) => context.edit(changeExcluded(model, columns, !included)),
    setType: (column, type) => context.edit(changeType(model, column, type)),
    openSettings: (column) => context.navigation.choose(openColumnKey, context.navigation.chosen(openColumnKey, '') === column ? '' : column),
    setTarget: (column) => context.edit(changeTarget(model, column)),
  };
}

function filterBar(context: FormContext, text: string, shown: number, all: number): TemplateResult {
  const filter = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) {
      context.navigation.choose('featureFilter', event.target.value);
    }
  };
  return html`<div class="filter-bar">
    <input type="search" placeholder="Filter columns by name or type" aria-label="Filter columns" .value=${text} @input=${filter} data-filter />
    <span class="muted" role="status">${shown === all ? '' : `${formatCount(shown)} of ${formatCount(all)}`}</span>
  </div>`;
}

/** Offers to leave out, in one click, what the data suggests and the file still uses. */
function suggestions(model: FormModel, context: FormContext, rows: readonly FeatureRow[]): TemplateResult | typeof nothing {
  const suspects = rows.filter(({ included, reason }) => included && reason !== undefined).map(({ name }) => name);
  if (suspects.length === 0 || model.disabled) {
    return nothing;
  }
  const named = suspects.length <= 4 ? joinWords(suspects) : `${suspects.slice(0, 3).join(', ')} and ${suspects.length - 3} more`;
  return html`<p class="suggestion" data-suggestion>
    ${icon('lightbulb', 'warning')}
    <span>Suggested to leave out: <strong>${named}</strong>.</span>
    <button class="link" type="button" data-action="excludeSuggested" @click=${() => context.edit(changeExcluded(model, suspects, true))}>Exclude ${countOf(suspects.length, 'column')}</button>
  </p>`;
}

/** Columns that the file names but the data doesn't have (any more): they keep it from running, so they can be taken out here. */
function unknownColumns(model: FormModel, context: FormContext): TemplateResult | typeof nothing {
  const { file, profile } = model;
  const known = new Set(profile?.columns.map(({ name }) => name));
  const excluded = (file.features?.exclude ?? []).filter((name) => !known.has(name));
  const typed = Object.keys(file.features?.types ?? {}).filter((name) => !known.has(name));
  const unknown = [...new Set([...excluded, ...typed])];
  if (unknown.length === 0) {
    return nothing;
  }
  const remove = (): void => {
    const batch = changeExcluded(model, excluded, false);
    context.edit(typed.reduce((edits, name) => edits.remove(['features', 'types', name]), batch));
  };
  const named = unknown.length <= 5 ? joinWords(unknown) : `${unknown.slice(0, 5).join(', ')} and ${unknown.length - 5} more`;
  return html`<p class="suggestion" data-unknown="columns">
    ${icon('warning', 'warning')}
    <span>The file also names ${named}, which the data doesn't have.</span>
    ${model.disabled ? nothing : html`<button class="link" type="button" data-action="removeUnknown" @click=${remove}>Remove</button>`}
  </p>`;
}
