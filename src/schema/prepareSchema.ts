import { z } from 'zod';
import {
  analyzers, categoricalEncodings, categoricalImputes, dateTimeEncodings, neighborWeights, numericImputes, scalings, textEncodings, transforms,
} from './prepare';

/** What an experiment file may say of how columns become features; `prepare.ts` tells what holds when it doesn't. */

const numericImpute = z.enum(numericImputes);
const categoricalImpute = z.enum(categoricalImputes);
const transform = z.enum(transforms);
const scale = z.enum(scalings);
const categoricalEncode = z.enum(categoricalEncodings);
const dateTimeEncode = z.enum(dateTimeEncodings);
const textEncode = z.enum(textEncodings);
const analyzer = z.enum(analyzers);
const weights = z.enum(neighborWeights);
const fillValue = z.number();
const neighbors = z.int().min(1).max(100);
const maxCategories = z.int().min(2).max(1000);
const minFrequency = z.number().min(0).refine((value) => value < 1 || Number.isInteger(value), 'must be a share below 1 or a whole number of rows');
const smooth = z.union([z.literal('auto'), z.number().min(0)]);
const targetFolds = z.int().min(2).max(50);
const gramSize = z.int().min(1).max(10);
const maxFeatures = z.int().min(1).max(4096).nullable();
const minDocuments = z.int().min(1);
const degree = z.int().min(1).max(3);
const correlation = z.number().gt(0).lt(1).nullable();

const described = {
  numericImpute: numericImpute.describe('What replaces a missing number, learned from training rows only: a statistic, "constant", "knn" (the mean of the rows that are most alike) or "none" (algorithms that take missing values see them). Default: none where the algorithm takes missing values, else median.'),
  fillValue: fillValue.describe('The number that "constant" imputation puts in. Default: 0.'),
  neighbors: neighbors.describe('How many rows "knn" imputation takes the mean of. Default: 5.'),
  weights: weights.describe('Whether the nearer of those rows count more ("distance") or all the same. Default: uniform.'),
  indicator: z.boolean().describe('Adds a feature that marks the rows whose number is missing. Default: false.'),
  transform: transform.describe('"yeoJohnson" makes skewed numbers more like a normal distribution before they are scaled. Default: none.'),
  scale: scale.describe('How numbers are scaled: to mean 0 and deviation 1, to 0 to 1, by median and quartiles, or to their rank among training rows. Default: what the algorithm needs.'),
  categoricalImpute: categoricalImpute.describe('What replaces a missing category: the most frequent one, a category of its own ("constant"), or nothing ("none", for algorithms that take missing values). Default: constant.'),
  categoricalEncode: categoricalEncode.describe('How categories become numbers: a feature each, a code, their share of the training rows, or the mean of the target ("target", cross-fitted). Default: what the algorithm needs.'),
  maxCategories: maxCategories.describe('The most categories kept per column by one-hot and ordinal encoding; the rarest share one. Default: 50.'),
  minFrequency: minFrequency.describe('Categories in fewer training rows than this share one; a number below 1 is a share of the rows. Default: 0.'),
  smooth: smooth.describe('How far target encoding draws a category towards the overall mean: as so many rows would, or "auto" by how much its rows vary. Default: auto.'),
  targetFolds: targetFolds.describe('Training rows are target-encoded in so many folds, each learned from the others. Default: 5.'),
  dateTimeEncode: dateTimeEncode.describe('"cyclic" writes month, day, weekday and hour as points on a circle, so that December lies beside January. Default: parts.'),
  textEncode: textEncode.describe('How texts become numbers: by the words that tell most ("tfidf"), by words counted in a fixed number of places ("hashing"), or not at all ("drop"). Default: tfidf.'),
  analyzer: analyzer.describe('What is counted: words, or runs of characters, with or without those that cross word borders ("char", "charWb"). Default: word.'),
  minNgram: gramSize.describe('The fewest words or characters in a row that count as one. Default: 1 for words, 2 for characters.'),
  maxNgram: gramSize.describe('The most words or characters in a row that count as one. Default: 1 for words, 4 for characters.'),
  maxFeatures: maxFeatures.describe('The most features a text column becomes; null for one per ten training rows, but 8 to 256. Default: null.'),
  minDocuments: minDocuments.describe('Words in fewer training rows than this are left out of TF-IDF. Default: 2.'),
  sublinearTf: z.boolean().describe('Counts a word that comes n times as 1 + ln n. Default: false.'),
};

