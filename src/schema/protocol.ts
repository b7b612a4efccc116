import type { ColumnType } from './columnType';
import type { Profile } from './profile';
import type { Metrics } from './run';
import type { ExperimentFile } from './experiment';

/**
 * What the engine process and its client say to each other as JSON-RPC over the child process's IPC channel.
 * Long requests are cancelled with JSON-RPC's own cancellation.
 */
export const engineMethods = {
  /** request ProfileParams → Profile */
  profile: 'trainyard/profile',
  /** request OpenTableParams → OpenedTable: a sample at once, whatever the file's size */
  openTable: 'trainyard/openTable',
  /** request TableRowsParams → TableRows; the first one counts the file's rows */
  tableRows: 'trainyard/tableRows',
  /** notification CloseTableParams */
  closeTable: 'trainyard/closeTable',
  /** request TrainParams → TrainResult */
  train: 'trainyard/train',
  /** request StopParams → null: the run stops here and keeps the best model so far, where its algorithm can; else it goes on */
  stop: 'trainyard/stop',
  /** notification RunStarted: the run folder exists from now on */
  runStarted: 'trainyard/runStarted',
  /** notification RunEvent */
  event: 'trainyard/event',
} as const;

export interface ProfileParams extends DataDialect {
  /** Absolute path of the data file. */
  readonly file: string;
  /** Types by column that override the inferred ones. */
  readonly types?: Readonly<Record<string, ColumnType>>;
}

export interface OpenTableParams extends DataDialect {
  /** Absolute path of the data file. */
  readonly file: string;
  /** Types by column that override the inferred ones. */
  readonly types?: Readonly<Record<string, ColumnType>>;
}

/** How a data file is written, as far as the user says; the rest is found in the file. See the experiment's `data`. */
export interface DataDialect {
  readonly delimiter?: string;
  readonly quote?: string;
  readonly header?: boolean;
  readonly decimal?: '.' | ',';
  readonly thousands?: '' | ',' | '.' | ' ' | "'";
  readonly missing?: readonly string[];
}

export interface OpenedTable {
  /** Names the open table in further requests. */
  readonly id: number;
  readonly columns: readonly string[];
  /** By the sample; `TableRows.rowCount` is exact. */
  readonly estimatedRows: number;
  /** The profile of a sample of rows; the request `profile` gives that of the whole file. */
  readonly profile: Profile;
}

/** Asks for a window of cells; `fromLine` in place of `from` starts at the row that begins on that line of the file. */
export interface TableRowsParams {
  readonly id: number;
  readonly from?: number;
  readonly fromLine?: number;
  readonly count: number;
  readonly firstColumn: number;
  /** Excluded. */
  readonly lastColumn: number;
}

export interface TableRows {
  readonly rowCount: number;
  readonly from: number;
  /** 1-based line of each row. */
  readonly lines: readonly number[];
  /** Row by row the cells' texts as they are written, '' where there is none. */
  readonly cells: readonly (readonly string[])[];
}

export interface CloseTableParams {
  readonly id: number;
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

export interface StopParams {
  /** Absolute folder of a run that this process works on. */
  readonly runDir: string;
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

/** Error codes of a JSON-RPC response, beyond the protocol's own. */
export const engineErrorCodes = {
  /** The user can mend it: bad data, bad experiment. The message is one sentence for the user. */
  userError: 1,
  cancelled: 2,
  /** A defect or an exhausted resource. */
  internal: 3,
} as const;
