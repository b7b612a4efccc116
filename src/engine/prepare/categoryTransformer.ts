import { z } from 'zod';
import type { Experiment } from '../../schema/experiment';
import type { CategoricalColumn, Column } from '../data/table';
import { compareLabels, fitCategories, missingCategory } from './categories';
import { asCategorical } from './columnKinds';
import type { ColumnTransformer, FeatureWriter } from './columnTransformer';
import type { PreparationStep } from './preparationStep';
import { count, stepOf } from './preparationStep';

export const categoryStateSchema = z.strictObject({
  kind: z.literal('category'),
  encode: z.enum(['oneHot', 'ordinal', 'frequency']),
  /** Share of the training rows of each frequent category, in their order; with `frequency` alone. */
  shares: z.array(z.number()).optional(),
  /** The category that missing values take. */
  fill: z.string(),
  frequent: z.array(z.string()),
  rare: z.array(z.string()),
  /** Missing values among the training rows. */
  missing: z.number(),
});
export type CategoryState = z.infer<typeof categoryStateSchema>;

/** An ordinal code for categories that no training row had. */
const unknownOrdinal = -1;

/**
 * Categories become numbers: one feature per category (scikit-learn's OneHotEncoder with `infrequent_if_exist`: a category
 * that no training row had counts as rare, or leaves all features 0) or one code (OrdinalEncoder with `unknown_value` −1).
 */
export class CategoryTransformer implements ColumnTransformer {
  readonly outputs: readonly string[];

  constructor(name: string, readonly state: CategoryState) {
    const { encode, frequent, rare } = state;
    this.outputs = encode !== 'oneHot'
      ? [name]
      : [...frequent.map((category) => `${name}=${category}`), ...(rare.length > 0 ? [`${name}=(rare)`] : [])];
  }

  static fit(
    column: CategoricalColumn,
    trainRows: Uint32Array,
    settings: Experiment['prepare']['categorical'],
  ): CategoryTransformer {
    const counts = new Map<string, number>();
    let missing = 0;
    for (const row of trainRows) {
      const code = column.codes[row];
      if (code < 0) {
        missing++;
      } else {
        counts.set(column.categories[code], (counts.get(column.categories[code]) ?? 0) + 1);
      }
    }
    const fill = settings.impute === 'constant' ? missingCategory : mostFrequent(counts);
    if (missing > 0) {
      counts.set(fill, (counts.get(fill) ?? 0) + missing);
    }
    return new CategoryTransformer(column.name, {
      kind: 'category',
      encode: settings.encode,
      fill,
      missing,
      ...(settings.encode === 'frequency' ? frequencies(counts, trainRows.length) : copied(fitCategories(counts, settings.maxCategories))),
    });
  }

  get steps(): PreparationStep[] {
    const { encode, fill, rare, missing } = this.state;
    return categorySteps({ encode, missing: missing > 0, own: fill === missingCategory, rare: rare.length > 0 }, this.state);
  }

  writer(column: Column): FeatureWriter {
    const { codes, categories } = asCategorical(column);
    const indexOf = this.indexByCategory();
    const known = Int32Array.from(categories, indexOf);
    const ofMissing = indexOf(this.state.fill);
    const oneHot = this.state.encode === 'oneHot';
    const width = this.outputs.length;
    const { shares } = this.state;
    return (rows, into, offset) => {
      for (let i = 0, at = offset; i < rows.length; i++, at += into.columns) {
        const code = codes[rows[i]];
        const index = code < 0 ? ofMissing : known[code];
        if (shares !== undefined) {
          into.values[at] = index < 0 ? 0 : shares[index];
          continue;
        }
        if (!oneHot) {
          into.values[at] = index;
          continue;
        }
        into.values.fill(0, at, at + width);
        if (index >= 0) {
          into.values[at + index] = 1;
        }
      }
    };
  }

  /** The code of each category, −1 for an unknown one. Rare ones share the code after the last. */
  private indexByCategory(): (category: string) => number {
    const { encode, frequent, rare } = this.state;
    const unknown = encode === 'oneHot' && rare.length > 0 ? frequent.length : unknownOrdinal;
    const index = new Map(rare.map((category) => [category, frequent.length]));
    frequent.forEach((category, i) => index.set(category, i));
    return (category) => index.get(category) ?? unknown;
  }
}

/** What is to be done to categories. */
export interface CategoryPlan {
  readonly encode: CategoryState['encode'];
  /** True when values are missing. */
  readonly missing: boolean;
  /** True when missing values are a category of their own. */
  readonly own: boolean;
  /** True when there are more categories than are kept. */
  readonly rare: boolean;
}

/** What is done to categories, in words; with what was learned, once it was. */
export function categorySteps({ encode, missing, own, rare }: CategoryPlan, fitted?: CategoryState): PreparationStep[] {
  const imputing = own
    ? stepOf('missing values made a category of their own', fitted, (state) => count(state.missing, 'row'))
    : stepOf('missing values replaced by the most frequent category', fitted, (state) => `${state.fill}, in ${count(state.missing, 'row')}`);
  return [
    ...(missing ? [imputing] : []),
    ...(rare ? [stepOf('the rarest categories taken together', fitted, (state) => `${state.rare.length} of ${state.frequent.length + state.rare.length}`)] : []),
    encodingStep(encode, fitted),
  ];
}

function encodingStep(encode: CategoryState['encode'], fitted: CategoryState | undefined): PreparationStep {
  switch (encode) {
    case 'frequency':
      return stepOf('replaced by its share of the training rows');
    case 'oneHot':
      return stepOf('turned into features of 0 and 1, one per category', fitted, ({ frequent, rare }) => count(frequent.length + (rare.length > 0 ? 1 : 0), 'feature'));
    case 'ordinal':
      return stepOf('turned into codes, in alphabetical order', fitted, ({ frequent, rare }) => `0 to ${frequent.length - (rare.length > 0 ? 0 : 1)}`);
  }
}

/** Among equally frequent ones the first in order, as scikit-learn's SimpleImputer. */
function mostFrequent(counts: ReadonlyMap<string, number>): string {
  const byName = compareLabels(counts.keys());
  return [...counts].sort(([a, countA], [b, countB]) => countB - countA || byName(a, b))[0][0];
}

/** Every category with its share of the training rows. */
function frequencies(counts: ReadonlyMap<string, number>, rows: number): { frequent: string[]; rare: string[]; shares: number[] } {
  const { frequent } = fitCategories(counts, counts.size);
  return { frequent: [...frequent], rare: [], shares: frequent.map((category) => (counts.get(category) ?? 0) / rows) };
}

function copied({ frequent, rare }: { frequent: readonly string[]; rare: readonly string[] }): { frequent: string[]; rare: string[] } {
  return { frequent: [...frequent], rare: [...rare] };
}
