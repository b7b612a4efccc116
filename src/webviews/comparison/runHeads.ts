import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { ComparedRun } from '../../schema/messages';
import { formatMoment } from '../shared/format';
import { icon } from '../shared/icon';
import { runStateIcon } from '../shared/runState';
import type { ComparisonContext } from './comparisonContext';

/** The heads of the runs' columns: what each is, a way to open it, and one to take it out. */
export function runHeads(runs: readonly ComparedRun[], context: ComparisonContext): TemplateResult {
  return html`<thead>
    <tr>
      <th scope="col" class="corner"><span class="visually-hidden">Metric</span></th>
      ${runs.map((compared) => head(compared, context))}
    </tr>
  </thead>`;
}

function head({ uri, run, algorithmLabel }: ComparedRun, context: ComparisonContext): TemplateResult {
  const { name } = run.experiment;
  return html`<th scope="col" class="run-head" data-run=${run.id}>
    <span class="run-line">
      ${runStateIcon(run.state)}
      <button class="link" type="button" data-action="open" title="Open the results of ${run.id}" @click=${() => context.post({ kind: 'openRun', uri })}><span class="ellipsis">${algorithmLabel}</span></button>
      <button class="icon-button" type="button" data-action="remove" title="Remove from the comparison" aria-label="Remove ${algorithmLabel} of ${name} from the comparison" @click=${() => context.post({ kind: 'removeRun', uri })}>${icon('close')}</button>
    </span>
    <span class="run-detail ellipsis" title=${name}>${name}</span>
    <span class="run-detail ellipsis muted" title=${run.id}>${formatMoment(run.startedAt)}</span>
  </th>`;
}
