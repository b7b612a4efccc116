import type { Experiment } from '../../schema/experiment';
import type { PreflightIssue } from '../../schema/preflight';
import type { LabelledMend } from '../../schema/profile';
import { targetProblem } from '../checkExperiment';
import type { ColumnFacts } from '../prepare/planColumn';
import { lonelyClasses, missingTargets } from '../warnings';
import type { DataFacts } from './dataFacts';

/** A rarest class below this share of an even one is hard to learn. */
const imbalancedShare = 0.2;

/** What keeps the target from being learned, or makes that hard. @param otherTarget a column that would do, if there is one. */
export function targetIssues(experiment: Experiment, target: ColumnFacts, facts: DataFacts, otherTarget: string | undefined): PreflightIssue[] {
  const { task } = experiment;
  const counts = facts.valueCounts(target.name);
  const issue = (code: string, severity: PreflightIssue['severity'], message: string, mends: LabelledMend[] = []): PreflightIssue =>
    ({ code, severity, message, path: ['target'], column: target.name, mends });
  const problem = targetProblem({ ...target, only: counts?.at(0)?.value ?? String(target.minimum ?? '') }, task);
  if (problem !== undefined) {
    const { canRegress, message } = problem;
    return [issue('target', 'error', message, [
      ...(canRegress ? [{ label: 'Predict it as a number', change: { kind: 'set' as const, path: ['task'], value: 'regression' } }] : []),
      ...(otherTarget === undefined || otherTarget === target.name ? [] : [{ label: `Predict "${otherTarget}"`, change: { kind: 'set' as const, path: ['target'], value: otherTarget } }]),
    ])];
  }
  if (task !== 'classification' || counts === undefined) {
    return missingTargets(target.name, target).map((message) => issue('missingTarget', 'warning', message));
  }
  const rarest = counts[counts.length - 1];
  const isImbalanced = rarest.count * counts.length < imbalancedShare * target.present;
  const canWeigh = Object.hasOwn(experiment.hyperparameters, 'classWeight');
  return [
    ...missingTargets(target.name, target).map((message) => issue('missingTarget', 'warning', message)),
    ...lonelyClasses(target.name, counts.filter(({ count }) => count === 1).map(({ value }) => value)).map((message) => issue('rareClasses', 'warning', message)),
    ...(isImbalanced && experiment.hyperparameters['classWeight'] !== 'balanced'
      ? [{
        ...issue('classImbalance', 'warning', `Only ${rarest.count} of ${target.present} rows have "${target.name}" = "${rarest.value}"; judge models by balanced accuracy or F1${canWeigh ? ', and consider class weights' : ''}.`,
          canWeigh ? [{ label: 'Balance class weights', change: { kind: 'set', path: ['hyperparameters', 'classWeight'], value: 'balanced' } }] : []),
        meaning: 'A model can be right most of the time by never answering with the rare class.',
      }]
      : []),
  ];
}
