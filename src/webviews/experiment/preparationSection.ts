import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Experiment } from '../../schema/experiment';
import { kindOfType, resolvePrepare } from '../../schema/prepare';
import type { Prepare } from '../../schema/prepareSchema';
import type { ColumnKind } from '../../schema/prepare';
import { countOf } from '../shared/format';
import { icon } from '../shared/icon';
import { section } from '../shared/section';
import { equalJson } from './edits';
import type { FormContext } from './formContext';
import { effectiveType } from './formModel';
import type { FormModel } from './formModel';
import { wholeNumberCheck } from './numberChecks';
import { choice, numberField, toggle } from './preparationFields';

const numericImpute = {
  none: 'Left to the algorithm', median: 'Median', mean: 'Mean', mostFrequent: 'Most frequent value', knn: 'Most similar rows (k-nearest)', constant: 'A constant',
} as const;
const scale = { standard: 'Standard', minMax: 'Min-max', robust: 'Robust (median, quartiles)', quantile: 'Quantile (rank)', none: 'None' } as const;
const transform = { none: 'None', yeoJohnson: 'Yeo-Johnson' } as const;
const neighborWeights = { uniform: 'All the same', distance: 'The nearer, the more' } as const;
const categoricalImpute = { constant: 'A category of its own', mostFrequent: 'Most frequent category', none: 'Left to the algorithm' } as const;
const categoricalEncode = { oneHot: 'One-hot', ordinal: 'Ordinal', frequency: 'Frequency', target: 'Target (cross-fitted)' } as const;
const dateTimeEncode = { parts: 'Parts', cyclic: 'Cyclic parts' } as const;
const textEncode = { tfidf: 'TF-IDF', hashing: 'Hashed counts', drop: 'Not used' } as const;
const analyzers = { word: 'Words', char: 'Characters', charWb: 'Characters within words' } as const;
const degrees = { 1: 'None', 2: 'Squares and pairs', 3: 'Up to degree 3' } as const;

/** The words for settings of single columns, by setting. */
export const settingLabels = {
  impute: { ...categoricalImpute, ...numericImpute, constant: 'A constant' },
  categoricalImpute,
  scale,
  transform,
  encode: { ...categoricalEncode, ...dateTimeEncode, ...textEncode },
  analyzer: analyzers,
} as const;

/** What the fields of a group need. */
interface Group {
  readonly model: FormModel;
  readonly context: FormContext;
  readonly prepare: Prepare;
  readonly standard: Prepare;
}

/** How columns become numbers. Fields at their default leave the file, and the default may follow from the algorithm; kinds that no column has are not shown. */
export function preparationSection(model: FormModel, context: FormContext): TemplateResult {
  const { experiment, defaults } = model;
  return section(context.navigation, { key: 'preparation', title: 'Preparation', digest: preparationDigest(experiment, defaults) }, () => {
    if (experiment === null || defaults === null) {
      return html`<p class="muted">Known once the data and the algorithm are.</p>`;
    }
    const group: Group = { model, context, prepare: experiment.prepare, standard: defaults.prepare };
    const counts = columnCounts(model);
    return html`<p class="section-note muted">Everything here is learned from the training rows only, then applied to the test rows. A column's own settings are with the features above.</p>
      ${groupOf('Numeric columns', counts?.numeric, () => numericFields(group))}
      ${groupOf('Categorical columns', counts === undefined ? undefined : counts.categorical + counts.boolean, () => categoricalFields(group))}
      ${groupOf('Dates and times', counts?.dateTime, () => dateTimeFields(group))}
      ${groupOf('Texts', counts?.text, () => textFields(group))}
      ${advancedFields(group, counts)}`;
  });
}

/** A heading with its fields; nothing when the data is known to have no such column. */
function groupOf(title: string, columns: number | undefined, fields: () => TemplateResult): TemplateResult | typeof nothing {
  return columns === 0
    ? nothing
    : html`<h3>${title} ${columns === undefined ? nothing : html`<span class="muted count">${columns} in use</span>`}</h3>
        <div class="fields three">${fields()}</div>`;
}

