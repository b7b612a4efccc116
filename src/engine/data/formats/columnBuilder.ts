import { UserError } from '../../errors';
import type { CodedCells, DateCells, NumberCells } from '../cells';
import { parseNumber } from '../cellText';
import type { NumberFormat } from '../cellText';
import type { ColumnType } from '../../../schema/columnType';
import { packNumbers } from '../numbers';
import { sharedCodes } from '../table';
import { dateText } from '../dateText';

/** What a cell of a format with types of its own may hold. Anything else becomes its JSON text. */
export type CellValue = string | number | bigint | boolean | Date | object | null | undefined;

/** What all columns of a file have in common. */
export interface CellRules {
  readonly missingTokens: ReadonlySet<string>;
  readonly missingNumbers: readonly number[];
  readonly numberFormat: NumberFormat;
  /** Called before more memory is taken, with so many bytes. @throws UserError when there is too little. */
  readonly reserve: (bytes: number) => void;
}

type Mode = 'empty' | 'numbers' | 'dates' | 'coded';

/** The rules for these tokens. */
export function cellRules(missingTokens: ReadonlySet<string>, numberFormat: NumberFormat, reserve: (bytes: number) => void): CellRules {
  const missingNumbers = Array.from(missingTokens, (token) => parseNumber(token, numberFormat)).filter((value) => !Number.isNaN(value));
  return { missingTokens, missingNumbers, numberFormat, reserve };
}

/** A map holds at most 2²⁴ entries. */
const mostTexts = 16_000_000;
const firstCapacity = 1024;

/**
 * Gathers a column's cells, one after the other, as numbers or dates while they are nothing else, otherwise as texts in a
 * dictionary: 8 bytes a number or date, 4 a text, and each distinct text once, until all are there and take their narrowest form.
 */
export class ColumnBuilder {
  private mode: Mode = 'empty';
  private numbers: Float64Array = new Float64Array(0);
  private codes: Int32Array = new Int32Array(0);
  private readonly codeOf = new Map<string, number>();
  private count = 0;

  /** @param type the wished type. @param capacity how many rows to expect. */
  constructor(private readonly rules: CellRules, private readonly type: ColumnType | undefined, private readonly capacity = firstCapacity) {}

  get length(): number {
    return this.count;
  }

  /** Adds a cell. Text is trimmed as in CSV files; not-a-number and infinities are missing, as no model can learn from them. */
  append(value: CellValue): void {
    switch (typeof value) {
      case 'number':
        return this.appendNumber(value);
      case 'bigint':
        // Whole numbers past 2⁵³ are identifiers that a floating-point number would change.
        return Number.isSafeInteger(Number(value)) ? this.appendNumber(Number(value)) : this.appendText(String(value));
      case 'string':
        return this.appendText(value.trim());
      case 'boolean':
        return this.appendText(String(value));
      case 'undefined':
        return this.padTo(this.count + 1);
      case 'object':
        if (value instanceof Date) {
          return this.appendDate(value.getTime());
        }
        return value === null ? this.padTo(this.count + 1) : this.appendText(jsonText(value));
      case 'function':
      case 'symbol':
        throw new TypeError('A cell holds neither data nor nothing.');
    }
  }

  /** Adds missing cells up to so many rows. */
  padTo(length: number): void {
    if (this.mode !== 'empty') {
      this.grow(length);
      (this.mode === 'coded' ? this.codes : this.numbers).fill(this.mode === 'coded' ? -1 : Number.NaN, this.count, length);
    }
    this.count = Math.max(this.count, length);
  }

  /** The column's cells; the builder is spent. */
  finish(): CodedCells | NumberCells | DateCells {
    if (this.mode === 'empty') {
      this.start('coded');
    }
    if (this.mode === 'coded') {
      const texts = [...this.codeOf.keys()];
      this.codeOf.clear();
      const codes = sharedCodes(this.count, texts.length);
      codes.set(this.codes.subarray(0, this.count));
      return { kind: 'coded', codes, texts };
    }
    const numbers = packNumbers(this.numbers.slice(0, this.count));
    this.numbers = new Float64Array(0);
    return this.mode === 'numbers' ? { kind: 'numbers', numbers } : { kind: 'dates', numbers, dateOrder: 'monthFirst' };
  }