/** How texts are counted, in all columns or in one. */
const textCounting = {
  analyzer: described.analyzer.optional(),
  minNgram: described.minNgram.optional(),
  maxNgram: described.maxNgram.optional(),
  maxFeatures: described.maxFeatures.optional(),
  minDocuments: described.minDocuments.optional(),
  sublinearTf: described.sublinearTf.optional(),
};

/** What may be said of one column, whatever its type; `columnSettingProblem` tells what doesn't fit. */
const columnSchema = z.strictObject({
  impute: z.enum(['mean', 'median', 'mostFrequent', 'constant', 'knn', 'none']).optional().describe('What replaces a missing value of this column.'),
  fillValue: described.fillValue.optional(),
  indicator: described.indicator.optional(),
  transform: described.transform.optional(),
  scale: described.scale.optional(),
  encode: z.enum(['oneHot', 'ordinal', 'frequency', 'target', 'parts', 'cyclic', 'tfidf', 'hashing', 'drop']).optional()
    .describe('How this column becomes numbers; what it can be follows from the column\'s type.'),
  maxCategories: described.maxCategories.optional(),
  minFrequency: described.minFrequency.optional(),
  smooth: described.smooth.optional(),
  ...textCounting,
});
export type ColumnSettings = z.infer<typeof columnSchema>;

/** `prepare` in an experiment file. */
export const prepareFileSchema = z.strictObject({
  numeric: z.strictObject({
    impute: described.numericImpute.optional(),
    fillValue: described.fillValue.optional(),
    neighbors: described.neighbors.optional(),
    weights: described.weights.optional(),
    indicator: described.indicator.optional(),
    transform: described.transform.optional(),
    scale: described.scale.optional(),
  }).optional(),
  categorical: z.strictObject({
    impute: described.categoricalImpute.optional(),
    encode: described.categoricalEncode.optional(),
    maxCategories: described.maxCategories.optional(),
    minFrequency: described.minFrequency.optional(),
    smooth: described.smooth.optional(),
    targetFolds: described.targetFolds.optional(),
  }).optional(),
  dateTime: z.strictObject({ encode: described.dateTimeEncode.optional() }).optional(),
  text: z.strictObject({
    encode: described.textEncode.optional(),
    ...textCounting,
  }).optional(),
  polynomial: z.strictObject({
    degree: degree.optional().describe('Adds products of up to so many prepared numbers: with 2 their squares and pairs. Default: 1, none.'),
    interactionOnly: z.boolean().optional().describe('Leaves out powers: only products of different columns. Default: false.'),
    columns: z.array(z.string()).min(1).optional().describe('The numeric columns whose products are made. Default: all of them.'),
  }).optional(),
  select: z.strictObject({
    constant: z.boolean().optional().describe('Leaves out features that have one value in all training rows. Default: true.'),
    correlation: correlation.optional().describe('Of two features whose correlation on the training rows is above this, either way, the later one is left out. Default: null, none.'),
  }).optional(),
  columns: z.record(z.string(), columnSchema).optional().describe('Settings of single columns, by name; they win over those of their kind.'),
});
export type PrepareFile = z.infer<typeof prepareFileSchema>;

/** The same with every default filled in. Keys that older runs don't have fall back to what those runs did. */
export const prepareSchema = z.strictObject({
  numeric: z.strictObject({
    impute: numericImpute,
    fillValue,
    neighbors: neighbors.default(5),
    weights: weights.default('uniform'),
    indicator: z.boolean().default(false),
    transform: transform.default('none'),
    scale,
  }),
  categorical: z.strictObject({
    impute: categoricalImpute,
    encode: categoricalEncode,
    maxCategories: z.number(),
    minFrequency: z.number().default(0),
    smooth: smooth.default('auto'),
    targetFolds: targetFolds.default(5),
  }),
  dateTime: z.strictObject({ encode: dateTimeEncode }).default({ encode: 'parts' }),
  text: z.strictObject({
    encode: textEncode,
    analyzer,
    minNgram: gramSize,
    maxNgram: gramSize,
    maxFeatures,
    minDocuments,
    sublinearTf: z.boolean(),
  }).default({ encode: 'drop', analyzer: 'word', minNgram: 1, maxNgram: 1, maxFeatures: null, minDocuments: 2, sublinearTf: false }),
  polynomial: z.strictObject({ degree, interactionOnly: z.boolean(), columns: z.array(z.string()).optional() }).default({ degree: 1, interactionOnly: false }),
  select: z.strictObject({ constant: z.boolean(), correlation }).default({ constant: true, correlation: null }),
  columns: z.record(z.string(), columnSchema).default({}),
});
export type Prepare = z.infer<typeof prepareSchema>;
