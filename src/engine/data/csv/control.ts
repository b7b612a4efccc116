/*
 * What the threads that read one file share: who takes which block, what each block's predecessors hold, and whether to stop.
 * An Int32Array: four numbers for all, flags in one for each column, six numbers a block.
 */

export const abortReason = { none: 0, cancelled: 1, tooManyRows: 2, failed: 3 } as const;

const nextBlock = 0;
const abort = 1;
const blocksDone = 2;
const oddLines = 3;
const columnFlags = 4;
/** The forms that a column has needed are flags from `form` on. */
const columnFlag = { failed: 1, fraction: 2, form: 4 } as const;
const blockNumbers = 6;

/** Where the text stands behind a block. */
export interface BlockEnd {
  readonly state: number;
  /** Rows that begin in this or an earlier block and count. */
  readonly rows: number;
  /** Newlines, quoted ones included, up to the block's end. */
  readonly newlines: number;
}

export class ReadControl {
  private readonly numbers: Int32Array;
  private readonly blocksAt: number;

  constructor(readonly buffer: SharedArrayBuffer, private readonly columns: number) {
    this.numbers = new Int32Array(buffer);
    this.blocksAt = columnFlags + columns;
  }

  static create(columns: number, blocks: number): ReadControl {
    return new ReadControl(new SharedArrayBuffer((columnFlags + columns + blocks * blockNumbers) * 4), columns);
  }

  takeBlock(): number {
    return Atomics.add(this.numbers, nextBlock, 1);
  }

  /** Asks all threads to stop; the first reason stays. */
  stop(reason: number): void {
    Atomics.compareExchange(this.numbers, abort, abortReason.none, reason);
  }

  get stopReason(): number {
    return Atomics.load(this.numbers, abort);
  }

  finishBlock(): void {
    Atomics.add(this.numbers, blocksDone, 1);
  }

  get finishedBlocks(): number {
    return Atomics.load(this.numbers, blocksDone);
  }

  /** Notes that a column holds a value that its kind can't read. */
  failColumn(column: number): void {
    Atomics.or(this.numbers, columnFlags + column, columnFlag.failed);
  }

  hasFailed(column: number): boolean {
    return (Atomics.load(this.numbers, columnFlags + column) & columnFlag.failed) !== 0;
  }

  /** Notes that a column has needed a form; see `columnRoom.ts`. */
  noteForm(column: number, form: number): void {
    Atomics.or(this.numbers, columnFlags + column, columnFlag.form << form);
  }

  /** The widest form that a column has needed; -1 when it had no rows. */
  formOf(column: number): number {
    return 31 - Math.clz32(Atomics.load(this.numbers, columnFlags + column) >> Math.log2(columnFlag.form));
  }

  /** Notes that some row doesn't lie on the line below the one before it. */
  noteOddLines(): void {
    Atomics.store(this.numbers, oddLines, 1);
  }

  get hasOddLines(): boolean {
    return Atomics.load(this.numbers, oddLines) !== 0;
  }

  /** Notes that a column holds a number with a fraction. */
  noteFraction(column: number): void {
    Atomics.or(this.numbers, columnFlags + column, columnFlag.fraction);
  }

  isWhole(column: number): boolean {
    return (Atomics.load(this.numbers, columnFlags + column) & columnFlag.fraction) === 0;
  }

  get failedColumns(): number[] {
    return Array.from({ length: this.columns }, (_, column) => column).filter((column) => this.hasFailed(column));
  }

  publish(block: number, end: BlockEnd): void {
    const at = this.blocksAt + block * blockNumbers;
    this.numbers[at + 1] = end.state;
    this.numbers[at + 2] = end.rows;
    this.numbers[at + 3] = end.newlines;
    Atomics.store(this.numbers, at, 1);
    Atomics.notify(this.numbers, at);
  }

  /** Waits until a block's end is known. @param look called while waiting. @returns undefined when the threads were asked to stop. */
  endOf(block: number, look?: () => void): BlockEnd | undefined {
    const at = this.blocksAt + block * blockNumbers;
    while (Atomics.load(this.numbers, at) === 0) {
      if (this.stopReason !== abortReason.none) {
        return undefined;
      }
      Atomics.wait(this.numbers, at, 0, 100);
      look?.();
    }
    return { state: this.numbers[at + 1], rows: this.numbers[at + 2], newlines: this.numbers[at + 3] };
  }
}
