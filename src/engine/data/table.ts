import type { ColumnType } from '../../schema/columnType';

/**
 * Data in columns, never changed once made. Buffers are SharedArrayBuffers, so worker threads see them without copies.
 */
export interface Table {
  readonly rowCount: number;
  readonly columns: readonly Column[];
  /** 1-based line of each row's first character in the file it came from. */
  readonly lines: Uint32Array;
}

export type Column = NumericColumn | CategoricalColumn;

/** Numbers, and dates as milliseconds since 1970 UTC; NaN where the value is missing. */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly name: string;
  readonly type: Extract<ColumnType, 'integer' | 'numeric' | 'dateTime'>;
  readonly values: Float64Array;
}

/** Values out of a dictionary: codes index `categories`; -1 where the value is missing. */
export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly name: string;
  readonly type: Extract<ColumnType, 'boolean' | 'categorical' | 'text'>;
  readonly codes: Int32Array;
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
