import type { AlgorithmDeclaration } from './algorithm';
import type { Evaluation } from './evaluation';
import type { Experiment, ExperimentFile } from './experiment';
import type { JsonValue } from './json';
import type { Preflight } from './preflight';
import type { LabelledMend, Profile } from './profile';
import type { RunEvent, RunRecord, RunStage, RunStep } from './run';

/**
 * What webviews and the extension say to each other. Everything sent to a webview is a complete snapshot, so a view that
 * was hidden or reloaded needs only the latest one. Every webview sends `ready` once its script listens.
 */
export interface ReadyMessage {
  readonly kind: 'ready';
}

/** Progress of a job that is running now. */
export interface JobProgress {
  /** `stopping`: asked to stop and keep the best so far; it still evaluates and writes. Asked to stop while folds are scored, it runs again once they have ended. */
  readonly state: 'queued' | 'running' | 'stopping' | 'cancelling';
  readonly step: RunStep | null;
  /** What the step is at, while a stop would end that and not the fit. */
  readonly stage?: RunStage;
  /** 0 to 1. */
  readonly fraction: number;
  readonly message: string;
}

// ---- Experiment form -------------------------------------------------------------------------------------------

export interface ExperimentFormState {
  readonly fileName: string;
  /** The file's content as it is; null when it can't be read as an experiment (then `problems` says why). */
  readonly file: ExperimentFile | null;
  /** The same with every default filled in; null when the file is invalid or its data could not be profiled. */
  readonly resolved: Experiment | null;
  /** What is wrong, each with the path of the value it is about ([] for the whole file). */
  readonly problems: readonly { readonly path: readonly (string | number)[]; readonly message: string; readonly mend?: LabelledMend }[];
  readonly data:
    | { readonly status: 'loading' }
    /** `isOutdated`: of the data as it was, while it is read anew. */
    | { readonly status: 'ready'; readonly profile: Profile; readonly isOutdated?: boolean }
    | { readonly status: 'failed'; readonly message: string };
  readonly algorithms: readonly AlgorithmDeclaration[];
  /** What a run would do and take, of the latest file that was looked at; null while nothing is known. */
  readonly preflight: Preflight | null;
  /** Why training is not possible now (untrusted workspace, say); null when it is. */
  readonly trainBlocked: string | null;
  readonly job: JobProgress | null;
  /** Runs of this experiment, newest first. */
  readonly runs: readonly RunSummary[];
  readonly readOnly: boolean;
}

export interface RunSummary {
  /** Absolute URI of the run folder, as text. */
  readonly uri: string;
  readonly id: string;
  readonly state: RunRecord['state'];
  readonly startedAt: string;
  readonly metric: string | null;
  readonly value: number | null;
  readonly baseline: number | null;
  readonly algorithm: string;
}

export interface ExperimentSnapshot {
  readonly kind: 'experiment';
  readonly state: ExperimentFormState;
}

/** Sets the value at a path of the file; `null` as `value` is JSON's null, absence removes the key (back to its default). */
export interface ExperimentEdit {
  readonly path: readonly (string | number)[];
  readonly value?: JsonValue;
}

export type FromExperimentForm =
  | ReadyMessage
  | { readonly kind: 'edit'; readonly edits: readonly ExperimentEdit[] }
  | { readonly kind: 'train' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'openData' }
  | { readonly kind: 'openText' }
  | { readonly kind: 'openRun'; readonly uri: string }
  /** Asks for one row of the data, counted from 0, to show it as the network reads it. Answered with the same number. */
  | { readonly kind: 'exampleRow'; readonly request: number; readonly row: number };

/** A row of the data as it is written. */
export interface ExampleRow {
  readonly kind: 'exampleRow';
  readonly request: number;
  /** Counted from 0. */
  readonly row: number;
  /** Where it begins in the file, from 1; null for formats without lines. */
  readonly line: number | null;
  /** One a column of the data; '' where there is no value. */
  readonly cells: readonly string[];
}

export interface ExampleRowFailed {
  readonly kind: 'exampleRowFailed';
  readonly request: number;
  readonly message: string;
}

export type ToExperimentForm = ExperimentSnapshot | ExampleRow | ExampleRowFailed;

// ---- Results ---------------------------------------------------------------------------------------------------

export interface ResultsState {
  readonly run: RunRecord;
  /** Null while the run is not done. */
  readonly evaluation: Evaluation | null;
  readonly job: JobProgress | null;
  /** The latest lines of the run's log, oldest first. */
  readonly events: readonly RunEvent[];
  /** Names of the files in the run folder that exist. */
  readonly files: readonly string[];
  readonly algorithmLabel: string;
  /** True when the experiment file that the run came from is still there. */
  readonly experimentExists: boolean;
  readonly trainBlocked: string | null;
  /** The learning curves of a model that learns in epochs; null for one that doesn't. */
  readonly curves: LearningCurves | null;
  /** True when the fit of its model can be stopped with the best so far as the result; folds always can. */
  readonly stoppable: boolean;
  /** True when it ended unfinished and left a checkpoint to go on from. */
  readonly resumable: boolean;
}

/** How losses and metrics went from epoch to epoch; all lists are as long as `epoch`. */
export interface LearningCurves {
  /** From 1, rising; a long training is told of in part. */
  readonly epoch: readonly number[];
  readonly learningRate: readonly number[];
  /** By the names of epoch events: `loss`, `validationLoss`, `validationAccuracy`, …; null where an epoch has none. */
  readonly metrics: Readonly<Record<string, readonly (number | null)[]>>;
  /** The most epochs there will be. */
  readonly epochs: number;
  /** The epoch whose model is kept; null while unknown. */
  readonly bestEpoch: number | null;
  /** At most, after the latest epoch; null when it isn't known or training is over. */
  readonly secondsLeft: number | null;
}

export interface ResultsSnapshot {
  readonly kind: 'results';
  readonly state: ResultsState;
}

/** The run could not be read: said instead of a snapshot. */
export interface FailureSnapshot {
  readonly kind: 'failure';
  readonly message: string;
}

export type ToResults = ResultsSnapshot | FailureSnapshot;

export type FromResults =
  | ReadyMessage
  | { readonly kind: 'openFile'; readonly name: string }
  | { readonly kind: 'revealFolder' }
  | { readonly kind: 'openExperiment' }
  | { readonly kind: 'rerun' }
  | { readonly kind: 'compare' }
  | { readonly kind: 'cancel' }
  /** Stop training and keep the best model so far; while folds are scored, skip those that are left. */
  | { readonly kind: 'stop' }
  /** Go on from the checkpoint of this unfinished run. */
  | { readonly kind: 'resume' };

// ---- Comparison ------------------------------------------------------------------------------------------------

export interface ComparedRun {
  readonly uri: string;
  readonly run: RunRecord;
  readonly evaluation: Evaluation | null;
  readonly algorithmLabel: string;
}

export type ToComparison = { readonly kind: 'comparison'; readonly runs: readonly ComparedRun[] } | FailureSnapshot;

export type FromComparison =
  | ReadyMessage
  | { readonly kind: 'openRun'; readonly uri: string }
  | { readonly kind: 'addRun' }
  | { readonly kind: 'removeRun'; readonly uri: string };
