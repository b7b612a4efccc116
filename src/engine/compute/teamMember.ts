import type { SourceArray } from './teamProtocol';
import { builtIn, control } from './teamProtocol';

/** A function that a kernel exports: numbers in, at most a number out. */
export type KernelFunction = (...values: number[]) => number;

/** Columns that `mapColumns` copies together: 64 bytes of a row. A thread's staging area holds so many columns. */
export const columnsAtOnce = 8;
/** Rows whose lines stay in the first cache while those columns are copied one after another. */
const rowsAtOnce = 64;

/** One thread's instance of a kernel, with the commands that feed it data from outside its memory. */
export class TeamMember {
  private readonly functions: readonly KernelFunction[];

  constructor(
    module: WebAssembly.Module,
    private readonly memory: WebAssembly.Memory,
    private readonly state: Int32Array,
    private readonly threadIndex: number,
    private readonly threadCount: number,
    private readonly sources: readonly SourceArray[],
  ) {
    const instance = new WebAssembly.Instance(module, { env: { memory, abort: failInKernel } });
    this.functions = exportedFunctions(module).map((name) => instance.exports[name] as KernelFunction);
    const join = instance.exports['joinTeam'] as KernelFunction;
    join(threadIndex, threadCount);
  }

  /** Runs the function that every thread begins with, if there is one. */
  setUp(): void {
    const index = Atomics.load(this.state, control.setUp) - 1;
    if (index >= 0) {
      this.functions[index](Atomics.load(this.state, control.setUpValue) >>> 0);
    }
  }

  /** Does this thread's part of a command. */
  run(command: number, values: readonly number[]): number {
    switch (command) {
      case builtIn.mapRows:
        return this.mapRows(values);
      case builtIn.mapColumns:
        return this.mapColumns(values);
      default:
        return this.functions[command](...values);
    }
  }

  /**
   * Copies this thread's share of a matrix's rows into its staging area, a few rows at a time, and calls a kernel
   * function for each piece: `f(staging, firstRow, rowCount)`.
   *
   * values: function, source, row length, first row, row count, staging address, rows per piece, rows that stay together.
   */
  private mapRows([index, source, columns, firstRow, rowCount, stagingAt, stagingRows, chunkRows]: readonly number[]): number {
    const matrix = this.sources[source];
    const staging = stagingAt + this.threadIndex * stagingRows * columns * Float64Array.BYTES_PER_ELEMENT;
    const chunks = Math.ceil(rowCount / chunkRows);
    const shareOf = (thread: number): number =>
      firstRow + Math.min(rowCount, chunkRows * Math.floor((chunks * thread) / this.threadCount));
    const begin = shareOf(this.threadIndex);
    const end = shareOf(this.threadIndex + 1);
    const piece = new Float64Array(this.memory.buffer, staging, stagingRows * columns);
    for (let row = begin; row < end; row += stagingRows) {
      const count = Math.min(stagingRows, end - row);
      piece.set(matrix.subarray(row * columns, (row + count) * columns));
      this.functions[index](staging, row, count);
    }
    return 0;
  }

  /**
   * For columns of a matrix: copies the values of chosen rows into this thread's staging area and calls `f(staging, column, count)`. Eight
   * neighbouring columns are copied at once, because they share cache lines. Whichever thread is free takes the next eight, because
   * helpers may still be starting.
   *
   * values: function, source, columns, source of the rows' numbers, staging address.
   */
  private mapColumns([index, source, columns, rowSource, stagingAt]: readonly number[]): number {
    const matrix = this.sources[source];
    const rows = this.sources[rowSource];
    const count = rows.length;
    const bytes = count * Float64Array.BYTES_PER_ELEMENT;
    const staging = stagingAt + this.threadIndex * columnsAtOnce * bytes;
    const piece = new Float64Array(this.memory.buffer, staging, columnsAtOnce * count);
    for (;;) {
      const first = columnsAtOnce * Atomics.add(this.state, control.nextColumns, 1);
      if (first >= columns) {
        return 0;
      }
      const width = Math.min(columnsAtOnce, columns - first);
      for (let begin = 0; begin < count; begin += rowsAtOnce) {
        const end = Math.min(count, begin + rowsAtOnce);
        for (let c = 0; c < width; c++) {
          copyColumn(piece, c * count, matrix, columns, first + c, rows, begin, end);
        }
      }
      for (let c = 0; c < width; c++) {
        this.functions[index](staging + c * bytes, first + c, count);
      }
    }
  }
}

/** Copies a column's values in some rows. A function of its own, so that V8 optimises it after its first calls, not in the midst of one. */
function copyColumn(
  to: Float64Array, start: number, matrix: SourceArray, columns: number, column: number, rows: SourceArray, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) {
    to[start + i] = matrix[rows[i] * columns + column];
  }
}

/** The names of a module's functions, in the order that gives each its command number. */
export function exportedFunctions(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === 'function')
    .map(({ name }) => name);
}

function failInKernel(): never {
  throw new Error('A kernel stopped itself.');
}
