import { UserError } from '../../errors';
import { missingTokens as usualMissingTokens } from '../cellText';
import type { DateOrder } from '../dateText';
import { makeTable } from '../makeTable';
import { machineMemory } from '../memoryNeed';
import type { ReadTableOptions } from '../readTable';
import { mostColumns } from '../sniff';
import type { Table } from '../table';
import { compactLines, sharedUint32 } from '../table';
import type { CellRules } from './columnBuilder';
import { cellRules, ColumnBuilder } from './columnBuilder';

/** A file that is to be read. */
export interface FormatFile {
  /** Descriptor of the open file; the caller closes it. */
  readonly handle: number;
  /** Its size. */
  readonly bytes: number;
  /** Its name in messages. */
  readonly name: string;
  readonly options: ReadTableOptions;
}

/** What a format's reader makes of a file. */
export interface FormatTable {
  readonly table: Table;
  /** Whether a first row names the columns, or the format itself does. */
  readonly header: boolean;
  readonly dateOrders: Readonly<Record<string, DateOrder>>;
}

/** At most this share of the machine's memory may go to one table. */
const share = 0.8;

/** Gathers a table's columns, which may turn up one by one. */
export class TableBuilder {
  private readonly columns = new Map<string, ColumnBuilder>();
  private readonly rules: CellRules;
  private reserved = 0;

  /** @param place what the rows' numbers count. @param capacity how many rows to expect. */
  constructor(private readonly file: FormatFile, private readonly place: 'line' | 'row', private readonly capacity?: number, memory = machineMemory()) {
    const { options, name } = file;
    const missing = options.missing === undefined ? usualMissingTokens : new Set(['', ...options.missing]);
    this.rules = cellRules(missing, { decimal: options.decimal ?? '.', thousands: options.thousands ?? '' }, (bytes) => {
      this.reserved += bytes;
      if (this.reserved > memory * share) {
        throw new UserError(`"${name}" needs more than ${(this.reserved / 1e9).toFixed(1)} GB of memory, but this machine has ${(memory / 1e9).toFixed(1)} GB; use fewer rows or columns.`);
      }
    });
  }

  get missingTokens(): ReadonlySet<string> {
    return this.rules.missingTokens;
  }

  /** The column of a name; a new one when there is none. @throws UserError for more columns than a table can have. */
  column(name: string): ColumnBuilder {
    let column = this.columns.get(name);
    if (column === undefined) {
      if (this.columns.size >= mostColumns) {
        throw new UserError(`"${this.file.name}" has more than the ${mostColumns} columns a table can have; leave some out.`);
      }
      const types = this.file.options.types ?? {};
      column = new ColumnBuilder(this.rules, Object.hasOwn(types, name) ? types[name] : undefined, this.capacity);
      this.columns.set(name, column);
    }
    return column;
  }

  /** @param lines 1-based line or row of each row. @throws UserError without rows or columns, and when values don't fit the wished types. */
  finish(lines: Uint32Array, header = true): FormatTable {
    const { columns, file: { name, options }, rules: { numberFormat }, place } = this;
    if (lines.length === 0 || columns.size === 0) {
      throw new UserError(`"${name}" has no rows; a table needs some.`);
    }
    const builders = [...columns.values()];
    const cellsOf = (index: number): ReturnType<ColumnBuilder['finish']> => {
      builders[index].padTo(lines.length);
      return builders[index].finish();
    };
    return { ...makeTable([...columns.keys()], cellsOf, compactLines(lines), lines.length, { ...options, name, numberFormat, place }), header };
  }
}

/** Row numbers 1 to `count`. */
export function numberedRows(count: number): Uint32Array {
  return sharedUint32(count).map((_, row) => row + 1);
}
