import type { Profile } from '../../../schema/profile';
import type { StepContext } from '../../stepContext';
import { readTableCached } from '../cache/cachedTable';
import { missingTokens } from '../cellText';
import { profileSampledTable } from '../profile';
import type { ReadTableOptions, ReadTableResult } from '../readTable';
import type { RowPage } from '../rowPages';
import { sampleTable } from '../sampleTable';
import { numberAt } from '../numbers';
import type { Column } from '../table';
import { lineOf } from '../table';
import { dateText } from '../dateText';

const sampleRows = 1000;

/** A data file that is looked at, row by row, in a format that is read as a whole: what `OpenTable` is to delimited text. */
export class WholeTable {
  readonly counted = true;
  readonly dialect = undefined;
  readonly keptProfile = undefined;

  private constructor(
    private readonly read: ReadTableResult,
    private readonly options: ReadTableOptions,
    private readonly context: StepContext,
    readonly name: string,
  ) {}

  /** @throws UserError as `readTable` does */
  static async open(file: string, options: ReadTableOptions, context: StepContext): Promise<WholeTable> {
    // The cache's copy is written behind the answer; a copy that can't be written is read again from the file.
    const read = await readTableCached(file, options, context, (work) => {
      setImmediate(() => void work());
    });
    return new WholeTable(read, options, context, options.name ?? file);
  }

  get names(): readonly string[] {
    return this.read.table.columns.map(({ name }) => name);
  }

  /** Texts that stand for "no value". */
  get missing(): readonly string[] {
    return this.options.missing === undefined ? [...missingTokens] : ['', ...this.options.missing];
  }

  get estimatedRows(): number {
    return this.read.table.rowCount;
  }

  /** Characters that nine in ten of each column's sampled cells stay within. */
  get typicalLengths(): number[] {
    const sample = sampleTable(this.read.table, sampleRows);
    return sample.columns.map((column) => {
      const lengths = Array.from({ length: sample.rowCount }, (_, row) => cellText(column, row).length).sort((a, b) => a - b);
      return lengths[Math.floor(lengths.length * 0.9)] ?? 0;
    });
  }

  /** The profile of a sample of rows. */
  profileSample(): Profile {
    return profileSampledTable({ ...this.read, table: sampleTable(this.read.table, sampleRows) }, this.name, this.estimatedRows, this.context);
  }

  async rowCount(): Promise<number> {
    return Promise.resolve(this.read.table.rowCount);
  }

  firstRows(count: number, firstColumn: number, lastColumn: number): RowPage {
    return this.rows(0, count, firstColumn, lastColumn);
  }

  /** Rows `from` to `to` (excluded) and columns `firstColumn` to `lastColumn` (excluded) as texts, '' where there is no value. */
  async page(from: number, to: number, firstColumn: number, lastColumn: number): Promise<RowPage> {
    return Promise.resolve(this.rows(from, to, firstColumn, lastColumn));
  }

  /** The row of a line (or number of a row, in formats without lines), or the last one before it. */
  async rowAtLine(line: number): Promise<number> {
    const { lines } = this.read.table;
    let [low, high] = [0, this.read.table.rowCount];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (lineOf(lines, middle) <= line) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return Promise.resolve(Math.max(0, low - 1));
  }

  close(): void {
    // Nothing is held open: the file was closed once it was read.
  }

  private rows(from: number, to: number, firstColumn: number, lastColumn: number): RowPage {
    const { lines, columns, rowCount } = this.read.table;
    const shown = columns.slice(firstColumn, lastColumn);
    const rows = Array.from({ length: Math.max(0, Math.min(to, rowCount) - from) }, (_, i) => from + i);
    return { from, lines: rows.map((row) => lineOf(lines, row)), cells: rows.map((row) => shown.map((column) => cellText(column, row))) };
  }
}

function cellText(column: Column, row: number): string {
  if (column.kind === 'categorical') {
    return column.codes[row] < 0 ? '' : column.categories[column.codes[row]];
  }
  const value = numberAt(column.numbers, row);
  return Number.isNaN(value) ? '' : column.type === 'dateTime' ? dateText(value) : String(value);
}
