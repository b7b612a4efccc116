import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { HyperparameterDeclaration, HyperparameterValue, LayersHyperparameter, NumberHyperparameter } from '../../schema/algorithm';
import { checkHyperparameter, givenLayers, hyperparametersFor, sameHyperparameter } from '../../schema/hyperparameters';
import { countOf, joinWords } from '../shared/format';
import { icon } from '../shared/icon';
import { section } from '../shared/section';
import { directionsField } from './directionsField';
import { EditBatch } from './edits';
import type { FieldFrame } from './fields';
import { checkboxField, selectField } from './fields';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';
import { layersDeclarationOf } from './layerRows';
import { layersSection } from './layersSection';
import type { NumberFieldOptions } from './numberField';
import './numberField';
import { pictureSection } from './pictureSection';
import { frameOf } from './preparationFields';

/** The algorithm's settings, generated from its declaration; rarely touched ones are folded away. */
export function hyperparameterSection(model: FormModel, context: FormContext): TemplateResult {
  const { algorithm, task, file } = model;
  const declarations = algorithm === undefined || task === null ? [] : hyperparametersFor(algorithm, task);
  const changed = declarations.filter((declaration) => isModified(declaration, file.hyperparameters?.[declaration.name])).length;
  const known = algorithm !== undefined && task !== null;
  const digest = !known ? '' : declarations.length === 0 ? 'none' : changed === 0 ? 'all at their defaults' : `${changed} changed`;
  return section(context.navigation, { key: 'hyperparameters', title: 'Hyper-parameters', digest }, () => {
    const plain = declarations.filter(({ advanced }) => advanced !== true);
    const layers = known ? layersDeclarationOf(model) : undefined;
    const advanced = declarations.filter((declaration) => declaration.advanced === true);
    return html`<div data-path="hyperparameters">
      ${known ? nothing : html`<p class="muted">Known once the algorithm and the task are.</p>`}
      ${known && declarations.length === 0 ? html`<p class="muted">This algorithm has no settings.</p>` : nothing}
      ${known ? pictureSection(model, context) : nothing}
      <div class="fields three">${plain.map((declaration) => hyperparameterField(declaration, model, context))}</div>
      ${layers === undefined ? nothing : layersSection(layers, model, context)}
      ${advanced.length === 0 ? nothing : advancedFields(advanced, model, context)}
      ${unknownSettings(declarations, model, context)}
    </div>`;
  });
}

/** Settings of the file that this algorithm doesn't have: they keep it from running, so they can be taken out here. */
function unknownSettings(declarations: readonly HyperparameterDeclaration[], model: FormModel, context: FormContext): TemplateResult | typeof nothing {
  const known = new Set(declarations.map(({ name }) => name));
  const unknown = Object.keys(model.file.hyperparameters ?? {}).filter((name) => !known.has(name));
  if (unknown.length === 0 || model.algorithm === undefined || model.task === null) {
    return nothing;
  }
  const remove = (): void => context.edit(unknown.reduce((batch, name) => batch.remove(['hyperparameters', name]), new EditBatch(model.file)));
  return html`<p class="suggestion" data-unknown="hyperparameters">
    ${icon('warning', 'warning')}
    <span>The file also sets ${joinWords(unknown)}, which this algorithm doesn't have for ${model.task}.</span>
    ${model.disabled ? nothing : html`<button class="link" type="button" data-action="removeUnknown" @click=${remove}>Remove</button>`}
  </p>`;
}

function advancedFields(declarations: readonly HyperparameterDeclaration[], model: FormModel, context: FormContext): TemplateResult {
  const changed = declarations.filter((declaration) => isModified(declaration, model.file.hyperparameters?.[declaration.name])).length;
  const open = context.navigation.isOpen('advanced', false);
  const toggle = (event: Event): void => {
    if (event.currentTarget instanceof HTMLDetailsElement) {
      context.navigation.setOpen('advanced', event.currentTarget.open);
    }
  };
  return html`<details class="advanced" data-section="advanced" ?open=${open} @toggle=${toggle}>
    <summary>${icon('chevron-right', 'chevron')}Advanced <span class="muted">${countOf(declarations.length, 'setting')}${changed === 0 ? '' : `, ${changed} changed`}</span></summary>
    <div class="fields three">${open ? declarations.map((declaration) => hyperparameterField(declaration, model, context)) : nothing}</div>
  </details>`;
}

function isModified(declaration: HyperparameterDeclaration, value: HyperparameterValue | undefined): boolean {
  return value !== undefined && !sameHyperparameter(value, declaration.default);
}

