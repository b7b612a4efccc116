import { readSync } from 'node:fs';
import type { BlockEnd } from './control';
import { abortReason, ReadControl } from './control';
import type { DialectBytes, DictionaryPart } from './kernel';
import type { ColumnOutput, RowRun } from './columnOutput';
import { CodeOutput, DateOutput, LineOutput, NumberOutput } from './columnOutput';
import type { ColumnRoom, NumberPlans } from './columnRoom';
import { RoomArrays } from './columnRoom';
import { columnKind, CsvKernel, DictionaryMemoryError, longestRow, prefixBytes, tokenState } from './kernel';

/** What a thread needs to know to take part in reading a file. */
export interface ReadJob {
  readonly module: WebAssembly.Module;
  /** An open file; file descriptors are the process's, so threads share it. */
  readonly file: number;
  /** Offset of the first row, behind byte order mark and header. */
  readonly start: number;
  /** The file's size. */
  readonly end: number;
  /** Line of the first row, 1-based. */
  readonly firstLine: number;
  readonly dialect: DialectBytes;
  readonly missingTokens: readonly Uint8Array[];
  readonly blockBytes: number;
  readonly groupRows: number;
  /** What becomes of each column: a `columnKind`. */
  readonly kinds: Uint8Array;
  readonly plans: NumberPlans;
  /** Rows that fit into the columns. */
  readonly capacity: number;
  readonly control: SharedArrayBuffer;
  /** By column; null for skipped ones. With `countOnly` all are null. */
  readonly columns: readonly (ColumnRoom | null)[];
  readonly lines: SharedArrayBuffer | null;
  readonly countOnly: boolean;
}

export interface RaggedRow {
  readonly line: number;
  readonly fields: number;
}

/** What a thread has to say when all blocks are taken. */
export interface ReadPart {
  readonly dictionaries: readonly (DictionaryPart | null)[];
  readonly short: RaggedRow[];
  readonly shortCount: number;
  readonly long: RaggedRow[];
  readonly longCount: number;
  readonly problem: ReadProblem | null;
  /** By column the narrowest form that this thread wrote rows in; -1 where it wrote none. */
  readonly narrowest: Int8Array;
  /** Whether lines of rows were left out, as they follow from the first. */
  readonly leftOutLines: boolean;
}

/** What a thread needs to know to finish its rows, when all have been read. */
export interface Finish {
  /** By column the form that all rows are to have. */
  readonly forms: Uint8Array;
  /** By column the file's code of each of the thread's own; null where all stay. */
  readonly maps: readonly (Int32Array | null)[];
  /** Whether lines are to be written. */
  readonly lines: boolean;
}

/** Why reading can't go on. */
export type ReadProblem =
  | { readonly kind: 'unclosedQuote' | 'longRow' | 'manyFields'; readonly line: number }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'dictionaryMemory' };

class ProblemError extends Error {
  constructor(readonly problem: ReadProblem) {
    super(problem.kind);
  }
}

/** How many ragged rows a thread remembers. */
const raggedShown = 500;
const firstExtension = 16 * 1024;

/** One thread's part in reading a file: takes block after block until none is left. */
export class BlockReader {
  private readonly control: ReadControl;
  private readonly kernel: CsvKernel;
  private readonly blocks: number;
  private readonly kinds: Uint8Array;
  private readonly outputs: (ColumnOutput | null)[];
  private readonly lines: LineOutput;
  /** The blocks that this thread read. */
  private readonly parsed: RowRun[] = [];
  private rowsRead = 0;
  private readonly short: RaggedRow[] = [];
  private readonly long: RaggedRow[] = [];
  private shortCount = 0;
  private longCount = 0;
  private look: () => void = () => undefined;
  /** Bytes of the current block's text that are in memory, a newline added at the file's end included. */
  private loaded = 0;

  constructor(private readonly job: ReadJob) {
    const columns = job.kinds.length;
    this.control = new ReadControl(job.control, columns);
    this.blocks = blockCount(job);
    this.kernel = new CsvKernel(job.module, { columns, blockBytes: job.blockBytes, groupRows: job.groupRows }, job.dialect, job.missingTokens);
    this.kinds = Uint8Array.from(job.kinds);
    this.kinds.forEach((kind, column) => this.kernel.setColumn(column, kind));
    this.outputs = job.columns.map((room, column) => (room === null ? null : this.outputOf(column, room)));
    this.lines = new LineOutput(job.lines === null ? new Uint32Array(0) : new Uint32Array(job.lines), this.control, job.firstLine);
  }

  private outputOf(column: number, own: ColumnRoom): ColumnOutput {
    const { kernel, control, kinds, job: { capacity, plans } } = this;
    const place = { kernel, control, column, room: new RoomArrays(own, capacity) };
    switch (kinds[column]) {
      case columnKind.dictionary:
        return new CodeOutput(place);
      case columnKind.number:
        return new NumberOutput(place, plans.decimals[column], plans.forms[column]);
      default:
        return new DateOutput(place);
    }
  }

