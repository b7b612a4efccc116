import { z } from 'zod';
import type { Matrix } from '../compute/matrix';
import { zeros } from '../compute/matrix';
import { allNumbers } from '../data/numbers';
import type { Codes, Table } from '../data/table';
import { columnNamed } from '../data/table';
import { UserError } from '../errors';

/** How rows become windows of the rows before them, as data. */
export const windowStateSchema = z.strictObject({
  /** Rows in a window. */
  steps: z.int().min(1),
  /** How many rows the window's last one lies before the row to predict; 0 when a row's own features are known with it. */
  horizon: z.int().min(0),
  /** Only every so many rows become a training window. */
  stride: z.int().min(1),
  /** The column whose values order the rows; the file's order when absent. */
  orderBy: z.string().optional(),
  /** Rows with the same value here form a sequence of their own. */
  groupBy: z.string().optional(),
  /** True when past values of the target, a number, are part of each window. */
  history: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

/** How a windowed row of features is laid out: step after step, oldest first, the features of a step together. */
export interface SequenceLayout {
  readonly steps: number;
  /** Per step. */
  readonly features: number;
  /** Which of a step's features is the target's own past, in its own unit. */
  readonly history?: number;
}

const largestMatrixBytes = 4e9;

/** Where each row stands in time. */
export interface RowOrder {
  /** Rows of each sequence, oldest first. */
  readonly sequences: readonly Uint32Array[];
  /** For each row its sequence and its place there. */
  readonly sequenceOf: Uint32Array;
  readonly placeOf: Uint32Array;
}

/** Orders a table's rows in time, each group by itself. @throws UserError when a column is missing. */
export function orderRows(table: Table, { orderBy, groupBy }: Pick<WindowState, 'orderBy' | 'groupBy'>): RowOrder {
  const keys = orderBy === undefined ? undefined : numbersOf(table, orderBy, 'order rows by');
  const groups = groupBy === undefined ? undefined : numbersOf(table, groupBy, 'group rows by');
  const bySequence = new Map<number, number[]>();
  for (let row = 0; row < table.rowCount; row++) {
    const key = groups?.[row] ?? 0;
    const sequence = bySequence.get(key) ?? [];
    sequence.push(row);
    bySequence.set(key, sequence);
  }
  const sequences = [...bySequence.values()].map((rows) =>
    // The sort is stable: rows of one moment stay in the file's order.
    Uint32Array.from(keys === undefined ? rows : rows.sort((a, b) => keys[a] - keys[b])));
  const sequenceOf = new Uint32Array(table.rowCount);
  const placeOf = new Uint32Array(table.rowCount);
  sequences.forEach((rows, sequence) => rows.forEach((row, place) => {
    sequenceOf[row] = sequence;
    placeOf[row] = place;
  }));
  return { sequences, sequenceOf, placeOf };
}

function numbersOf(table: Table, name: string, purpose: string): Float64Array | Codes {
  const column = columnNamed(table, name);
  if (column === undefined) {
    throw new UserError(`The data has no column "${name}" to ${purpose}; mend its name in "split".`);
  }
  return column.kind === 'numeric' ? allNumbers(column.numbers) : column.codes;
}

/** The rows that have a full window before them. @param thinned takes only every `stride`-th of them, as training does. */
export function rowsWithWindow({ steps, horizon, stride }: WindowState, order: RowOrder, rows: Uint32Array, thinned: boolean): Uint32Array {
  const first = horizon + steps - 1;
  return rows.filter((row) => order.placeOf[row] >= first && (!thinned || (order.placeOf[row] - first) % stride === 0));
}

/** A number column's values with each missing one replaced by the last before it in its sequence (by the first known one at the start). */
export function fillForward(values: Float64Array, { sequences }: RowOrder): Float64Array {
  const filled = values.slice();
  for (const rows of sequences) {
    const firstKnown = rows.find((row) => !Number.isNaN(values[row]));
    let last = firstKnown === undefined ? 0 : values[firstKnown];
    for (const row of rows) {
      last = Number.isNaN(values[row]) ? last : values[row];
      filled[row] = last;
    }
  }
  return filled;
}

/**
 * The windows of some rows, each as one row of features.
 *
 * @param features of every row of the table. @param history the target's filled values, when they take part.
 * @throws UserError when they would not fit into memory.
 */
export function makeWindows(state: WindowState, order: RowOrder, rows: Uint32Array, features: Matrix, history: Float64Array | undefined): Matrix {
  const perStep = features.columns + (history === undefined ? 0 : 1);
  const width = state.steps * perStep;
  if (rows.length * width * Float64Array.BYTES_PER_ELEMENT > largestMatrixBytes) {
    throw new UserError(
      `Windows of ${state.steps} rows with ${perStep} features for ${rows.length} rows need more than ${largestMatrixBytes / 1e9} GB; use a shorter window, a larger stride or fewer columns.`,
    );
  }
  const windows = zeros(rows.length, width);
  rows.forEach((row, i) => {
    const sequence = order.sequences[order.sequenceOf[row]];
    const newest = order.placeOf[row] - state.horizon;
    for (let step = 0, at = i * width; step < state.steps; step++, at += perStep) {
      const source = sequence[newest - state.steps + 1 + step];
      windows.values.set(features.values.subarray(source * features.columns, (source + 1) * features.columns), at);
      if (history !== undefined) {
        windows.values[at + perStep - 1] = history[source];
      }
    }
  });
  return windows;
}
