import { z } from 'zod';
import type { CategoricalSettings } from '../../schema/prepare';
import type { CategoricalColumn, Column } from '../data/table';
import type { KnownCategories } from './categories';
import { countCategories, fitCategories, missingCategory, mostFrequent } from './categories';
import { asCategorical } from './columnKinds';
import type { ColumnTransformer, FeatureWriter } from './columnTransformer';
import type { PreparationStep } from './preparationStep';
import { count, stepOf } from './preparationStep';

export const categoryStateSchema = z.strictObject({
  kind: z.literal('category'),
  encode: z.enum(['oneHot', 'ordinal', 'frequency']),
  /** Share of the training rows of each frequent category, in their order, and of the rare ones together; with `frequency` alone. */
  shares: z.array(z.number()).optional(),
  /** The category that missing values take; null leaves them missing (with `oneHot`: of no category). */
  fill: z.string().nullable(),
  frequent: z.array(z.string()),
  rare: z.array(z.string()),
  /** Missing values among the training rows. */
  missing: z.number(),
});
export type CategoryState = z.infer<typeof categoryStateSchema>;

/** An ordinal code for categories that no training row had. */
const unknownOrdinal = -1;
/** Stands for a missing value that stays missing. */
const leftMissing = -2;

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

  static fit(column: CategoricalColumn, trainRows: Uint32Array, settings: CategoricalSettings): CategoryTransformer {
    const { impute, minFrequency, maxCategories } = settings;
    const encode = settings.encode === 'target' ? 'ordinal' : settings.encode;
    const { counts, missing } = countCategories(column, trainRows);
    const fill = impute === 'none' ? null : impute === 'constant' ? missingCategory : mostFrequent(counts);
    if (missing > 0 && fill !== null) {
      counts.set(fill, (counts.get(fill) ?? 0) + missing);
    }
    // A share takes no feature of its own, so every category can keep its own.
    const most = encode === 'frequency' ? counts.size : maxCategories;
    const { frequent, rare } = fitCategories(counts, { most, fewestRows: minFrequency, rows: trainRows.length });
    return new CategoryTransformer(column.name, {
      kind: 'category', encode, fill, missing, frequent: [...frequent], rare: [...rare],
      ...(encode === 'frequency' ? { shares: sharesOf({ frequent, rare }, counts, trainRows.length) } : {}),
    });
  }

  get steps(): PreparationStep[] {
    const { encode, fill, rare, missing } = this.state;
    const impute = fill === null ? 'none' : fill === missingCategory ? 'constant' : 'mostFrequent';
    return categorySteps({ encode, missing: missing > 0, impute, rare: rare.length > 0 }, this.state);
  }

  writer(column: Column): FeatureWriter {
    const { codes, categories } = asCategorical(column);
    const indexOf = this.indexByCategory();
    const known = Int32Array.from(categories, indexOf);
    const { fill } = this.state;
    const ofMissing = fill === null ? leftMissing : indexOf(fill);
    const oneHot = this.state.encode === 'oneHot';
    const width = this.outputs.length;
    const { shares } = this.state;
    return (rows, into, offset) => {
      for (let i = 0, at = offset; i < rows.length; i++, at += into.columns) {
        const code = codes[rows[i]];
        const index = code < 0 ? ofMissing : known[code];
        if (index === leftMissing && !oneHot) {
          into.values[at] = Number.NaN;
          continue;
        }
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
  readonly impute: CategoricalSettings['impute'];
  /** True when there are more categories than are kept. */
  readonly rare: boolean;
}

/** What is done to categories, in words; with what was learned, once it was. */
export function categorySteps({ encode, missing, impute, rare }: CategoryPlan, fitted?: CategoryState): PreparationStep[] {
  return [
    ...(missing ? [categoryImputing(impute, fitted)] : []),
    ...(rare ? [stepOf('the rarest categories taken together', fitted, (state) => `${state.rare.length} of ${state.frequent.length + state.rare.length}`)] : []),
    encodingStep(encode, fitted),
  ];
}

/** What is done to missing categories, in words. */
export function categoryImputing(impute: CategoricalSettings['impute'], fitted?: { readonly fill: string | null; readonly missing: number }): PreparationStep {
  switch (impute) {
    case 'none':
      return stepOf('missing values left to the algorithm', fitted, (state) => count(state.missing, 'row'));
    case 'constant':
      return stepOf('missing values made a category of their own', fitted, (state) => count(state.missing, 'row'));
    case 'mostFrequent':
      return stepOf('missing values replaced by the most frequent category', fitted, (state) => `${state.fill ?? ''}, in ${count(state.missing, 'row')}`);
  }
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

/** Each frequent category's share of the training rows, then that of the rare ones together. */
function sharesOf({ frequent, rare }: KnownCategories, counts: ReadonlyMap<string, number>, rows: number): number[] {
  const shareOf = (category: string): number => (counts.get(category) ?? 0) / rows;
  return [...frequent.map(shareOf), ...(rare.length > 0 ? [rare.reduce((sum, category) => sum + (counts.get(category) ?? 0), 0) / rows] : [])];
}
