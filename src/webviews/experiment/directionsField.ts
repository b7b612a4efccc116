import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ColumnDirections } from '../../schema/algorithm';
import { icon } from '../shared/icon';
import { EditBatch } from './edits';
import type { FieldFrame } from './fields';
import { field, selectControl } from './fields';
import type { FormContext } from './formContext';
import { effectiveType } from './formModel';
import type { FormModel } from './formModel';

const directions = [{ value: '1', label: 'may only rise' }, { value: '-1', label: 'may only fall' }] as const;

/** A field that says of some number columns which way the prediction may go with them. */
export function directionsField(frame: FieldFrame, value: ColumnDirections, model: FormModel, context: FormContext): TemplateResult {
  const path = [...frame.path];
  const set = (column: string, direction: number): void => context.edit(new EditBatch(model.file).set([...path, column], direction));
  const remove = (column: string): void => context.edit(new EditBatch(model.file).remove([...path, column]));
  const excluded = new Set([...(model.file.features?.exclude ?? []), model.file.target, ...Object.keys(value)]);
  const addable = (model.profile?.columns ?? [])
    .filter((column) => !excluded.has(column.name) && ['numeric', 'integer'].includes(effectiveType(model.file, column)))
    .map(({ name }) => ({ value: name, label: name }));
  const own = (column: string): { id: string; describedBy: undefined; invalid: 'false' } =>
    ({ id: `field-${path.join('.')}-${column}`, describedBy: undefined, invalid: 'false' });
  return field(frame, (ties) => html`<div class="directions">
    ${Object.entries(value).map(([column, direction]) => html`<div class="direction" data-column=${column}>
      <label class="ellipsis" for=${own(column).id} title=${column}>${column}</label>
      ${selectControl(own(column), directions, String(direction), frame.disabled, (chosen) => set(column, Number(chosen)))}
      ${frame.disabled ? nothing : html`<button class="icon-button" type="button" title="Remove" aria-label="Leave ${column} free" @click=${() => remove(column)}>${icon('close')}</button>`}
    </div>`)}
    ${selectControl(ties, [{ value: '', label: addable.length === 0 ? 'No further number column' : 'Add a column…' }, ...addable], '', frame.disabled || addable.length === 0, (column) => {
      if (column !== '') {
        set(column, 1);
      }
    })}
  </div>`);
}
