import type { Experiment } from '../schema/experiment';
import type { Target } from './checkExperiment';
import { findLeakage } from './data/profile';
import type { ReadTableResult } from './data/readTable';
import type { StepContext } from './stepContext';
import { quotedList } from './suggest';

/** What may spoil a run's result, one sentence each, known before anything is fitted. */
export function warningsOf(
  { table, findings }: ReadTableResult,
  experiment: Experiment,
  target: Target,
  context: StepContext,
): string[] {
  return [
    ...findings.map(({ message }) => message),
    ...missingTargets(experiment.target, target),
    ...loneRows(experiment.target, target),
    ...mixedFolds(experiment),
    ...findLeakage(table, experiment.target, experiment.task, context)
      .filter((column) => !experiment.features.exclude.includes(column))
      .map((column) => `"${column}" determines "${experiment.target}" by itself; if it is known only afterwards, exclude it, or the result looks better than it is.`),
  ];
}

/** Folds that judge more kindly than the test does. */
function mixedFolds({ split, validation }: Experiment): string[] {
  const { method } = validation;
  if (method === 'none' || method === 'timeOrdered') {
    return [];
  }
  if (split.method === 'timeOrdered') {
    return [`The test is in time, but the folds of the cross-validation (${method}) mix past and future, so their scores may look too good; set the validation's method to "timeOrdered".`];
  }
  return split.method === 'group' && !method.toLowerCase().includes('group')
    ? [`The test keeps groups apart, but the folds of the cross-validation (${method}) don't, so their scores may look too good; set the validation's method to "group".`]
    : [];
}

function missingTargets(name: string, { missing }: Target): string[] {
  if (missing === 0) {
    return [];
  }
  return [missing === 1 ? `1 row has no value in "${name}" and is left out.` : `${missing} rows have no value in "${name}" and are left out.`];
}

function loneRows(name: string, { classes, values }: Target): string[] {
  const counts = new Uint32Array(classes.length);
  values.forEach((code) => counts[code]++);
  const lone = classes.filter((_, code) => counts[code] === 1);
  return lone.length === 0
    ? []
    : [`Only one row each has "${name}" = ${quotedList(lone, 5)}; it can be learned or tested, not both. Add rows or merge classes.`];
}
