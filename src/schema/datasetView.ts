import type { ColumnType } from './columnType';
import type { ExperimentFile } from './experiment';
import type { ReadyMessage } from './messages';
import type { Mend, Profile } from './profile';
import type { OpenedTable, TableRows } from './protocol';

/*
 * What the dataset view and the extension say to each other. Snapshots are complete; the large ones (columns, profile) go out
 * only when they change, and to a page that has just said `ready`. Rows are asked for a page at a time.
 */

/** How far the profile of the whole file is. Until it is done, statistics are those of a sample. */
export type ProfilingState =
  | { readonly status: 'waiting' }
  | { readonly status: 'running'; readonly fraction: number; readonly message: string }
  | { readonly status: 'cancelled' }
  | { readonly status: 'failed'; readonly message: string }
  | { readonly status: 'done' };

/** An experiment that learns from the file. */
export interface DatasetExperiment {
  readonly uri: string;
  readonly name: string;
  readonly file: ExperimentFile;
}

export interface DatasetSnapshot {
  readonly kind: 'dataset';
  readonly fileName: string;
  /** As its workspace folder names it, / between folders; absolute outside of every folder. */
  readonly path: string;
  readonly table: { readonly status: 'opening' } | { readonly status: 'open' } | { readonly status: 'failed'; readonly message: string };
  readonly profiling: ProfilingState;
  /** True when the file isn't any more what the view shows. */
  readonly changedOnDisk: boolean;
  /** Most recently changed first. */
  readonly experiments: readonly DatasetExperiment[];
  /** Why experiments can't be made or changed now; null when they can. */
  readonly trainBlocked: string | null;
}

/** The table itself; another `generation` means that nothing known of rows holds any more. */
export interface DatasetTable extends Omit<OpenedTable, 'id' | 'profile'> {
  readonly kind: 'datasetTable';
  readonly generation: number;
  /** Null while the rows are being counted. */
  readonly rowCount: number | null;
  readonly bytes: number;
  /** Whether a line can be shown in a text editor. */
  readonly plainText: boolean;
}

export interface DatasetProfile {
  readonly kind: 'datasetProfile';
  readonly generation: number;
  readonly extent: 'sample' | 'whole';
  readonly profile: Profile;
}

/** Answers `rows` with the same number. */
export interface DatasetRows {
  readonly kind: 'rows';
  readonly request: number;
  readonly generation: number;
  readonly rows: TableRows;
}

export interface DatasetRowsFailed {
  readonly kind: 'rowsFailed';
  readonly request: number;
  readonly message: string;
}

/** Asks the page to begin something, as a command or a key of the editor's does. */
export interface DatasetAction {
  readonly kind: 'begin';
  readonly action: 'goToLine' | 'findColumn';
}

export type ToDataset = DatasetSnapshot | DatasetTable | DatasetProfile | DatasetRows | DatasetRowsFailed | DatasetAction;

/** A window of cells that the page wants to show. See `TableRowsParams`. */
export interface WantedRows {
  readonly from?: number;
  readonly fromLine?: number;
  readonly lines?: readonly number[];
  readonly count: number;
  readonly firstColumn: number;
  readonly lastColumn: number;
}

export type FromDataset =
  | ReadyMessage
  | { readonly kind: 'rows'; readonly request: number; readonly window: WantedRows }
  /** Copies a whole cell, which the page may know the beginning of only. */
  | { readonly kind: 'copyCell'; readonly line: number; readonly column: number }
  | { readonly kind: 'reload' }
  | { readonly kind: 'cancelProfile' }
  | { readonly kind: 'startProfile' }
  | { readonly kind: 'openLine'; readonly line: number }
  | { readonly kind: 'openText' }
  | { readonly kind: 'train' }
  | { readonly kind: 'openExperiment'; readonly uri: string }
  | { readonly kind: 'setType'; readonly experiment: string; readonly column: string; readonly type: ColumnType | null }
  | { readonly kind: 'mend'; readonly experiment: string; readonly mend: Mend };
