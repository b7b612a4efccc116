import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';
import { encodingNames } from '../../schema/dataEncoding';
import type { DialectSetting } from '../../schema/dataFiles';
import { dataFileTypeOf } from '../../schema/dataFiles';
import { usualMissingTokens } from '../../schema/missingTokens';
import { formatCount } from '../shared/format';
import { section } from '../shared/section';
import { EditBatch } from './edits';
import type { SelectOption } from './fields';
import { field, selectField } from './fields';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';
import './numberField';
import { frameOf } from './preparationFields';

const delimiters: Readonly<Record<string, string>> = { ',': 'Comma', '\t': 'Tab', ';': 'Semicolon', '|': 'Pipe', ' ': 'Space' };
const quotes: Readonly<Record<string, string>> = { '"': 'Double quote', '\'': 'Single quote', '': 'None' };
const decimals: Readonly<Record<string, string>> = { '.': 'Point', ',': 'Comma' };
const thousands: Readonly<Record<string, string>> = { '': 'None', ',': 'Comma', '.': 'Point', ' ': 'Space', '\'': 'Apostrophe' };

const allSettings: readonly DialectSetting[] = ['delimiter', 'header', 'quote', 'decimal', 'thousands', 'encoding'];

/** What stands for "found in the file" in a list of choices; no value of a field. */
const automatic = 'auto';

/** How the data is written, as it was found and as the user says otherwise, and how much of it is used. */
export function dataSection(model: FormModel, context: FormContext): TemplateResult {
  const { file, profile } = model;
  const settings = settingsOf(model);
  const changed = Object.keys(file.data).filter((key) => key !== 'path' && key !== 'sampleRows').length;
  const sample = file.data.sampleRows === undefined ? '' : `, ${formatCount(file.data.sampleRows)} rows of it used`;
  const digest = profile === null ? '' : `${changed > 0 ? 'read as you say' : foundDigest(model)}${sample}`;
  return section(context.navigation, { key: 'data', title: 'Data', digest, openByDefault: false }, () => html`
    ${settings.length === 0 ? nothing : html`<p class="section-note muted">How the file is written is found in the file; say here where that went wrong.</p>`}
    <div class="fields three">
      ${settings.map((setting) => settingField(setting, model, context))}
      ${missingField(model, context)}
      ${sampleField(model, context)}
    </div>`);
}

/** What there is to say of a file of its kind, and what is said of it all the same. */
function settingsOf({ file: { data } }: FormModel): readonly DialectSetting[] {
  const known = dataFileTypeOf(data.path)?.settings ?? allSettings;
  return allSettings.filter((setting) => known.includes(setting) || data[setting] !== undefined);
}

function settingField(setting: DialectSetting, model: FormModel, context: FormContext): TemplateResult {
  const { profile } = model;
  switch (setting) {
    case 'delimiter':
      return choice(model, context, setting, 'Delimiter', 'The character between fields.', delimiters, profile?.delimiter === '' ? undefined : profile?.delimiter);
    case 'header':
      return headerField(model, context);
    case 'quote':
      return choice(model, context, setting, 'Quotes', 'The character around values that hold delimiters or line breaks.', quotes, profile?.dialect?.quote);
    case 'decimal':
      return choice(model, context, setting, 'Decimals after', 'The character before decimals.', decimals, profile?.dialect?.decimal);
    case 'thousands':
      return choice(model, context, setting, 'Thousands between', 'The character between groups of three digits.', thousands, profile?.dialect?.thousands);
    case 'encoding':
      return choice(model, context, setting, 'Encoding', 'How characters are written as bytes.', encodingNames, profile?.dialect?.encoding);
  }
}

function foundDigest(model: FormModel): string {
  const { profile } = model;
  const delimiter = profile === null ? undefined : delimiters[profile.delimiter];
  return [
    ...(delimiter === undefined ? [] : [`${delimiter.toLowerCase()} between fields`]),
    ...(settingsOf(model).includes('header') ? [profile?.header === false ? 'no header' : 'header'] : []),
  ].join(', ');
}

