import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Experiment } from '../../schema/experiment';
import { countOf } from '../shared/format';
import { section } from '../shared/section';
import { EditBatch } from './edits';
import type { Path } from './edits';
import type { FieldFrame } from './fields';
import { selectField } from './fields';
import type { FormContext } from './formContext';
import { effectiveType } from './formModel';
import type { FormModel } from './formModel';
import type { NumberFieldOptions } from './numberField';
import './numberField';
import { problemAt } from './problems';
import { wholeNumberCheck } from './numberChecks';

type Prepare = Experiment['prepare'];

const numericImpute = { median: 'Median', mean: 'Mean', mostFrequent: 'Most frequent value', constant: 'A constant' } as const;
const scale = { standard: 'Standard', minMax: 'Min-max', robust: 'Robust (median, quartiles)', quantile: 'Quantile (rank)', none: 'None' } as const;
const categoricalImpute = { constant: 'A category of its own', mostFrequent: 'Most frequent category' } as const;
const encode = { oneHot: 'One-hot', ordinal: 'Ordinal', frequency: 'Frequency' } as const;

/** How columns become numbers. Fields at their default leave the file, and the default may follow from the algorithm. */
export function preparationSection(model: FormModel, context: FormContext): TemplateResult {
  const { experiment, defaults } = model;
  const counts = columnCounts(model);
  return section(context.navigation, { key: 'preparation', title: 'Preparation', digest: preparationDigest(experiment, defaults) }, () =>
    experiment === null || defaults === null
      ? html`<p class="muted">Known once the data and the algorithm are.</p>`
      : html`<p class="section-note muted">Everything here is learned from the training rows only, then applied to the test rows.</p>
          <h3>Numeric columns ${count(counts?.numeric)}</h3>
          <div class="fields three">${numericFields(model, context, experiment.prepare, defaults.prepare)}</div>
          <h3>Categorical columns ${count(counts?.categorical)}</h3>
          <div class="fields three">${categoricalFields(model, context, experiment.prepare, defaults.prepare)}</div>`);
}

function count(columns: number | undefined): TemplateResult | typeof nothing {
  return columns === undefined ? nothing : html`<span class="muted count">${columns === 0 ? 'none in use' : `${columns} in use`}</span>`;
}

function columnCounts({ profile, file }: FormModel): { numeric: number; categorical: number } | undefined {
  if (profile === null) {
    return undefined;
  }
  const excluded = new Set([...(file.features?.exclude ?? []), file.target]);
  const types = profile.columns.filter(({ name }) => !excluded.has(name)).map((column) => effectiveType(file, column));
  const numeric = types.filter((type) => type === 'numeric' || type === 'integer').length;
  return { numeric, categorical: types.filter((type) => type === 'categorical' || type === 'boolean').length };
}

function preparationDigest(experiment: Experiment | null, defaults: Experiment | null): string {
  if (experiment === null || defaults === null) {
    return '';
  }
  const changed = [experiment.prepare.numeric, experiment.prepare.categorical].flatMap((part, index) => {
    const standard: Record<string, unknown> = index === 0 ? defaults.prepare.numeric : defaults.prepare.categorical;
    return Object.entries(part).filter(([key, value]) => value !== standard[key]);
  }).length;
  return changed === 0 ? 'standard' : countOf(changed, 'setting changed', 'settings changed');
}

function numericFields(model: FormModel, context: FormContext, { numeric }: Prepare, defaults: Prepare): TemplateResult {
  const path = ['prepare', 'numeric'];
  return html`
    ${choice(model, context, [...path, 'impute'], 'Missing values', 'What replaces a missing number.', numericImpute, numeric.impute, defaults.numeric.impute)}
    ${choice(model, context, [...path, 'scale'], 'Scaling', 'Standard: mean 0, standard deviation 1. Min-max: 0 to 1. Trees need none.', scale, numeric.scale, defaults.numeric.scale)}
    ${numeric.impute === 'constant'
      ? html`<trainyard-number .options=${numberOptions(model, context, [...path, 'fillValue'], {
          label: 'Constant', help: 'The number that is put in.', value: numeric.fillValue, standard: defaults.numeric.fillValue,
          check: (value) => (value !== null && Number.isFinite(value) ? undefined : 'Must be a number.'),
        })}></trainyard-number>`
      : nothing}`;
}

function categoricalFields(model: FormModel, context: FormContext, { categorical }: Prepare, defaults: Prepare): TemplateResult {
  const path = ['prepare', 'categorical'];
  return html`
    ${choice(model, context, [...path, 'impute'], 'Missing values', 'What replaces a missing category.', categoricalImpute, categorical.impute, defaults.categorical.impute)}
    ${choice(model, context, [...path, 'encode'], 'Encoding', 'One-hot: a column per category. Ordinal: one number per category.', encode, categorical.encode, defaults.categorical.encode)}
    <trainyard-number .options=${numberOptions(model, context, [...path, 'maxCategories'], {
      label: 'Most categories', help: 'Per column; the rarest beyond this share one.', value: categorical.maxCategories,
      standard: defaults.categorical.maxCategories, check: wholeNumberCheck(2, 1000),
    })}></trainyard-number>`;
}

function choice(
  model: FormModel, context: FormContext, path: Path, label: string, help: string,
  labels: Readonly<Record<string, string>>, value: string, standard: string,
): TemplateResult {
  const frame: FieldFrame = { ...frameOf(model, context, path, value !== standard, labels[standard] ?? standard), label, help };
  const options = Object.entries(labels).map(([key, text]) => ({ value: key, label: key === standard ? `${text} (default)` : text }));
  return selectField(frame, options, value, (chosen) => context.edit(new EditBatch(model.file).set(path, chosen, standard)));
}

interface PlainNumber {
  readonly label: string;
  readonly help: string;
  readonly value: number;
  readonly standard: number;
  readonly check: (value: number | null) => string | undefined;
}

/** A number field over a path of the file whose default removes the key. */
export function numberOptions(model: FormModel, context: FormContext, path: Path, plain: PlainNumber): NumberFieldOptions {
  const { label, help, value, standard, check } = plain;
  return {
    ...frameOf(model, context, path, value !== standard, String(standard)),
    label,
    help,
    value,
    check,
    placeholder: String(standard),
    change: (next) => context.edit(next === undefined || next === null ? new EditBatch(model.file).remove(path) : new EditBatch(model.file).set(path, next, standard)),
  };
}

/** What all fields over a path have in common. */
export function frameOf(model: FormModel, context: FormContext, path: Path, modified: boolean, defaultLabel: string): Omit<FieldFrame, 'label'> {
  const reset = { defaultLabel, run: () => context.edit(new EditBatch(model.file).remove(path)) };
  return { path, disabled: model.disabled, problem: problemAt(model.state, path), ...(modified ? { reset } : {}) };
}
