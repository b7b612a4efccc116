import type { Experiment } from '../schema/experiment';
import { quotedList } from './suggest';

/*
 * Sentences about what may spoil a run's result, known before anything is fitted.
 */

/** Folds that judge more kindly than the test does. */
export function mixedFolds({ split, validation }: Experiment): string[] {
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

/** Rows that can be neither learned from nor tested on. */
export function missingTargets(name: string, { missing }: { readonly missing: number }): string[] {
  if (missing === 0) {
    return [];
  }
  return [missing === 1 ? `1 row has no value in "${name}" and is left out.` : `${missing} rows have no value in "${name}" and are left out.`];
}

/** Classes with one row each. */
export function lonelyClasses(name: string, lone: readonly string[]): string[] {
  return lone.length === 0
    ? []
    : [`Only one row each has "${name}" = ${quotedList(lone, 5)}; it can be learned or tested, not both. Add rows or merge classes.`];
}
