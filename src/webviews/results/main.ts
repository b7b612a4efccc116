import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, render } from 'lit';
import type { TemplateResult } from 'lit';
import type { FromResults, ResultsState, ToResults } from '../../schema/messages';
import '../shared/base.css';
import '../shared/chart/chart.css';
import '../shared/chart/chartCard';
import type { ChartDescription } from '../shared/chart/chartDescription';
import { countOf } from '../shared/format';
import { connectToHost } from '../shared/host';
import { NavigationStore } from '../shared/navigation';
import { emptyPage } from '../shared/notice';
import { section } from '../shared/section';
import { classTable } from './classTable';
import { coefficientDigest, coefficientTable } from './coefficientTable';
import { confusionMatrix } from './confusionMatrix';
import { prChart, rocChart } from './curveCharts';
import { runFacts } from './facts';
import { foldScoresChart } from './foldScores';
import { importanceChart } from './importanceChart';
import { learningCharts, learningStatus } from './learningCharts';
import { metricNames, metricTable } from './metricTable';
import { metricTiles } from './metricTiles';
import { preparationDigest, preparationTable } from './preparationTable';
import { residualCharts } from './residualCharts';
import './results.css';
import './tablesAndFacts.css';
import type { EvaluatedState, ResultsContext } from './resultsContext';
import { isEvaluated } from './resultsContext';
import { resultsHeader } from './resultsHeader';
import { runLog } from './runLog';
import { runOutcome } from './runOutcome';

/** How often elapsed time and ages are brought up to date. */
const clockInterval = 1000;

/** The results dashboard: shows the latest snapshot of one run. */
class ResultsView {
  private message: ToResults | undefined;
  private readonly host = connectToHost<ToResults, FromResults>((message) => this.receive(message));
  private readonly context: ResultsContext = {
    navigation: new NavigationStore(this.host, () => this.render()),
    post: (message) => this.host.post(message),
  };

  constructor(private readonly root: HTMLElement) {
    setInterval(() => this.tick(), clockInterval);
    this.host.post({ kind: 'ready' });
  }

  private receive(message: ToResults): void {
    this.message = withKnownEvaluation(message, this.message);
    const followed = this.isLogAtEnd();
    this.render();
    if (followed) {
      this.scrollLogToEnd();
    }
    if (message.kind === 'results') {
      this.context.navigation.restoreScroll();
    }
  }

  private tick(): void {
    if (this.message?.kind === 'results' && this.message.state.run.state === 'running') {
      this.render();
    }
  }

  private render(): void {
    const { message } = this;
    if (message !== undefined) {
      render(message.kind === 'failure' ? emptyPage('error', message.message) : resultsPage(message.state, this.context), this.root);
    }
  }

  /** A reader who scrolled back in the log stays there; one at its end follows it. */
  private isLogAtEnd(): boolean {
    const log = this.root.querySelector('.log');
    return log === null || log.scrollHeight - log.scrollTop - log.clientHeight < 8;
  }

  private scrollLogToEnd(): void {
    const log = this.root.querySelector('.log');
    log?.scrollTo(0, log.scrollHeight);
  }
}

/** A snapshot with the evaluation object that is shown already, when it says the same: charts are drawn anew only for another one. */
function withKnownEvaluation(message: ToResults, before: ToResults | undefined): ToResults {
  if (message.kind !== 'results' || before?.kind !== 'results' || JSON.stringify(message.state.evaluation) !== JSON.stringify(before.state.evaluation)) {
    return message;
  }
  return { ...message, state: { ...message.state, evaluation: before.state.evaluation } };
}

function resultsPage(state: ResultsState, context: ResultsContext): TemplateResult {
  const { run, events } = state;
  return html`<main class="page results-page" data-run-state=${run.state}>
    ${resultsHeader(state, context, Date.now())}
    <div class="outcome" aria-live="polite">${runOutcome(state)}</div>
    ${run.state === 'running' ? learningStatus(state) : nothing}
    ${isEvaluated(state) ? evaluated(state, context) : learning(state, context)}
    ${section(context.navigation, { key: 'facts', title: 'Data and reproducibility', digest: run.id, openByDefault: run.state !== 'running' }, () => runFacts(state))}
    ${section(context.navigation, { key: 'log', title: 'Log', digest: countOf(events.length, 'line'), openByDefault: run.state !== 'done' }, () => runLog(events))}
  </main>`;
}

function evaluated(state: EvaluatedState, context: ResultsContext): TemplateResult {
  const { evaluation, run, curves } = state;
  const charts = [...(curves === null ? [] : learningCharts(curves, run.id)), rocChart(evaluation, run.id), prChart(evaluation, run.id), ...residualCharts(evaluation, run.id), importanceChart(evaluation, run.id), foldScoresChart(evaluation, run.id)];
  const scores = classTable(evaluation);
  return html`
    ${metricTiles(evaluation)}
    <div class="charts">
      ${confusionMatrix(evaluation, run.id, context)}
      ${charts.map((description) => (description === undefined ? nothing : chart(description, context)))}
    </div>
    ${section(context.navigation, { key: 'metrics', title: 'All metrics', digest: `${metricNames(evaluation).length} on the test rows` }, () => metricTable(evaluation))}
    ${scores === nothing ? nothing : section(context.navigation, { key: 'classes', title: 'Scores by class', digest: countOf(evaluation.classes?.length ?? 0, 'class', 'classes') }, () => scores)}
    ${evaluation.coefficients === undefined ? nothing : section(context.navigation, { key: 'coefficients', title: 'Coefficients', digest: coefficientDigest(evaluation.coefficients) }, () => coefficientTable(evaluation, context))}
    ${section(context.navigation, { key: 'preparation', title: 'What was done to each column', digest: preparationDigest(evaluation) }, () => preparationTable(evaluation, context))}`;
}

/** The curves of a run that has no results, or none yet. */
function learning({ curves, run }: ResultsState, context: ResultsContext): TemplateResult | typeof nothing {
  return curves === null ? nothing : html`<div class="charts">${learningCharts(curves, run.id).map((description) => chart(description, context))}</div>`;
}

function chart(description: ChartDescription, { navigation }: ResultsContext): TemplateResult {
  const key = `chart-${description.id}`;
  const toggle = (event: CustomEvent<boolean>): void => navigation.choose(key, event.detail ? 'table' : 'chart');
  return html`<trainyard-chart .description=${description} ?asTable=${navigation.chosen(key, 'chart') === 'table'} @table-toggle=${toggle}></trainyard-chart>`;
}

const root = document.getElementById('root');
if (root !== null) {
  new ResultsView(root);
}
