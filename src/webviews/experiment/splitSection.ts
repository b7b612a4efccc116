import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { describeValidation } from '../../schema/describeDivision';
import type { Experiment, SplitMethod, ValidationMethod } from '../../schema/experiment';
import { formatCount, formatShare } from '../shared/format';
import { section } from '../shared/section';
import { changeSplitMethod, changeValidationMethod } from './changes';
import { EditBatch } from './edits';
import type { SelectOption } from './fields';
import { selectField } from './fields';
import type { FormContext } from './formContext';
import { effectiveType } from './formModel';
import type { FormModel } from './formModel';
import { shareCheck, wholeNumberCheck } from './numberChecks';
import './numberField';
import { frameOf, numberOptions } from './preparationFields';

const splitMethods: Readonly<Record<SplitMethod, string>> = { stratified: 'Stratified', random: 'Random', group: 'By group', timeOrdered: 'In time' };
const validationMethods: Readonly<Record<ValidationMethod, string>> = {
  none: 'None', kFold: 'K-fold', stratified: 'Stratified k-fold', group: 'Group k-fold', stratifiedGroup: 'Stratified group k-fold', timeOrdered: 'In time',
};
const needClasses: ReadonlySet<string> = new Set(['stratified', 'stratifiedGroup']);
const needGroups: ReadonlySet<string> = new Set(['group', 'stratifiedGroup']);
const largestSeed = 4294967295;

/** How the model is judged: the rows held back, cross-validation, and the seed of every random choice. */
export function splitSection(model: FormModel, context: FormContext): TemplateResult {
  const { experiment, defaults } = model;
  const digest = experiment === null
    ? ''
    : `${formatShare(experiment.split.testSize)} held back${experiment.validation.method === 'none' ? '' : `, cross-validation with ${describeValidation(experiment.validation)}`}`;
  return section(context.navigation, { key: 'split', title: 'Split and validation', digest }, () =>
    experiment === null || defaults === null
      ? html`<p class="muted">Known once the data and the algorithm are.</p>`
      : html`<div class="fields three">${splitFields(model, context, experiment, defaults)}</div>
          <div class="fields three">${validationFields(model, context, experiment, defaults)}</div>`);
}

function splitFields(model: FormModel, context: FormContext, experiment: Experiment, defaults: Experiment): TemplateResult {
  const { split, validation } = experiment;
  const inTime = split.method === 'timeOrdered' || validation.method === 'timeOrdered';
  const grouped = split.method === 'group' || split.method === 'timeOrdered' || needGroups.has(validation.method);
  return html`
    ${methodField(model, context, experiment, defaults)}
    <trainyard-number .options=${numberOptions(model, context, ['split', 'testSize'], {
      label: 'Test size', help: testSizeHelp(model, experiment), value: split.testSize, standard: defaults.split.testSize, check: shareCheck,
    })}></trainyard-number>
    <trainyard-number .options=${numberOptions(model, context, ['seed'], {
      label: 'Seed', help: 'The same seed, data and settings give the same model.', value: experiment.seed, standard: defaults.seed, check: wholeNumberCheck(0, largestSeed),
    })}></trainyard-number>
    ${inTime ? orderField(model, context, experiment) : nothing}
    ${grouped ? groupField(model, context, experiment) : nothing}`;
}

function testSizeHelp({ profile }: FormModel, { split }: Experiment): string {
  if (split.method === 'group') {
    return 'The share of groups that the model never sees while it learns.';
  }
  const held = profile === null ? '' : ` About ${formatCount(Math.round(profile.rows * split.testSize))} of ${formatCount(profile.rows)} rows.`;
  return `The share of rows that the model never sees while it learns.${held}`;
}

const splitHelp: Readonly<Record<SplitMethod, string>> = {
  stratified: 'Keeps each class\'s share in the training and the test rows.',
  random: 'Draws the test rows evenly.',
  group: 'Rows of one group lie all among the training or all among the test rows.',
  timeOrdered: 'Learns from earlier rows and is tested on the latest.',
};

