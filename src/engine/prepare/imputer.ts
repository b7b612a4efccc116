import { meanOf } from '../data/columnStatistics';

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
      return medianOf(present);
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

/** The middle value, or the mean of the middle two. */
function medianOf(values: Float64Array): number {
  const shuffled = values.slice();
  const upper = shuffled.length >> 1;
  const above = selectNth(shuffled, upper);
  if (shuffled.length % 2 === 1) {
    return above;
  }
  // Everything below the place that was sought is at most its value.
  let below = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < upper; i++) {
    below = Math.max(below, shuffled[i]);
  }
  return below + 0.5 * (above - below);
}

/** The value that would stand at a place if all were sorted (Hoare: "Algorithm 65: find", CACM 4, 1961); reorders them. */
function selectNth(values: Float64Array, place: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = middleOf(values[low], values[(low + high) >> 1], values[high]);
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i] < pivot) {
        i++;
      }
      while (values[j] > pivot) {
        j--;
      }
      if (i <= j) {
        const value = values[i];
        values[i++] = values[j];
        values[j--] = value;
      }
    }
    if (place <= j) {
      high = j;
    } else if (place >= i) {
      low = i;
    } else {
      break;
    }
  }
  return values[place];
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
