import { z } from 'zod';
import { columnTypeSchema } from './columnType';

/** What is in one column. */
export const columnProfileSchema = z.object({
  name: z.string(),
  type: columnTypeSchema,
  missing: z.number(),
  distinct: z.number(),
  /** integer, numeric and dateTime (milliseconds since 1970 UTC) columns with at least one value. */
  numeric: z.object({
    minimum: z.number(),
    maximum: z.number(),
    mean: z.number(),
    /** Sample standard deviation (n − 1); null with fewer than two values. */
    std: z.number().nullable(),
    quartiles: z.tuple([z.number(), z.number(), z.number()]),
  }).optional(),
  /** The most frequent values, most frequent first, at most ten; for boolean, categorical and text columns and integers with few values. */
  topValues: z.array(z.object({ value: z.string(), count: z.number() })).optional(),
});
export type ColumnProfile = z.infer<typeof columnProfileSchema>;

/** Something about the data that the user should know. */
export const findingSchema = z.object({
  code: z.enum([
    'missingValues', 'duplicateRows', 'constantColumn', 'idLikeColumn', 'highCardinality', 'mixedTypes', 'classImbalance',
    'possibleLeakage', 'raggedRows', 'emptyColumn',
  ]),
  severity: z.enum(['info', 'warning', 'error']),
  column: z.string().optional(),
  message: z.string(),
  /** 1-based lines of the file that it is about, the first few hundred at most; absent when it is about a column or the file as a whole. */
  lines: z.array(z.number()).optional(),
});
export type Finding = z.infer<typeof findingSchema>;

/** A data file at a glance. */
export const profileSchema = z.object({
  version: z.literal(1),
  path: z.string(),
  bytes: z.number(),
  delimiter: z.string(),
  rows: z.number(),
  columns: z.array(columnProfileSchema),
  findings: z.array(findingSchema),
  /** The column that is most likely to be predicted, judged by name, place and type; null without a suitable one. */
  likelyTarget: z.string().nullable(),
  /** Columns that a first experiment should leave out (ids, constants, free text), with the reason. */
  suggestedExclusions: z.array(z.object({ column: z.string(), reason: z.string() })),
});
export type Profile = z.infer<typeof profileSchema>;
