import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { Task } from '../../schema/algorithm';
import { countOf } from '../shared/format';
import { section } from '../shared/section';
import { changeTarget, changeTask } from './changes';
import { columnTypeLabels } from './columnTypes';
import { columnSummary } from './columnSummary';
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
  const options = (profile?.columns ?? []).map((column) => ({
    value: column.name,
    label: `${column.name}  ·  ${columnTypeLabels[effectiveType(file, column)].toLowerCase()}, ${countOf(column.distinct, 'distinct value')}`,
  }));
  return selectField(
    {
      path: ['target'],
      label: 'Target column',
      help: target === undefined ? 'The column that the model learns to predict.' : columnSummary(target, task === 'classification'),
      problem: problemAt(state, ['target']) ?? (missing ? `There is no column "${file.target}" in the data.` : undefined),
      disabled: model.disabled || profile === null,
    },
    options,
    file.target,
    (name) => context.edit(changeTarget(model, name)),
  );
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
