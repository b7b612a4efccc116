/** The name of the category that stands for missing values. */
export const missingCategory = 'missing';

/** The categories that an encoder knows. */
export interface KnownCategories {
  /** Categories of their own, in order: numbers ascending, else by their characters. */
  readonly frequent: readonly string[];
  /** Categories that share one, because there are more than the most allowed; in the same order. */
  readonly rare: readonly string[];
}

/**
 * Which categories an encoder keeps, as scikit-learn's encoders with `max_categories`: with more than `most` of them, the
 * `most` − 1 most frequent ones are kept and the others share one; of equally frequent ones the first are let go.
 *
 * @param counts how often each category occurs in the training rows; all above 0.
 */
export function fitCategories(counts: ReadonlyMap<string, number>, most: number): KnownCategories {
  const ordered = [...counts.keys()].sort(compareLabels(counts.keys()));
  if (ordered.length <= most) {
    return { frequent: ordered, rare: [] };
  }
  // The sort is stable, so equally frequent categories stay in order.
  const byCount = ordered.slice().sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0));
  const rare = new Set(byCount.slice(0, ordered.length - (most - 1)));
  return { frequent: ordered.filter((name) => !rare.has(name)), rare: ordered.filter((name) => rare.has(name)) };
}

/**
 * The order of labels: by size when all are numbers, else by their characters' codes, which is the same on every machine.
 */
export function compareLabels(labels: Iterable<string>): (a: string, b: string) => number {
  const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const allNumbers = [...labels].every((label) => label.trim() !== '' && Number.isFinite(Number(label)));
  return allNumbers ? (a, b) => Number(a) - Number(b) || byText(a, b) : byText;
}
