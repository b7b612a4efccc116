import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { LayersHyperparameter } from '../../schema/algorithm';
import type { JsonValue } from '../../schema/json';
import type { LayerChoiceField, LayerField, LayerNumberField } from '../../schema/layers';
import { isLayerKind, isOptional, layerFieldProblem, layerKinds } from '../../schema/layers';
import type { PlannedNetwork } from '../../schema/preflight';
import { countOf, formatCount } from '../shared/format';
import { EditBatch } from './edits';
import type { FieldFrame } from './fields';
import { checkboxField, selectField } from './fields';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';
import type { LayerActions, LayerListOptions } from './layerList';
import './layerList';
import type { LayerRow } from './layerRows';
import { fileLayers, layerPath, layerRows, newLayer, offeredKinds, openLayerKey, plannedLayers, setLayers, useSimpleSettings, withLayer, withMovedLayer, withoutLayer } from './layerRows';
import type { NumberFieldOptions } from './numberField';
import './numberField';

/** The network's layers as they will be built: to look at where the simple settings describe them, to edit where the file gives them. */
export function layersSection(declaration: LayersHyperparameter, model: FormModel, context: FormContext): TemplateResult {
  const given = fileLayers(model, declaration);
  const network = model.state.preflight?.algorithm === model.algorithm?.id ? model.state.preflight?.network : undefined;
  const planned = plannedLayers(network);
  const rows = layerRows(given ?? planned, network);
  const problem = given === undefined ? undefined : listProblem(model, declaration);
  return html`<div class="layers" data-path=${declaration.count === undefined ? `hyperparameters.${declaration.name}` : nothing} data-given=${given === undefined ? 'no' : 'yes'} role="group" aria-label="Layers of the network">
    <div class="layers-head">
      <h3>Layers</h3>
      <span class="muted count">${totals(given?.length ?? planned.length, given, network)}</span>
      ${model.disabled ? nothing : modeButton(declaration, model, context, given === undefined, planned.length > 0)}
    </div>
    <p class="field-help muted">${given === undefined
      ? 'As the settings above describe them, in the order in which a row passes them.'
      : 'In the order in which a row passes them. The layer that answers and the loss are added behind them.'}</p>
    ${problem === undefined ? nothing : html`<p class="field-problem" role="alert">${problem}</p>`}
    ${given === undefined && planned.length === 0
      ? html`<p class="muted" data-layers-unknown>${unknown(model)}</p>`
      : html`<trainyard-layers .options=${listOptions(declaration, model, context, rows, network)}></trainyard-layers>`}
  </div>`;
}

/** Why there is nothing to list. */
function unknown({ state, profile }: FormModel): string {
  const misfit = state.preflight?.issues.find(({ code }) => code === 'algorithm');
  return misfit !== undefined ? `Listed once this is mended: ${misfit.message}`
    : profile === null || state.preflight === null ? 'Listed once the experiment has been checked.'
      : 'Listed once what keeps the experiment from being trained is mended.';
}

function totals(count: number, given: readonly unknown[] | undefined, network: PlannedNetwork | undefined): string {
  const parts = [
    ...(count === 0 && given === undefined ? [] : [countOf(count, 'layer')]),
    ...(network?.parameters === undefined ? [] : [`${network.approximate ? 'about ' : ''}${formatCount(network.parameters)} parameters in all`]),
  ];
  return parts.join(', ');
}

function modeButton(declaration: LayersHyperparameter, model: FormModel, context: FormContext, isSimple: boolean, isKnown: boolean): TemplateResult {
  if (!isSimple) {
    const back = (): void => {
      context.navigation.choose(openLayerKey, '');
      context.edit(useSimpleSettings(model, declaration));
    };
    return html`<button class="link" type="button" data-action="simpleSettings" @click=${back}>Use the simple settings again</button>`;
  }
  const start = (): void => context.edit(setLayers(model, declaration, plannedLayers(model.state.preflight?.network)));
  return html`<button class="link" type="button" data-action="editLayers" ?disabled=${!isKnown} @click=${start}>Edit layers</button>`;
}

/** What is wrong with the list as a whole; what is wrong with one layer stands there. */
function listProblem({ state }: FormModel, { name }: LayersHyperparameter): string | undefined {
  return state.problems.find(({ path }) => path.length === 2 && path[0] === 'hyperparameters' && path[1] === name)?.message;
}

