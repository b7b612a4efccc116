import { closeSync, fstatSync, openSync } from 'node:fs';
import { TextDecoder } from 'node:util';
import type { Profile } from '../../schema/profile';
import type { FoundDialect } from '../../schema/protocol';
import { CancelledError, UserError } from '../errors';
import { readingError } from '../fileErrors';
import type { StepContext } from '../stepContext';
import { cacheOf } from './cache/cachedTable';
import { keepRowIndex, keptProfile, keptRowIndex } from './cache/cachedProfile';
import type { FileCache } from './cache/fileCache';
import { countRows, ReadProblemError } from './csv/readColumns';
import { makeColumn } from './makeColumn';
import { profileSampledTable } from './profile';
import type { ReadTableOptions } from './readTable';
import { problemError } from './readTable';
import { RowPages } from './rowPages';
import type { PagedFile, RowPage } from './rowPages';
import type { Sniffed } from './sniff';
import { sniff } from './sniff';
import type { Table } from './table';
import { sharedInt32, sharedUint32 } from './table';
import type { OpenText } from './textSource';
import { openText } from './textSource';

/** Blocks of the index: a page costs the scan of one. */
const indexBlockBytes = 256 * 1024;

/**
 * A data file that is looked at, row by row, without being read as a whole: a sample's profile at once, any page of rows in a few
 * milliseconds once the rows are counted.
 */
export class OpenTable {
  private pages: Promise<RowPages> | undefined;
  /** What shows the first rows before all are counted. */
  private beginning: RowPages | undefined;
  private isCounted = false;
  private closed = false;
  private readonly counting: StepContext = {
    report: () => undefined,
    throwIfCancelled: () => {
      if (this.closed) {
        throw new CancelledError();
      }
    },
  };

  private constructor(
    private readonly handle: number,
    private readonly text: OpenText,
    private readonly found: Sniffed,
    private readonly options: ReadTableOptions,
    private readonly context: StepContext,
    readonly name: string,
    readonly bytes: number,
    /** Of the file as it was when it was opened. */
    private readonly cache: FileCache | undefined,
  ) {}

  /** Looks at the beginning of a file and here and there into it. @throws UserError as `readTable` does */
  static async open(file: string, options: ReadTableOptions, context: StepContext): Promise<OpenTable> {
    const name = options.name ?? file;
    let handle: number | undefined;
    try {
      const cache = cacheOf(file);
      handle = openSync(file, 'r');
      const status = fstatSync(handle);
      if (status.isDirectory()) {
        throw new UserError(`"${name}" is a folder; choose a CSV file inside it.`);
      }
      if (status.size === 0) {
        throw new UserError(`"${name}" is empty; it needs a line of column names and rows below it.`);
      }
      const text = await openText(handle, status.size, name, context, { encoding: options.encoding });
      try {
        return new OpenTable(handle, text, sniff(text.source, options, Object.keys(options.types ?? {})), options, context, name, status.size, cache);
      } catch (error) {
        text.close();
        throw error;
      }
    } catch (error) {
      if (handle !== undefined) {
        closeSync(handle);
      }
      throw readingError(error, name);
    }
  }

  get names(): readonly string[] {
    return this.found.names;
  }

  /** How the file is written, by its beginning. */
  get dialect(): FoundDialect {
    const { delimiter, quote, header, numberFormat, encoding } = this.found;
    return { delimiter, quote, header, ...numberFormat, encoding: this.text.encoding ?? encoding };
  }

  /** Texts that stand for "no value". */
  get missing(): readonly string[] {
    return [...this.found.missingTokens];
  }

  /** About how many rows there are, by the sample; `rowCount` knows. */
  get estimatedRows(): number {
    return Math.round((this.text.source.size - this.found.start) / this.found.rowBytes);
  }

  /** The profile of the whole file, where it was made before and kept. */
  get keptProfile(): Profile | undefined {
    return keptProfile(this.cache, this.options, this.name);
  }

  /** Characters that nine in ten of each column's sampled cells stay within. */
  get typicalLengths(): number[] {
    const { sample, names } = this.found;
    return names.map((_name, column) => {
      const lengths = sample.map((row) => row[column]?.length ?? 0).sort((a, b) => a - b);
      return lengths[Math.floor(lengths.length * 0.9)] ?? 0;
    });
  }

