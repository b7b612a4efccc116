import path from 'node:path';
import type { OpenedTable, OpenTableParams, TableRows, TableRowsParams } from '../schema/protocol';
import { OpenTable } from './data/openTable';
import { UserError } from './errors';
import { silentContext } from './stepContext';

/** More cells than a screen shows. */
const mostCells = 200_000;

/** The files that views look at just now, by number. */
export class TableService {
  private readonly tables = new Map<number, OpenTable>();
  private nextId = 1;

  /** @throws UserError for a file that is no table. */
  async open({ file, ...options }: OpenTableParams): Promise<OpenedTable> {
    const table = await OpenTable.open(file, { ...options, name: path.basename(file), allowUnknownTypes: true }, silentContext);
    const id = this.nextId++;
    this.tables.set(id, table);
    return { id, columns: table.names, estimatedRows: table.estimatedRows, profile: table.profileSample() };
  }

  /** @throws UserError when the table was closed or its file is damaged further on. */
  async rows({ id, from, fromLine, count, firstColumn, lastColumn }: TableRowsParams): Promise<TableRows> {
    const table = this.tables.get(id);
    if (table === undefined) {
      throw new UserError('This data is no longer open; open it again.');
    }
    const rowCount = await table.rowCount();
    const first = fromLine === undefined ? from ?? 0 : await table.rowAtLine(fromLine);
    const most = Math.max(1, Math.floor(mostCells / Math.max(1, lastColumn - firstColumn)));
    return { rowCount, ...await table.page(first, first + Math.min(count, most), firstColumn, lastColumn) };
  }

  close(id: number): void {
    this.tables.get(id)?.close();
    this.tables.delete(id);
  }

  closeAll(): void {
    [...this.tables.keys()].forEach((id) => this.close(id));
  }
}