  /** @param look called between blocks and while waiting for other threads. */
  read(look: () => void = () => undefined): ReadPart {
    this.look = look;
    let problem: ReadProblem | null = null;
    try {
      for (let block = this.control.takeBlock(); block < this.blocks && this.control.stopReason === abortReason.none; block = this.control.takeBlock()) {
        this.readBlock(block);
        this.control.finishBlock();
        look();
      }
    } catch (error) {
      this.control.stop(abortReason.failed);
      if (error instanceof ProblemError) {
        problem = error.problem;
      } else if (error instanceof DictionaryMemoryError) {
        problem = { kind: 'dictionaryMemory' };
      } else {
        throw error;
      }
    }
    const whole = this.control.stopReason === abortReason.none;
    return {
      dictionaries: Array.from(this.kinds, (kind, column) =>
        whole && kind === columnKind.dictionary && !this.job.countOnly ? this.kernel.dictionary(column) : null),
      short: this.short,
      shortCount: this.shortCount,
      long: this.long,
      longCount: this.longCount,
      problem,
      narrowest: Int8Array.from(this.outputs, (output) => output?.narrowest ?? -1),
      leftOutLines: this.lines.leftOut,
    };
  }

  /** Gives this thread's rows the forms and the codes that the whole file has. */
  finish({ forms, maps, lines }: Finish): void {
    this.outputs.forEach((output, column) => output?.finish(forms[column], maps[column], this.parsed));
    if (lines) {
      this.lines.finish(this.parsed);
    }
  }

  private readBlock(block: number): void {
    const { exports } = this.kernel;
    const before = this.tokenizeBlock(block);
    if (before === undefined) {
      return;
    }
    const first = block === 0 ? 0 : 1;
    const state = exports.tokenState();
    const newlines = exports.tokenNewlines();
    const line = this.job.firstLine + before.newlines;
    const last = block === this.blocks - 1;
    if (!last && (block === 0 || exports.tokenRows() > 0)) {
      this.finishLastRow(block, line);
    } else if (last && state === tokenState.insideQuotes) {
      throw new ProblemError({ kind: 'unclosedQuote', line: line + this.kernel.newlinesBefore(exports.tokenRows()) });
    }
    const rows = exports.checkRows(first, Math.max(first, exports.tokenRows()), this.kinds.length);
    this.control.publish(block, { state, rows: before.rows + rows, newlines: before.newlines + newlines });
    if (before.rows + rows > this.job.capacity) {
      this.control.stop(abortReason.tooManyRows);
    } else if (!this.job.countOnly) {
      this.noteRagged(line);
      this.parse(before.rows, rows, first, line);
    }
  }

  /**
   * Finds field and row ends of a block. Whether it begins inside quotes is known only when the block before it is done, so
   * the likely case is tried first and put right when it was wrong.
   *
   * @returns where the text stands before the block; undefined when the threads were asked to stop.
   */
  private tokenizeBlock(block: number): BlockEnd | undefined {
    const { kernel, job } = this;
    const size = this.load(block);
    const from = kernel.text;
    const to = from + Math.ceil(size / 64) * 64;
    const guess = block > 0 && job.dialect.quote !== 0 && kernel.bytes(from - 1, 1)[0] === job.dialect.quote ? tokenState.afterQuote : tokenState.outside;
    kernel.exports.startTokens(guess);
    kernel.exports.tokenize(from, to, 0);
    const before = block === 0 ? { state: tokenState.outside, rows: 0, newlines: 0 } : this.control.endOf(block - 1, this.look);
    if (before === undefined) {
      return undefined;
    }
    const actual = before.state === tokenState.inBareField ? tokenState.outside : before.state;
    if (actual !== guess) {
      kernel.exports.startTokens(before.state);
      kernel.exports.tokenize(from, to, 0);
    }
    if (kernel.exports.hasStrayQuote() !== 0) {
      kernel.exports.startTokens(before.state);
      kernel.exports.tokenizeBytes(from, from + size, 0);
    }
    if (kernel.exports.hasOverflow() !== 0) {
      throw new ProblemError({ kind: 'manyFields', line: job.firstLine + before.newlines });
    }
    return before;
  }

