import type { Evaluation } from './evaluation';

/** How many folds the scores of a cross-validation come from: fewer than were planned when the user stopped it. */
export function scoredFolds({ folds, repeats = 1, rows }: NonNullable<Evaluation['crossValidation']>): number {
  return rows?.length ?? folds * repeats;
}
