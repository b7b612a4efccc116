import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { RunRecord } from '../../schema/run';
import { icon } from './icon';

type State = RunRecord['state'];

const looks: Readonly<Record<State, { readonly label: string; readonly icon: string }>> = {
  running: { label: 'Running', icon: 'sync' },
  done: { label: 'Done', icon: 'pass-filled' },
  failed: { label: 'Failed', icon: 'error' },
  cancelled: { label: 'Cancelled', icon: 'circle-slash' },
  interrupted: { label: 'Interrupted', icon: 'debug-disconnect' },
};

export function runStateLabel(state: State): string {
  return looks[state].label;
}

/** A run's state as an icon alone; the label is there for screen readers and as a tooltip. */
export function runStateIcon(state: State): TemplateResult {
  const { label, icon: name } = looks[state];
  return html`<span class="run-state ${state}" title=${label}>${icon(name, state === 'running' ? 'codicon-modifier-spin' : '')}<span class="visually-hidden">${label}</span></span>`;
}

/** A run's state as icon and word. */
export function runStateBadge(state: State): TemplateResult {
  const { label, icon: name } = looks[state];
  return html`<span class="run-badge ${state}" data-state=${state}>${icon(name, state === 'running' ? 'codicon-modifier-spin' : '')}${label}</span>`;
}
