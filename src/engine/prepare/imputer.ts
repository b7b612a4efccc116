import { meanOf, quantile } from '../data/columnStatistics';

export type NumericStrategy = 'mean' | 'median' | 'mostFrequent' | 'constant';

/**
 * The number that replaces missing ones, as scikit-learn's SimpleImputer finds it: among equally frequent values the
 * smallest is taken.
 *
 * @param present the training rows' values without the missing ones; at least one.
 */
export function fitNumericImputer(present: Float64Array, strategy: NumericStrategy, fillValue: number): number {
  switch (strategy) {
    case 'mean':
      return meanOf(present);
    case 'median':
      return quantile(present.slice().sort(), 0.5);
    case 'mostFrequent':
      return smallestMode(present.slice().sort());
    case 'constant':
      return fillValue;
  }
}

function smallestMode(sorted: Float64Array): number {
  let [best, bestCount, count] = [sorted[0], 0, 0];
  for (let i = 0; i < sorted.length; i++) {
    count = i > 0 && sorted[i] === sorted[i - 1] ? count + 1 : 1;
    if (count > bestCount) {
      [best, bestCount] = [sorted[i], count];
    }
  }
  return best;
}
