import { readSync } from 'node:fs';
import type { BlockEnd } from './csv/control';
import { longestRow, tokenState } from './csv/kernel';
import type { ReadColumns } from './csv/readColumns';
import type { ScanDialect, ScannedRow, ScanState } from './csv/rowScanner';
import { fieldTexts, isBlankRow, scanRow } from './csv/rowScanner';

/** Some rows of a file as they are written. */
export interface RowPage {
  readonly from: number;
  /** 1-based line of each row. */
  readonly lines: number[];
  /** Row by row, the asked columns' texts: trimmed and unquoted, '' where a row is too short. */
  readonly cells: string[][];
}

/** Where the rows of a file are, and how to read them. */
export interface PagedFile {
  readonly file: number;
  readonly start: number;
  readonly end: number;
  readonly firstLine: number;
  readonly dialect: ScanDialect;
  readonly columns: number;
  readonly decode: (bytes: Uint8Array) => string;
}

/** The rows of one block, found once and kept while a view scrolls around in it. */
interface ScannedBlock {
  readonly bytes: Uint8Array;
  readonly rows: readonly ScannedRow[];
  readonly lines: readonly number[];
}

const keptBlocks = 16;
const scanStates: Readonly<Record<number, ScanState>> = {
  [tokenState.insideQuotes]: 'quoted',
  [tokenState.inBareField]: 'bare',
  [tokenState.afterQuote]: 'closed',
};

/** Reads any rows of a file without reading the rest: the index says in which block they begin. */
export class RowPages {
  private readonly blocks: readonly BlockEnd[];
  private readonly blockBytes: number;
  private readonly scanned = new Map<number, ScannedBlock>();

  /** @param index made by `countRows` or `readColumns` of the same file and dialect. */
  constructor(private readonly paged: PagedFile, index: Pick<ReadColumns, 'blocks' | 'blockBytes'>) {
    this.blocks = index.blocks;
    this.blockBytes = index.blockBytes;
  }

  get rowCount(): number {
    return this.blocks.at(-1)?.rows ?? 0;
  }

  /** Up to so many of the rows that begin in the first block, as `page` gives them; needs no index. */
  firstRows(count: number, firstColumn: number, lastColumn: number): RowPage {
    const { bytes, rows, lines } = this.scan(0);
    const shown = Math.min(count, rows.length);
    const texts = this.texts(bytes, firstColumn, lastColumn);
    return { from: 0, lines: lines.slice(0, shown), cells: rows.slice(0, shown).map(texts) };
  }

  /** Rows `from` to `to` (excluded), columns `firstColumn` to `lastColumn` (excluded); what lies beyond the table is left out. */
  page(from: number, to: number, firstColumn: number, lastColumn: number): RowPage {
    const page: RowPage = { from, lines: [], cells: [] };
    for (let row = from; row < Math.min(to, this.rowCount); ) {
      const block = this.blockOf(row);
      const { bytes, rows, lines } = this.scan(block);
      const first = block === 0 ? 0 : this.blocks[block - 1].rows;
      const last = Math.min(to, this.blocks[block].rows);
      const texts = this.texts(bytes, firstColumn, lastColumn);
      for (; row < last; row++) {
        page.lines.push(lines[row - first]);
        page.cells.push(texts(rows[row - first]));
      }
    }
    return page;
  }

  /** What reads the asked columns' texts of a row of a block. */
  private texts(bytes: Uint8Array, firstColumn: number, lastColumn: number): (row: ScannedRow) => string[] {
    const { columns, dialect, decode } = this.paged;
    const last = Math.min(lastColumn, columns);
    return (row) => {
      const texts = fieldTexts(bytes, cut(row, firstColumn, last), dialect.quote, decode);
      return Array.from({ length: Math.max(0, last - firstColumn) }, (_, i) => texts[i] ?? '');
    };
  }

