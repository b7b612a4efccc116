import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { Task } from '../../schema/algorithm';
import type { ExperimentFile } from '../../schema/experiment';
import type { Profile } from '../../schema/profile';
import { countOf } from '../shared/format';
import { section } from '../shared/section';
import { changeTarget, changeTask } from './changes';
import { columnTypeLabels } from '../shared/columnTypes';
import { columnSummary } from './columnSummary';
import type { SelectOption } from './fields';
import { selectField } from './fields';
import type { FormContext } from './formContext';
import { effectiveType } from './formModel';
import type { FormModel } from './formModel';
import { problemAt } from './problems';

const taskLabels: Readonly<Record<Task, string>> = {
  classification: 'Classification: predict a class',
  regression: 'Regression: predict a number',
};

/** The column to predict, and what kind of prediction that is. */
export function targetSection(model: FormModel, context: FormContext): TemplateResult {
  const { file, task } = model;
  const digest = task === null ? file.target : `${file.target}, ${task}`;
  return section(context.navigation, { key: 'target', title: 'Target and task', digest }, () => html`<div class="fields two">
    ${targetField(model, context)} ${taskField(model, context)}
  </div>`);
}

function targetField(model: FormModel, context: FormContext): TemplateResult {
  const { state, file, profile, target, task } = model;
  const missing = profile !== null && target === undefined;
  return selectField(
    {
      path: ['target'],
      label: 'Target column',
      help: target === undefined ? 'The column that the model learns to predict.' : columnSummary(target, task === 'classification'),
      problem: problemAt(state, ['target']) ?? (missing ? `There is no column "${file.target}" in the data.` : undefined),
      disabled: model.disabled || profile === null,
    },
    profile === null ? [] : targetOptions(profile, file),
    file.target,
    (name) => context.edit(changeTarget(model, name)),
  );
}

interface TargetOptions {
  readonly types: string;
  readonly options: readonly SelectOption[];
}

const latestOptions = new WeakMap<Profile, TargetOptions>();

/** Every column as an option; made anew only for another profile or other types, since there may be thousands. */
function targetOptions(profile: Profile, file: ExperimentFile): readonly SelectOption[] {
  const types = JSON.stringify(file.features?.types ?? {});
  const known = latestOptions.get(profile);
  if (known?.types === types) {
    return known.options;
  }
  const options = profile.columns.map((column) => ({
    value: column.name,
    label: `${column.name}  ·  ${columnTypeLabels[effectiveType(file, column)].toLowerCase()}, ${countOf(column.distinct, 'distinct value')}`,
  }));
  latestOptions.set(profile, { types, options });
  return options;
}

function taskField(model: FormModel, context: FormContext): TemplateResult {
  const { state, file, inferredTask, target } = model;
  const automatic = inferredTask === null ? 'Automatic' : `Automatic: ${inferredTask}`;
  const reset = { defaultLabel: automatic, run: () => context.edit(changeTask(model, undefined)) };
  return selectField(
    {
      path: ['task'],
      label: 'Task',
      help: target === undefined || inferredTask === null
        ? 'Follows from the target\'s type unless you choose it.'
        : `A target that is ${columnTypeLabels[effectiveType(file, target)].toLowerCase()} with ${countOf(target.distinct, 'distinct value')} usually means ${inferredTask}.`,
      problem: problemAt(state, ['task']),
      disabled: model.disabled,
      ...(file.task === undefined ? {} : { reset }),
    },
    [{ value: '', label: automatic }, ...Object.entries(taskLabels).map(([value, label]) => ({ value, label }))],
    file.task ?? '',
    (value) => context.edit(changeTask(model, value === 'classification' || value === 'regression' ? value : undefined)),
  );
}
