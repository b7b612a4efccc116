import { z } from 'zod';
import { hyperparameterValueSchema, taskSchema } from './algorithm';
import { columnTypeSchema } from './columnType';
import { prepareFileSchema, prepareSchema } from './prepare';
import { defaultAlgorithmId } from './resolveExperiment';

const dataSchema = z.strictObject({
  path: z.string().min(1).describe('The data file, relative to this workspace folder, with / between folders.'),
  delimiter: z.string().length(1).optional().describe('The character between fields; found in the file when absent.'),
  quote: z.string().max(1).optional().describe('The character around values that hold delimiters or newlines; "" for none. Default: ".'),
  header: z.boolean().optional()
    .describe('Whether the first row names the columns; found in the file when absent. Without a header they are column1, column2, …'),
  decimal: z.enum(['.', ',']).optional().describe('The character before decimals; found in the file when absent.'),
  thousands: z.enum(['', ',', '.', ' ', "'"]).optional()
    .describe('The character between groups of three digits, "" for none; found in the file when absent.'),
  missing: z.array(z.string()).optional()
    .describe('Texts that stand for "no value", besides the empty cell. Default: ?, -, NA, N/A, NaN, null, None and their like.'),
});

const featuresSchema = z.strictObject({
  exclude: z.array(z.string()).optional().describe('Columns that the model must not see.'),
  types: z.record(z.string(), columnTypeSchema).optional().describe('Column types that override the inferred ones.'),
});

const splitSchema = z.strictObject({
  method: z.enum(['stratified', 'random', 'timeOrdered']).optional()
    .describe('"stratified" keeps each class\'s share in both parts (classification only, its default); "random" draws rows evenly; "timeOrdered" tests on the latest rows (the default of networks that read sequences).'),
  orderBy: z.string().min(1).optional().describe('The column that orders rows in time. Default: the order in the file.'),
  groupBy: z.string().min(1).optional().describe('Rows with the same value in this column form a sequence of their own.'),
  testSize: z.number().gt(0).lt(1).optional().describe('The share of rows held back for the test. Default: 0.2.'),
});

const validationSchema = z.strictObject({
  method: z.enum(['none', 'kFold']).optional().describe('Cross-validation on the training rows. Default: none.'),
  folds: z.int().min(2).max(100).optional().describe('How many folds. Default: 5.'),
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
    method: z.enum(['stratified', 'random', 'timeOrdered']),
    testSize: z.number(),
    orderBy: z.string().optional(),
    groupBy: z.string().optional(),
  }),
  validation: z.strictObject({ method: z.enum(['none', 'kFold']), folds: z.number() }),
  algorithm: z.string(),
  hyperparameters: z.record(z.string(), hyperparameterValueSchema),
  seed: z.number(),
});

export type Experiment = z.infer<typeof experimentSchema>;
