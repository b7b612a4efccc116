import type { Experiment } from './experiment';

/** How test rows were chosen, in a few words ("group by patient", "timeOrdered by day"). */
export function describeSplit({ method, groupBy, orderBy }: Experiment['split']): string {
  const order = method === 'timeOrdered' && orderBy !== undefined ? ` by ${orderBy}` : '';
  const groups = groupBy === undefined || (method !== 'group' && method !== 'timeOrdered') ? '' : method === 'group' ? ` by ${groupBy}` : `, each ${groupBy} by itself`;
  return `${method}${order}${groups}`;
}

const kinds = { kFold: '', stratified: 'stratified ', group: 'grouped ', stratifiedGroup: 'stratified, grouped ', timeOrdered: '' } as const;

/** The folds of a cross-validation in a few words ("5 stratified folds, 3 times"); "none" without one. */
export function describeValidation({ method, folds, repeats = 1, gap = 0 }: {
  readonly method: Experiment['validation']['method']; readonly folds: number; readonly repeats?: number; readonly gap?: number;
}): string {
  if (method === 'none') {
    return 'none';
  }
  const inTime = method === 'timeOrdered' ? ` in time${gap === 0 ? '' : `, ${gap} rows apart`}` : '';
  return `${folds} ${kinds[method]}folds${inTime}${repeats === 1 ? '' : `, ${repeats} times`}`;
}
