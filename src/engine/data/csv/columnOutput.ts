import type { StoredNumbers } from '../numbers';
import { copyNumbers, markHigh, marksOf, numberAt, powersOfTen } from '../numbers';
import type { Codes } from '../table';
import type { RoomArrays } from './columnRoom';
import { columnForm, formOfCodes, formOfMagnitude } from './columnRoom';
import type { ReadControl } from './control';
import type { CsvKernel } from './kernel';
import { kernelKind } from './kernel';

/** Rows that lie together in the file, read by one thread. */
export interface RowRun {
  /** The file's row that the first of them is. */
  readonly first: number;
  readonly rows: number;
  /** How many rows this thread had read before. */
  readonly before: number;
}

/** Which forms a thread has written a column in: from which of its own rows on. */
class Forms {
  private readonly changes: { readonly from: number; readonly form: number }[] = [];

  get now(): number {
    return this.changes.at(-1)?.form ?? -1;
  }

  /** The narrowest; -1 when nothing was written. */
  get narrowest(): number {
    return this.changes.at(0)?.form ?? -1;
  }

  /** @param from how many rows this thread has written before. */
  change(from: number, form: number): void {
    if (this.changes.at(-1)?.from === from) {
      this.changes.pop();
    }
    this.changes.push({ from, form });
  }

  /** Calls back for rows that were written in one form. */
  eachRun(runs: readonly RowRun[], visit: (form: number, first: number, rows: number) => void): void {
    let i = 0;
    for (const { first, rows, before } of runs) {
      for (let done = 0; done < rows; ) {
        while (i + 1 < this.changes.length && this.changes[i + 1].from <= before + done) {
          i++;
        }
        const end = Math.min(rows, (this.changes.at(i + 1)?.from ?? Number.POSITIVE_INFINITY) - before);
        visit(this.changes[i].form, first + done, end - done);
        done = end;
      }
    }
  }
}

/** One thread's side of a column: takes the values that the kernel has parsed of a group of rows. */
export interface ColumnOutput {
  /** @param run the group. */
  put(run: RowRun): void;
  /** The narrowest form that rows were written in; -1 when none were. */
  readonly narrowest: number;
  /**
   * Brings this thread's rows to the form that the whole column has.
   *
   * @param map the file's code of each of this thread's own; null where they are the same.
   */
  finish(form: number, map: Int32Array | null, runs: readonly RowRun[]): void;
}

/** What outputs of all kinds are made for. */
export interface OutputPlace {
  readonly kernel: CsvKernel;
  readonly control: ReadControl;
  readonly column: number;
  readonly room: RoomArrays;
}

/** Codes of texts. */
export class CodeOutput implements ColumnOutput {
  private readonly forms = new Forms();
  private readonly scratch: Int32Array;
  private target: Codes;

  constructor(private readonly place: OutputPlace) {
    this.scratch = place.kernel.wholes(place.column);
    this.target = place.room.wholes(columnForm.int8);
  }

  get narrowest(): number {
    return this.forms.narrowest;
  }

  put({ first, rows, before }: RowRun): void {
    const { kernel, control, column, room } = this.place;
    const needed = Math.max(this.forms.now, formOfCodes(kernel.codeCount(column)));
    if (needed > this.forms.now) {
      this.forms.change(before, needed);
      this.target = room.wholes(needed);
      control.noteForm(column, needed);
    }
    this.target.set(rows === this.scratch.length ? this.scratch : this.scratch.subarray(0, rows), first);
  }

  finish(form: number, map: Int32Array | null, runs: readonly RowRun[]): void {
    const { room } = this.place;
    const into = room.wholes(form);
    this.forms.eachRun(runs, (own, first, rows) => {
      if (own !== form || map !== null) {
        renameCodes(room.wholes(own), into, map, first, first + rows);
      }
    });
  }
}

function renameCodes(from: Codes, into: Codes, map: Int32Array | null, first: number, end: number): void {
  for (let row = first; row < end; row++) {
    const code = from[row];
    into[row] = code < 0 || map === null ? code : map[code];
  }
}

/** Dates: milliseconds as 64-bit floats. */
export class DateOutput implements ColumnOutput {
  readonly narrowest = columnForm.float64;
  private readonly scratch: Float64Array;
  private readonly target: Float64Array;

  constructor({ kernel, column, room }: OutputPlace) {
    this.scratch = kernel.numbers(column);
    this.target = room.floats;
  }

  put({ first, rows }: RowRun): void {
    this.target.set(rows === this.scratch.length ? this.scratch : this.scratch.subarray(0, rows), first);
  }

  finish(): void {
    // They have one form only.
  }
}

/** Numbers: decimals as long as they are, then 64-bit floats. */
export class NumberOutput implements ColumnOutput {
  private readonly forms = new Forms();
  private readonly scale: number;
  private form: number;
  private source: Int32Array | Float64Array;
  private target: Codes | Float64Array;
  private high: { readonly source: Int8Array; readonly target: Int8Array } | undefined;
  private whole = true;

  /** @param decimals the power of ten that they are kept in. @param form to begin with: floats only where there is no room for others. */
  constructor(private readonly place: OutputPlace, private readonly decimals: number, form: number) {
    const { kernel, column } = place;
    this.scale = powersOfTen[Math.max(0, decimals)];
    this.form = form;
    this.source = kernel.numbers(column);
    this.target = this.source;
    this.use(form);
  }