function listOptions(declaration: LayersHyperparameter, model: FormModel, context: FormContext, rows: readonly LayerRow[], network: PlannedNetwork | undefined): LayerListOptions {
  const layers = fileLayers(model, declaration);
  const answers = network?.output === undefined ? undefined : String(network.output.size);
  const withProblems = layers === undefined ? rows : rows.map((row) => withFileProblem(row, declaration, model));
  return {
    rows: withProblems,
    input: network?.input,
    answer: {
      label: model.task === 'regression' ? 'the predicted number' : answers === '1' ? 'probability of the second class' : 'probability of each class',
      output: answers,
      parameters: network?.output?.parameters,
    },
    pathOf: (place) => layerPath(declaration, place).join('.'),
    offered: offeredKinds(declaration),
    ...(layers === undefined || model.disabled ? {} : { actions: actionsOn(layers, declaration, model, context) }),
  };
}

/** A layer whose fields are wrong says so though it is closed; fields of an open one say it themselves. */
function withFileProblem(row: LayerRow, declaration: LayersHyperparameter, model: FormModel): LayerRow {
  const path = layerPath(declaration, row.place);
  // What is wrong with the layers of a block stands at those.
  const own = model.state.problems.find((problem) => path.every((key, at) => problem.path[at] === key) && problem.path.slice(path.length).every((key) => typeof key === 'string'));
  const told = own?.message;
  return { ...row, problem: told ?? row.problem, layers: row.layers.map((inner) => withFileProblem(inner, declaration, model)) };
}

function actionsOn(layers: readonly LayerRow['layer'][], declaration: LayersHyperparameter, model: FormModel, context: FormContext): LayerActions {
  const set = (changed: readonly LayerRow['layer'][]): void => context.edit(setLayers(model, declaration, changed));
  return {
    add: (place, kind) => set(withLayer(layers, place, newLayer(kind))),
    remove: (place) => set(withoutLayer(layers, place)),
    move: (place, to) => set(withMovedLayer(layers, place, to)),
    open: context.navigation.chosen(openLayerKey, ''),
    setOpen: (key) => context.navigation.choose(openLayerKey, key),
    fields: (row) => layerFields(row, declaration, model, context),
  };
}

function layerFields(row: LayerRow, declaration: LayersHyperparameter, model: FormModel, context: FormContext): TemplateResult {
  const { kind } = row.layer;
  if (!isLayerKind(kind)) {
    return html`<p class="muted">There is no such kind of layer; remove it.</p>`;
  }
  const { fields, help } = layerKinds[kind];
  return html`<p class="muted layer-help">${help}</p>
    ${fields.length === 0 ? nothing : html`<div class="fields layer-grid">${fields.map((field) => layerField(field, row, declaration, model, context))}</div>`}`;
}

function layerField(field: LayerField, row: LayerRow, declaration: LayersHyperparameter, model: FormModel, context: FormContext): TemplateResult {
  const path = [...layerPath(declaration, row.place), field.name];
  const value = row.layer[field.name];
  const set = (next: JsonValue | undefined): void =>
    context.edit(next === undefined ? new EditBatch(model.file).remove(path) : new EditBatch(model.file).set(path, next, field.default));
  const wrong = layerFieldProblem(field, value);
  const frame: FieldFrame = { path, label: field.label, help: field.help, disabled: model.disabled, problem: wrong === undefined ? undefined : asSentence(wrong) };
  switch (field.type) {
    case 'boolean':
      return checkboxField(frame, value === true, set);
    case 'choice':
      return selectField(frame, optionsOf(field), typeof value === 'string' ? value : (field.default ?? ''), (chosen) => set(chosen === '' ? undefined : chosen));
    case 'integer':
    case 'number':
      return html`<trainyard-number .options=${numberOptions(field, frame, value, row, set)}></trainyard-number>`;
  }
}

function optionsOf({ choices, absent }: LayerChoiceField): { readonly value: string; readonly label: string }[] {
  return [...(absent === undefined ? [] : [{ value: '', label: absent }]), ...choices];
}

function numberOptions(field: LayerNumberField, frame: FieldFrame, value: JsonValue | undefined, row: LayerRow, set: (next: JsonValue | undefined) => void): NumberFieldOptions {
  const { kind } = row.layer;
  const initial = isLayerKind(kind) ? layerKinds[kind].initial[field.name] : undefined;
  return {
    ...frame,
    value: typeof value === 'number' ? value : null,
    nullable: isOptional(field),
    placeholder: field.absent ?? JSON.stringify(field.default ?? initial),
    check: (candidate) => {
      const problem = layerFieldProblem(field, candidate ?? undefined);
      return problem === undefined ? undefined : asSentence(problem);
    },
    change: (next) => set(next ?? (isOptional(field) ? undefined : initial)),
  };
}

function asSentence(problem: string): string {
  return `${problem.slice(0, 1).toUpperCase()}${problem.slice(1)}.`;
}
