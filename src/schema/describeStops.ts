import type { RunRecord } from './run';

/**
 * What a run lacks because its user stopped it on the way, a sentence each; none for a run that went to its end.
 *
 * @param count writes a whole number.
 */
export function describeStops(
  { stoppedEarly, stoppedAfter, foldsStoppedAfter }: Pick<RunRecord, 'stoppedEarly' | 'stoppedAfter' | 'foldsStoppedAfter'>,
  count: (value: number) => string,
): string[] {
  return [
    ...(foldsStoppedAfter === undefined ? [] : [describeFolds(foldsStoppedAfter, count)]),
    ...(stoppedEarly === true ? [describeFit(stoppedAfter, count)] : []),
  ];
}

function describeFolds({ done, planned }: NonNullable<RunRecord['foldsStoppedAfter']>, count: (value: number) => string): string {
  return done === 0
    ? `Its cross-validation was stopped before the first of ${count(planned)} folds was done, so there is none.`
    : `Its cross-validation was stopped after ${count(done)} of ${count(planned)} folds; the scores are of these alone.`;
}

function describeFit(stoppedAfter: RunRecord['stoppedAfter'], count: (value: number) => string): string {
  if (stoppedAfter === undefined) {
    return 'Its training was stopped early, with the best model so far.';
  }
  const { done, planned, unit, converged } = stoppedAfter;
  const far = planned === undefined ? `${count(done)} ${unit}` : `${count(done)} of ${count(planned)} ${unit}`;
  return `Its training was stopped early, after ${far}${converged === false ? '; it had not converged' : ''}.`;
}