  /** The profile of a sample of rows from the beginning and, in a large file, from all over it. */
  profileSample(): Profile {
    const { found, options } = this;
    const rowCount = found.sample.length;
    const lines = sharedUint32(rowCount);
    const columns = found.names.map((name, column) => {
      const codes = sharedInt32(rowCount);
      const codeOf = new Map<string, number>();
      found.sample.forEach((row, i) => {
        const text = row[column] ?? '';
        const code = found.missingTokens.has(text) ? -1 : codeOf.get(text) ?? codeOf.size;
        if (code === codeOf.size) {
          codeOf.set(text, code);
        }
        codes[i] = code;
      });
      return makeColumn(name, { kind: 'coded', codes, texts: [...codeOf.keys()] }, lines, { type: options.types?.[name] }, found.numberFormat).column;
    });
    const table: Table = { rowCount, columns, lines };
    const read = { table, delimiter: found.delimiter, header: found.header, bytes: this.bytes, findings: [] };
    return profileSampledTable(read, this.name, this.estimatedRows, this.context);
  }

  /** How many rows there are: counts them when first asked. */
  async rowCount(): Promise<number> {
    return (await this.index()).rowCount;
  }

  /** True once the rows are counted. */
  get counted(): boolean {
    return this.isCounted;
  }

  /** Up to so many of the first rows, as `page` gives them, without waiting for the count; a few hundred of a narrow table. */
  firstRows(count: number, firstColumn: number, lastColumn: number): RowPage {
    this.beginning ??= new RowPages(this.paged(), { blocks: [], blockBytes: indexBlockBytes });
    return this.beginning.firstRows(count, firstColumn, lastColumn);
  }

  /** Rows `from` to `to` (excluded) and columns `firstColumn` to `lastColumn` (excluded) as texts. */
  async page(from: number, to: number, firstColumn: number, lastColumn: number): Promise<RowPage> {
    return (await this.index()).page(from, to, firstColumn, lastColumn);
  }

  /** The row that begins on a line of the file, or the last one before it. */
  async rowAtLine(line: number): Promise<number> {
    return (await this.index()).rowAtLine(line);
  }

  /** Lets go of the file, once nobody counts its rows any more: a number of a closed file may be given to the next one. */
  close(): void {
    if (!this.closed) {
      this.closed = true;
      const letGo = (): void => {
        this.text.close();
        closeSync(this.handle);
      };
      if (this.pages === undefined || this.isCounted) {
        letGo();
      } else {
        this.pages.then(letGo, letGo);
      }
    }
  }

  private async index(): Promise<RowPages> {
    if (this.closed) {
      throw new CancelledError();
    }
    if (this.pages === undefined) {
      const pages = this.buildIndex();
      this.pages = pages;
      pages.then(
        () => {
          this.isCounted = true;
        },
        () => {
          // Whoever asked is told; who asks next has it tried again.
          this.pages = this.closed ? pages : undefined;
        },
      );
    }
    return this.pages;
  }

  private paged(): PagedFile {
    const { found, text } = this;
    const decoder = new TextDecoder(found.encoding);
    return {
      file: text.source.file,
      start: found.start,
      end: text.source.size,
      firstLine: found.firstLine,
      dialect: found.bytes,
      columns: found.names.length,
      decode: (bytes: Uint8Array) => decoder.decode(bytes),
    };
  }

  private async buildIndex(): Promise<RowPages> {
    const { found } = this;
    const paged = this.paged();
    if (paged.start >= paged.end) {
      return new RowPages(paged, { blocks: [], blockBytes: indexBlockBytes });
    }
    const kept = keptRowIndex(this.cache, this.options, indexBlockBytes);
    if (kept !== undefined) {
      return new RowPages(paged, { blocks: kept, blockBytes: indexBlockBytes });
    }
    const plan = {
      ...paged,
      dialect: found.bytes,
      encoding: found.encoding,
      kinds: new Uint8Array(found.names.length),
      rowBytes: found.rowBytes,
      blockBytes: indexBlockBytes,
    };
    try {
      const index = await countRows(plan, this.counting);
      keepRowIndex(this.cache, this.options, indexBlockBytes, index.blocks);
      return new RowPages(paged, index);
    } catch (error) {
      throw error instanceof ReadProblemError ? problemError(error.problem, this.name, false) : error;
    }
  }
}
