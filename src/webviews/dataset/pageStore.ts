import type { DatasetRows, WantedRows } from '../../schema/datasetView';

/** A page is so many rows of so many columns. */
export const pageRows = 128;
export const pageColumns = 32;
/** Together some 400,000 cells. */
const mostPages = 100;
/** More questions at once would only queue, and a reader who scrolls on no longer wants their answers. */
const mostAtOnce = 3;

interface Page {
  readonly lines: readonly number[];
  readonly cells: readonly (readonly string[] | null)[];
  /** False for one that came while rows were being counted, when more rows may follow. */
  readonly complete: boolean;
}

/** The rows and columns in sight; last ones excluded. */
export interface Sight {
  readonly firstRow: number;
  readonly lastRow: number;
  readonly firstColumn: number;
  readonly lastColumn: number;
}

/**
 * The cells that a view has been sent, by pages: those looked at longest ago are forgotten. It asks for what is in sight first, then
 * for what lies next to it, and never for what has gone out of sight again.
 */
export class PageStore {
  private readonly pages = new Map<string, Page>();
  /** Pages on their way, by request. */
  private readonly asked = new Map<number, string>();
  private sight: Sight | undefined;
  private failed: string | undefined;
  private known: number | null;

  /**
   * @param columnCount of the table. @param rowCount null while it isn't known. @param lines shows the rows of these lines only.
   * @param ask sends a question and gives its number.
   */
  constructor(
    private readonly columnCount: number,
    rowCount: number | null,
    private readonly lines: readonly number[] | undefined,
    private readonly ask: (window: WantedRows) => number,
  ) {
    this.known = rowCount;
  }

  /** Why rows could not be had; undefined while they can. */
  get failure(): string | undefined {
    return this.failed;
  }

  /** How many pages are kept. */
  get size(): number {
    return this.pages.size;
  }

  /** The rows are counted now: what came before may have lacked some. */
  setRowCount(rowCount: number): void {
    this.known = rowCount;
    for (const [key, page] of this.pages) {
      if (!page.complete) {
        this.pages.delete(key);
      }
    }
    this.askNext();
  }

  /** Says what is in sight; what of it isn't there is asked for. */
  look(sight: Sight): void {
    this.sight = sight;
    for (const key of this.keysIn(sight)) {
      const page = this.pages.get(key);
      if (page !== undefined) {
        this.pages.delete(key);
        this.pages.set(key, page);
      }
    }
    this.askNext();
  }

  /** A cell's text; undefined when it isn't there yet, null where the line isn't part of the table. */
  cell(row: number, column: number): string | null | undefined {
    const page = this.pages.get(keyOf(row, column));
    const cells = page?.cells[row % pageRows];
    return cells === null || cells === undefined ? cells : cells[column % pageColumns];
  }

  /** The line on which a row begins; undefined when it isn't known yet. */
  line(row: number, column: number): number | undefined {
    return this.lines?.[row] ?? this.pages.get(keyOf(row, column))?.lines[row % pageRows];
  }

  /** @returns whether the answer was to a question of this store. */
  receive({ request, rows }: Pick<DatasetRows, 'request' | 'rows'>): boolean {
    const key = this.asked.get(request);
    if (key === undefined) {
      return false;
    }
    this.asked.delete(request);
    const complete = rows.rowCount !== null || rows.lines.length === pageRows;
    // The count may have come while this answer was on its way.
    if (complete || this.known === null) {
      this.pages.set(key, { lines: rows.lines, cells: rows.cells, complete });
    }
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= mostPages) {
        break;
      }
      this.pages.delete(oldest);
    }
    this.askNext();
    return true;
  }

  /** @returns whether the failure was that of a question of this store. After it nothing more is asked. */
  fail(request: number, message: string): boolean {
    if (!this.asked.delete(request)) {
      return false;
    }
    this.failed = message;
    return true;
  }

  private askNext(): void {
    if (this.sight === undefined || this.failed !== undefined) {
      return;
    }
    const onTheirWay = new Set(this.asked.values());
    for (const key of this.wanted(this.sight)) {
      if (this.asked.size >= mostAtOnce) {
        return;
      }
      if (!this.pages.has(key) && !onTheirWay.has(key)) {
        const [rowPage = 0, columnPage = 0] = key.split(' ').map(Number);
        this.asked.set(this.ask({
          ...(this.lines === undefined ? {} : { lines: this.lines.slice(rowPage * pageRows, (rowPage + 1) * pageRows) }),
          from: this.lines === undefined ? rowPage * pageRows : 0,
          count: pageRows,
          firstColumn: columnPage * pageColumns,
          lastColumn: Math.min(this.columnCount, (columnPage + 1) * pageColumns),
        }), key);
      }
    }
  }

  /** What is in sight, then the pages above and below it, once the rows are counted. */
  private wanted(sight: Sight): readonly string[] {
    const inSight = this.keysIn(sight);
    if (this.known === null) {
      // Whatever lies further on has to wait for the count, and would keep the first rows waiting too.
      return inSight.filter((key) => key.startsWith('0 '));
    }
    const around = this.keysIn({ ...sight, firstRow: Math.max(0, sight.firstRow - pageRows), lastRow: Math.min(this.known, sight.lastRow + pageRows) });
    return [...inSight, ...around.filter((key) => !inSight.includes(key))];
  }

  private keysIn({ firstRow, lastRow, firstColumn, lastColumn }: Sight): string[] {
    const keys: string[] = [];
    for (let row = Math.floor(firstRow / pageRows); row * pageRows < lastRow; row++) {
      for (let column = Math.floor(firstColumn / pageColumns); column * pageColumns < lastColumn; column++) {
        keys.push(`${row} ${column}`);
      }
    }
    return keys;
  }
}

function keyOf(row: number, column: number): string {
  return `${Math.floor(row / pageRows)} ${Math.floor(column / pageColumns)}`;
}
