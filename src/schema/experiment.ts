import { z } from 'zod';
import { hyperparameterValueSchema, taskSchema } from './algorithm';
import { columnTypeSchema } from './columnType';
import { dataEncodings } from './dataEncoding';
import { defaultAlgorithmId } from './defaultAlgorithm';
import { prepareFileSchema, prepareSchema } from './prepareSchema';

const dataSchema = z.strictObject({
  path: z.string().min(1).describe('The data file, relative to this workspace folder, with / between folders.'),
  delimiter: z.string().length(1).optional().describe('The character between fields; found in the file when absent.'),
  quote: z.string().max(1).optional().describe('The character around values that hold delimiters or newlines; "" for none. Default: ".'),
  header: z.boolean().optional()
    .describe('Whether the first row names the columns; found in the file when absent. Without a header they are column1, column2, …'),
  decimal: z.enum(['.', ',']).optional().describe('The character before decimals; found in the file when absent.'),
  thousands: z.enum(['', ',', '.', ' ', "'"]).optional()
    .describe('The character between groups of three digits, "" for none; found in the file when absent.'),
  encoding: z.enum(dataEncodings).optional()
    .describe('How characters are written as bytes; found in the file when absent. windows-1252 reads Latin-1 (ISO 8859-1) too.'),
  missing: z.array(z.string()).optional()
    .describe('Texts that stand for "no value", besides the empty cell. Default: ?, -, NA, N/A, NaN, null, None and their like.'),
  sampleRows: z.int().min(10).optional()
    .describe('Learns from and tests on so many rows at most, drawn by the seed: evenly, with each class\'s share kept, or the latest ones with a split in time. Default: all rows.'),
});

const featuresSchema = z.strictObject({
  exclude: z.array(z.string()).optional().describe('Columns that the model must not see.'),
  types: z.record(z.string(), columnTypeSchema).optional().describe('Column types that override the inferred ones.'),
});

/** How rows are divided into training and test. */
const splitMethodSchema = z.enum(['stratified', 'random', 'group', 'timeOrdered']);
export type SplitMethod = z.infer<typeof splitMethodSchema>;

/** How training rows are divided into folds. */
const validationMethodSchema = z.enum(['none', 'kFold', 'stratified', 'group', 'stratifiedGroup', 'timeOrdered']);
export type ValidationMethod = z.infer<typeof validationMethodSchema>;

const splitSchema = z.strictObject({
  method: splitMethodSchema.optional()
    .describe('"stratified" keeps each class\'s share in both parts (classification only, its default); "random" draws rows evenly; "group" never has rows of one group in both parts; "timeOrdered" tests on the latest rows (the default of networks that read sequences).'),
  orderBy: z.string().min(1).optional().describe('The column that orders rows in time: numbers or dates. Default: the order in the file.'),
  groupBy: z.string().min(1).optional()
    .describe('The column that names groups (patients, machines): whole groups are tested by the methods named after them. Rows in time form a sequence for each group.'),
  testSize: z.number().gt(0).lt(1).optional().describe('The share of rows held back for the test. Default: 0.2.'),
});

const validationSchema = z.strictObject({
  method: z.enum(['auto', ...validationMethodSchema.options]).optional()
    .describe('Cross-validation on the training rows. "kFold" draws folds evenly; "stratified" keeps each class\'s share in every fold; "group" never splits a group (see split.groupBy), "stratifiedGroup" does both; "timeOrdered" tests each fold after all rows before it; "auto" does as the split does. Default: none.'),
  folds: z.int().min(2).max(100).optional().describe('How many folds. Default: 5.'),
  repeats: z.int().min(1).max(100).optional().describe('How often the rows are cut into folds anew. Not in time. Default: 1.'),
  gap: z.int().min(0).optional().describe('In time: how many rows are left out between those that are learned and those that are tested. Default: 0.'),
});

/** An experiment file: what to do. Everything but the data's path and the target has a default. */
export const experimentFileSchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1).optional().describe('The format\'s version.'),
    name: z.string().min(1).optional().describe('The name shown for the experiment; the file\'s name when absent.'),
    data: dataSchema.describe('The data to learn from.'),
    target: z.string().min(1).describe('The column to predict.'),
    task: taskSchema.optional().describe('What to learn; follows from the target\'s type when absent.'),
    features: featuresSchema.optional().describe('Which columns the model sees, and as what.'),
    prepare: prepareFileSchema.optional().describe('How columns are prepared; fitted on training rows only.'),
    split: splitSchema.optional().describe('How rows are divided into training and test.'),
    validation: validationSchema.optional(),
    algorithm: z.string().min(1).optional().describe(`The algorithm's id. Default: ${defaultAlgorithmId}.`),
    hyperparameters: z.record(z.string(), hyperparameterValueSchema).optional()
      .describe('The algorithm\'s settings that differ from its defaults.'),
    seed: z.int().min(0).max(4294967295).optional().describe('The seed of every random choice. Default: 42.'),
  })
  .describe('A Trainyard experiment.');

export type ExperimentFile = z.infer<typeof experimentFileSchema>;

/** An experiment with every default filled in, as it runs and as run.json keeps it. */
export const experimentSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  data: dataSchema,
  target: z.string(),
  task: taskSchema,
  features: z.strictObject({ exclude: z.array(z.string()), types: z.record(z.string(), columnTypeSchema) }),
  prepare: prepareSchema,
  split: z.strictObject({
    method: splitMethodSchema,
    testSize: z.number(),
    orderBy: z.string().optional(),
    groupBy: z.string().optional(),
  }),
  validation: z.strictObject({ method: validationMethodSchema, folds: z.number(), repeats: z.number().default(1), gap: z.number().default(0) }),
  algorithm: z.string(),
  hyperparameters: z.record(z.string(), hyperparameterValueSchema),
  seed: z.number(),
});

export type Experiment = z.infer<typeof experimentSchema>;
