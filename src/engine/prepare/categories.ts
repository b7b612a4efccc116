import type { CategoricalColumn } from '../data/table';

/** The name of the category that stands for missing values. */
export const missingCategory = 'missing';

/** The categories that an encoder knows. */
export interface KnownCategories {
  /** Categories of their own, in order: numbers ascending, else by their characters. */
  readonly frequent: readonly string[];
  /** Categories that share one, because there are more than the most allowed; in the same order. */
  readonly rare: readonly string[];
}

/** How often each category occurs in some rows, and how many of them have none. */
export function countCategories({ codes, categories }: CategoricalColumn, rows: Uint32Array): { counts: Map<string, number>; missing: number } {
  const byCode = new Uint32Array(categories.length);
  let missing = 0;
  for (let i = 0; i < rows.length; i++) {
    const code = codes[rows[i]];
    if (code < 0) {
      missing++;
    } else {
      byCode[code]++;
    }
  }
  const counts = new Map<string, number>();
  byCode.forEach((number, code) => {
    if (number > 0) {
      counts.set(categories[code], number);
    }
  });
  return { counts, missing };
}

/** Among equally frequent ones the first in order, as scikit-learn's SimpleImputer. */
export function mostFrequent(counts: ReadonlyMap<string, number>): string {
  const byName = compareLabels(counts.keys());
  return [...counts].sort(([a, countA], [b, countB]) => countB - countA || byName(a, b))[0][0];
}

/** Which categories become rare. */
export interface CategoryLimits {
  /** The most that are kept, those that share one counted once. */
  readonly most: number;
  /** Categories in fewer rows are rare; below 1 it is a share of `rows`. */
  readonly fewestRows: number;
  readonly rows: number;
}

/**
 * Which categories an encoder keeps, as scikit-learn's encoders with `min_frequency` and `max_categories`: those in too few rows
 * share one; where there are still more than `most`, the `most` − 1 most frequent ones are kept and the others share one; of
 * equally frequent ones the first are let go.
 *
 * @param counts how often each category occurs in the training rows; all above 0.
 */
export function fitCategories(counts: ReadonlyMap<string, number>, { most, fewestRows, rows }: CategoryLimits): KnownCategories {
  const ordered = [...counts.keys()].sort(compareLabels(counts.keys()));
  const fewest = fewestRows < 1 ? fewestRows * rows : fewestRows;
  const rare = new Set(ordered.filter((name) => (counts.get(name) ?? 0) < fewest));
  if (ordered.length - rare.size + Math.min(rare.size, 1) > most) {
    // The sort is stable, so equally frequent categories stay in order.
    const byCount = ordered.slice().sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0));
    byCount.slice(0, ordered.length - (most - 1)).forEach((name) => rare.add(name));
  }
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
