import { powersOfFive } from './powersOfFive';

/** Whether a place in the text is inside quotes; the numbers are the kernel's own. */
export const tokenState = { outside: 0, insideQuotes: 1, inBareField: 2, afterQuote: 3 } as const;

/** What to make of a column. A date's order is added to `date`: 0 year first, 1 day first, 2 month first. */
export const columnKind = { skip: 0, number: 1, dictionary: 2, date: 3 } as const;

/** What the kernel makes of a column: kinds of its own, besides those, for numbers that are kept as decimals. */
export const kernelKind = { ...columnKind, decimal: 6, wideDecimal: 7 } as const;

/** The bytes that matter; `quote` and `thousands` are 0 where there are none. */
export interface DialectBytes {
  readonly delimiter: number;
  readonly quote: number;
  readonly newline: number;
  readonly decimalPoint: number;
  readonly thousands: number;
}

/** What the kernel exports; see `compute/kernels/csv/csv.ts`. */
interface KernelExports {
  allocate(bytes: number): number;
  setDialect(delimiter: number, quote: number, newline: number, decimalPoint: number, thousands: number): void;
  setIndexRegions(ends: number, capacity: number, fields: number, newlines: number, kept: number): void;
  setTables(last: number, first: number, remove: number, powers: number, tokens: number, scratch: number, ragged: number): void;
  startTokens(state: number): void;
  tokenize(from: number, to: number, onlyOneRow: number): number;
  tokenizeBytes(from: number, to: number, onlyOneRow: number): number;
  tokenState(): number;
  tokenFields(): number;
  tokenRows(): number;
  tokenNewlines(): number;
  hasStrayQuote(): number;
  hasOverflow(): number;
  checkRows(first: number, last: number, columns: number): number;
  isRegular(): number;
  shortRowCount(): number;
  longRowCount(): number;
  createDictionary(): number;
  isDictionaryFull(): number;
  parseRows(
    first: number, rows: number, columns: number, columnTable: number, firstRow: number, firstTokenRow: number, line: number, lines: number,
    bounds: number,
  ): void;
  parseColumn(columnTable: number, column: number): void;
}

/** Bytes of text before a block that must be readable. */
export const prefixBytes = 64;
/** A row that has not ended after so many bytes is taken for a quote that is never closed. */
export const longestRow = 8 * 1024 * 1024;
/** What the kernel keeps of ragged rows in a block. */
const raggedKept = 128;
const slack = 256;
/** Bytes that the kernel's tables have for each column. */
const tableEntry = 32;
const statisticsEntry = 32;

export interface KernelSizes {
  readonly columns: number;
  readonly blockBytes: number;
  /** Rows that are parsed at once. */
  readonly groupRows: number;
}

/** One thread's kernel: the module, its memory, and where things lie in it. */
export class CsvKernel {
  readonly exports: KernelExports;
  readonly memory: WebAssembly.Memory;
  /** Address of a block's first byte; `prefixBytes` before it belong to it too. */
  readonly text: number;
  /** How many bytes fit at `text`. */
  readonly textCapacity: number;
  readonly columnTable: number;
  readonly lines: number;
  readonly bounds: number;
  private readonly fieldEnds: number;
  private readonly rowFields: number;
  private readonly rowNewlines: number;
  private readonly raggedList: number;
  private readonly statistics: number;
  private readonly output: number;
  private readonly statisticsWords: Uint32Array;
  private readonly statisticsFloats: Float64Array;

