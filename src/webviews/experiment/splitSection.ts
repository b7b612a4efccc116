import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { Experiment } from '../../schema/experiment';
import { formatCount, formatShare } from '../shared/format';
import { section } from '../shared/section';
import { EditBatch } from './edits';
import { selectField } from './fields';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';
import { shareCheck, wholeNumberCheck } from './numberChecks';
import './numberField';
import { frameOf, numberOptions } from './preparationSection';

const splitMethods = { stratified: 'Stratified', random: 'Random' } as const;
const validationMethods = { none: 'None', kFold: 'K-fold' } as const;
const largestSeed = 4294967295;

/** How the model is judged: the rows held back, cross-validation, and the seed of every random choice. */
export function splitSection(model: FormModel, context: FormContext): TemplateResult {
  const { experiment, defaults } = model;
  const digest = experiment === null
    ? ''
    : `${formatShare(experiment.split.testSize)} held back${experiment.validation.method === 'none' ? '' : `, ${experiment.validation.folds}-fold cross-validation`}`;
  return section(context.navigation, { key: 'split', title: 'Split and validation', digest }, () =>
    experiment === null || defaults === null
      ? html`<p class="muted">Known once the data and the algorithm are.</p>`
      : html`<div class="fields three">
          ${methodField(model, context, experiment, defaults)}
          <trainyard-number .options=${numberOptions(model, context, ['split', 'testSize'], {
            label: 'Test size', help: testSizeHelp(model, experiment), value: experiment.split.testSize, standard: defaults.split.testSize, check: shareCheck,
          })}></trainyard-number>
          <trainyard-number .options=${numberOptions(model, context, ['seed'], {
            label: 'Seed', help: 'The same seed, data and settings give the same model.', value: experiment.seed, standard: defaults.seed, check: wholeNumberCheck(0, largestSeed),
          })}></trainyard-number>
          ${validationField(model, context, experiment, defaults)}
          ${foldsField(model, context, experiment, defaults)}
        </div>`);
}

function testSizeHelp({ profile }: FormModel, { split }: Experiment): string {
  const held = profile === null ? '' : ` About ${formatCount(Math.round(profile.rows * split.testSize))} of ${formatCount(profile.rows)} rows.`;
  return `The share of rows that the model never sees while it learns.${held}`;
}

function methodField(model: FormModel, context: FormContext, experiment: Experiment, defaults: Experiment): TemplateResult {
  const path = ['split', 'method'];
  const standard = defaults.split.method;
  const offered = experiment.task === 'classification' ? (['stratified', 'random'] as const) : (['random'] as const);
  return selectField(
    {
      ...frameOf(model, context, path, experiment.split.method !== standard, splitMethods[standard]),
      label: 'Split',
      help: experiment.task === 'classification' ? 'Stratified keeps each class\'s share in the training and the test rows.' : 'How rows are divided into training and test.',
    },
    offered.map((value) => ({ value, label: value === standard ? `${splitMethods[value]} (default)` : splitMethods[value] })),
    experiment.split.method,
    (method) => context.edit(new EditBatch(model.file).set(path, method, standard)),
  );
}

function validationField(model: FormModel, context: FormContext, experiment: Experiment, defaults: Experiment): TemplateResult {
  const path = ['validation', 'method'];
  const standard = defaults.validation.method;
  return selectField(
    {
      ...frameOf(model, context, path, experiment.validation.method !== standard, validationMethods[standard]),
      label: 'Cross-validation',
      help: 'Trains once per fold on the training rows and tells how much the scores vary.',
    },
    Object.entries(validationMethods).map(([value, label]) => ({ value, label: value === standard ? `${label} (default)` : label })),
    experiment.validation.method,
    (method) => context.edit(new EditBatch(model.file).set(path, method, standard)),
  );
}

function foldsField(model: FormModel, context: FormContext, experiment: Experiment, defaults: Experiment): TemplateResult {
  const options = numberOptions(model, context, ['validation', 'folds'], {
    label: 'Folds', help: 'More folds take longer and judge more closely.', value: experiment.validation.folds,
    standard: defaults.validation.folds, check: wholeNumberCheck(2, 100),
  });
  // Kept in place while it has no effect, so that the page doesn't jump.
  return html`<trainyard-number .options=${{ ...options, disabled: options.disabled || experiment.validation.method === 'none' }}></trainyard-number>`;
}
