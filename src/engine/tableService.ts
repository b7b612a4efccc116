import path from 'node:path';
import type { OpenedTable, OpenTableParams, RowCount, TableRows, TableRowsParams } from '../schema/protocol';
import { tableFormatOf } from './data/formats/tableFormats';
import { WholeTable } from './data/formats/wholeTable';
import { OpenTable } from './data/openTable';
import type { RowPage } from './data/rowPages';
import { UserError } from './errors';
import { silentContext } from './stepContext';

/** More cells than a screen shows. */
const mostCells = 200_000;

/** The files that views look at just now, by number. */
export class TableService {
  private readonly tables = new Map<number, OpenTable | WholeTable>();
  private nextId = 1;

  /** @throws UserError for a file that is no table. */
  async open({ file, ...options }: OpenTableParams): Promise<OpenedTable> {
    const format = tableFormatOf(file);
    const table = await (format === undefined ? OpenTable : WholeTable).open(file, { ...options, name: path.basename(file), allowUnknownTypes: true }, silentContext);
    const id = this.nextId++;
    this.tables.set(id, table);
    const { names, estimatedRows, dialect, missing, typicalLengths } = table;
    return { id, columns: names, estimatedRows, ...(dialect === undefined ? {} : { dialect }), missing, typicalLengths, hasLines: format?.hasLines !== false, profile: table.keptProfile ?? table.profileSample() };
  }

  /** Counts the rows, if that has not been done. @throws UserError when the table was closed or its file is damaged further on. */
  async count(id: number): Promise<RowCount> {
    return { rowCount: await this.table(id).rowCount() };
  }

  /** Fewer rows than asked for come while the rows are being counted. @throws UserError as `count` does. */
  async rows({ id, from = 0, fromLine, lines, count, firstColumn, lastColumn, longest }: TableRowsParams): Promise<TableRows> {
    const table = this.table(id);
    const most = Math.min(count, Math.max(1, Math.floor(mostCells / Math.max(1, lastColumn - firstColumn))));
    const shorten = (page: RowPage): Pick<TableRows, 'lines' | 'cells'> => ({ lines: page.lines, cells: longest === undefined ? page.cells : page.cells.map((row) => row.map((text) => cutOff(text, longest))) });
    if (lines !== undefined) {
      return { rowCount: lines.length, from, ...await rowsOfLines(table, lines.slice(from, from + most), (row) => shorten(row), firstColumn, lastColumn) };
    }
    if (!table.counted && fromLine === undefined) {
      const beginning = table.firstRows(from + most, firstColumn, lastColumn);
      if (beginning.lines.length > from) {
        const { lines: firstLines, cells } = shorten(beginning);
        return { rowCount: null, from, lines: firstLines.slice(from), cells: cells.slice(from) };
      }
    }
    const rowCount = await table.rowCount();
    const first = fromLine === undefined ? from : await table.rowAtLine(fromLine);
    return { rowCount, from: first, ...shorten(await table.page(first, first + most, firstColumn, lastColumn)) };
  }

  close(id: number): void {
    this.tables.get(id)?.close();
    this.tables.delete(id);
  }

  closeAll(): void {
    [...this.tables.keys()].forEach((id) => this.close(id));
  }

  private table(id: number): OpenTable | WholeTable {
    const table = this.tables.get(id);
    if (table === undefined) {
      throw new UserError('This data is no longer open; open it again.');
    }
    return table;
  }
}

/** The rows that begin on these lines; null for a line that none begins on, as one with too many fields, which the table leaves out. */
async function rowsOfLines(
  table: OpenTable | WholeTable,
  lines: readonly number[],
  shorten: (page: RowPage) => Pick<TableRows, 'cells'>,
  firstColumn: number,
  lastColumn: number,
): Promise<Pick<TableRows, 'lines' | 'cells'>> {
  const cells: (readonly string[] | null)[] = [];
  for (const line of lines) {
    const row = await table.rowAtLine(line);
    const page = await table.page(row, row + 1, firstColumn, lastColumn);
    cells.push(page.lines[0] === line ? shorten(page).cells[0] : null);
  }
  return { lines, cells };
}

/** The beginning of a text, never half a character of it. */
function cutOff(text: string, longest: number): string {
  if (text.length <= longest) {
    return text;
  }
  const end = (text.charCodeAt(longest - 1) & 0xfc00) === 0xd800 ? longest - 1 : longest;
  return `${text.slice(0, end)}…`;
}