  private appendNumber(value: number): void {
    if (!Number.isFinite(value) || this.rules.missingNumbers.includes(value)) {
      return this.padTo(this.count + 1);
    }
    if (this.mode === 'empty') {
      this.start(this.type === undefined || this.type === 'integer' || this.type === 'numeric' ? 'numbers' : 'coded');
    }
    if (this.mode !== 'numbers') {
      return this.addText(this.numberText(value));
    }
    this.grow(this.count + 1);
    this.numbers[this.count++] = value;
  }

  private appendDate(time: number): void {
    if (Number.isNaN(time)) {
      return this.padTo(this.count + 1);
    }
    if (this.mode === 'empty') {
      this.start(this.type === undefined || this.type === 'dateTime' ? 'dates' : 'coded');
    }
    if (this.mode !== 'dates') {
      return this.addText(dateText(time));
    }
    this.grow(this.count + 1);
    this.numbers[this.count++] = time;
  }

  private appendText(text: string): void {
    if (this.rules.missingTokens.has(text)) {
      return this.padTo(this.count + 1);
    }
    this.addText(text);
  }

  private addText(text: string): void {
    if (this.mode !== 'coded') {
      this.toTexts();
    }
    this.grow(this.count + 1);
    this.codes[this.count++] = this.code(text);
  }

  private code(text: string): number {
    const known = this.codeOf.get(text);
    if (known !== undefined) {
      return known;
    }
    if (this.codeOf.size >= mostTexts) {
      throw new UserError('A column of the data file holds more than 16 million different texts, more than fit into memory; leave out its columns of long texts.');
    }
    this.codeOf.set(text, this.codeOf.size);
    return this.codeOf.size - 1;
  }

  /** What were numbers or dates so far turns out to be texts. */
  private toTexts(): void {
    const { mode, numbers, count } = this;
    this.start('coded');
    if (mode === 'empty') {
      return;
    }
    for (let row = 0; row < count; row++) {
      const value = numbers[row];
      this.codes[row] = Number.isNaN(value) ? -1 : this.code(mode === 'dates' ? dateText(value) : this.numberText(value));
    }
    this.numbers = new Float64Array(0);
  }

  private start(mode: 'numbers' | 'dates' | 'coded'): void {
    this.mode = mode;
    this.grow(Math.max(this.capacity, this.count));
    (mode === 'coded' ? this.codes : this.numbers).fill(mode === 'coded' ? -1 : Number.NaN, 0, this.count);
  }

  private grow(length: number): void {
    const [values, bytes] = this.mode === 'coded' ? [this.codes, 4] as const : [this.numbers, 8] as const;
    if (length <= values.length) {
      return;
    }
    const capacity = Math.max(length, values.length * 2);
    this.rules.reserve((capacity - values.length) * bytes);
    if (this.mode === 'coded') {
      const larger = new Int32Array(capacity);
      larger.set(this.codes);
      this.codes = larger;
    } else {
      const larger = new Float64Array(capacity);
      larger.set(this.numbers);
      this.numbers = larger;
    }
  }

  private numberText(value: number): string {
    return String(value).replace('.', this.rules.numberFormat.decimal);
  }
}

/** Lists and the like as JSON. */
export function jsonText(value: object): string {
  return JSON.stringify(value, (_, each: unknown) =>
    (typeof each === 'bigint' ? (Number.isSafeInteger(Number(each)) ? Number(each) : String(each)) : each instanceof Uint8Array ? Buffer.from(each).toString('base64') : ArrayBuffer.isView(each) ? Array.from(each as unknown as ArrayLike<unknown>) : each));
}
