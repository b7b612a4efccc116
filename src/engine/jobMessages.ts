import type { Profile } from '../schema/profile';
import type { ExportParams, ExportResult, ProfileParams, TrainParams, TrainResult } from '../schema/protocol';
import type { RunEvent } from '../schema/run';

/** What a job is to do: one thing, in a thread of its own. */
export type JobRequest =
  | { readonly kind: 'train'; readonly params: TrainParams; readonly runDir: string }
  | { readonly kind: 'profile'; readonly params: ProfileJob }
  | { readonly kind: 'predict'; readonly params: PredictJob }
  | { readonly kind: 'export'; readonly params: ExportParams };

export interface ProfileJob extends Omit<ProfileParams, 'progressToken'> {
  /** How messages and the profile name the file. */
  readonly name: string;
}

export interface PredictJob {
  /** Absolute folder of a finished run. */
  readonly runDir: string;
  /** Absolute path of the data file. */
  readonly file: string;
  /** How messages name the file. */
  readonly name: string;
  /** Absolute path of the file of predictions to write. */
  readonly out: string;
}

export interface PredictResult {
  readonly rows: number;
}

/** What comes back from each kind of job. */
export interface JobResults {
  readonly train: TrainResult;
  readonly profile: Profile;
  readonly predict: PredictResult;
  readonly export: ExportResult;
}

/** What the owner hands to the thread. */
export interface JobData {
  readonly request: JobRequest;
  /** One Int32 over shared memory: what the owner asks of the job, one of `jobRequests`. */
  readonly flag: Int32Array;
}

/** What a job's flag says. A cancelled job stays cancelled. */
export const jobRequests = {
  goOn: 0,
  cancel: 1,
  /** Stop fitting here and keep the best model so far; evaluate and write it as usual. While folds are scored: skip those that are left. */
  stopAndKeep: 2,
} as const;

/** What the thread tells its owner. The last message is `failed`, or `finished`, when what could wait for `done` is done too. */
export type JobMessage =
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'progress'; readonly fraction: number; readonly message: string }
  | { readonly kind: 'done'; readonly result: JobResults[keyof JobResults] }
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly failure: JobFailure };

export interface JobFailure {
  readonly reason: 'userError' | 'cancelled' | 'internal';
  /** One sentence for the user. */
  readonly message: string;
  readonly stack?: string;
  /** False when nothing was fitted yet, so that a run may vanish without a trace. */
  readonly fitted: boolean;
}