function columnCounts({ profile, file }: FormModel): Readonly<Record<ColumnKind, number>> | undefined {
  if (profile === null) {
    return undefined;
  }
  const excluded = new Set([...(file.features?.exclude ?? []), file.target]);
  const counts = { numeric: 0, dateTime: 0, boolean: 0, categorical: 0, text: 0 };
  profile.columns.filter(({ name }) => !excluded.has(name)).forEach((column) => counts[kindOfType(effectiveType(file, column))]++);
  return counts;
}

function preparationDigest(experiment: Experiment | null, defaults: Experiment | null): string {
  if (experiment === null || defaults === null) {
    return '';
  }
  const { columns, ...parts } = experiment.prepare;
  const standard: Readonly<Record<string, Readonly<Record<string, unknown>>>> = defaults.prepare;
  const changed = Object.entries(parts).flatMap(([part, settings]) =>
    Object.entries(settings).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(standard[part][key]))).length;
  const own = Object.keys(columns).length;
  const words = [
    ...(changed === 0 ? [] : [countOf(changed, 'setting changed', 'settings changed')]),
    ...(own === 0 ? [] : [`${countOf(own, 'column')} with settings of ${own === 1 ? 'its' : 'their'} own`]),
  ];
  return words.length === 0 ? 'standard' : words.join(', ');
}

/** The choices that the algorithm can do with, and what the file says even if it can't. */
function imputeChoices<Labels extends Readonly<Record<string, string>>>(labels: Labels, { model }: Group, chosen: string): Readonly<Record<string, string>> {
  const offered = model.algorithm?.preparation.takesMissing === true || chosen === 'none';
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== 'none' || offered));
}

function numericFields(group: Group): TemplateResult {
  const { model, context, prepare: { numeric }, standard: { numeric: standard } } = group;
  const at = (key: string): string[] => ['prepare', 'numeric', key];
  return html`
    ${choice(model, context, at('impute'), 'Missing values', 'What stands in for a missing number.', imputeChoices(numericImpute, group, numeric.impute), numeric.impute, standard.impute)}
    ${numeric.impute === 'constant'
      ? numberField(model, context, at('fillValue'), {
          label: 'Constant', help: 'The number that is put in.', value: numeric.fillValue, standard: standard.fillValue,
          check: (value) => (value !== null && Number.isFinite(value) ? undefined : 'Must be a number.'),
        })
      : nothing}
    ${numeric.impute === 'knn'
      ? html`${numberField(model, context, at('neighbors'), {
          label: 'Similar rows', help: 'Their mean is put in. At most 2,000 training rows are searched.', value: numeric.neighbors, standard: standard.neighbors, check: wholeNumberCheck(1, 100),
        })}
        ${choice(model, context, at('weights'), 'Weights', 'How much each of them counts.', neighborWeights, numeric.weights, standard.weights)}`
      : nothing}
    ${toggle(model, context, at('indicator'), 'Mark missing values', 'A feature of its own says where a number was missing.', numeric.indicator, standard.indicator)}
    ${choice(model, context, at('scale'), 'Scaling', 'Standard: mean 0, standard deviation 1. Min-max: 0 to 1. Trees need none.', scale, numeric.scale, standard.scale)}
    ${choice(model, context, at('transform'), 'Transformation', 'Yeo-Johnson makes skewed numbers more symmetric.', transform, numeric.transform, standard.transform)}`;
}

