import { z } from 'zod';
import { experimentSchema } from './experiment';
import { runSteps } from './runLayout';

/**
 * Where a run stands. The engine writes all but `interrupted`, which is what a reader sees in a run that says
 * `running` although its process is gone.
 */
export const runStateSchema = z.enum(['running', 'done', 'failed', 'cancelled', 'interrupted']);
export type RunState = z.infer<typeof runStateSchema>;

/** The steps of a run, in order. */
export const runStepSchema = z.enum(runSteps);
export type RunStep = z.infer<typeof runStepSchema>;

/** What a step is at, where that decides what a stop would mean: while folds are scored, it ends the cross-validation and not the fit. */
export const runStageSchema = z.enum(['crossValidation']);
export type RunStage = z.infer<typeof runStageSchema>;

/** Metric values by name; null where a metric is undefined (ROC-AUC with one class among the test rows, say). */
export const metricsSchema = z.record(z.string(), z.number().nullable());
export type Metrics = z.infer<typeof metricsSchema>;

/** `run.json`: what a run is, what it ran and how it ended. Immutable once its state is final. */
export const runRecordSchema = z.object({
  version: z.literal(1),
  id: z.string().describe('UTC time plus 4 hexadecimal characters, as in 20260314T150926Z-a1b2.'),
  state: runStateSchema,
  /** One sentence that says what went wrong; only with `failed`. */
  error: z.string().optional(),
  experiment: experimentSchema,
  /** The experiment file it came from, relative to the workspace folder; absent when it was run from the command line's flags. */
  experimentPath: z.string().optional(),
  data: z.object({
    path: z.string(),
    bytes: z.number(),
    sha256: z.string(),
    rows: z.number(),
    columns: z.number(),
  }).optional(),
  startedAt: z.string().describe('ISO 8601, UTC.'),
  finishedAt: z.string().optional(),
  seconds: z.record(z.string(), z.number()).describe('Wall time by step, and "total".'),
  versions: z.object({ trainyard: z.string(), node: z.string(), platform: z.string() }),
  git: z.object({ commit: z.string(), branch: z.string().optional(), dirty: z.boolean() }).optional(),
  /** True when the user stopped training on the way and kept the best model so far: running it again gives another result. */
  stoppedEarly: z.boolean().optional(),
  /**
   * How far training had come then, where it is counted: 37 of 100 trees. `planned` is absent where nobody knows how many it would have
   * taken; `converged` is false where the algorithm looks for an optimum, which it had not come to.
   */
  stoppedAfter: z.object({ done: z.number(), planned: z.number().optional(), unit: z.string(), converged: z.literal(false).optional() }).optional(),
  /** How many folds of the cross-validation were done when the user stopped it; the others are left out of its scores. */
  foldsStoppedAfter: z.object({ done: z.number(), planned: z.number() }).optional(),
  /** The id of the unfinished run whose checkpoint it went on from. */
  resumedFrom: z.string().optional(),
  process: z.object({ pid: z.number(), host: z.string() }).optional(),
  /** The main metric and its baseline, repeated here so that a list of runs needs no second file. */
  result: z.object({
    metric: z.string(),
    value: z.number().nullable(),
    baseline: z.number().nullable(),
    metrics: metricsSchema,
  }).optional(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** One line of `events.jsonl`. */
export const runEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('progress'),
    time: z.string(),
    step: runStepSchema,
    /** Share of the whole run that is done, 0 to 1, never falling. */
    fraction: z.number(),
    message: z.string(),
    /** While the step that fits is still at the folds of a cross-validation. */
    stage: runStageSchema.optional(),
  }),
  z.object({
    kind: z.literal('epoch'),
    time: z.string(),
    /** From 1. */
    epoch: z.number(),
    /** The most there will be. */
    epochs: z.number(),
    learningRate: z.number(),
    /** `loss` of the training rows; where rows are watched: `validationLoss`, and `validationAccuracy` or `validationMae`. */
    metrics: z.record(z.string(), z.number()),
    /** The epoch whose model would be kept if training stopped now. */
    bestEpoch: z.number().optional(),
    /** At most: training may stop earlier. */
    secondsLeft: z.number().optional(),
  }),
  z.object({
    kind: z.literal('log'),
    time: z.string(),
    level: z.enum(['info', 'warning', 'error']),
    message: z.string(),
    /** `preflight`: whether a run can go ahead and what it will take; `stop`: what the user's stop has left out. */
    about: z.enum(['preflight', 'stop']).optional(),
  }),
  z.object({ kind: z.literal('state'), time: z.string(), state: runStateSchema, message: z.string().optional() }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;
