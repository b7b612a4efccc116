import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { DatasetExperiment } from '../../schema/datasetView';
import { notice } from '../shared/notice';
import type { DatasetContext, DatasetModel } from './datasetModel';

/** The experiment that changes go to: the one that was chosen, else the one that was changed last. */
export function chosenExperiment({ snapshot }: DatasetModel, { navigation }: DatasetContext): DatasetExperiment | undefined {
  const { experiments } = snapshot;
  const chosen = navigation.chosen('experiment', '');
  return experiments.find(({ uri }) => uri === chosen) ?? experiments[0];
}

/**
 * Says which experiment changes go to, and lets the reader choose another; offers to make one where there is none. Types and
 * exclusions belong to experiments: a view of the data that had its own would show what no model sees.
 */
export function experimentChoice(model: DatasetModel, context: DatasetContext, label: string): TemplateResult | typeof nothing {
  const { experiments, trainBlocked } = model.snapshot;
  const chosen = chosenExperiment(model, context);
  if (chosen === undefined) {
    return notice('info', trainBlocked ?? 'No experiment uses this data yet. Types and mends belong to one, so make one first.', trainBlocked !== null ? nothing : trainLink(context));
  }
  const choose = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) {
      context.navigation.choose('experiment', event.target.value);
    }
  };
  return html`<div class="experiment-choice">
    <label for="experiment-choice" class="muted">${label}</label>
    <select id="experiment-choice" .value=${live(chosen.uri)} @change=${choose}>
      ${experiments.map(({ uri, name }) => html`<option value=${uri} ?selected=${uri === chosen.uri}>${name}</option>`)}
    </select>
    <button class="link" type="button" data-action="openExperiment" @click=${() => context.post({ kind: 'openExperiment', uri: chosen.uri })}>Open</button>
  </div>`;
}

function trainLink(context: DatasetContext): TemplateResult {
  return html`<button class="link" type="button" data-action="train" @click=${() => context.post({ kind: 'train' })}>Train Model…</button>`;
}