function hyperparameterField(declaration: HyperparameterDeclaration, model: FormModel, context: FormContext): TemplateResult | typeof nothing {
  if (declaration.type === 'layers') {
    return declaration.count === undefined ? nothing : layerCountField(declaration, declaration.count, model, context);
  }
  const path = ['hyperparameters', declaration.name];
  const given = model.file.hyperparameters?.[declaration.name];
  const value = given === undefined ? declaration.default : given;
  const common = frameOf(model, context, path, isModified(declaration, given), defaultLabel(declaration));
  const isIdle = model.algorithm !== undefined && givenLayers(model.algorithm, model.file.hyperparameters)?.replaces.includes(declaration.name) === true;
  const frame: FieldFrame = {
    ...common,
    ...(isIdle ? { disabled: true } : {}),
    problem: common.problem ?? fieldProblem(declaration, value),
    label: declaration.label,
    help: isIdle ? notUsed : declaration.help,
    ...(declaration.sklearnName === undefined ? {} : { alias: declaration.sklearnName }),
  };
  const set = (next: HyperparameterValue | undefined): void =>
    context.edit(next === undefined ? new EditBatch(model.file).remove(path) : new EditBatch(model.file).set(path, next, declaration.default));
  switch (declaration.type) {
    case 'boolean':
      return checkboxField(frame, value === true, set);
    case 'choice': {
      const options = declaration.choices.map((choice) => ({
        value: choice.value,
        label: choice.value === declaration.default ? `${choice.label} (default)` : choice.label,
      }));
      return selectField(frame, options, typeof value === 'string' ? value : '', set);
    }
    case 'columnDirections':
      return directionsField(frame, typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}, model, context);
    case 'integer':
    case 'number':
      return html`<trainyard-number .options=${numberFieldOptions(declaration, frame, value, set)}></trainyard-number>`;
  }
}

/** What stands at settings in whose place layers are given. */
const notUsed = 'Not used, since the layers are given one by one below.';

/** The number of layers alike, as long as they aren't given one by one. */
function layerCountField(declaration: LayersHyperparameter, count: NonNullable<LayersHyperparameter['count']>, model: FormModel, context: FormContext): TemplateResult {
  const { name, default: standard } = declaration;
  const path = ['hyperparameters', name];
  const given = model.file.hyperparameters?.[name];
  const isIdle = Array.isArray(given);
  const value = typeof given === 'number' ? given : standard;
  const plain: NumberHyperparameter = { name, label: count.label, help: count.help, type: 'integer', default: standard, minimum: count.minimum, maximum: count.maximum };
  const common = frameOf(model, context, path, !isIdle && value !== standard, String(standard));
  const frame: FieldFrame = {
    ...common,
    ...(isIdle ? { disabled: true } : {}),
    problem: isIdle ? undefined : (common.problem ?? fieldProblem(plain, value)),
    label: count.label,
    help: isIdle ? notUsed : count.help,
  };
  const set = (next: number | null | undefined): void =>
    context.edit(next === undefined ? new EditBatch(model.file).remove(path) : new EditBatch(model.file).set(path, next, standard));
  return html`<trainyard-number .options=${numberFieldOptions(plain, frame, isIdle ? null : value, set)}></trainyard-number>`;
}

function numberFieldOptions(
  declaration: NumberHyperparameter, frame: FieldFrame, value: HyperparameterValue, change: (value: number | null | undefined) => void,
): NumberFieldOptions {
  return {
    ...frame,
    value: typeof value === 'number' ? value : null,
    nullable: declaration.nullable === true,
    placeholder: declaration.nullable === true ? (declaration.nullLabel ?? 'none') : String(declaration.default),
    check: (candidate) => fieldProblem(declaration, candidate),
    change,
  };
}

/** The declaration's own check, without the name that the field shows already. */
function fieldProblem(declaration: HyperparameterDeclaration, value: HyperparameterValue): string | undefined {
  const problem = checkHyperparameter(declaration, value);
  return problem === undefined ? undefined : `${problem.replace(`${declaration.name} must`, 'Must').replace(', or null', ', or empty')}.`;
}

function defaultLabel(declaration: HyperparameterDeclaration): string {
  switch (declaration.type) {
    case 'boolean':
      return declaration.default ? 'on' : 'off';
    case 'columnDirections':
    case 'layers':
      return 'none';
    case 'choice':
      return declaration.choices.find(({ value }) => value === declaration.default)?.label ?? declaration.default;
    case 'integer':
    case 'number':
      return declaration.default === null ? (declaration.nullLabel ?? 'none') : String(declaration.default);
  }
}