function categoricalFields(group: Group): TemplateResult {
  const { model, context, prepare: { categorical }, standard: { categorical: standard } } = group;
  const at = (key: string): string[] => ['prepare', 'categorical', key];
  const limited = categorical.encode === 'oneHot' || categorical.encode === 'ordinal';
  return html`
    ${choice(model, context, at('impute'), 'Missing values', 'What stands in for a missing category.', imputeChoices(categoricalImpute, group, categorical.impute), categorical.impute, standard.impute)}
    ${choice(model, context, at('encode'), 'Encoding', encodingHelp[categorical.encode], categoricalEncode, categorical.encode, standard.encode)}
    ${limited
      ? numberField(model, context, at('maxCategories'), {
          label: 'Most categories', help: 'Per column; the rarest beyond this share one.', value: categorical.maxCategories,
          standard: standard.maxCategories, check: wholeNumberCheck(2, 1000),
        })
      : nothing}
    ${categorical.encode === 'target'
      ? numberField(model, context, at('smooth'), {
          label: 'Smoothing', help: 'Draws small categories towards the overall mean, as so many rows would. Empty: by how much each varies.', placeholder: 'auto',
          value: categorical.smooth === 'auto' ? null : categorical.smooth, standard: null,
          check: (value) => (value !== null && value >= 0 ? undefined : 'Must be 0 or more, or empty.'),
        })
      : nothing}`;
}

const encodingHelp: Readonly<Record<keyof typeof categoricalEncode, string>> = {
  oneHot: 'A feature of 0 and 1 for each category.',
  ordinal: 'One number for each category, in alphabetical order.',
  frequency: 'The share of training rows with that category.',
  target: 'The mean of the target in that category. Training rows are encoded by other training rows, so that none sees its own target.',
};

function dateTimeFields({ model, context, prepare, standard }: Group): TemplateResult {
  return choice(model, context, ['prepare', 'dateTime', 'encode'], 'Encoding', 'Year, month, day, weekday and hour; cyclic puts December beside January.', dateTimeEncode, prepare.dateTime.encode, standard.dateTime.encode);
}

function textFields({ model, context, prepare: { text }, standard: { text: standard } }: Group): TemplateResult {
  const at = (key: string): string[] => ['prepare', 'text', key];
  return html`
    ${choice(model, context, at('encode'), 'Encoding', textHelp[text.encode], textEncode, text.encode, standard.encode)}
    ${text.encode === 'drop' ? nothing : html`
      ${choice(model, context, at('analyzer'), 'Counted', 'Characters forgive typing errors and joined words.', analyzers, text.analyzer, standard.analyzer)}
      ${numberField(model, context, at('maxFeatures'), {
        label: 'Most features', help: 'Per column. Empty: one for ten training rows, 8 to 256. Each takes 8 bytes a row.', placeholder: 'automatic', value: text.maxFeatures, standard: null, check: wholeNumberCheck(1, 4096),
      })}`}`;
}

const textHelp: Readonly<Record<keyof typeof textEncode, string>> = {
  tfidf: 'Counts the most frequent words; the rarer a word, the heavier it weighs.',
  hashing: 'Counts all words in a fixed number of places; some share one.',
  drop: 'The model doesn\'t see text columns.',
};

/** Rarely touched settings, folded away. */
function advancedFields(group: Group, counts: Readonly<Record<ColumnKind, number>> | undefined): TemplateResult {
  const { model, context, prepare, standard } = group;
  const open = context.navigation.isOpen('advancedPreparation', false);
  const onToggle = (event: Event): void => {
    if (event.currentTarget instanceof HTMLDetailsElement) {
      context.navigation.setOpen('advancedPreparation', event.currentTarget.open);
    }
  };
  const changed = [
    prepare.polynomial.degree !== standard.polynomial.degree, prepare.select.correlation !== null, !prepare.select.constant,
    prepare.categorical.minFrequency !== 0, !equalJson(prepare.text.minDocuments, standard.text.minDocuments), prepare.text.sublinearTf,
    prepare.categorical.targetFolds !== standard.categorical.targetFolds,
  ].filter(Boolean).length;
  return html`<details class="advanced" data-section="advancedPreparation" ?open=${open} @toggle=${onToggle}>
    <summary>${icon('chevron-right', 'chevron')}Advanced <span class="muted">new features and what to leave out${changed === 0 ? '' : `, ${changed} changed`}</span></summary>
    ${open ? html`<div class="fields three">
      ${combinationFields(model, context, prepare, standard)}
      ${counts?.categorical === 0 ? nothing : rareFields(model, context, prepare, standard)}
      ${counts?.text === 0 || prepare.text.encode === 'drop' ? nothing : textDetailFields(model, context, prepare)}
    </div>` : nothing}
  </details>`;
}

