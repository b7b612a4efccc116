import { z } from 'zod';
import { columnTypeSchema } from './columnType';
import { taskSchema } from './algorithm';
import { metricsSchema } from './run';

const curveSchema = z.object({
  /** The class that counts as positive; all others are negative. */
  label: z.string(),
  /** Area under the curve; null when the test rows hold only positives or only negatives. */
  auc: z.number().nullable(),
  x: z.array(z.number()),
  y: z.array(z.number()),
});
export type Curve = z.infer<typeof curveSchema>;

/** What was done to one column, in the order it was done. */
export const columnPreparationSchema = z.object({
  column: z.string(),
  type: columnTypeSchema,
  role: z.enum(['feature', 'target', 'excluded', 'dropped']),
  /** One short sentence a step, with fitted values ("missing replaced by the median, 44.45"); why it was left out for a dropped column. */
  steps: z.array(z.string()),
  /** Names of the model's input features that it became. */
  outputs: z.array(z.string()),
});
export type ColumnPreparation = z.infer<typeof columnPreparationSchema>;

const coefficientSchema = z.object({
  /** The model's input feature, as prepared; "(intercept)" for the constant. */
  feature: z.string(),
  coefficient: z.number(),
  /** What one step of the feature multiplies the odds by: logistic models only. */
  oddsRatio: z.number().nullable().optional(),
  /** Null where other features can stand in for this one, so that no single coefficient is right. Absent, as what follows, where the model has none. */
  standardError: z.number().nullable().optional(),
  /** The coefficient per standard error: t, or z for logistic models. */
  statistic: z.number().nullable().optional(),
  /** Two-sided, of a coefficient that is truly 0. */
  pValue: z.number().nullable().optional(),
  /** The 95 % confidence interval. */
  lower: z.number().nullable().optional(),
  upper: z.number().nullable().optional(),
});
export type Coefficient = z.infer<typeof coefficientSchema>;

/** What a linear model multiplies its input features with. */
export const coefficientsSchema = z.object({
  kind: z.enum(['linear', 'logistic']),
  /** One output, or one a class. */
  outputs: z.array(z.object({ class: z.string().optional(), coefficients: z.array(coefficientSchema) })),
  /** Features beyond the thousand with the largest coefficients, left out. */
  omitted: z.number(),
  /** Training rows. */
  rows: z.number(),
  degreesOfFreedom: z.number().optional(),
  residualStandardError: z.number().optional(),
  /** What to know when reading them, a sentence each. */
  notes: z.array(z.string()),
});
export type Coefficients = z.infer<typeof coefficientsSchema>;

export const naiveForecastSchema = z.object({
  strategy: z.enum(['lastValue', 'seasonal']),
  /** How many rows before the predicted one the repeated value lies. */
  lag: z.number(),
  metrics: metricsSchema,
});
export type NaiveForecast = z.infer<typeof naiveForecastSchema>;

/**
 * `evaluation.json`: how good the model is on rows that it never saw. Holds nothing that differs between two runs of
 * the same experiment on the same data: no times, no ids.
 */
export const evaluationSchema = z.object({
  version: z.literal(1),
  task: taskSchema,
  target: z.string(),
  algorithm: z.string(),
  rows: z.object({
    total: z.number(),
    train: z.number(),
    test: z.number(),
    /** Rows left out because their target is missing. */
    missingTarget: z.number(),
    /** Rows with a target, when only a sample of them was used. */
    sampledFrom: z.number().optional(),
  }),
  /** Class labels in the order of every matrix and of probabilities' columns; classification only. */
  classes: z.array(z.string()).optional(),
  metrics: metricsSchema,
  baseline: z.object({
    /** What the baseline always answers. */
    strategy: z.enum(['mostFrequent', 'mean']),
    metrics: metricsSchema,
  }),
  /** Forecasts by models that read sequences with the target's past: what repeating an earlier value is worth on the same test rows. */
  naiveForecasts: z.array(naiveForecastSchema).optional(),
  crossValidation: z.object({
    /** How rows were divided; absent in runs of earlier versions. */
    method: z.string().optional(),
    /** Folds of one division. */
    folds: z.number(),
    /** How often the rows were divided; values are those of the first division's folds, then of the second's, and so on. */
    repeats: z.number().optional(),
    /** Rows that each fold was fitted to and tested on, in the order of `values`; fewer than were planned when the user stopped on the way. */
    rows: z.array(z.object({ train: z.number(), test: z.number() })).optional(),
    /** Metrics that every fold defines: mean and standard deviation (divided by n) over the folds, and their values. */
    metrics: z.record(z.string(), z.object({ mean: z.number(), std: z.number(), values: z.array(z.number()) })),
  }).nullable(),
  /** Rows are true classes, columns predicted ones, in the order of `classes`. */
  confusionMatrix: z.array(z.array(z.number())).optional(),
  /** False positive rate against true positive rate, one curve a class (one in all for two classes). */
  rocCurves: z.array(curveSchema).optional(),
  /** Recall against precision, likewise. */
  prCurves: z.array(curveSchema).optional(),
  /** Regression: actual and predicted values of at most 2,000 test rows, evenly drawn, and the histogram of all residuals (actual − predicted). */
  residuals: z.object({
    actual: z.array(z.number()),
    predicted: z.array(z.number()),
    histogram: z.object({ edges: z.array(z.number()), counts: z.array(z.number()) }),
  }).optional(),
  /** Permutation importance of each source column, most important first: the loss of the metric when the column's test values are shuffled. */
  importance: z.object({
    metric: z.string(),
    repeats: z.number(),
    rows: z.number(),
    features: z.array(z.object({ column: z.string(), mean: z.number(), std: z.number() })),
  }),
  /** Forests that were asked for it: the score of training rows, each judged by the trees that were not grown on it. */
  outOfBag: z.object({ metric: z.enum(['accuracy', 'r2']), score: z.number().nullable(), rows: z.number() }).optional(),
  /** Linear models only. */
  coefficients: coefficientsSchema.optional(),
  preparation: z.array(columnPreparationSchema),
});
export type Evaluation = z.infer<typeof evaluationSchema>;