  /** Goes on behind the block until the row that it ends in ends. */
  private finishLastRow(block: number, line: number): void {
    const { kernel, job } = this;
    const rows = kernel.exports.tokenRows();
    let at = job.blockBytes;
    for (;;) {
      kernel.exports.tokenizeBytes(kernel.text + at, kernel.text + this.loaded, 1);
      const problemLine = line + kernel.newlinesBefore(rows);
      if (kernel.exports.tokenRows() > rows) {
        if (kernel.rowStart(rows + 1) - 1 - kernel.rowStart(rows) > longestRow) {
          throw new ProblemError({ kind: 'longRow', line: problemLine });
        }
        return;
      }
      if (kernel.exports.hasOverflow() !== 0) {
        throw new ProblemError({ kind: 'manyFields', line: problemLine });
      }
      at = this.loaded;
      if (at >= job.blockBytes + longestRow || !this.loadMore(block)) {
        const unclosed = kernel.exports.tokenState() === tokenState.insideQuotes;
        throw new ProblemError({ kind: unclosed ? 'unclosedQuote' : 'longRow', line: problemLine });
      }
    }
  }

  /** Reads a block's text, what is before it and a piece of what follows. @returns the block's own size. */
  private load(block: number): number {
    const { job, kernel } = this;
    const offset = job.start + block * job.blockBytes;
    this.loaded = 0;
    if (block === 0) {
      kernel.bytes(kernel.text - prefixBytes, prefixBytes).fill(job.dialect.newline);
      this.fill(0, offset, job.blockBytes + firstExtension);
    } else {
      this.fill(-prefixBytes, offset - prefixBytes, prefixBytes + job.blockBytes + firstExtension);
    }
    return block === this.blocks - 1 ? this.loaded : job.blockBytes;
  }

  private loadMore(block: number): boolean {
    const { job } = this;
    const offset = job.start + block * job.blockBytes + this.loaded;
    if (offset >= job.end) {
      return false;
    }
    this.fill(this.loaded, offset, Math.min(this.loaded, job.blockBytes + longestRow - this.loaded));
    return true;
  }

  /** Reads text to `text + at`; behind the file's end it puts a newline, if there is none, and zeros. */
  private fill(at: number, offset: number, wanted: number): void {
    const { job, kernel } = this;
    const size = Math.min(wanted, job.end - offset);
    const target = kernel.bytes(kernel.text + at, size);
    for (let done = 0; done < size; ) {
      const count = readSync(job.file, target, done, size - done, offset + done);
      if (count === 0) {
        throw new ProblemError({ kind: 'truncated' });
      }
      done += count;
    }
    this.loaded = at + size;
    if (offset + size >= job.end) {
      if (kernel.bytes(kernel.text + this.loaded - 1, 1)[0] !== job.dialect.newline) {
        kernel.bytes(kernel.text + this.loaded, 1)[0] = job.dialect.newline;
        this.loaded++;
      }
      kernel.bytes(kernel.text + this.loaded, 128).fill(0);
    }
  }

  private parse(firstRow: number, rows: number, firstTokenRow: number, line: number): void {
    const { kernel, kinds, outputs } = this;
    const columns = kinds.length;
    for (let column = 0; column < columns; column++) {
      if (kinds[column] !== columnKind.skip && this.control.hasFailed(column)) {
        this.skip(column);
      }
    }
    const { groupRows } = this.job;
    const lines = kernel.uint32(kernel.lines, groupRows);
    for (let done = 0; done < rows; done += groupRows) {
      const count = Math.min(groupRows, rows - done);
      const row = firstRow + done;
      kernel.exports.parseRows(done, count, columns, kernel.columnTable, row, firstTokenRow, line, kernel.lines, kernel.bounds);
      const run = { first: row, rows: count, before: this.rowsRead + done };
      for (let column = 0; column < columns; column++) {
        outputs[column]?.put(run);
      }
      this.lines.put(lines, run);
    }
    if (kernel.exports.isDictionaryFull() !== 0) {
      throw new DictionaryMemoryError();
    }
    for (let column = 0; column < columns; column++) {
      if (kinds[column] !== columnKind.skip && kinds[column] !== columnKind.dictionary && kernel.unreadable(column) > 0) {
        this.control.failColumn(column);
        this.skip(column);
      }
    }
    this.parsed.push({ first: firstRow, rows, before: this.rowsRead });
    this.rowsRead += rows;
  }

  private skip(column: number): void {
    this.kinds[column] = columnKind.skip;
    this.outputs[column] = null;
    this.kernel.setColumn(column, columnKind.skip);
  }

  private noteRagged(line: number): void {
    const { exports } = this.kernel;
    if (exports.isRegular() !== 0) {
      return;
    }
    this.shortCount += exports.shortRowCount();
    this.longCount += exports.longRowCount();
    for (const [which, list] of [['short', this.short], ['long', this.long]] as const) {
      for (const { tokenRow, fields } of list.length < raggedShown ? this.kernel.ragged(which) : []) {
        list.push({ line: line + this.kernel.newlinesBefore(tokenRow), fields });
      }
    }
  }
}

/** How many blocks a job has. */
export function blockCount({ start, end, blockBytes }: Pick<ReadJob, 'start' | 'end' | 'blockBytes'>): number {
  return Math.ceil((end - start) / blockBytes);
}