function combinationFields(model: FormModel, context: FormContext, { polynomial, select }: Prepare, standard: Prepare): TemplateResult {
  const { keepConstant, windows } = model.algorithm?.preparation ?? {};
  const combines = keepConstant !== true && windows !== true || polynomial.degree > 1;
  return html`
    ${combines
      ? choice(model, context, ['prepare', 'polynomial', 'degree'], 'Products of numbers', 'Lets linear models bend and see two numbers together. At most 2,000 products; the file can name the columns.', degrees, String(polynomial.degree), String(standard.polynomial.degree), Number)
      : nothing}
    ${polynomial.degree > 1
      ? toggle(model, context, ['prepare', 'polynomial', 'interactionOnly'], 'Different numbers only', 'Leaves out squares and cubes.', polynomial.interactionOnly, standard.polynomial.interactionOnly)
      : nothing}
    ${keepConstant === true && select.correlation === null ? nothing : numberField(model, context, ['prepare', 'select', 'correlation'], {
      label: 'Leave out above correlation', help: 'Of two features that go together more closely than this, 0 to 1, the later one is left out.', placeholder: 'none',
      value: select.correlation, standard: null, check: (value) => (value !== null && value > 0 && value < 1 ? undefined : 'Must be between 0 and 1, such as 0.95, or empty.'),
    })}
    ${keepConstant === true ? nothing : toggle(model, context, ['prepare', 'select', 'constant'], 'Leave out constants', 'Features with one value in all training rows.', select.constant, standard.select.constant)}`;
}

function rareFields(model: FormModel, context: FormContext, { categorical }: Prepare, { categorical: standard }: Prepare): TemplateResult {
  return html`
    ${numberField(model, context, ['prepare', 'categorical', 'minFrequency'], {
      label: 'Fewest rows of a category', help: 'Rarer categories share one. Below 1 it is a share of the training rows.', value: categorical.minFrequency, standard: standard.minFrequency,
      check: (value) => (value !== null && value >= 0 && (value < 1 || Number.isInteger(value)) ? undefined : 'Must be a share below 1 or a whole number of rows.'),
    })}
    ${categorical.encode === 'target'
      ? numberField(model, context, ['prepare', 'categorical', 'targetFolds'], {
          label: 'Folds of target encoding', help: 'Each fold of the training rows is encoded by the others.', value: categorical.targetFolds, standard: standard.targetFolds, check: wholeNumberCheck(2, 50),
        })
      : nothing}`;
}

function textDetailFields(model: FormModel, context: FormContext, { text }: Prepare): TemplateResult {
  const at = (key: string): string[] => ['prepare', 'text', key];
  // How long runs are by default follows from what is counted.
  const standard = resolvePrepare({ text: { analyzer: text.analyzer } }, { scale: 'none', encode: 'ordinal' }).text;
  const what = text.analyzer === 'word' ? 'words' : 'characters';
  return html`
    ${numberField(model, context, at('minNgram'), { label: `Fewest ${what} in a row`, help: 'Runs from so many on are counted.', value: text.minNgram, standard: standard.minNgram, check: wholeNumberCheck(1, 10) })}
    ${numberField(model, context, at('maxNgram'), { label: `Most ${what} in a row`, help: 'Runs up to so many are counted.', value: text.maxNgram, standard: standard.maxNgram, check: wholeNumberCheck(1, 10) })}
    ${text.encode === 'tfidf'
      ? html`${numberField(model, context, at('minDocuments'), {
          label: 'Fewest rows of a word', help: 'Words in fewer training rows are left out.', value: text.minDocuments, standard: standard.minDocuments, check: wholeNumberCheck(1, 1_000_000),
        })}
        ${toggle(model, context, at('sublinearTf'), 'Dampen repetition', 'A word that comes n times counts 1 + ln n.', text.sublinearTf, standard.sublinearTf)}`
      : nothing}`;
}
