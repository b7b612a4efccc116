import { z } from 'zod';
import type { FromComparison, FromExperimentForm, FromResults } from '../../schema/messages';

/** What webviews may say. A webview shows content of files, so nothing that it sends is taken on trust. */

const ready = z.strictObject({ kind: z.literal('ready') });
const uri = z.string().min(1).max(4096);

const edit = z.strictObject({
  path: z.array(z.union([z.string().max(1000), z.int().min(0).max(100_000)])).min(1).max(6),
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
