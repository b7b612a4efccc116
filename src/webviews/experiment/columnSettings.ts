import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ColumnSettings, Prepare } from '../../schema/prepareSchema';
import { categoricalSettings, columnChoices, dateTimeEncoding, kindOfType, numericSettings, textSettings } from '../../schema/prepare';
import { icon } from '../shared/icon';
import { EditBatch } from './edits';
import type { FeatureRow } from './featureRows';
import { selectField } from './fields';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';
import { frameOf } from './preparationFields';
import { settingLabels } from './preparationSection';

type ChoiceSetting = 'impute' | 'encode' | 'scale' | 'transform' | 'analyzer';

const titles: Readonly<Record<ChoiceSetting, string>> = {
  impute: 'Missing values', encode: 'Encoding', scale: 'Scaling', transform: 'Transformation', analyzer: 'Counted',
};
const offered: Readonly<Record<ReturnType<typeof kindOfType>, readonly ChoiceSetting[]>> = {
  numeric: ['impute', 'scale', 'transform'],
  dateTime: ['encode', 'impute', 'scale'],
  boolean: ['impute'],
  categorical: ['impute', 'encode'],
  text: ['encode', 'analyzer'],
};

/** Under which name the page remembers the column whose settings are open. */
export const openColumnKey = 'columnSettings';

/** How one column is prepared where it differs from its kind; nothing while no column is chosen. */
export function columnSettings(model: FormModel, context: FormContext, rows: readonly FeatureRow[]): TemplateResult | typeof nothing {
  const name = context.navigation.chosen(openColumnKey, '');
  const row = rows.find((candidate) => candidate.name === name);
  const { experiment } = model;
  if (row === undefined || row.isTarget || !row.included || experiment === null) {
    return nothing;
  }
  const own = model.file.prepare?.columns?.[name];
  const path = ['prepare', 'columns', name];
  return html`<div class="column-settings" data-column-settings=${name} role="group" aria-label="Preparation of ${name}">
    <div class="column-settings-head">
      <h3><span class="ellipsis">${name}</span> <span class="muted count">prepared for itself</span></h3>
      ${own === undefined || model.disabled ? nothing : html`<button class="link" type="button" data-action="resetColumn" @click=${() => context.edit(new EditBatch(model.file).remove(path))}>As its kind</button>`}
      <button class="icon-button" type="button" title="Close" aria-label="Close the settings of ${name}" @click=${() => context.navigation.choose(openColumnKey, '')}>${icon('close')}</button>
    </div>
    <div class="fields three">${offered[kindOfType(row.type)].map((setting) => settingField(model, context, row, setting, experiment.prepare))}</div>
  </div>`;
}

function settingField(model: FormModel, context: FormContext, row: FeatureRow, setting: ChoiceSetting, prepare: Prepare): TemplateResult {
  const { name, type } = row;
  const path = ['prepare', 'columns', name, setting];
  const own = model.file.prepare?.columns?.[name]?.[setting];
  const labels: Readonly<Record<string, string>> = setting === 'impute' && (type === 'categorical' || type === 'boolean') ? settingLabels.categoricalImpute : settingLabels[setting];
  const asKind = kindValue({ ...prepare, columns: {} }, row, setting);
  const narrowed = columnChoices(type, setting);
  const takesMissing = model.algorithm?.preparation.takesMissing === true;
  const values = (narrowed.length === 0 ? Object.keys(labels) : narrowed)
    .filter((value) => setting !== 'impute' || value !== 'none' || takesMissing || own === 'none');
  const kindLabel = labels[asKind] ?? asKind;
  return selectField(
    { ...frameOf(model, context, path, own !== undefined, `as its kind: ${kindLabel}`), label: titles[setting] },
    [{ value: '', label: `As its kind (${kindLabel})` }, ...values.map((value) => ({ value, label: labels[value] ?? value }))],
    own ?? '',
    (chosen) => context.edit(chosen === '' ? new EditBatch(model.file).remove(path) : new EditBatch(model.file).set(path, chosen)),
  );
}

/** What holds for a column that says nothing itself. */
function kindValue(prepare: Prepare, { name, type }: FeatureRow, setting: ChoiceSetting): string {
  const kind = kindOfType(type);
  const settings: Readonly<Record<typeof kind, ColumnSettings>> = {
    numeric: numericSettings(prepare, name),
    dateTime: { ...numericSettings(prepare, name), encode: dateTimeEncoding(prepare, name) },
    boolean: categoricalSettings(prepare, name),
    categorical: categoricalSettings(prepare, name),
    text: textSettings(prepare, name),
  };
  return String(settings[kind][setting] ?? '');
}
