import { z } from 'zod';
import type { CategoricalSettings, NumericSettings } from '../../schema/prepare';
import type { CategoricalColumn, Column } from '../data/table';
import { countCategories, fitCategories, missingCategory, mostFrequent } from './categories';
import { categoryImputing } from './categoryTransformer';
import { asCategorical } from './columnKinds';
import type { ColumnTransformer, FeatureWriter, FittedColumn, TrainingSide } from './columnTransformer';
import { fitNumber, numberFeatureSchema, scalerWords, shaper } from './numberTransformer';
import type { PreparationStep } from './preparationStep';
import { count, shortNumber, stepOf } from './preparationStep';
import { crossFit, encodeByTarget } from './targetEncoding';

export const targetStateSchema = z.strictObject({
  kind: z.literal('target'),
  /** The category that missing values take; null leaves them missing. */
  fill: z.string().nullable(),
  categories: z.array(z.string()),
  /** Categories that share one, the last. */
  rare: z.array(z.string()),
  smooth: z.union([z.literal('auto'), z.number()]),
  folds: z.number(),
  /** One for each class, or one in all for numbers and two classes. */
  outcomes: z.array(z.strictObject({
    label: z.string().optional(),
    /** The target's mean, for categories that no training row had. */
    mean: z.number(),
    values: z.array(z.number()),
    /** How encodings are scaled. */
    scaling: numberFeatureSchema,
  })).min(1),
  scaler: z.enum(['standard', 'minMax', 'robust', 'quantile', 'none']),
  missing: z.number(),
});
export type TargetState = z.infer<typeof targetStateSchema>;

/**
 * A category becomes the mean of the target in its training rows, drawn towards the overall mean (scikit-learn's TargetEncoder),
 * then scaled as numbers are; with several classes it becomes one feature for each. Training rows themselves get the encodings
 * that other rows teach.
 */
export class TargetTransformer implements ColumnTransformer {
  readonly outputs: readonly string[];

  constructor(name: string, readonly state: TargetState) {
    this.outputs = state.outcomes.map(({ label }) => (label === undefined ? name : `${name}:${label}`));
  }

  static fit(column: CategoricalColumn, train: TrainingSide, settings: CategoricalSettings, numeric: NumericSettings): FittedColumn {
    const { counts, missing } = countCategories(column, train.rows);
    const fill = settings.impute === 'none' ? null : settings.impute === 'constant' ? missingCategory : mostFrequent(counts);
    if (missing > 0 && fill !== null) {
      counts.set(fill, (counts.get(fill) ?? 0) + missing);
    }
    const { frequent, rare } = fitCategories(counts, { most: counts.size, fewestRows: settings.minFrequency, rows: train.rows.length });
    const known = { fill, categories: [...frequent], rare: [...rare] };
    const levelOfRow = levelFinder(column, known);
    const levels = new Int32Array(train.rows.length);
    for (let i = 0; i < levels.length; i++) {
      levels[i] = levelOfRow(train.rows[i]);
    }
    const size = frequent.length + (rare.length > 0 ? 1 : 0);
    const folds = train.folds();
    const outcomes = outcomesOf(train).map(({ label, values }) => {
      const { mean, values: encodings } = encodeByTarget(levels, values, size, settings.smooth);
      const crossFitted = crossFit(levels, values, size, settings.smooth, folds);
      if (fill === null) {
        levels.forEach((level, i) => (crossFitted[i] = level === leftMissing ? Number.NaN : crossFitted[i]));
      }
      const scaling = fitNumber(crossFitted, { ...numeric, impute: fill === null ? 'none' : 'mean', transform: 'none' });
      return { crossFitted, outcome: { ...(label === undefined ? {} : { label }), mean: mean + 0, values: Array.from(encodings, (value) => value + 0), scaling } };
    });
    const transformer = new TargetTransformer(column.name, {
      kind: 'target', ...known, smooth: settings.smooth, folds: settings.targetFolds, scaler: numeric.scale, missing,
      outcomes: outcomes.map(({ outcome }) => outcome),
    });
    return { transformer, trainingWriter: writerOf(transformer.state, placesOf(train.rows), (place, o) => outcomes[o].crossFitted[place]) };
  }

