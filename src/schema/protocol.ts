import type { ColumnType } from './columnType';
import type { DataEncoding } from './dataEncoding';
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
  /** request TableParams → RowCount: counts the rows, if that has not been done, which takes a while for a large file */
  countRows: 'trainyard/countRows',
  /** request TableRowsParams → TableRows: the first rows at once, others when the rows are counted */
  tableRows: 'trainyard/tableRows',
  /** notification TableParams */
  closeTable: 'trainyard/closeTable',
  /** request PreflightParams → Preflight: what a run will do and take, from the profile of its data */
  preflight: 'trainyard/preflight',
  /** request LocateParams → LocatedCells: where cells stand in a text file's lines */
  locateCells: 'trainyard/locateCells',
  /** request TrainParams → TrainResult */
  train: 'trainyard/train',
  /** request StopParams → null: the run stops here and keeps the best model so far, where its algorithm can; else it goes on */
  stop: 'trainyard/stop',
  /** request ExportParams → ExportResult: a finished run's network as an ONNX file */
  exportOnnx: 'trainyard/exportOnnx',
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
  /** Asks for `RequestProgress` under this token. */
  readonly progressToken?: number;
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
  readonly encoding?: DataEncoding;
  readonly missing?: readonly string[];
}

export interface OpenedTable {
  /** Names the open table in further requests. */
  readonly id: number;
  readonly columns: readonly string[];
  /** By the sample; the request `countRows` gives the exact number. */
  readonly estimatedRows: number;
  /** How the file turned out to be written; absent for formats that have nothing of the kind. */
  readonly dialect?: FoundDialect;
  /** Texts of cells that stand for "no value". */
  readonly missing: readonly string[];
  /** Characters that nine in ten of each column's sampled cells stay within. */
  readonly typicalLengths: readonly number[];
  /** False for formats without lines: then `TableRows.lines` counts rows, from 1. */
  readonly hasLines: boolean;
  /** The profile of a sample of rows, without findings; the request `profile` gives that of the whole file. */
  readonly profile: Profile;
}

/** How a text file is written, as far as its reader has found out. */
export interface FoundDialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly header: boolean;
  readonly decimal: string;
  readonly thousands: string;
  readonly encoding: string;
}

export interface TableParams {
  readonly id: number;
}

export interface RowCount {
  readonly rowCount: number;
}

/**
 * Asks for a window of cells; `fromLine` in place of `from` starts at the row that begins on that line of the file. With `lines`
 * the table consists of the rows that begin on these lines alone, and `from` counts within them.
 */
export interface TableRowsParams {
  readonly id: number;
  readonly from?: number;
  readonly fromLine?: number;
  readonly lines?: readonly number[];
  readonly count: number;
  readonly firstColumn: number;
  /** Excluded. */
  readonly lastColumn: number;
  /** Longer texts are cut off behind so many characters and end in "…"; whole when absent. */
  readonly longest?: number;
}

export interface TableRows {
  /** Null while the rows are not counted; then fewer rows may come than were asked for. */
  readonly rowCount: number | null;
  readonly from: number;
  /** 1-based line of each row. */
  readonly lines: readonly number[];
  /** Row by row the cells' texts as they are written, '' where there is none; null for a line that the table leaves out. */
  readonly cells: readonly (readonly string[] | null)[];
}

/** How far a request is, sent as JSON-RPC progress to who gave the request a `progressToken`. */
export interface RequestProgress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly message: string;
}

export interface PreflightParams {
  /** Absolute path of the workspace folder, whose earlier runs sharpen the estimate. */
  readonly root: string;
  /** The experiment's name when the file gives none. */
  readonly name: string;
  readonly experiment: ExperimentFile;
  /** Of the experiment's data, read with the experiment's types or without; correlations may be left out. */
  readonly profile: Profile;
}

export interface LocateParams extends DataDialect {
  /** Absolute path of the data file. */
  readonly file: string;
  /** 1-based line at which a row begins, and the cell's column by name; the whole row without one. */
  readonly cells: readonly { readonly line: number; readonly column?: string }[];
}

/** A stretch of a text file: lines from 1, characters from 0 in UTF-16 units as editors count them; the end is excluded. */
export interface TextSpan {
  readonly line: number;
  readonly character: number;
  readonly endLine: number;
  readonly endCharacter: number;
}

export interface LocatedCells {
  /** One a cell that was asked for; null for a row that isn't there. */
  readonly spans: readonly (TextSpan | null)[];
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

export interface ExportParams {
  /** Absolute folder of a finished run. */
  readonly runDir: string;
  /** Absolute path of the file to write. */
  readonly out: string;
}

export interface ExportResult {
  readonly out: string;
  readonly bytes: number;
  /** What the file expects and what it answers, each in words. */
  readonly input: string;
  readonly output: string;
  /** How far its answers are from the run's own model, relative to numbers above one. */
  readonly parity: { readonly rows: number; readonly fromData: boolean; readonly difference: number; readonly tolerance: number };
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
