import { hasLeadingZero, missingTokens, parseNumber } from './cellText';

/** Past so many distinct values, all of them numbers, a column keeps numbers instead of their texts. */
const mostCodedNumbers = 4096;
const missingCode = -1;

/** A column's cells as texts: each distinct one once, and one code a row; −1 where the cell is missing. */
export interface CodedCells {
  readonly kind: 'coded';
  readonly codes: Int32Array;
  /** Distinct texts in the order of first appearance. */
  readonly texts: readonly string[];
}

/** A column's cells as numbers; NaN where the cell is missing. */
export interface NumberCells {
  readonly kind: 'numbers';
  readonly values: Float64Array;
}

/**
 * Collects one column's cells while a file streams by. It starts with a dictionary of texts, which serves every type, and
 * changes over to plain numbers once a column turns out to hold very many different ones. When a text follows after
 * all, the earlier texts are gone: then `needsTexts` is true and the file must be read again with `keepTexts`.
 */
export class ColumnBuilder {
  needsTexts = false;
  private length = 0;
  private codes = new Int32Array(1024);
  private values: Float64Array | undefined;
  private texts: string[] = [];
  private codeOf = new Map<string, number>();
  private allNumbers = true;

  constructor(private readonly keepTexts: boolean) {}

  add(cell: string): void {
    const text = trimmed(cell);
    if (this.values === undefined) {
      this.addText(text);
    } else {
      this.addNumber(this.values, text);
    }
  }

  finish(): CodedCells | NumberCells {
    return this.values === undefined
      ? { kind: 'coded', codes: this.codes.subarray(0, this.length), texts: this.texts }
      : { kind: 'numbers', values: this.values.subarray(0, this.length) };
  }

  private addText(text: string): void {
    let code = this.codeOf.get(text);
    if (code === undefined) {
      code = missingTokens.has(text) ? missingCode : this.texts.length;
      this.codeOf.set(text, code);
      if (code !== missingCode) {
        this.texts.push(text);
        this.allNumbers &&= isPlainNumber(text);
      }
    }
    if (this.length === this.codes.length) {
      this.codes = grown(this.codes, new Int32Array(this.length * 2));
    }
    this.codes[this.length++] = code;
    if (this.texts.length > mostCodedNumbers && this.allNumbers && !this.keepTexts) {
      this.changeToNumbers();
    }
  }

  private addNumber(values: Float64Array, text: string): void {
    let value = Number.NaN;
    if (isPlainNumber(text)) {
      value = parseNumber(text);
    } else if (!missingTokens.has(text)) {
      this.needsTexts = true;
    }
    if (this.length === values.length) {
      this.values = grown(values, new Float64Array(this.length * 2));
    }
    (this.values ?? values)[this.length++] = value;
  }

  private changeToNumbers(): void {
    const numbers = this.texts.map(parseNumber);
    const values = new Float64Array(this.codes.length);
    for (let i = 0; i < this.length; i++) {
      values[i] = this.codes[i] === missingCode ? Number.NaN : numbers[this.codes[i]];
    }
    this.values = values;
    this.codes = new Int32Array(0);
    this.texts = [];
    this.codeOf.clear();
  }
}

/** Digits behind leading zeros are kept as texts until the whole column is known. */
function isPlainNumber(text: string): boolean {
  return !Number.isNaN(parseNumber(text)) && !hasLeadingZero(text);
}

function trimmed(text: string): string {
  const end = text.length - 1;
  return end >= 0 && (isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(end))) ? text.trim() : text;
}

function isSpace(code: number): boolean {
  return code <= 32 || code === 0xa0 || code === 0xfeff;
}

function grown<Kind extends Int32Array | Float64Array>(from: Kind, to: Kind): Kind {
  to.set(from);
  return to;
}