function choice(
  model: FormModel, context: FormContext, key: Exclude<DialectSetting, 'header'>, label: string, help: string, names: Readonly<Record<string, string>>, found: string | undefined,
): TemplateResult {
  const given = model.file.data[key];
  const foundName = given !== undefined || found === undefined ? undefined : names[found] ?? `"${found}"`;
  const standard = `Automatic${foundName === undefined ? '' : `: ${key === 'encoding' ? foundName : foundName.toLowerCase()}`}`;
  const options: SelectOption[] = [{ value: automatic, label: standard }, ...Object.entries(names).map(([value, name]) => ({ value: `=${value}`, label: name }))];
  const frame = { ...frameOf(model, context, ['data', key], given !== undefined, 'found in the file'), label, help };
  return selectField(frame, options, given === undefined ? automatic : `=${given}`, (chosen) => context.edit(
    chosen === automatic ? new EditBatch(model.file).remove(['data', key]) : new EditBatch(model.file).set(['data', key], chosen.slice(1))));
}

function headerField(model: FormModel, context: FormContext): TemplateResult {
  const { file: { data }, profile } = model;
  const found = data.header !== undefined || profile?.header === undefined ? '' : profile.header ? ': names' : ': data';
  const frame = {
    ...frameOf(model, context, ['data', 'header'], data.header !== undefined, 'found in the file'),
    label: 'First row', help: 'Without names, columns are column1, column2 and so on.',
  };
  return selectField(
    frame, [{ value: automatic, label: `Automatic${found}` }, { value: 'true', label: 'Names of the columns' }, { value: 'false', label: 'Data' }],
    data.header === undefined ? automatic : String(data.header),
    (chosen) => context.edit(chosen === automatic ? new EditBatch(model.file).remove(['data', 'header']) : new EditBatch(model.file).set(['data', 'header'], chosen === 'true')),
  );
}

/** Texts between commas; a comma itself stands for no missing value. */
function missingField(model: FormModel, context: FormContext): TemplateResult {
  const given = model.file.data.missing;
  const usual = usualMissingTokens.filter((token) => token !== '');
  const change = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) {
      const texts = [...new Set(event.target.value.split(',').map((text) => text.trim()).filter((text) => text !== ''))];
      context.edit(new EditBatch(model.file).set(['data', 'missing'], texts, [...usual]));
    }
  };
  const frame = {
    ...frameOf(model, context, ['data', 'missing'], given !== undefined, 'the usual ones'),
    label: 'Missing values', help: 'Texts that stand for "no value", with commas between; empty cells always do.',
  };
  return field(frame, (ties) => html`<input type="text" class="mono" autocomplete="off" spellcheck="false" id=${ties.id} aria-describedby=${ifDefined(ties.describedBy)}
    ?disabled=${model.disabled} .value=${live((given ?? usual).join(', '))} @change=${change} />`);
}

function sampleField(model: FormModel, context: FormContext): TemplateResult {
  const { file, profile } = model;
  return html`<trainyard-number .options=${{
    ...frameOf(model, context, ['data', 'sampleRows'], file.data.sampleRows !== undefined, 'all rows'),
    label: 'Rows to use', help: `Learns from and tests on so many rows at most, drawn by the seed.${profile === null ? '' : ` There are ${formatCount(profile.rows)}.`}`,
    value: file.data.sampleRows ?? null, nullable: true, placeholder: 'all',
    check: (value: number | null) => (value === null || (Number.isInteger(value) && value >= 10) ? undefined : 'Must be a whole number, at least 10.'),
    change: (next: number | null | undefined) => context.edit(
      next === undefined || next === null ? new EditBatch(model.file).remove(['data', 'sampleRows']) : new EditBatch(model.file).set(['data', 'sampleRows'], next)),
  }}></trainyard-number>`;
}
