import { html, nothing, render } from 'lit';
import type { TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { ComparedRun, FromComparison, ToComparison } from '../../schema/messages';
import { mainMetric } from '../../schema/metrics';
import '../shared/base.css';
import '../shared/chart/chart.css';
import '../shared/chart/chartCard';
import '../shared/elements';
import { countOf } from '../shared/format';
import { connectToHost } from '../shared/host';
import { icon } from '../shared/icon';
import { metricLabel } from '../shared/metricLabels';
import { NavigationStore } from '../shared/navigation';
import { emptyPage, notice } from '../shared/notice';
import { section } from '../shared/section';
import { comparabilityWarnings, metricsOf, tasksOf } from './comparedRuns';
import type { Reference } from './comparedRuns';
import './comparison.css';
import { comparisonChart } from './comparisonChart';
import type { ComparisonContext } from './comparisonContext';
import { metricComparison } from './metricComparison';
import { settingComparison, settingRows } from './settingComparison';

/** The comparison of runs: shows the latest snapshot. */
class ComparisonView {
  private message: ToComparison | undefined;
  private readonly host = connectToHost<ToComparison, FromComparison>((message) => this.receive(message));
  private readonly context: ComparisonContext = {
    navigation: new NavigationStore(this.host, () => this.render()),
    post: (message) => this.host.post(message),
  };

  constructor(private readonly root: HTMLElement) {
    this.host.post({ kind: 'ready' });
  }

  private receive(message: ToComparison): void {
    this.message = message;
    this.render();
    if (message.kind === 'comparison') {
      this.context.navigation.restoreScroll();
    }
  }

  private render(): void {
    if (this.message !== undefined) {
      render(page(this.message, this.context), this.root);
    }
  }
}

function page(message: ToComparison, context: ComparisonContext): TemplateResult {
  if (message.kind === 'failure') {
    return emptyPage('error', message.message);
  }
  const { runs } = message;
  return runs.length === 0 ? emptyPage('diff-multiple', 'There are no runs to compare yet.', addButton(context)) : comparisonPage(runs, context);
}

function addButton(context: ComparisonContext): TemplateResult {
  return html`<vscode-button data-action="add" @click=${() => context.post({ kind: 'addRun' })}><span slot="content-before">${icon('add')}</span>Add run…</vscode-button>`;
}

function comparisonPage(runs: readonly ComparedRun[], context: ComparisonContext): TemplateResult {
  const { navigation } = context;
  const reference = asReference(navigation.chosen('reference', 'first'));
  const onlyDiffering = navigation.chosen('settings', 'differing') === 'differing';
  const metrics = tasksOf(runs).flatMap((task) => metricsOf(runs, task));
  const differing = settingRows(runs).filter(({ differs }) => differs).length;
  return html`<main class="page comparison-page">
    <header class="comparison-header">
      <h1>Comparison of ${countOf(runs.length, 'run')}</h1>
      ${addButton(context)}
    </header>
    ${comparabilityWarnings(runs).map((warning) => notice('warning', warning))}
    ${section(navigation, { key: 'metrics', title: 'Metrics', digest: 'on the test rows' }, () => html`
      ${choice('Differences to', 'reference', reference, [['first', 'the first run'], ['baseline', 'each run\'s baseline'], ['none', 'nothing']], context)}
      ${metrics.length === 0 ? html`<p class="muted">None of these runs has metrics.</p>` : metricComparison(runs, reference, context)}`)}
    ${metrics.length === 0 ? nothing : section(navigation, { key: 'chart', title: 'Chart' }, () => chart(runs, metrics, context))}
    ${section(navigation, { key: 'settings', title: 'Settings', digest: differing === 0 ? 'the same' : `${differing} differ${differing === 1 ? 's' : ''}` }, () => html`
      <label class="checkbox-line settings-toggle">
        <input type="checkbox" data-action="onlyDiffering" .checked=${live(onlyDiffering)} @change=${() => navigation.choose('settings', onlyDiffering ? 'all' : 'differing')} />Only what differs
      </label>
      ${settingComparison(runs, onlyDiffering)}`)}
  </main>`;
}

function chart(runs: readonly ComparedRun[], metrics: readonly string[], context: ComparisonContext): TemplateResult {
  const { navigation } = context;
  const wanted = navigation.chosen('metric', mainMetric(runs[0]?.run.experiment.task ?? 'classification'));
  const metric = metrics.includes(wanted) ? wanted : (metrics[0] ?? '');
  const toggle = (event: CustomEvent<boolean>): void => navigation.choose('chart', event.detail ? 'table' : 'chart');
  return html`${choice('Metric', 'metric', metric, metrics.map((name) => [name, metricLabel(name)]), context)}
    <trainyard-chart .description=${comparisonChart(runs, metric)} ?asTable=${navigation.chosen('chart', 'chart') === 'table'} @table-toggle=${toggle}></trainyard-chart>`;
}

function choice(
  label: string, key: string, value: string, options: readonly (readonly [value: string, label: string])[], { navigation }: ComparisonContext,
): TemplateResult {
  const change = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) {
      navigation.choose(key, event.target.value);
    }
  };
  return html`<label class="choice">${label}
    <select data-choice=${key} .value=${live(value)} @change=${change}>${options.map(([option, text]) => html`<option value=${option} ?selected=${option === value}>${text}</option>`)}</select>
  </label>`;
}

function asReference(text: string): Reference {
  return text === 'baseline' || text === 'none' ? text : 'first';
}

const root = document.getElementById('root');
if (root !== null) {
  new ComparisonView(root);
}
