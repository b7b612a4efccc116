import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { JsonValue } from '../../schema/json';
import { EditBatch } from './edits';
import type { Path } from './edits';
import type { FieldFrame } from './fields';
import { checkboxField, selectField } from './fields';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';
import type { NumberFieldOptions } from './numberField';
import './numberField';
import { problemAt } from './problems';

/** A field that is on or off, over a path of the file whose default removes the key. */
export function toggle(model: FormModel, context: FormContext, path: Path, label: string, help: string, value: boolean, standard: boolean): TemplateResult {
  const frame: FieldFrame = { ...frameOf(model, context, path, value !== standard, standard ? 'on' : 'off'), label, help };
  return checkboxField(frame, value, (checked) => context.edit(new EditBatch(model.file).set(path, checked, standard)));
}

/** A choice over a path of the file whose default removes the key; choices may be numbers. */
export function choice(
  model: FormModel, context: FormContext, path: Path, label: string, help: string,
  labels: Readonly<Record<string, string>>, value: string, standard: string, toJson: (chosen: string) => JsonValue = (chosen) => chosen,
): TemplateResult {
  const frame: FieldFrame = { ...frameOf(model, context, path, value !== standard, labels[standard] ?? standard), label, help };
  const options = Object.entries(labels).map(([key, text]) => ({ value: key, label: key === standard ? `${text} (default)` : text }));
  return selectField(frame, options, value, (chosen) => context.edit(new EditBatch(model.file).set(path, toJson(chosen), toJson(standard))));
}

/** A number over a path of the file. */
export interface PlainNumber {
  readonly label: string;
  readonly help: string;
  /** Null and anything but numbers show as an empty field. */
  readonly value: number | null;
  readonly standard: number | null;
  /** What an empty field means; the default when absent. */
  readonly placeholder?: string;
  readonly check: (value: number | null) => string | undefined;
}

/** A number field's element. */
export function numberField(model: FormModel, context: FormContext, path: Path, plain: PlainNumber): TemplateResult {
  return html`<trainyard-number .options=${numberOptions(model, context, path, plain)}></trainyard-number>`;
}

/** A number field over a path of the file whose default removes the key. */
export function numberOptions(model: FormModel, context: FormContext, path: Path, plain: PlainNumber): NumberFieldOptions {
  const { label, help, value, standard, check, placeholder = String(standard) } = plain;
  return {
    ...frameOf(model, context, path, value !== standard, placeholder),
    label,
    help,
    value,
    check,
    placeholder,
    change: (next) => context.edit(next === undefined || next === null ? new EditBatch(model.file).remove(path) : new EditBatch(model.file).set(path, next, standard)),
  };
}

/** What all fields over a path have in common. */
export function frameOf(model: FormModel, context: FormContext, path: Path, modified: boolean, defaultLabel: string): Omit<FieldFrame, 'label'> {
  const reset = { defaultLabel, run: () => context.edit(new EditBatch(model.file).remove(path)) };
  return { path, disabled: model.disabled, problem: problemAt(model.state, path), ...(modified ? { reset } : {}) };
}
