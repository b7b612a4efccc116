import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import type { ColumnType } from '../../schema/columnType';
import type { Finding } from '../../schema/profile';
import { UserError } from '../errors';
import { readingError } from '../fileErrors';
import type { StepContext } from '../stepContext';
import { didYouMean } from '../suggest';
import { ColumnBuilder } from './columnBuilder';
import { CsvRows } from './csvRows';
import type { DateOrder } from './dateText';
import { detectDelimiter, detectNewline } from './dialect';
import type { Encoding } from './encoding';
import { detectEncoding, refuseBinary, refuseOtherText } from './encoding';
import { columnNames } from './header';
import { makeColumn } from './makeColumn';
import { RaggedRows } from './raggedRows';
import type { Table } from './table';
import { sharedUint32 } from './table';

export interface ReadTableOptions {
  /** The file's name in messages; the path itself when absent. */
  readonly name?: string;
  /** The character between fields; found in the file when absent. */
  readonly delimiter?: string;
  /** Types by column that override the inferred ones. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** How dateTime columns write day and month; found in their values when absent. */
  readonly dateOrders?: Readonly<Record<string, DateOrder>>;
  /** True lets `types` name columns that the file lacks. */
  readonly allowUnknownTypes?: boolean;
}

export interface ReadTableResult {
  readonly table: Table;
  readonly delimiter: string;
  readonly encoding: Encoding;
  /** Size of the file. */
  readonly bytes: number;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
  /** How each dateTime column writes day and month. */
  readonly dateOrders: Readonly<Record<string, DateOrder>>;
  /** What was odd about the file's form. */
  readonly findings: readonly Finding[];
}

const chunkBytes = 1024 * 1024;

/**
 * Reads a CSV or TSV file with a header into typed columns, in one pass that also takes its SHA-256 (two where a column
 * needs its texts after all, or the file isn't UTF-8).
 *
 * @param file path of the file.
 * @throws UserError for a file that can't be read, is no CSV, holds no rows, or whose values don't fit `options.types`.
 */
export async function readTable(file: string, options: ReadTableOptions, context: StepContext): Promise<ReadTableResult> {
  const name = options.name ?? file;
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    return await readOpened(handle, name, options, context);
  } catch (error) {
    throw readingError(error, name);
  } finally {
    await handle?.close();
  }
}

/** How a pass over the file reads it. A pass may find that it needs another one, read differently. */
interface Reading {
  readonly encoding: Encoding;
  readonly delimiter: string;
  readonly newline: '\n' | '\r';
  /** Columns that must keep their texts although they look like numbers at first. */
  readonly keepTexts: ReadonlySet<string>;
}

async function readOpened(
  handle: FileHandle,
  name: string,
  options: ReadTableOptions,
  context: StepContext,
): Promise<ReadTableResult> {
  const before = await handle.stat();
  if (before.isDirectory()) {
    throw new UserError(`"${name}" is a folder; choose a CSV file inside it.`);
  }
  if (before.size === 0) {
    throw new UserError(`"${name}" is empty; it needs a line of column names and rows below it.`);
  }
  let reading = await sniff(handle, name, options);
  for (;;) {
    const pass = new Pass(name, options, reading);
    const again = await pass.run(handle, before.size, context);
    if (again === undefined) {
      const after = await handle.stat();
      if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
        throw new UserError(`"${name}" was changed while it was read; try again once the program that writes it is done.`);
      }
      return pass.result(before.size);
    }
    reading = again;
  }
}

async function sniff(handle: FileHandle, name: string, options: ReadTableOptions): Promise<Reading> {
  const start = await readChunk(handle, 0);
  const encoding = detectEncoding(start);
  refuseBinary(start.subarray(0, 8192), encoding, name);
  const sample = new TextDecoder(encoding).decode(start);
  refuseOtherText(sample, name);
  const types = Object.entries(options.types ?? {});
  return {
    encoding,
    delimiter: options.delimiter ?? detectDelimiter(sample.slice(0, 256 * 1024), name),
    newline: detectNewline(sample),
    keepTexts: new Set(types.filter(([, type]) => type !== 'integer' && type !== 'numeric').map(([column]) => column)),
  };
}

async function readChunk(handle: FileHandle, position: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const { bytesRead } = await handle.read(buffer, 0, chunkBytes, position);
  return buffer.subarray(0, bytesRead);
}

