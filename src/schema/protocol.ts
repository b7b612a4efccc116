import type { Metrics, RunEvent } from './run';
import type { ExperimentFile } from './experiment';

/**
 * What the engine process and its client say to each other as JSON-RPC over the child process's IPC channel.
 * Long requests are cancelled with JSON-RPC's own cancellation.
 */
export const engineMethods = {
  /** request ProfileParams → Profile */
  profile: 'trainyard/profile',
  /** request TrainParams → TrainResult */
  train: 'trainyard/train',
  /** notification RunStarted: the run folder exists from now on */
  runStarted: 'trainyard/runStarted',
  /** notification RunEvent */
  event: 'trainyard/event',
} as const;

export interface ProfileParams {
  /** Absolute path of the data file. */
  readonly file: string;
  readonly delimiter?: string;
}

/** What may compute besides the processor, by ONNX Runtime's names. */
export type GpuProvider = 'webgpu' | 'dml' | 'coreml' | 'cuda';

export interface TrainParams {
  /** Absolute path of the folder below which every path of the experiment must lie: the workspace folder. */
  readonly root: string;
  /** The experiment's own file relative to `root`, when it has one. */
  readonly experimentPath?: string;
  /** The experiment's name when the file gives none. */
  readonly name: string;
  readonly experiment: ExperimentFile;
  /** Absolute folder of runs; `root`/trainyard/runs when absent. */
  readonly runsFolder?: string;
  /** Absolute folder of an unfinished run of the same experiment, whose checkpoint is to be continued. */
  readonly resumeFrom?: string;
  /** The GPU that networks may use; the processor computes when absent, or when it can't be had. */
  readonly gpu?: GpuProvider;
}

export interface RunStarted {
  /** Absolute. */
  readonly runDir: string;
}

export interface TrainResult {
  /** Absolute. */
  readonly runDir: string;
  readonly task: 'classification' | 'regression';
  readonly algorithm: string;
  readonly metrics: Metrics;
  readonly baseline: Metrics;
  readonly crossValidation: Readonly<Record<string, { mean: number; std: number; values: number[] }>> | null;
  readonly seconds: { readonly read: number; readonly prepare: number; readonly fit: number; readonly evaluate: number; readonly total: number };
}

export type EngineEvent = RunEvent;

/** Error codes of a JSON-RPC response, beyond the protocol's own. */
export const engineErrorCodes = {
  /** The user can mend it: bad data, bad experiment. The message is one sentence for the user. */
  userError: 1,
  cancelled: 2,
  /** A defect or an exhausted resource. */
  internal: 3,
} as const;
