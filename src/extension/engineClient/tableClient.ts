import type { OpenedTable, OpenTableParams, RowCount, TableParams, TableRows, TableRowsParams } from '../../schema/protocol';
import { engineMethods } from '../../schema/protocol';
import type { Owned } from '../lifecycle';
import { EngineEndedError } from './engineEnd';
import type { EngineProcess } from './engineProcess';
import type { QuestionEngine } from './questionEngine';

/** An open table and the process that has it open. */
interface Held {
  readonly engine: EngineProcess;
  readonly table: OpenedTable;
}

const never = new AbortController().signal;

/**
 * A data file that the engine keeps open for a view. Should the process end (memory runs out, say), the next question opens
 * the file anew in another one.
 */
export class TableClient implements Owned {
  private held: Promise<Held> | undefined;
  private readonly hold: Owned;
  private isDisposed = false;

  constructor(
    private readonly engine: QuestionEngine,
    private readonly params: OpenTableParams,
  ) {
    this.hold = engine.hold();
  }

  /** Opens the file unless that is done. @throws ResponseError with one sentence for a file that is no table. */
  async open(): Promise<OpenedTable> {
    return (await this.get()).table;
  }

  /** Counts the file's rows. */
  async countRows(): Promise<number> {
    return (await this.ask<RowCount>(engineMethods.countRows, {})).rowCount;
  }

  rows(window: Omit<TableRowsParams, 'id'>): Promise<TableRows> {
    return this.ask<TableRows>(engineMethods.tableRows, window);
  }

  dispose(): void {
    this.isDisposed = true;
    this.held?.then(({ engine, table }) => engine.notify(engineMethods.closeTable, { id: table.id } satisfies TableParams), () => undefined);
    this.hold.dispose();
  }

  private async ask<Answer>(method: string, params: object): Promise<Answer> {
    const held = await this.get();
    try {
      return await held.engine.request<Answer>(method, { ...params, id: held.table.id }, never);
    } catch (error) {
      if (!(error instanceof EngineEndedError) || this.isDisposed) {
        throw error;
      }
      this.held = undefined;
      const { engine, table } = await this.get();
      return engine.request<Answer>(method, { ...params, id: table.id }, never);
    }
  }

  private get(): Promise<Held> {
    if (this.held === undefined) {
      const held = this.engine.use(async (engine) => ({ engine, table: await engine.request<OpenedTable>(engineMethods.openTable, this.params, never) }));
      this.held = held;
      held.catch(() => {
        // What kept it from opening may be mended without a change to the file.
        if (this.held === held) {
          this.held = undefined;
        }
      });
    }
    return this.held;
  }
}
