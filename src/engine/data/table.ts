import type { ColumnType } from '../../schema/columnType';
import type { StoredNumbers, WholeArray } from './numbers';
import { wholesOver } from './numbers';

/**
 * Data in columns, never changed once made. Buffers are SharedArrayBuffers, so worker threads see them without copies.
 */
export interface Table {
  readonly rowCount: number;
  readonly columns: readonly Column[];
  /** Where each row's first character stands in the file it came from; `lineOf` reads it. */
  readonly lines: RowLines;
}

/** The 1-based line of each row, or that of the first where every other row lies on the line below. */
export type RowLines = Uint32Array | { readonly first: number };

export type Column = NumericColumn | CategoricalColumn;

/** Numbers, and dates as milliseconds since 1970 UTC; NaN where the value is missing. */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly name: string;
  readonly type: Extract<ColumnType, 'integer' | 'numeric' | 'dateTime'>;
  /** Read by `allNumbers`, `numbersAt` and `numberAt`. */
  readonly numbers: StoredNumbers;
}

/** One code a row, in 8 or 16 bits where that many do; `sharedCodes` chooses. */
export type Codes = WholeArray;

/** Values out of a dictionary: codes index `categories`; -1 where the value is missing. */
export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly name: string;
  readonly type: Extract<ColumnType, 'boolean' | 'categorical' | 'text'>;
  readonly codes: Codes;
  /** Distinct values; the order is that of first appearance in the file. */
  readonly categories: readonly string[];
}

const columnsByName = new WeakMap<Table, ReadonlyMap<string, Column>>();

/** The column of that name; undefined when there is none. A table is searched once, however many of its columns are asked for. */
export function columnNamed(table: Table, name: string): Column | undefined {
  let columns = columnsByName.get(table);
  if (columns === undefined) {
    // Of equal names the first counts.
    columns = new Map(table.columns.toReversed().map((column) => [column.name, column]));
    columnsByName.set(table, columns);
  }
  return columns.get(name);
}

/** The 1-based line on which a row begins. */
export function lineOf(lines: RowLines, row: number): number {
  return lines instanceof Uint32Array ? lines[row] : lines.first + row;
}

/** Lines as a table keeps them. */
export function compactLines(lines: Uint32Array): RowLines {
  for (let row = 1; row < lines.length; row++) {
    if (lines[row] !== lines[0] + row) {
      return lines;
    }
  }
  return { first: lines.length === 0 ? 1 : lines[0] };
}

/** How wide codes of so many categories are, in bytes. */
export function codeBytes(categories: number): 1 | 2 | 4 {
  return categories <= 0x80 ? 1 : categories <= 0x8000 ? 2 : 4;
}

/** Codes of so many categories over shared memory. */
export function sharedCodes(rows: number, categories: number): Codes {
  const bytes = codeBytes(categories);
  return wholesOver(new SharedArrayBuffer(rows * bytes), bytes);
}

/** A Float64Array over shared memory. */
export function sharedFloat64(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
}

/** An Int32Array over shared memory. */
export function sharedInt32(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
}

/** A Uint32Array over shared memory. */
export function sharedUint32(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT));
}