  get steps(): PreparationStep[] {
    const { fill, missing, rare, scaler } = this.state;
    return targetSteps({ missing: missing > 0, impute: fill === null ? 'none' : fill === missingCategory ? 'constant' : 'mostFrequent', rare: rare.length > 0, scaler }, this.state);
  }

  writer(column: Column): FeatureWriter {
    const { outcomes } = this.state;
    const levelOfRow = levelFinder(asCategorical(column), this.state);
    return writerOf(this.state, levelOfRow, (level, o) =>
      level >= 0 ? outcomes[o].values[level] : level === leftMissing ? Number.NaN : outcomes[o].mean);
  }
}

/** What is to be done to categories that become means of the target. */
export interface TargetPlan {
  readonly missing: boolean;
  readonly impute: CategoricalSettings['impute'];
  readonly rare: boolean;
  readonly scaler: NumericSettings['scale'];
}

/** What target encoding does, in words; with what was learned, once it was. */
export function targetSteps({ missing, impute, rare, scaler }: TargetPlan, fitted?: TargetState): PreparationStep[] {
  return [
    ...(missing ? [categoryImputing(impute, fitted)] : []),
    ...(rare ? [stepOf('the rarest categories taken together', fitted, (state) => `${state.rare.length} of ${state.categories.length + state.rare.length}`)] : []),
    stepOf('replaced by the mean of the target in each category, for training rows as other training rows tell it', fitted, (state) =>
      `${count(state.categories.length, 'category').replace('categorys', 'categories')}, overall mean ${state.outcomes.map(({ mean }) => shortNumber(mean)).join(', ')}`),
    ...(scaler === 'none' ? [] : [stepOf(scalerWords[scaler])]),
  ];
}

/** Stands for a missing value that stays missing, among levels of which those below 0 are no category. */
const leftMissing = -2;
const unknown = -1;

/** The level of each row of a column: its category's number, `unknown` or `leftMissing`. */
function levelFinder({ codes, categories }: CategoricalColumn, { fill, categories: known, rare }: Pick<TargetState, 'fill' | 'categories' | 'rare'>): (row: number) => number {
  const index = new Map(rare.map((category) => [category, known.length]));
  known.forEach((category, level) => index.set(category, level));
  const levelOfCode = Int32Array.from(categories, (category) => index.get(category) ?? unknown);
  const ofMissing = fill === null ? leftMissing : index.get(fill) ?? unknown;
  return (row) => (codes[row] < 0 ? ofMissing : levelOfCode[codes[row]]);
}

/** What each feature encodes: whether a row is of a class, or the number to predict. Two classes need one feature. */
function outcomesOf({ target, classes }: TrainingSide): { readonly label?: string; readonly values: Float64Array }[] {
  return classes.length <= 2
    ? [{ values: target }]
    : classes.map((label, code) => ({ label, values: target.map((own) => (own === code ? 1 : 0)) }));
}

/** Where each row of the table stands among the training rows. */
function placesOf(rows: Uint32Array): (row: number) => number {
  const places = new Int32Array(rows.reduce((most, row) => Math.max(most, row), -1) + 1);
  for (let place = 0; place < rows.length; place++) {
    places[rows[place]] = place;
  }
  return (row) => places[row];
}

function writerOf({ outcomes }: TargetState, placeOfRow: (row: number) => number, encoding: (place: number, outcome: number) => number): FeatureWriter {
  const shapes = outcomes.map(({ scaling }) => shaper(scaling));
  return (rows, into, offset) => {
    for (let i = 0, at = offset; i < rows.length; i++, at += into.columns) {
      const place = placeOfRow(rows[i]);
      for (let o = 0; o < outcomes.length; o++) {
        const { center, scale } = outcomes[o].scaling;
        const value = encoding(place, o);
        into.values[at + o] = ((shapes[o]?.(value) ?? value) - center) / scale;
      }
    }
  };
}
