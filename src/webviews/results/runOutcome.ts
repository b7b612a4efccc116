import { html } from 'lit';
import type { nothing, TemplateResult } from 'lit';
import type { ResultsState } from '../../schema/messages';
import { describeForecast } from '../../schema/describeForecast';
import { describeStops } from '../../schema/describeStops';
import { mainMetric } from '../../schema/metrics';
import type { RunStep } from '../../schema/run';
import { runSteps } from '../../schema/runLayout';
import { formatCount, formatMetric, formatShare } from '../shared/format';
import { icon } from '../shared/icon';
import { againstBaseline } from '../shared/metricLabels';
import { notice } from '../shared/notice';
import { jobProgress } from '../shared/progress';
import type { EvaluatedState } from './resultsContext';
import { isEvaluated } from './resultsContext';

const stepLabels: Readonly<Record<RunStep, string>> = {
  read: 'Read', profile: 'Profile', split: 'Split', prepare: 'Prepare', fit: 'Fit', evaluate: 'Evaluate', explain: 'Explain', write: 'Write',
};

/** Where the run stands or how it ended, in words. */
export function runOutcome(state: ResultsState): TemplateResult | typeof nothing {
  const { run } = state;
  switch (run.state) {
    case 'running':
      return runningPanel(state);
    case 'failed':
      return notice('error', html`<strong>The run failed.</strong> ${run.error ?? 'It left no reason; its log below may hold more.'}${goesOn(state)}`);
    case 'cancelled':
      return notice('info', html`<strong>The run was cancelled</strong>${stoppedAt(state)}. It left no model.${goesOn(state)}`);
    case 'interrupted':
      return notice('warning', html`<strong>The run was interrupted</strong>${stoppedAt(state)}: the process that trained it is gone. ${state.resumable ? '' : 'Run it again to get a result.'}${goesOn(state)}`);
    case 'done':
      return isEvaluated(state) ? verdict(state) : notice('error', 'The run is done, but its evaluation is missing.');
  }
}

function goesOn({ resumable }: ResultsState): string {
  return resumable ? ' Resume goes on from its last checkpoint and comes to the same result as if it had not been broken off.' : '';
}

function runningPanel(state: ResultsState): TemplateResult {
  const latest = latestProgress(state);
  const job = state.job ?? { state: 'running' as const, step: latest?.step ?? null, fraction: latest?.fraction ?? 0, message: latest?.message ?? '' };
  const current = job.step === null ? -1 : runSteps.indexOf(job.step);
  return html`<section class="run-progress" aria-label="Progress">
    <ol class="steps">
      ${runSteps.map((step, index) => {
        const stage = index < current ? 'past' : index === current ? 'current' : 'ahead';
        return html`<li class="step ${stage}" data-step=${step} data-stage=${stage} aria-current=${stage === 'current' ? 'step' : 'false'}>
          ${icon(stage === 'past' ? 'pass-filled' : stage === 'current' ? 'sync' : 'circle-large', stage === 'current' ? 'codicon-modifier-spin' : '')}${stepLabels[step]}
        </li>`;
      })}
    </ol>
    ${jobProgress(job)}
  </section>`;
}

function latestProgress({ events }: ResultsState) {
  return events.findLast((event) => event.kind === 'progress');
}

function stoppedAt(state: ResultsState): string {
  const latest = latestProgress(state);
  return latest === undefined ? '' : ` at ${formatShare(latest.fraction)}, while it was at "${stepLabels[latest.step].toLowerCase()}"`;
}

/** The result in a sentence, honest about the baseline. */
function verdict({ evaluation, run }: EvaluatedState): TemplateResult {
  const { task, target, metrics, baseline, rows } = evaluation;
  const metric = mainMetric(task);
  const value = metrics[metric];
  const reference = baseline.metrics[metric];
  const standing = againstBaseline(metric, value, reference);
  if (value === null || value === undefined) {
    return notice('warning', `The main metric can't be computed for these ${rows.test} test rows.`);
  }
  const model = task === 'classification'
    ? `The model predicts ${target} right for ${formatShare(value)} of the ${rows.test} test rows, which it never saw`
    : `The model explains ${value < 0 ? 'none' : formatShare(value)} of the variance of ${target} in the ${rows.test} test rows, which it never saw (R² ${formatMetric(value)})`;
  const dummy = task === 'classification'
    ? `always answering the most frequent class is right for ${reference === null || reference === undefined ? 'an unknown share' : formatShare(reference)}`
    : `always answering the mean gives R² ${aboutZero(reference) ? 'about 0' : formatMetric(reference)}`;
  const stopped = describeStops(run, formatCount).map((sentence) => ` ${sentence}`).join('');
  const sentences = describeForecast(evaluation, formatMetric).map((sentence) => ` ${sentence}`).join('');
  const losesToNaive = evaluation.naiveForecasts?.some(({ metrics: naive }) => (naive['rmse'] ?? Infinity) <= (metrics['rmse'] ?? Infinity)) === true;
  if (standing !== 'better') {
    return notice('warning', html`${model}; ${dummy}. <strong>It is not better than that baseline.</strong>${sentences}${stopped}`);
  }
  return notice(losesToNaive ? 'warning' : 'success', `${model}; ${dummy}.${sentences}${stopped}`);
}

/** The mean of the training rows is seldom exactly that of the test rows; what that costs is no news. */
function aboutZero(value: number | null | undefined): boolean {
  return typeof value === 'number' && Math.abs(value) < 0.0005;
}
