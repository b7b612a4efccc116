import '@vscode-elements/elements/dist/vscode-badge/index.js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { countOf, formatBytes } from '../shared/format';
import { icon } from '../shared/icon';
import { jobProgress } from '../shared/progress';
import type { FormContext } from './formContext';
import { experimentName, whyNotTrain } from './formModel';
import type { FormModel } from './formModel';

/** Name, data and the Train button. It sticks to the top, and one line of it always tells where training stands. */
export function formHeader(model: FormModel, context: FormContext): TemplateResult {
  const { state } = model;
  return html`<header class="form-header">
    <div class="header-line">
      <div class="title">
        <h1>${experimentName(model)}</h1>
        ${state.readOnly ? html`<vscode-badge title="This file can't be written">Read-only</vscode-badge>` : nothing}
      </div>
      <div class="actions">
        <button class="icon-button" type="button" title="Open as text" aria-label="Open as text" data-action="openText" @click=${() => context.post({ kind: 'openText' })}>${icon('go-to-file')}</button>
        ${trainButton(model, context)}
      </div>
    </div>
    <div class="header-status" aria-live="polite">${state.job === null ? idleStatus(model, context) : jobProgress(state.job)}</div>
  </header>`;
}

function trainButton(model: FormModel, context: FormContext): TemplateResult {
  const { job } = model.state;
  if (job !== null) {
    return html`${liveButton(model, context)}<vscode-button secondary data-action="cancel" ?disabled=${job.state === 'cancelling'} @click=${() => (job.state === 'cancelling' ? undefined : context.post({ kind: 'cancel' }))}>
      ${job.state === 'cancelling' ? 'Cancelling…' : 'Cancel'}
    </vscode-button>`;
  }
  const why = whyNotTrain(model);
  return html`<vscode-button data-action="train" ?disabled=${why !== null} aria-describedby="train-blocked" @click=${() => (why === null ? context.post({ kind: 'train' }) : undefined)}>
    <span slot="content-before">${icon('play')}</span>Train
  </vscode-button>`;
}

/** The way to the run's curves and log, and to what ends it early with a result. */
function liveButton({ state }: FormModel, context: FormContext): TemplateResult | typeof nothing {
  const run = state.runs.find(({ state: runState }) => runState === 'running');
  return run === undefined
    ? nothing
    : html`<vscode-button secondary data-action="showLive" title="Watch this run, or end it early with what it has so far" @click=${() => context.post({ kind: 'openRun', uri: run.uri })}><span slot="content-before">${icon('pulse')}</span>Show Live</vscode-button>`;
}

function idleStatus(model: FormModel, context: FormContext): TemplateResult {
  const { file, profile } = model;
  const why = whyNotTrain(model);
  const facts = profile === null ? '' : `${countOf(profile.rows, 'row')}, ${countOf(profile.columns.length, 'column')}, ${formatBytes(profile.bytes)}`;
  return html`
    <button class="link data-link" type="button" data-path="data.path" title="Open ${file.data.path}" data-action="openData" @click=${() => context.post({ kind: 'openData' })}>${icon('table')}<span class="ellipsis">${file.data.path}</span></button>
    <span class="muted ellipsis data-facts">${facts}</span>
    <span class="blocked" id="train-blocked" data-blocked>${why === null ? nothing : html`${icon('info', 'info')}${why}`}</span>`;
}
