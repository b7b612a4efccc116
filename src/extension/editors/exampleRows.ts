import { dialectOf } from '../../schema/dialect';
import type { ExperimentFile } from '../../schema/experiment';
import type { ExampleRow, ExampleRowFailed } from '../../schema/messages';
import type { Profile } from '../../schema/profile';
import type { QuestionEngine } from '../engineClient/questionEngine';
import { TableClient } from '../engineClient/tableClient';
import type { Owned } from '../lifecycle';
import { sentenceFor } from '../userError';

/** Longer texts are no numbers, which is what a row's cells are looked at for. */
const longestText = 200;

/** The data that rows are asked of. */
export interface ExampleSource {
  /** Absolute path. */
  readonly file: string;
  readonly data: ExperimentFile['data'];
  /** Another one means that the file has changed. */
  readonly profile: Profile;
}

/** Single rows of an experiment's data. Keeps the file open between questions, and lets go of it a while after the last one. */
export class ExampleRows implements Owned {
  private held: { readonly profile: Profile; readonly client: TableClient } | undefined;
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly questions: QuestionEngine,
    private readonly idleMilliseconds = 60_000,
  ) {}

  /** @param row counted from 0. */
  async answer(request: number, row: number, source: ExampleSource | undefined): Promise<ExampleRow | ExampleRowFailed> {
    if (source === undefined) {
      return { kind: 'exampleRowFailed', request, message: 'The data is still being read.' };
    }
    const client = this.clientFor(source);
    try {
      const { hasLines, columns } = await client.open();
      const { lines, cells } = await client.rows({ from: row, count: 1, firstColumn: 0, lastColumn: columns.length, longest: longestText });
      const own = cells.at(0);
      return own === undefined || own === null
        ? { kind: 'exampleRowFailed', request, message: `There is no row ${row + 1} in the data.` }
        : { kind: 'exampleRow', request, row, line: hasLines ? (lines.at(0) ?? null) : null, cells: own };
    } catch (error) {
      return { kind: 'exampleRowFailed', request, message: sentenceFor(error) };
    }
  }

  dispose(): void {
    clearTimeout(this.idle);
    this.held?.client.dispose();
    this.held = undefined;
  }

  private clientFor({ file, data, profile }: ExampleSource): TableClient {
    if (this.held?.profile !== profile) {
      this.dispose();
      this.held = { profile, client: new TableClient(this.questions, { file, ...dialectOf(data) }) };
    }
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.dispose(), this.idleMilliseconds);
    this.idle.unref();
    return this.held.client;
  }
}