  constructor(module: WebAssembly.Module, readonly sizes: KernelSizes, dialect: DialectBytes, tokens: readonly Uint8Array[]) {
    this.memory = new WebAssembly.Memory({ initial: 2, maximum: 65536, shared: true });
    const instance = new WebAssembly.Instance(module, {
      env: {
        memory: this.memory,
        parseLongNumber: (from: number, to: number) => this.parseLongNumber(from, to, dialect),
        abort: () => {
          throw new Error('The CSV kernel stopped.');
        },
      },
    });
    this.exports = instance.exports as unknown as KernelExports;
    const { columns, blockBytes, groupRows } = sizes;
    this.textCapacity = blockBytes + longestRow;
    const fieldCapacity = blockBytes + 1024 * 1024;
    this.rowFields = this.allocate(fieldCapacity * 4 + slack);
    this.rowNewlines = this.allocate(fieldCapacity * 4);
    this.fieldEnds = this.allocate(fieldCapacity * 4 + slack) + 64;
    this.exports.setIndexRegions(this.fieldEnds, fieldCapacity, this.rowFields, this.rowNewlines, this.allocate(fieldCapacity * 4));
    this.raggedList = this.allocate(raggedKept * 16);
    this.columnTable = this.allocate(columns * tableEntry);
    this.statistics = this.allocate(columns * statisticsEntry);
    this.lines = this.allocate(groupRows * 4);
    this.bounds = this.allocate(groupRows * columns * 8);
    this.output = this.allocate(groupRows * columns * 8);
    this.statisticsWords = this.uint32(this.statistics, columns * 8);
    this.statisticsFloats = new Float64Array(this.memory.buffer, this.statistics, columns * 4);
    this.setTables(tokens);
    this.exports.setDialect(dialect.delimiter, dialect.quote, dialect.newline, dialect.decimalPoint, dialect.thousands);
    this.text = this.allocate(this.textCapacity + prefixBytes + slack) + prefixBytes;
    this.uint32(this.fieldEnds - 4, 1)[0] = this.text - 1;
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  uint32(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }

  /**
   * Sets what becomes of a column from now on; a dictionary is made for it where needed.
   *
   * @param kind a `kernelKind`. @param decimals of numbers that are kept as decimals.
   */
  setColumn(column: number, kind: number, decimals = 0): void {
    const memo = kind === kernelKind.dictionary ? this.exports.createDictionary() : this.statistics + column * statisticsEntry;
    if (memo === 0) {
      throw new DictionaryMemoryError();
    }
    const out = this.output + column * this.sizes.groupRows * 8;
    this.uint32(this.columnTable + column * tableEntry, 5).set([kind, out, memo, decimals, out + this.sizes.groupRows * 4]);
  }

  /** Parses a column of the rows that `parseRows` parsed last once more, as it was set since. */
  parseAgain(column: number): void {
    this.exports.parseColumn(this.columnTable, column);
  }

  /** The column's values that `parseRows` made last: as many as a group has rows. */
  numbers(column: number): Float64Array {
    return new Float64Array(this.memory.buffer, this.output + column * this.sizes.groupRows * 8, this.sizes.groupRows);
  }

  /** Codes, or the low parts of decimals. */
  wholes(column: number): Int32Array {
    return new Int32Array(this.memory.buffer, this.output + column * this.sizes.groupRows * 8, this.sizes.groupRows);
  }

  /** High parts of wide decimals. */
  highParts(column: number): Int8Array {
    return new Int8Array(this.memory.buffer, this.output + column * this.sizes.groupRows * 8 + this.sizes.groupRows * 4, this.sizes.groupRows);
  }

  /** How many values of a number or date column could not be read so far. */
  unreadable(column: number): number {
    return this.statisticsWords[column * 8 + 1];
  }

  /** How many numbers of a column were no decimals of the kind that it was set to. */
  misfits(column: number): number {
    return this.statisticsWords[column * 8 + 2];
  }

  /** The greatest magnitude of a column's decimals, as whole numbers. */
  greatest(column: number): number {
    return this.statisticsFloats[column * 4 + 2];
  }

  /** How many codes a column's dictionary has given. */
  codeCount(column: number): number {
    const at = this.uint32(this.columnTable + column * tableEntry, 3)[2];
    return this.uint32(at, 8)[7];
  }

  /** Address of a token row's first byte, also of the row behind the last one. */
  rowStart(tokenRow: number): number {
    const fields = tokenRow === 0 ? 0 : this.uint32(this.rowFields + (tokenRow - 1) * 4, 1)[0];
    return this.uint32(this.fieldEnds + (fields - 1) * 4, 1)[0] + 1;
  }

  /** How many newlines, quoted ones included, the block holds up to the end of a token row; 0 before the first. */
  newlinesBefore(tokenRow: number): number {
    return tokenRow === 0 ? 0 : this.uint32(this.rowNewlines + (tokenRow - 1) * 4, 1)[0];
  }

  /** Rows with too few (or too many) fields that the last `checkRows` met: token row and number of fields, at most 128. */
  ragged(which: 'short' | 'long'): { tokenRow: number; fields: number }[] {
    const count = Math.min(raggedKept, which === 'short' ? this.exports.shortRowCount() : this.exports.longRowCount());
    const list = this.uint32(this.raggedList + (which === 'short' ? 0 : raggedKept * 8), count * 2);
    return Array.from({ length: count }, (_, i) => ({ tokenRow: list[2 * i], fields: list[2 * i + 1] }));
  }

  /** A dictionary column's distinct texts in the order in which this thread met them, missing tokens left out. */
  dictionary(column: number): DictionaryPart {
    const struct = this.uint32(this.uint32(this.columnTable + column * tableEntry, 3)[2], 16);
    const [entries, count, distinct, size] = [struct[2], struct[3], struct[7], struct[9]];
    const list = this.uint32(entries, count * 4);
    const bytes = new Uint8Array(size);
    const ends = new Uint32Array(distinct);
    const rows = new Uint32Array(distinct);
    const memory = new Uint8Array(this.memory.buffer);
    let at = 0;
    for (let i = count - distinct, code = 0; code < distinct; i++, code++) {
      const [address, length] = [list[4 * i], list[4 * i + 1]];
      if (length < 32) {
        for (let j = 0; j < length; j++) {
          bytes[at + j] = memory[address + j];
        }
      } else {
        bytes.set(memory.subarray(address, address + length), at);
      }
      at += length;
      ends[code] = at;
      rows[code] = list[4 * i + 3];
    }
    return { bytes: bytes.subarray(0, at), ends, rows };
  }

  private allocate(bytes: number): number {
    const address = this.exports.allocate(bytes);
    if (address === 0) {
      throw new DictionaryMemoryError();
    }
    return address;
  }

  private setTables(tokens: readonly Uint8Array[]): void {
    const last = this.allocate(17 * 16);
    const first = this.allocate(17 * 16);
    for (let n = 0; n <= 16; n++) {
      this.bytes(last + n * 16 + 16 - n, n).fill(0xff);
      this.bytes(first + n * 16, n).fill(0xff);
    }
    const remove = this.allocate(16 * 16);
    for (let place = 0; place < 16; place++) {
      // Lane 16 is out of range and gives 0.
      this.bytes(remove + place * 16, 16).set(Array.from({ length: 16 }, (_, i) => (i > place ? i : i === 0 ? 16 : i - 1)));
    }
    const powers = powersOfFive();
    const powersAt = this.allocate(powers.byteLength);
    new BigUint64Array(this.memory.buffer, powersAt, powers.length).set(powers);
    const kept = tokens.filter(({ length }) => length > 0 && length <= 16);
    const tokensAt = this.allocate(32 + kept.length * 32);
    this.uint32(tokensAt, 1)[0] = kept.length;
    kept.forEach((token, i) => {
      this.uint32(tokensAt + 32 + i * 32, 1)[0] = token.length;
      this.bytes(tokensAt + 48 + i * 32, 16).set(token);
    });
    this.exports.setTables(last, first, remove, powersAt, tokensAt, this.allocate(longestRow + this.sizes.blockBytes + slack), this.raggedList);
  }

  private parseLongNumber(from: number, to: number, { decimalPoint, thousands }: DialectBytes): number {
    const text = Buffer.from(this.bytes(from, to - from)).toString('latin1');
    const plain = thousands === 0 ? text : text.replaceAll(String.fromCharCode(thousands), '');
    return Number(plain.replace(String.fromCharCode(decimalPoint), '.'));
  }
}

/** The 4 GB of one thread's memory don't hold its dictionaries. */
export class DictionaryMemoryError extends Error {
  override readonly name = 'DictionaryMemoryError';
}

/** One thread's distinct texts of a column. */
export interface DictionaryPart {
  /** All texts, one after the other. */
  readonly bytes: Uint8Array;
  /** Where each ends. */
  readonly ends: Uint32Array;
  /** The row of each one's first appearance. */
  readonly rows: Uint32Array;
}
