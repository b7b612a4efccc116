/*
 * How a column's numbers are kept in memory and in the cache: in the narrowest form from which every bit comes back. Most columns of text
 * files are decimals of a few digits, so they are whole numbers of 8 to 40 bits over one power of ten (Afroozeh, Kuffo, Boncz: "ALP:
 * Adaptive Lossless floating-Point Compression", SIGMOD 2023). A whole number below 2^53 over a power of ten up to 10^22, both of
 * which 64-bit floats hold exactly, gives the correctly rounded quotient: the number that parsing the digits gives.
 */

/** Whole numbers of 8, 16 or 32 bits. */
export type WholeArray = Int8Array | Int16Array | Int32Array;

/** Whole numbers in all of a buffer. @param bytes of each. */
export function wholesOver(buffer: SharedArrayBuffer, bytes: 1 | 2 | 4): WholeArray {
  return bytes === 1 ? new Int8Array(buffer) : bytes === 2 ? new Int16Array(buffer) : new Int32Array(buffer);
}

/** Numbers as they are; NaN where the value is missing. */
export interface FloatNumbers {
  readonly kind: 'floats';
  readonly values: Float64Array | Float32Array;
}

/** Number i is (high[i] · 2^32 + low[i]) / scale, unless that sum is one of the marks that `marksOf` tells. */
export interface DecimalNumbers {
  readonly kind: 'decimals';
  readonly low: WholeArray;
  /** Beside 32 bits only; absent where it would hold nothing but zeros. */
  readonly high?: Int8Array;
  /** A power of ten, 1 to 10^22. */
  readonly scale: number;
}

/** A column's numbers over shared memory, as threads can be given them; the functions below read them. */
export type StoredNumbers = FloatNumbers | DecimalNumbers;

/** The greatest power of ten that a 64-bit float holds exactly. */
export const mostDecimals = 22;
export const powersOfTen = Array.from({ length: mostDecimals + 1 }, (_, power) => Number(`1e${power}`));
/** The greatest magnitude that decimals of 8, 16 and 32 bits hold, and of 40 bits with the high part; low parts are signed. */
export const decimalLimits = { int8: 0x7e, int16: 0x7e7e, int32: 0x7e7e7e7e, int40: 127 * 2 ** 32 + 2 ** 31 - 1 } as const;
/** What stands for a missing value and for minus zero. Cut to 16 or 8 bits they are the marks of those widths; beside them a high part is `markHigh`. */
const missingMark = 0x80808080 | 0;
const minusZeroMark = 0x81818181 | 0;
export const markHigh = -128;
const highUnit = 2 ** 32;

interface Marks {
  readonly missing: number;
  readonly minusZero: number;
}

/** The marks in decimals of this width, low and high parts put together. */
export function marksOf({ low, high }: Pick<DecimalNumbers, 'low' | 'high'>): Marks {
  const bits = 32 - low.BYTES_PER_ELEMENT * 8;
  const above = high === undefined ? 0 : markHigh * highUnit;
  return { missing: above + ((missingMark << bits) >> bits), minusZero: above + ((minusZeroMark << bits) >> bits) };
}

/** How many numbers there are. */
export function numberCount(numbers: StoredNumbers): number {
  return numbers.kind === 'floats' ? numbers.values.length : numbers.low.length;
}

/**
 * All numbers. Decimals are put together anew at each call, which takes a nanosecond or two a number: call it once for a pass over the
 * column, and let go of what it gave.
 *
 * @returns not to be changed: it may be the column's own memory.
 */
export function allNumbers(numbers: StoredNumbers): Float64Array {
  if (numbers.kind === 'floats') {
    return numbers.values instanceof Float64Array ? numbers.values : Float64Array.from(numbers.values);
  }
  const into = new Float64Array(numbers.low.length);
  decode(numbers, 0, into);
  return into;
}

/** Numbers from row `from` on, as many as fit into `into`. */
export function copyNumbers(numbers: StoredNumbers, from: number, into: Float64Array): void {
  if (numbers.kind === 'floats') {
    into.set(numbers.values.subarray(from, from + into.length));
  } else {
    decode(numbers, from, into);
  }
}

/** Blocks stay in a core's nearest caches. */
const blockRows = 4096;

/**
 * Goes through all numbers, block by block: quicker than `allNumbers` where each is looked at once.
 *
 * @param visit given a block, and the row of its first number. The block is valid until it returns.
 */
export function eachBlock(numbers: StoredNumbers, visit: (block: Float64Array, from: number) => void): void {
  const rows = numberCount(numbers);
  const scratch = new Float64Array(Math.min(blockRows, rows));
  for (let from = 0; from < rows; from += blockRows) {
    const block = scratch.subarray(0, Math.min(blockRows, rows - from));
    copyNumbers(numbers, from, block);
    visit(block, from);
  }
}

