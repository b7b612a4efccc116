import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { AlgorithmDeclaration } from '../../schema/algorithm';
import type { RunSummary } from '../../schema/messages';
import { countOf, formatAge, formatMetric, formatMoment, fullPrecision } from '../shared/format';
import { icon } from '../shared/icon';
import { againstBaseline, metricLabel } from '../shared/metricLabels';
import { runStateIcon, runStateLabel } from '../shared/runState';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';

/** Shown before the reader asks for the rest. */
const firstRuns = 12;

/** What this experiment gave so far, newest first; each run opens its results. */
export function runsList(model: FormModel, context: FormContext): TemplateResult {
  const { runs, algorithms } = model.state;
  const all = context.navigation.chosen('runs', 'few') === 'all';
  const shown = all ? runs : runs.slice(0, firstRuns);
  const hidden = runs.length - shown.length;
  return html`<aside class="runs" aria-label="Runs of this experiment">
    <h2>Runs ${runs.length === 0 ? nothing : html`<span class="muted count">${runs.length}</span>`}</h2>
    ${runs.length === 0
      ? html`<p class="muted">None yet. Train makes the first.</p>`
      : html`<ul>${shown.map((run) => runLine(run, algorithms, context))}</ul>`}
    ${hidden > 0 ? html`<button class="link" type="button" @click=${() => context.navigation.choose('runs', 'all')}>Show ${countOf(hidden, 'older run')}</button>` : nothing}
  </aside>`;
}

function runLine(run: RunSummary, algorithms: readonly AlgorithmDeclaration[], context: FormContext): TemplateResult {
  const algorithm = algorithms.find(({ id }) => id === run.algorithm)?.label ?? run.algorithm;
  return html`<li>
    <button class="run" type="button" data-run=${run.id} data-value=${fullPrecision(run.value)} title="${runStateLabel(run.state)} · ${formatMoment(run.startedAt)} · ${run.id}" @click=${() => context.post({ kind: 'openRun', uri: run.uri })}>
      ${runStateIcon(run.state)}
      <span class="run-what"><span class="ellipsis">${algorithm}</span><span class="muted ellipsis">${formatAge(run.startedAt, Date.now())}</span></span>
      ${run.metric === null || run.value === null ? html`<span class="muted">${runStateLabel(run.state).toLowerCase()}</span>` : runMetric(run.metric, run.value, run.baseline)}
    </button>
  </li>`;
}

function runMetric(metric: string, value: number, baseline: number | null): TemplateResult {
  const standing = againstBaseline(metric, value, baseline);
  const mark = standing === undefined ? nothing : standing === 'better' ? icon('check', 'better') : icon('warning', 'warning');
  return html`<span class="run-metric" title="${metricLabel(metric)} ${fullPrecision(value)}, baseline ${fullPrecision(baseline)}${standing === undefined ? '' : standing === 'better' ? ': better than the baseline' : ': not better than the baseline'}">
    <span class="number"><span class="visually-hidden">${metricLabel(metric)} </span>${formatMetric(value)} ${mark}</span>
    <span class="number muted">${baseline === null ? '' : `baseline ${formatMetric(baseline)}`}</span>
  </span>`;
}