  /** The row that begins on a line, or the last one before it. */
  rowAtLine(line: number): number {
    const newlines = line - this.paged.firstLine;
    let [low, high] = [0, this.blocks.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.blocks[middle].newlines >= newlines) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    // A line that begins right behind the block's end belongs to the block before.
    for (let block = low; block >= 0; block--) {
      const { lines } = this.scan(block);
      const at = lines.findLastIndex((candidate) => candidate <= line);
      if (at >= 0) {
        return (block === 0 ? 0 : this.blocks[block - 1].rows) + at;
      }
    }
    return 0;
  }

  /** The block in which a row begins. */
  private blockOf(row: number): number {
    let [low, high] = [0, this.blocks.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.blocks[middle].rows > row) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private scan(block: number): ScannedBlock {
    const known = this.scanned.get(block);
    if (known !== undefined) {
      this.scanned.delete(block);
      this.scanned.set(block, known);
      return known;
    }
    const made = this.scanAnew(block);
    this.scanned.set(block, made);
    for (const oldest of this.scanned.keys()) {
      if (this.scanned.size <= keptBlocks) {
        break;
      }
      this.scanned.delete(oldest);
    }
    return made;
  }

  /** By the reader's own rules: the rows that begin in a block are those behind its first row end (all of the first block's). */
  private scanAnew(block: number): ScannedBlock {
    const { paged, blockBytes } = this;
    const offset = paged.start + block * blockBytes;
    const size = Math.min(blockBytes, paged.end - offset);
    let bytes = this.read(offset, size + Math.min(blockBytes, 64 * 1024));
    let complete = offset + bytes.length >= paged.end;
    const next = (at: number, state: ScanState): ScannedRow | undefined => {
      let row = scanRow(bytes, at, paged.dialect, complete, state);
      while (row === undefined && !complete && bytes.length < size + 2 * longestRow) {
        bytes = this.read(offset, bytes.length * 2);
        complete = offset + bytes.length >= paged.end;
        row = scanRow(bytes, at, paged.dialect, complete, state);
      }
      return row;
    };
    const rows: ScannedRow[] = [];
    const lines: number[] = [];
    let line = paged.firstLine;
    let at = 0;
    if (block > 0) {
      const before = this.blocks[block - 1];
      line += before.newlines;
      // Between fields or in the middle of one is the same for finding a row's end, but for a quote at a field's very start.
      const previous = this.read(offset - 1, 1)[0];
      const fresh = previous === paged.dialect.delimiter || previous === paged.dialect.newline;
      const partial = next(0, scanStates[before.state] ?? (fresh ? 'fresh' : 'bare'));
      if (partial === undefined || partial.to > size) {
        return { bytes, rows, lines };
      }
      line += partial.newlines;
      at = partial.to;
    }
    // The row behind a newline at the block's very end is this block's too.
    while (at < size || (at === size && offset + at < paged.end)) {
      const row = next(at, 'fresh');
      if (row === undefined) {
        break;
      }
      if (!isBlankRow(bytes, row) && !this.isTooLong(bytes, row)) {
        rows.push(row);
        lines.push(line);
      }
      line += row.newlines;
      at = row.to;
    }
    return { bytes, rows, lines };
  }

  /** A row with values behind the last column does not count. */
  private isTooLong(bytes: Uint8Array, row: ScannedRow): boolean {
    const { columns, dialect } = this.paged;
    for (let i = 2 * columns; i < row.fields.length; i += 2) {
      for (let at = row.fields[i]; at < row.fields[i + 1]; at++) {
        if (bytes[at] > 32 && bytes[at] !== dialect.quote) {
          return true;
        }
      }
    }
    return false;
  }

  private read(offset: number, wanted: number): Uint8Array {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(wanted, this.paged.end - offset)));
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(this.paged.file, bytes, done, bytes.length - done, offset + done);
      if (count === 0) {
        break;
      }
      done += count;
    }
    return bytes.subarray(0, done);
  }
}

function cut(row: ScannedRow, firstColumn: number, lastColumn: number): ScannedRow {
  return { ...row, fields: row.fields.slice(2 * firstColumn, 2 * lastColumn) };
}
