import { z } from 'zod';
import { columnTypeSchema } from './columnType';

const histogramSchema = z.object({
  /** One more than there are bins; each bin holds its lower edge, the last one its upper edge too. */
  edges: z.array(z.number()),
  counts: z.array(z.number()),
});
export type Histogram = z.infer<typeof histogramSchema>;

/** What is in one column. */
export const columnProfileSchema = z.object({
  name: z.string(),
  type: columnTypeSchema,
  missing: z.number(),
  /** Of the sample where the profile is sampled and the column holds numbers. */
  distinct: z.number(),
  /** integer, numeric and dateTime (milliseconds since 1970 UTC) columns with at least one value. */
  numeric: z.object({
    minimum: z.number(),
    maximum: z.number(),
    mean: z.number(),
    /** Sample standard deviation (n − 1); null with fewer than two values. */
    std: z.number().nullable(),
    quartiles: z.tuple([z.number(), z.number(), z.number()]),
    /** The 1st, 5th, 95th and 99th percentile. */
    tails: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
    /** Sample skewness (G1, corrected for bias as in pandas); null with fewer than three values or without variation. */
    skew: z.number().nullable().optional(),
    histogram: histogramSchema.optional(),
    /** Values further than 1.5 interquartile ranges from the quartiles (Tukey's fences). */
    outliers: z.object({ count: z.number(), low: z.number(), high: z.number() }).optional(),
  }).optional(),
  /** The most frequent values, most frequent first, at most ten; for boolean, categorical and text columns and integers with few values. */
  topValues: z.array(z.object({ value: z.string(), count: z.number() })).optional(),
});
export type ColumnProfile = z.infer<typeof columnProfileSchema>;

/** A change to the experiment that mends a finding. */
export const mendSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('excludeColumn'), column: z.string() }),
  z.object({ kind: z.literal('setType'), column: z.string(), type: columnTypeSchema }),
  /** Texts to count as missing besides the usual ones. */
  z.object({ kind: z.literal('addMissing'), texts: z.array(z.string()) }),
  /** Lets the model see a column again, or forgets one that the data doesn't have. */
  z.object({ kind: z.literal('includeColumn'), column: z.string() }),
  z.object({ kind: z.literal('set'), path: z.array(z.string()), value: z.union([z.string(), z.number(), z.boolean()]) }),
  /** Takes a value out of the file: back to its default. */
  z.object({ kind: z.literal('unset'), path: z.array(z.string()) }),
]);
export type Mend = z.infer<typeof mendSchema>;

/** A mend with the words for its button. */
export const labelledMendSchema = z.object({ label: z.string(), change: mendSchema });
export type LabelledMend = z.infer<typeof labelledMendSchema>;

/** Something about the data that the user should know. */
export const findingSchema = z.object({
  code: z.enum([
    'missingValues', 'duplicateRows', 'constantColumn', 'idLikeColumn', 'highCardinality', 'mixedTypes', 'classImbalance',
    'possibleLeakage', 'raggedRows', 'emptyColumn', 'outliers', 'rareClasses', 'correlatedColumns', 'orderedDates', 'invalidText',
  ]),
  severity: z.enum(['info', 'warning', 'error']),
  column: z.string().optional(),
  message: z.string(),
  /** Why it matters to a model, in a sentence. */
  meaning: z.string().optional(),
  /** What would mend it in one step, with the words for the button. */
  mend: labelledMendSchema.optional(),
  /** 1-based lines of the file that it is about, the first `mostFindingLines` at most; absent when it is about a column or the file as a whole. */
  lines: z.array(z.number()).optional(),
});
export type Finding = z.infer<typeof findingSchema>;

/** A square matrix of a measure between columns, row after row; null where it is undefined. */
const associationSchema = z.object({ columns: z.array(z.string()), values: z.array(z.array(z.number().nullable())) });
export type Association = z.infer<typeof associationSchema>;

/** How columns go together. Columns beyond the first hundred of a kind are left out. */
export const correlationsSchema = z.object({
  /** Rows that were looked at. */
  rows: z.number(),
  pearson: associationSchema,
  spearman: associationSchema,
  /** Between categories, 0 to 1, without a correction for bias. */
  cramersV: associationSchema,
  /** How much of a number's variation categories explain, 0 to 1 (η, the root of the explained share): a row for each category column, a column for each number. */
  correlationRatio: z.object({ categories: z.array(z.string()), numbers: z.array(z.string()), values: z.array(z.array(z.number().nullable())) }),
});
export type Correlations = z.infer<typeof correlationsSchema>;

/** A data file at a glance. */
export const profileSchema = z.object({
  version: z.literal(1),
  path: z.string(),
  bytes: z.number(),
  delimiter: z.string(),
  /** Whether the first row names the columns. */
  header: z.boolean().optional(),
  /** How else the text is written, as far as its reader has found out or was told. */
  dialect: z.object({ quote: z.string(), decimal: z.string(), thousands: z.string(), encoding: z.string() }).optional(),
  rows: z.number(),
  /** Rows that quantiles, histograms and distinct numbers were taken from, evenly spread, when not from all. */
  sampledRows: z.number().optional(),
  columns: z.array(columnProfileSchema),
  correlations: correlationsSchema.optional(),
  findings: z.array(findingSchema),
  /** The column that is most likely to be predicted, judged by name, place and type; null without a suitable one. */
  likelyTarget: z.string().nullable(),
  /** Columns that a first experiment should leave out (ids, constants, what tells the target), with the reason. */
  suggestedExclusions: z.array(z.object({ column: z.string(), reason: z.string() })),
});
export type Profile = z.infer<typeof profileSchema>;
