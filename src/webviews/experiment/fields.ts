import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';
import { icon } from '../shared/icon';
import type { Path } from './edits';

/** What every field of the form has around its control. */
export interface FieldFrame {
  readonly path: Path;
  readonly label: string;
  readonly help?: string;
  /** Another name of the same thing, such as scikit-learn's. */
  readonly alias?: string;
  /** Set when the file says something else than the default. */
  readonly reset?: { readonly defaultLabel: string; readonly run: () => void };
  readonly problem?: string | undefined;
  readonly disabled: boolean;
}

/** Ids and states that tie a control to its label, help and problem. */
export interface ControlTies {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: 'true' | 'false';
}

/** Label, control, help and problem, in the look of VS Code's settings: a bar at the left marks what differs from the default. */
export function field(frame: FieldFrame, control: (ties: ControlTies) => TemplateResult): TemplateResult {
  const key = frame.path.join('.');
  const id = `field-${key}`;
  const { help, problem, reset } = frame;
  const described = [help === undefined ? '' : `${id}-help`, problem === undefined ? '' : `${id}-problem`].filter((part) => part !== '');
  const ties: ControlTies = {
    id,
    describedBy: described.length === 0 ? undefined : described.join(' '),
    invalid: problem === undefined ? 'false' : 'true',
  };
  return html`<div class="field ${reset === undefined ? '' : 'modified'}" data-path=${key}>
    <div class="field-head">
      <label for=${id}>${frame.label}</label>
      ${frame.alias === undefined ? nothing : html`<code class="alias" title="Its name in scikit-learn">${frame.alias}</code>`}
      ${reset === undefined || frame.disabled
        ? nothing
        : html`<button class="icon-button reset" type="button" title="Reset to the default (${reset.defaultLabel})" aria-label="Reset ${frame.label} to its default, ${reset.defaultLabel}" @click=${reset.run}>${icon('discard')}</button>`}
    </div>
    ${control(ties)}
    ${problem === undefined ? nothing : html`<p class="field-problem" id="${id}-problem" role="alert">${problem}</p>`}
    ${help === undefined ? nothing : html`<p class="field-help muted" id="${id}-help">${help}</p>`}
  </div>`;
}

export interface SelectOption {
  readonly value: string;
  readonly label: string;
}

/** A field that offers a choice. */
export function selectField(frame: FieldFrame, options: readonly SelectOption[], value: string, change: (value: string) => void): TemplateResult {
  return field(frame, (ties) => selectControl(ties, options, value, frame.disabled, change));
}

/** The bare control of a choice; the same list of options again is not looked at twice. A value that is none of the options shows as itself, so that nothing is hidden. */
export function selectControl(
  ties: ControlTies, options: readonly SelectOption[], value: string, disabled: boolean, change: (value: string) => void,
): TemplateResult {
  const known = options.some((option) => option.value === value);
  const onChange = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) {
      change(event.target.value);
    }
  };
  // The select's own value puts right what a refused edit left; a new list of options needs the options' own marks.
  return html`<select id=${ties.id} ?disabled=${disabled} aria-describedby=${ifDefined(ties.describedBy)} aria-invalid=${ties.invalid} .value=${live(value)} @change=${onChange}>
    ${known ? nothing : html`<option value=${value} .selected=${true}>${value === '' ? 'Choose…' : value}</option>`}
    ${guard([options, value], () => options.map((option) => html`<option value=${option.value} .selected=${live(option.value === value)}>${option.label}</option>`))}
  </select>`;
}

/** A field that is on or off. */
export function checkboxField(frame: FieldFrame, checked: boolean, change: (checked: boolean) => void): TemplateResult {
  const onChange = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) {
      change(event.target.checked);
    }
  };
  return field(frame, (ties) => html`<span class="checkbox-line control-line">
    <input type="checkbox" id=${ties.id} ?disabled=${frame.disabled} aria-describedby=${ifDefined(ties.describedBy)} .checked=${live(checked)} @change=${onChange} />
    <span class="muted" aria-hidden="true">${checked ? 'On' : 'Off'}</span>
  </span>`);
}
