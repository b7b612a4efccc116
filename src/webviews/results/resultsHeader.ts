import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ResultsState } from '../../schema/messages';
import { runFiles } from '../../schema/runLayout';
import { formatAge, formatDuration, formatMoment } from '../shared/format';
import { icon } from '../shared/icon';
import { runStateBadge } from '../shared/runState';
import type { ResultsContext } from './resultsContext';

/** Files of a run that have a button of their own. */
const offeredFiles: readonly { readonly name: string; readonly label: string; readonly icon: string }[] = [
  { name: runFiles.report, label: 'Report', icon: 'file-text' },
  { name: runFiles.card, label: 'Model card', icon: 'markdown' },
  { name: runFiles.evaluation, label: runFiles.evaluation, icon: 'json' },
  { name: runFiles.predictions, label: runFiles.predictions, icon: 'table' },
];

/** What ran, how it stands, and what can be done with it. */
export function resultsHeader(state: ResultsState, context: ResultsContext, now: number): TemplateResult {
  const { run, algorithmLabel } = state;
  const { experiment } = run;
  return html`<header class="results-header">
    <div class="header-line">
      <h1>${experiment.name}</h1>
      ${runStateBadge(run.state)}
      <div class="actions">${actions(state, context)}</div>
    </div>
    <p class="muted facts-line">
      <span>${algorithmLabel}</span>
      <span>${experiment.task} of <strong>${experiment.target}</strong></span>
      <span title=${formatMoment(run.startedAt)}>${run.state === 'running' ? 'started' : formatMoment(run.startedAt)}${run.state === 'running' ? ` ${formatAge(run.startedAt, now)}` : ''}</span>
      <span data-duration>${duration(state, now)}</span>
    </p>
    <div class="files">${fileButtons(state, context)}</div>
    ${state.trainBlocked === null || run.state === 'running' ? nothing : html`<p class="muted blocked" data-blocked>${icon('info', 'info')}${state.trainBlocked}</p>`}
  </header>`;
}

function actions(state: ResultsState, context: ResultsContext): TemplateResult {
  const { run, trainBlocked, job } = state;
  if (run.state === 'running') {
    const stoppable = job !== null && job.state !== 'cancelling';
    return html`${stopButton(state, context)}<vscode-button secondary data-action="cancel" ?disabled=${!stoppable} @click=${() => (stoppable ? context.post({ kind: 'cancel' }) : undefined)}>${job?.state === 'cancelling' ? 'Cancelling…' : 'Cancel'}</vscode-button>`;
  }
  return html`
    <vscode-button secondary data-action="compare" @click=${() => context.post({ kind: 'compare' })}><span slot="content-before">${icon('diff-multiple')}</span>Compare…</vscode-button>
    ${resumeButton(state, context)}
    <vscode-button ?secondary=${state.resumable} data-action="rerun" ?disabled=${trainBlocked !== null} title=${trainBlocked ?? 'Train again with the same settings'} @click=${() => (trainBlocked === null ? context.post({ kind: 'rerun' }) : undefined)}><span slot="content-before">${icon('debug-restart')}</span>Re-run</vscode-button>`;
}

/** Only while folds are scored or the model is fitted is there anything to stop and to keep. */
function stopButton({ job, run, stoppable }: ResultsState, context: ResultsContext): TemplateResult | typeof nothing {
  if (!stoppable && run.experiment.validation.method === 'none') {
    return nothing;
  }
  const ofFolds = job?.stage === 'crossValidation';
  const possible = job?.state === 'running' && job.step === 'fit' && (ofFolds || stoppable);
  const title = !possible
    ? stoppable ? 'Possible while the model is being fitted' : 'Possible while folds are being scored'
    : ofFolds
      ? 'End the cross-validation here: the folds that are done count, and the model is fitted to all training rows'
      : 'End training here; the best model so far is evaluated and kept';
  const label = job?.state === 'stopping' ? 'Stopping…' : ofFolds ? 'Skip Remaining Folds' : 'Stop and Keep Best';
  return html`<vscode-button data-action="stop" ?disabled=${!possible} title=${title} @click=${() => (possible ? context.post({ kind: 'stop' }) : undefined)}><span slot="content-before">${icon('stop-circle')}</span>${label}</vscode-button>`;
}

function resumeButton({ resumable, trainBlocked }: ResultsState, context: ResultsContext): TemplateResult | typeof nothing {
  if (!resumable) {
    return nothing;
  }
  return html`<vscode-button data-action="resume" ?disabled=${trainBlocked !== null} title=${trainBlocked ?? 'Go on from the last checkpoint, as a new run'} @click=${() => (trainBlocked === null ? context.post({ kind: 'resume' }) : undefined)}><span slot="content-before">${icon('debug-continue')}</span>Resume</vscode-button>`;
}

function duration({ run }: ResultsState, now: number): string {
  if (run.state === 'running') {
    return `${formatDuration(Math.max(1, Math.floor((now - Date.parse(run.startedAt)) / 1000)))} so far`;
  }
  const seconds = run.seconds['total'] ?? (run.finishedAt === undefined ? undefined : (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000);
  return seconds === undefined ? '' : `took ${formatDuration(seconds)}`;
}

function fileButtons({ files, experimentExists }: ResultsState, context: ResultsContext): TemplateResult {
  const present = offeredFiles.filter(({ name }) => files.includes(name));
  return html`
    ${experimentExists ? html`<button class="link" type="button" data-action="openExperiment" @click=${() => context.post({ kind: 'openExperiment' })}>${icon('beaker')}Experiment</button>` : nothing}
    ${present.map(({ name, label, icon: iconName }) => html`<button class="link" type="button" data-file=${name} @click=${() => context.post({ kind: 'openFile', name })}>${icon(iconName)}${label}</button>`)}
    <button class="link" type="button" data-action="revealFolder" @click=${() => context.post({ kind: 'revealFolder' })}>${icon('folder-opened')}Reveal folder</button>`;
}
