import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { JobProgress } from '../../schema/messages';
import { formatShare } from './format';

const states: Readonly<Record<JobProgress['state'], string>> = { queued: 'Waiting for its turn', running: 'Running', stopping: 'Stopping with the best model so far', cancelling: 'Cancelling' };

/** A running job's bar and what it does at the moment. */
export function jobProgress(job: JobProgress): TemplateResult {
  const percent = Math.round(job.fraction * 1000) / 10;
  const works = job.state === 'running' || job.state === 'stopping';
  const doing = works && job.message !== '' ? job.message : states[job.state];
  return html`<div class="progress" data-job=${job.state}>
    <vscode-progress-bar aria-label="Training" .value=${percent} ?indeterminate=${!works}></vscode-progress-bar>
    <span class="ellipsis" data-progress-message title=${doing}>${doing}</span>
    <span class="number muted">${works ? formatShare(job.fraction) : ''}</span>
  </div>`;
}