  get narrowest(): number {
    return this.forms.narrowest;
  }

  put(run: RowRun): void {
    const { control, column } = this.place;
    this.settle();
    if (this.forms.now !== this.form) {
      this.forms.change(run.before, this.form);
      control.noteForm(column, this.form);
    }
    const { source, target, high } = this;
    const { first, rows } = run;
    target.set(rows === source.length ? source : source.subarray(0, rows), first);
    high?.target.set(rows === high.source.length ? high.source : high.source.subarray(0, rows), first);
    // Few columns are left after the first rows, so this costs little; looking through the finished columns would cost more.
    if (this.whole && this.hasFraction(rows)) {
      this.whole = false;
      control.noteFraction(column);
    }
  }

  finish(form: number, _map: Int32Array | null, runs: readonly RowRun[]): void {
    const { room } = this.place;
    this.forms.eachRun(runs, (own, first, rows) => {
      if (own === form) {
        return;
      }
      const low = room.wholes(own);
      if (form === columnForm.float64) {
        const high = own === columnForm.int40 ? { high: room.high } : {};
        copyNumbers({ kind: 'decimals', low, ...high, scale: this.scale }, first, room.floats.subarray(first, first + rows));
      } else {
        widen(low, room.wholes(form), form === columnForm.int40 ? room.high : undefined, first, first + rows);
      }
    });
  }

  /** Finds the form for what was just parsed, and has it parsed once more where that takes another way. */
  private settle(): void {
    const { kernel, control, column } = this.place;
    if (this.form === columnForm.float64) {
      return;
    }
    // What one thread can't keep as decimals, others needn't begin with.
    const needed = kernel.misfits(column) > 0 || control.formOf(column) === columnForm.float64 ? columnForm.float64 : formOfMagnitude(kernel.greatest(column));
    if (needed <= this.form) {
      return;
    }
    this.use(needed);
    if (needed >= columnForm.int40) {
      kernel.parseAgain(column);
      this.settle();
    }
  }

  private use(form: number): void {
    const { kernel, column, room } = this.place;
    this.form = form;
    if (form === columnForm.float64) {
      this.high = undefined;
      [this.source, this.target] = [kernel.numbers(column), room.floats];
      kernel.setColumn(column, kernelKind.number);
      return;
    }
    [this.source, this.target] = [kernel.wholes(column), room.wholes(form)];
    const wide = form === columnForm.int40;
    this.high = wide ? { source: kernel.highParts(column), target: room.high } : undefined;
    kernel.setColumn(column, wide ? kernelKind.wideDecimal : kernelKind.decimal, this.decimals);
  }

  /** Whether one of the numbers that were just parsed has a fraction. */
  private hasFraction(rows: number): boolean {
    const { source, high, scale } = this;
    const parsed: StoredNumbers = source instanceof Float64Array
      ? { kind: 'floats', values: source } : { kind: 'decimals', low: source, ...(high === undefined ? {} : { high: high.source }), scale };
    if (parsed.kind === 'decimals' && scale === 1) {
      return false;
    }
    for (let row = 0; row < rows; row++) {
      const value = numberAt(parsed, row);
      if (value !== Math.trunc(value) && !Number.isNaN(value)) {
        return true;
      }
    }
    return false;
  }
}

/** @param high high parts that are 0, where decimals are to have some. */
function widen(from: Codes, into: Codes, high: Int8Array | undefined, first: number, end: number): void {
  const [own, wider] = [marksOf({ low: from }), marksOf({ low: into })];
  for (let row = first; row < end; row++) {
    const value = from[row];
    into[row] = value === own.missing ? wider.missing : value === own.minusZero ? wider.minusZero : value;
    if (high !== undefined && (value === own.missing || value === own.minusZero)) {
      high[row] = markHigh;
    }
  }
}

/** Lines of rows, which are written only once some row doesn't lie on the line below the one before it. */
export class LineOutput {
  private readonly forms = new Forms();
  private written = false;

  /** @param firstLine of the file's first row. */
  constructor(private readonly target: Uint32Array, private readonly control: ReadControl, private readonly firstLine: number) {}

  /** Whether this thread has left lines out. */
  get leftOut(): boolean {
    return this.forms.narrowest === 0;
  }

  put(lines: Uint32Array, { first, rows, before }: RowRun): void {
    if (!this.written) {
      // Lines rise from row to row.
      const plain = lines[0] === this.firstLine + first && lines[rows - 1] === this.firstLine + first + rows - 1;
      this.written = !plain || this.control.hasOddLines;
      if (!plain) {
        this.control.noteOddLines();
      }
      if (this.written || this.forms.now < 0) {
        this.forms.change(before, Number(this.written));
      }
    }
    if (this.written) {
      this.target.set(rows === lines.length ? lines : lines.subarray(0, rows), first);
    }
  }

  /** Writes what was left out. */
  finish(runs: readonly RowRun[]): void {
    this.forms.eachRun(runs, (form, first, rows) => {
      for (let row = first; form === 0 && row < first + rows; row++) {
        this.target[row] = this.firstLine + row;
      }
    });
  }
}