function decode(numbers: DecimalNumbers, from: number, into: Float64Array): void {
  const { low, high, scale } = numbers;
  const { missing, minusZero } = marksOf(numbers);
  if (high === undefined) {
    for (let i = 0; i < into.length; i++) {
      const whole = low[from + i];
      into[i] = whole === missing ? Number.NaN : whole === minusZero ? -0 : whole / scale;
    }
    return;
  }
  for (let i = 0; i < into.length; i++) {
    const whole = high[from + i] * highUnit + low[from + i];
    into[i] = whole === missing ? Number.NaN : whole === minusZero ? -0 : whole / scale;
  }
}

/** The numbers of some rows: of row `rows[i]` in place i. @param into at least as long as `rows`; given back. */
export function numbersAt(numbers: StoredNumbers, rows: Uint32Array, into: Float64Array = new Float64Array(rows.length)): Float64Array {
  if (numbers.kind === 'floats') {
    const { values } = numbers;
    for (let i = 0; i < rows.length; i++) {
      into[i] = values[rows[i]];
    }
    return into;
  }
  const { low, high, scale } = numbers;
  const { missing, minusZero } = marksOf(numbers);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const whole = high === undefined ? low[row] : high[row] * highUnit + low[row];
    into[i] = whole === missing ? Number.NaN : whole === minusZero ? -0 : whole / scale;
  }
  return into;
}

/** One number. For more than a few rows `allNumbers` and `numbersAt` are quicker. */
export function numberAt(numbers: StoredNumbers, row: number): number {
  if (numbers.kind === 'floats') {
    return numbers.values[row];
  }
  const { low, high, scale } = numbers;
  const { missing, minusZero } = marksOf(numbers);
  const whole = high === undefined ? low[row] : high[row] * highUnit + low[row];
  return whole === missing ? Number.NaN : whole === minusZero ? -0 : whole / scale;
}

/** Enough numbers to see what form suits them. */
const glance = 1024;
const [nanLow, nanHigh] = [0, 0x7ff80000];

/** Puts numbers into the narrowest form from which every bit comes back; NaN where they are missing. */
export function packNumbers(values: Float64Array): StoredNumbers {
  const step = Math.max(1, Math.floor(values.length / glance));
  const sample = Float64Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[i * step]);
  const decimals = fewestDecimals(sample);
  return (decimals === undefined ? undefined : packDecimals(values, powersOfTen[decimals]))
    ?? packSingle(values)
    ?? { kind: 'floats', values: values.buffer instanceof SharedArrayBuffer ? values : shared(new Float64Array(new SharedArrayBuffer(values.length * 8)), values) };
}

/** With how many decimals all of these numbers are written; undefined when they need more digits than the form holds. */
function fewestDecimals(values: Float64Array): number | undefined {
  let decimals = 0;
  for (const value of values) {
    while (!Number.isNaN(value) && wholeOf(value, powersOfTen[decimals]) === undefined) {
      decimals++;
      if (decimals > mostDecimals || Math.abs(value) * powersOfTen[decimals] > decimalLimits.int40) {
        return undefined;
      }
    }
  }
  return decimals;
}

/** The whole number that gives the number's bits when divided by `scale`; undefined when there is none, as for minus zero. */
function wholeOf(value: number, scale: number): number | undefined {
  const whole = Math.round(value * scale);
  return Math.abs(whole) <= decimalLimits.int40 && Object.is(whole / scale, value) ? whole : undefined;
}

function packDecimals(values: Float64Array, scale: number): DecimalNumbers | undefined {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) {
      if (words[2 * i] !== nanLow || words[2 * i + 1] !== nanHigh) {
        return undefined;
      }
      continue;
    }
    const whole = Math.round(value * scale);
    if (!(whole / scale === value)) {
      return undefined;
    }
    most = Math.max(most, Math.abs(whole));
  }
  if (most > decimalLimits.int40) {
    return undefined;
  }
  const bytes = most <= decimalLimits.int8 ? 1 : most <= decimalLimits.int16 ? 2 : 4;
  const low = wholesOver(new SharedArrayBuffer(values.length * bytes), bytes);
  const high = most <= decimalLimits.int32 ? undefined : new Int8Array(new SharedArrayBuffer(values.length));
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const whole = Math.round(value * scale);
    // Only minus zero has a sign bit and is no less than 0.
    const mark = Number.isNaN(value) ? missingMark : whole === 0 && words[2 * i + 1] !== 0 ? minusZeroMark : undefined;
    low[i] = mark ?? whole;
    if (high !== undefined) {
      high[i] = mark === undefined ? (whole - (whole | 0)) / highUnit : markHigh;
    }
  }
  return { kind: 'decimals', low, ...(high === undefined ? {} : { high }), scale };
}

function packSingle(values: Float64Array): FloatNumbers | undefined {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value) ? words[2 * i] !== nanLow || words[2 * i + 1] !== nanHigh : Math.fround(value) !== value) {
      return undefined;
    }
  }
  return { kind: 'floats', values: shared(new Float32Array(new SharedArrayBuffer(values.length * 4)), values) };
}

function shared<Values extends Float64Array | Float32Array>(copy: Values, values: Float64Array): Values {
  copy.set(values);
  return copy;
}
