import { z } from 'zod';
import { taskSchema } from './algorithm';
import { columnTypeSchema } from './columnType';
import { labelledMendSchema } from './profile';

/** Something that keeps an experiment from running (`error`), or that may spoil its result (`warning`). */
export const preflightIssueSchema = z.object({
  /** What kind of thing it is, camelCase; those of the data go by the codes of a profile's findings. */
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  /** One clear sentence: what is wrong, where, and how to mend it. */
  message: z.string(),
  /** Why it matters to a model, in a sentence. */
  meaning: z.string().optional(),
  /** The value of the experiment file that it is about. */
  path: z.array(z.union([z.string(), z.number()])).optional(),
  column: z.string().optional(),
  /** Changes of the experiment, each of which mends it in one step. */
  mends: z.array(labelledMendSchema),
});
export type PreflightIssue = z.infer<typeof preflightIssueSchema>;

/** What will be done to one column, in the words in which a run's evaluation says what was done. */
export const plannedColumnSchema = z.object({
  column: z.string(),
  type: columnTypeSchema,
  role: z.enum(['feature', 'target', 'excluded', 'dropped']),
  steps: z.array(z.string()),
  /** Features that it will become; for dates the most there can be. */
  outputs: z.number(),
});
export type PlannedColumn = z.infer<typeof plannedColumnSchema>;

/** What a run will take, roughly. */
export const runEstimateSchema = z.object({
  /** Wall time of the whole run. */
  seconds: z.number(),
  /** The same by step. */
  steps: z.object({ read: z.number(), prepare: z.number(), fit: z.number(), crossValidation: z.number(), evaluate: z.number() }),
  /** The most memory that the run will hold at once. */
  bytes: z.number(),
  /** Memory that is free on this machine now. */
  availableBytes: z.number(),
  /** What the estimate rests on: "typical speeds", or "3 earlier runs here". */
  basis: z.string(),
});
export type RunEstimate = z.infer<typeof runEstimateSchema>;

/** A layer of the network that a run would build. */
export const plannedLayerSchema = z.object({
  /** Its place from 0; more than one index within residual blocks, whose layers follow their block. */
  place: z.array(z.number()),
  /** The layer as an experiment file holds it. */
  layer: z.record(z.string(), z.json()),
  /** What it hands on, a row: "8 × 8 × 32". Absent where a layer up to it doesn't fit. */
  output: z.string().optional(),
  /** Numbers that training changes, those of its own layers among them. */
  parameters: z.number().optional(),
  /** Why it can't stand there, in a sentence that says how to mend it. */
  problem: z.string().optional(),
});
export type PlannedLayer = z.infer<typeof plannedLayerSchema>;

/** The network that a run would build. */
export const plannedNetworkSchema = z.object({
  /** What the first layer gets, a row. */
  input: z.string(),
  layers: z.array(plannedLayerSchema),
  /** The layer that answers, which is added behind them; absent, as the total is, where they don't fit together. */
  output: z.object({ size: z.number(), parameters: z.number() }).optional(),
  parameters: z.number().optional(),
  /** What makes a picture of a row, where one is. */
  picture: z.object({ height: z.number(), width: z.number(), channels: z.number() }).optional(),
  /** True when numbers of parameters may still change with the training rows' categories. */
  approximate: z.boolean(),
});
export type PlannedNetwork = z.infer<typeof plannedNetworkSchema>;

/** All that can be said of a run before a row is fitted. */
export const preflightSchema = z.object({
  version: z.literal(1),
  verdict: z.enum(['ready', 'warnings', 'blocked']),
  /** Most serious first. */
  issues: z.array(preflightIssueSchema),
  target: z.string(),
  /** Absent while the target's column isn't known. */
  task: taskSchema.optional(),
  algorithm: z.string(),
  rows: z.object({
    total: z.number(),
    /** Rows that are used: those with a target, or a sample of them. */
    used: z.number(),
    /** True when they are a sample. */
    sampled: z.boolean(),
    train: z.number(),
    test: z.number(),
  }),
  /** The training rows after preparation; null while blocked by what keeps it from being known. */
  matrix: z.object({ rows: z.number(), columns: z.number() }).nullable(),
  columns: z.array(plannedColumnSchema),
  estimate: runEstimateSchema.nullable(),
  /** Of networks only, once their input is known. */
  network: plannedNetworkSchema.optional(),
});
export type Preflight = z.infer<typeof preflightSchema>;
