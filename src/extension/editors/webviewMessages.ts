import { z } from 'zod';
import { columnTypeSchema } from '../../schema/columnType';
import type { FromDataset } from '../../schema/datasetView';
import { deepestNesting } from '../../schema/layers';
import { mendSchema } from '../../schema/profile';
import type { FromComparison, FromExperimentForm, FromResults } from '../../schema/messages';

/** What webviews may say. A webview shows content of files, so nothing that it sends is taken on trust. */

const ready = z.strictObject({ kind: z.literal('ready') });
const uri = z.string().min(1).max(4096);

/** Down to a field of a layer in residual blocks within each other. */
const longestPath = 4 + 2 * deepestNesting;

const edit = z.strictObject({
  path: z.array(z.union([z.string().max(1000), z.int().min(0).max(100_000)])).min(1).max(longestPath),
  value: z.json().optional(),
});

export const fromExperimentForm: z.ZodType<FromExperimentForm> = z.discriminatedUnion('kind', [
  ready,
  z.strictObject({ kind: z.literal('edit'), edits: z.array(edit).max(1000) }),
  z.strictObject({ kind: z.literal('train') }),
  z.strictObject({ kind: z.literal('cancel') }),
  z.strictObject({ kind: z.literal('openData') }),
  z.strictObject({ kind: z.literal('openText') }),
  z.strictObject({ kind: z.literal('openRun'), uri }),
  z.strictObject({ kind: z.literal('exampleRow'), request: z.int().min(0), row: z.int().min(0).max(2 ** 32) }),
]);

export const fromResults: z.ZodType<FromResults> = z.discriminatedUnion('kind', [
  ready,
  z.strictObject({ kind: z.literal('openFile'), name: z.string().min(1).max(255) }),
  z.strictObject({ kind: z.literal('revealFolder') }),
  z.strictObject({ kind: z.literal('openExperiment') }),
  z.strictObject({ kind: z.literal('rerun') }),
  z.strictObject({ kind: z.literal('compare') }),
  z.strictObject({ kind: z.literal('cancel') }),
  z.strictObject({ kind: z.literal('stop') }),
  z.strictObject({ kind: z.literal('resume') }),
]);

export const fromComparison: z.ZodType<FromComparison> = z.discriminatedUnion('kind', [
  ready,
  z.strictObject({ kind: z.literal('openRun'), uri }),
  z.strictObject({ kind: z.literal('addRun') }),
  z.strictObject({ kind: z.literal('removeRun'), uri }),
]);

const line = z.int().min(1).max(2 ** 32);
const column = z.int().min(0).max(100_000);
const columnName = z.string().max(100_000);

/** No more than a screen shows: the engine has a limit of its own for what is too much. */
const rowWindow = z.strictObject({
  from: z.int().min(0).max(2 ** 32).optional(),
  fromLine: line.optional(),
  lines: z.array(line).max(1000).optional(),
  count: z.int().min(0).max(1000),
  firstColumn: column,
  lastColumn: column,
});

export const fromDataset: z.ZodType<FromDataset> = z.discriminatedUnion('kind', [
  ready,
  z.strictObject({ kind: z.literal('rows'), request: z.int().min(0), window: rowWindow }),
  z.strictObject({ kind: z.literal('copyCell'), line, column }),
  z.strictObject({ kind: z.literal('reload') }),
  z.strictObject({ kind: z.literal('cancelProfile') }),
  z.strictObject({ kind: z.literal('startProfile') }),
  z.strictObject({ kind: z.literal('openLine'), line }),
  z.strictObject({ kind: z.literal('openText') }),
  z.strictObject({ kind: z.literal('train') }),
  z.strictObject({ kind: z.literal('openExperiment'), uri }),
  z.strictObject({ kind: z.literal('setType'), experiment: uri, column: columnName, type: columnTypeSchema.nullable() }),
  z.strictObject({ kind: z.literal('mend'), experiment: uri, mend: mendSchema }),
]);