/** One pass over the file. */
class Pass {
  private readonly hash = createHash('sha256');
  private readonly rows: CsvRows;
  private names: string[] = [];
  private builders: ColumnBuilder[] = [];
  private lines = new Uint32Array(1024);
  private rowCount = 0;
  private ragged: RaggedRows;

  constructor(
    private readonly name: string,
    private readonly options: ReadTableOptions,
    private readonly reading: Reading,
  ) {
    this.rows = new CsvRows(reading, name, (fields, line) => this.addRow(fields, line));
    this.ragged = new RaggedRows(name, reading.delimiter, 0);
  }

  /** @returns how to read the file instead, when this way doesn't do. */
  async run(handle: FileHandle, size: number, context: StepContext): Promise<Reading | undefined> {
    const decoder = new TextDecoder(this.reading.encoding, { fatal: this.reading.encoding === 'utf-8' });
    for (let position = 0; ; ) {
      context.throwIfCancelled();
      const chunk = await readChunk(handle, position);
      position += chunk.length;
      this.hash.update(chunk);
      const text = decode(decoder, chunk);
      if (text === undefined) {
        return { ...this.reading, encoding: 'windows-1252' };
      }
      this.rows.push(text);
      if (chunk.length === 0) {
        break;
      }
      context.report(Math.min(1, position / size), `read ${this.rowCount} rows`);
    }
    this.rows.end();
    const needingTexts = this.names.filter((_, i) => this.builders[i].needsTexts);
    return needingTexts.length === 0
      ? undefined
      : { ...this.reading, keepTexts: new Set([...this.reading.keepTexts, ...needingTexts]) };
  }

  /** @throws UserError when there are no rows or values don't fit the wished types. */
  result(bytes: number): ReadTableResult {
    if (this.names.length === 0) {
      throw new UserError(`"${this.name}" holds nothing but blank lines; it needs a line of column names and rows below it.`);
    }
    if (this.rowCount === 0 && this.ragged.leftOutCount === 0) {
      throw new UserError(`"${this.name}" has column names but no rows; add rows below its first line.`);
    }
    const findings = this.ragged.findings(this.rowCount);
    const types = this.options.types ?? {};
    this.checkTypedColumns(Object.keys(types));
    const lines = sharedUint32(this.rowCount);
    lines.set(this.lines.subarray(0, this.rowCount));
    const dateOrders: Record<string, DateOrder> = {};
    const columns = this.names.map((name, i) => {
      const wish = { type: own(types, name), dateOrder: own(this.options.dateOrders ?? {}, name) };
      const made = makeColumn(name, this.builders[i].finish(), lines, wish);
      if (made.dateOrder !== undefined) {
        dateOrders[name] = made.dateOrder;
      }
      return made.column;
    });
    return {
      table: { rowCount: this.rowCount, columns, lines },
      delimiter: this.reading.delimiter,
      encoding: this.reading.encoding,
      bytes,
      sha256: this.hash.digest('hex'),
      dateOrders,
      findings,
    };
  }

  private addRow(fields: string[], line: number): void {
    if (this.names.length === 0) {
      this.names = columnNames(fields);
      this.builders = this.names.map((name) => new ColumnBuilder(this.reading.keepTexts.has(name)));
      this.ragged = new RaggedRows(this.name, this.reading.delimiter, fields.length);
      return;
    }
    const { builders } = this;
    if (fields.length !== builders.length && !this.ragged.accepts(fields, line)) {
      return;
    }
    for (let i = 0; i < builders.length; i++) {
      builders[i].add(i < fields.length ? fields[i] : '');
    }
    if (this.rowCount === this.lines.length) {
      const longer = new Uint32Array(this.rowCount * 2);
      longer.set(this.lines);
      this.lines = longer;
    }
    this.lines[this.rowCount++] = line;
  }

  private checkTypedColumns(typed: readonly string[]): void {
    const unknown = typed.find((column) => !this.names.includes(column));
    if (unknown !== undefined && this.options.allowUnknownTypes !== true) {
      throw new UserError(
        `A type is set for column "${unknown}", which "${this.name}" doesn't have; remove that setting or mend its name.${didYouMean(unknown, this.names)}`,
      );
    }
  }
}

/** @returns undefined when the bytes are not in the decoder's encoding. An empty chunk ends the text. */
function decode(decoder: TextDecoder, chunk: Uint8Array): string | undefined {
  try {
    return decoder.decode(chunk, { stream: chunk.length > 0 });
  } catch (error) {
    if (error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