function methodField(model: FormModel, context: FormContext, { split, task }: Experiment, defaults: Experiment): TemplateResult {
  const standard = defaults.split.method;
  const offered: readonly SplitMethod[] = task === 'classification' ? ['stratified', 'random', 'group', 'timeOrdered'] : ['random', 'group', 'timeOrdered'];
  return selectField(
    { ...frameOf(model, context, ['split', 'method'], split.method !== standard, splitMethods[standard]), label: 'Split', help: splitHelp[split.method] },
    offered.map((value) => ({ value, label: value === standard ? `${splitMethods[value]} (default)` : splitMethods[value] })),
    split.method,
    (method) => context.edit(changeSplitMethod(model, method, standard)),
  );
}

function orderField(model: FormModel, context: FormContext, { split }: Experiment): TemplateResult {
  const path = ['split', 'orderBy'];
  const columns = (model.profile?.columns ?? []).filter((column) => ['numeric', 'integer', 'dateTime'].includes(effectiveType(model.file, column)) && column.missing === 0);
  const fileOrder = 'Order in the file';
  return selectField(
    { ...frameOf(model, context, path, split.orderBy !== undefined, fileOrder), label: 'Order in time', help: 'The column of dates or numbers by which rows follow each other.' },
    [{ value: '', label: `${fileOrder} (default)` }, ...columns.map(({ name }) => ({ value: name, label: name }))],
    split.orderBy ?? '',
    (column) => context.edit(column === '' ? new EditBatch(model.file).remove(path) : new EditBatch(model.file).set(path, column)),
  );
}

function groupField(model: FormModel, context: FormContext, { split, validation, target }: Experiment): TemplateResult {
  const path = ['split', 'groupBy'];
  const required = split.method === 'group' || needGroups.has(validation.method);
  const columns: SelectOption[] = (model.profile?.columns ?? []).filter(({ name }) => name !== target).map(({ name }) => ({ value: name, label: name }));
  const none: SelectOption[] = required ? [] : [{ value: '', label: 'None (default)' }];
  return selectField(
    {
      ...frameOf(model, context, path, split.groupBy !== undefined, 'none'),
      label: 'Group by',
      help: required ? 'Rows with the same value belong together, such as a patient\'s or a machine\'s; the model doesn\'t see this column.' : 'Rows with the same value follow each other in time by themselves.',
    },
    [...none, ...columns],
    split.groupBy ?? '',
    (column) => context.edit(column === '' ? new EditBatch(model.file).remove(path) : new EditBatch(model.file).set(path, column)),
  );
}

function validationFields(model: FormModel, context: FormContext, experiment: Experiment, defaults: Experiment): TemplateResult {
  const { method, folds, repeats, gap } = experiment.validation;
  const standard = defaults.validation;
  // Kept in place while they have no effect, so that the page doesn't jump.
  const numberField = (name: string, isUsed: boolean, options: Parameters<typeof numberOptions>[3]): TemplateResult => {
    const own = numberOptions(model, context, ['validation', name], options);
    return html`<trainyard-number .options=${{ ...own, disabled: own.disabled || !isUsed }}></trainyard-number>`;
  };
  const inTime = method === 'timeOrdered';
  return html`
    ${validationField(model, context, experiment, defaults)}
    ${numberField('folds', method !== 'none', {
      label: 'Folds', help: 'More folds take longer and judge more closely.', value: folds, standard: standard.folds, check: wholeNumberCheck(2, 100),
    })}
    ${inTime
      ? numberField('gap', true, {
        label: 'Gap', help: 'Rows left out between those that are learned and those that are tested.', value: gap, standard: standard.gap, check: wholeNumberCheck(0, 1e9),
      })
      : numberField('repeats', method !== 'none', {
        label: 'Repeats', help: 'How often the rows are cut into folds anew; the mean of more folds is steadier.', value: repeats, standard: standard.repeats, check: wholeNumberCheck(1, 100),
      })}`;
}

function validationField(model: FormModel, context: FormContext, { task, validation }: Experiment, defaults: Experiment): TemplateResult {
  const standard = defaults.validation.method;
  const offered = Object.entries(validationMethods).filter(([value]) => task === 'classification' || !needClasses.has(value));
  return selectField(
    {
      ...frameOf(model, context, ['validation', 'method'], validation.method !== standard, validationMethods[standard]),
      label: 'Cross-validation',
      help: 'Trains once per fold on the training rows and tells how much the scores vary.',
    },
    offered.map(([value, label]) => ({ value, label: value === standard ? `${label} (default)` : label })),
    validation.method,
    (method) => context.edit(changeValidationMethod(model, method, standard)),
  );
}
