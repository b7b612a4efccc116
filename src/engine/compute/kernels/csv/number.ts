import { decimalPoint, isBlank, keepLast, missingTokens, powersOfFive, quote, removeByte, thousands } from './layout';

/** Reads what this module can't: more than 19 digits. Exact, slow, and rarely needed. */
// @ts-ignore: decorator
@external('env', 'parseLongNumber')
declare function parseLongNumber(from: u32, to: u32): f64;

export const present: i32 = 0;
export const missing: i32 = 1;
export const unreadable: i32 = 2;

/** How the last field that `readNumber` saw turned out. */
export let outcome: i32 = 0;
/** True when the last number was written without a decimal point and without an exponent. */
export let whole: bool = true;

export const powersOfTen = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]);

/*
 * Vector constants lie in memory: loaded once before a loop they stay in registers, while a constant of the code would be
 * put together anew in each turn.
 */
export const zeros = memory.data<u8>([48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48]);
export const nines = memory.data<u8>([9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
/** Times this, 16 bits of two digits hold 10 times the first plus the second in their upper byte. */
export const pairs = memory.data<u16>([2561, 2561, 2561, 2561, 2561, 2561, 2561, 2561]);
export const hundreds = memory.data<u16>([100, 1, 100, 1, 100, 1, 100, 1]);
export const tenThousands = memory.data<u16>([10000, 1, 10000, 1, 10000, 1, 10000, 1]);

/** 16 bytes of 0 to 9, first digit first, as one number. */
// @ts-ignore: decorator
@inline
export function digitsToNumber(digits: v128, byTen: v128, byHundred: v128, byTenThousand: v128): u64 {
  const twos = i16x8.shr_u(i16x8.mul(digits, byTen), 8);
  const fours = i32x4.dot_i16x8_s(twos, byHundred);
  const eights = i64x2.extract_lane(i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), byTenThousand), 0);
  return (<u64>eights & 0xffffffff) * 100000000 + (<u64>eights >>> 32);
}

/** True when the number that `quickNumber` read has a decimal point. */
let quickFraction: bool = false;

/**
 * A number of at most 16 characters behind an optional minus, read without a loop: the 16 bytes that end where the field
 * ends, what is in front of it blanked, the decimal point squeezed out by a shuffle. Its at most 15 digits and a power of ten up
 * to 10^15 are exact in float64, and so their quotient is correctly rounded (Clinger, "How to read floating point numbers
 * accurately", 1990).
 *
 * @returns NaN for anything else: `readNumber` settles that.
 */
// @ts-ignore: decorator
@inline
function quickNumber(from: usize, to: usize, zero: v128, nine: v128, byTen: v128, byHundred: v128, byTenThousand: v128): f64 {
  const negative = <usize>(load<u8>(from) == 45);
  const length = to - from - negative;
  if (length - 1 >= 16) {
    return NaN;
  }
  const digits = v128.and(i8x16.sub(v128.load(to - 16), zero), v128.load(keepLast + (length << 4)));
  const others = i8x16.bitmask(i8x16.gt_u(digits, nine));
  if (others == 0) {
    const whole = digitsToNumber(digits, byTen, byHundred, byTenThousand);
    // Identifiers that float64 would change, and codes with leading zeros, are no numbers.
    if (whole > largestWhole || (length > 2 && load<u8>(from) == 48)) {
      return NaN;
    }
    quickFraction = false;
    return withSign(<f64>(<i64>whole), negative);
  }
  const at = ctz(others);
  if ((others & (others - 1)) != 0 || load<u8>(to - 16 + <usize>at) != decimalPoint || length < 2) {
    return NaN;
  }
  quickFraction = true;
  const mantissa = digitsToNumber(i8x16.swizzle(digits, v128.load(removeByte + (<usize>at << 4))), byTen, byHundred, byTenThousand);
  return withSign(<f64>(<i64>mantissa) / load<f64>(powersOfTen + (<usize>(15 - at) << 3)), negative);
}

// @ts-ignore: decorator
@inline
function withSign(value: f64, negative: usize): f64 {
  return reinterpret<f64>(reinterpret<u64>(value) | (<u64>negative << 63));
}

/** 2^53 - 1: whole numbers above it are not all representable. */
const largestWhole: u64 = 9007199254740991;

/**
 * Parses `rows` fields of a column into float64. Field r lies between `u32[before + r·stride] + 1` and `u32[ends + r·stride]`.
 * At `stats` it adds up: i32 missing, i32 unreadable, i32 unused, i32 row of the first unreadable one (`firstRow` is this call's
 * first).
 */
export function parseNumbers(before: usize, ends: usize, stride: usize, rows: i32, out: usize, stats: usize, firstRow: i32): void {
  const zero = v128.load(zeros);
  const nine = v128.load(nines);
  const byTen = v128.load(pairs);
  const byHundred = v128.load(hundreds);
  const byTenThousand = v128.load(tenThousands);
  const end = out + (<usize>rows << 3);
  for (let at = out; at < end; at += 8) {
    const from = <usize>load<u32>(before) + 1;
    const to = <usize>load<u32>(ends);
    before += stride;
    ends += stride;
    const value = quickNumber(from, to, zero, nine, byTen, byHundred, byTenThousand);
    store<f64>(at, value);
    if (value != value) {
      parseOdd(from, to, at, stats, firstRow + <i32>((at - out) >>> 3));
    }
  }
}

function parseOdd(from: usize, to: usize, at: usize, stats: usize, row: i32): void {
  const value = readNumber(from, to);
  store<f64>(at, outcome == present ? value : NaN);
  if (outcome == missing) {
    store<i32>(stats, load<i32>(stats) + 1);
  } else if (outcome == unreadable) {
    noteUnreadable(stats, row);
  }
}

export function noteUnreadable(stats: usize, row: i32): void {
  const count = load<i32>(stats, 4);
  if (count == 0) {
    store<i32>(stats, row, 12);
  }
  store<i32>(stats, count + 1, 4);
}

/** The content of the last field that `trimField` narrowed. */
export let contentFrom: usize = 0;
export let contentTo: usize = 0;
/** True when the content was quoted, and so may hold doubled quotes. */
export let contentQuoted: bool = false;

/** Narrows a field to its content: spaces, a CR and enclosing quotes off, and spaces within those. */
export function trimField(from: usize, to: usize): void {
  while (from < to && isBlank(load<u8>(from))) from++;
  while (to > from && isBlank(load<u8>(to - 1))) to--;
  contentQuoted = quote != 0 && from < to && load<u8>(from) == quote;
  if (contentQuoted) {
    from++;
    if (to > from && load<u8>(to - 1) == quote) to--;
    while (from < to && isBlank(load<u8>(from))) from++;
    while (to > from && isBlank(load<u8>(to - 1))) to--;
  }
  contentFrom = from;
  contentTo = to;
}

export function isMissingToken(from: usize, to: usize): bool {
  const length = <u32>(to - from);
  if (length > 16) {
    return false;
  }
  const count = load<u32>(missingTokens);
  for (let i: u32 = 0; i < count; i++) {
    const token = missingTokens + 32 + (<usize>i << 5);
    if (load<u32>(token) == length && memory.compare(token + 16, from, length) == 0) {
      return true;
    }
  }
  return false;
}

/** Reads any number: signs, spaces, quotes, thousands, exponents, up to 19 digits here and more elsewhere. Sets `outcome` and `whole`. */
export function readNumber(from: usize, to: usize): f64 {
  trimField(from, to);
  from = contentFrom;
  to = contentTo;
  if (from == to) {
    outcome = missing;
    return NaN;
  }
  const quick = quickNumber(from, to, v128.load(zeros), v128.load(nines), v128.load(pairs), v128.load(hundreds), v128.load(tenThousands));
  if (quick == quick) {
    outcome = present;
    whole = !quickFraction;
    return quick;
  }
  if (isMissingToken(from, to)) {
    outcome = missing;
    return NaN;
  }
  whole = true;
  const value = parseDecimal(from, to);
  // NaN minus itself and infinity minus itself are not zero.
  const usable = value - value == 0 && !(whole && Math.abs(value) > <f64>largestWhole);
  outcome = usable ? present : unreadable;
  return value;
}

/** NaN when [from, to) is no number. */
function parseDecimal(from: usize, to: usize): f64 {
  const start = from;
  const sign = load<u8>(from);
  if (sign == 45 || sign == 43) from++;
  let mantissa: u64 = 0;
  let digits = 0;
  let significant = 0;
  let exponent = 0;
  let seenPoint = false;
  let group = -1;
  for (; from < to; from++) {
    const byte = load<u8>(from);
    const digit = <u32>byte - 48;
    if (digit < 10) {
      digits++;
      if (group >= 0) group++;
      if (significant > 0 || digit != 0) significant++;
      if (significant <= 19) mantissa = mantissa * 10 + digit;
      if (seenPoint) exponent--;
    } else if (byte == decimalPoint && !seenPoint) {
      if (group >= 0 && group != 3) return NaN;
      group = -1;
      seenPoint = true;
    } else if (byte == thousands && thousands != 0 && !seenPoint && digits > 0 && (group == 3 || (group < 0 && digits <= 3))) {
      group = 0;
    } else {
      break;
    }
  }
  if (digits == 0 || (group >= 0 && group != 3)) return NaN;
  if (seenPoint) whole = false;
  else if (digits > 2 && load<u8>(start) == 48 && from == to) return NaN;
  if (from < to) {
    if ((load<u8>(from) | 32) != 101) return NaN;
    whole = false;
    from++;
    const exponentSign = from < to ? load<u8>(from) : 0;
    if (exponentSign == 45 || exponentSign == 43) from++;
    if (from == to) return NaN;
    let power = 0;
    for (; from < to; from++) {
      const digit = <u32>load<u8>(from) - 48;
      if (digit > 9) return NaN;
      if (power < 100000) power = power * 10 + <i32>digit;
    }
    exponent += exponentSign == 45 ? -power : power;
  }
  if (significant > 19) {
    return parseLongNumber(<u32>start, <u32>to);
  }
  const value = scale(mantissa, exponent);
  return sign == 45 ? -value : value;
}

function scale(mantissa: u64, exponent: i32): f64 {
  if (mantissa < (<u64>1 << 53) && exponent >= -22 && exponent <= 22) {
    return exponent < 0
      ? <f64>mantissa / load<f64>(powersOfTen + (<usize>-exponent << 3))
      : <f64>mantissa * load<f64>(powersOfTen + (<usize>exponent << 3));
  }
  return eiselLemire(mantissa, exponent);
}

let productHigh: u64 = 0;
let productLow: u64 = 0;

function multiply(a: u64, b: u64): void {
  const aLow = a & 0xffffffff;
  const aHigh = a >>> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >>> 32;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 32);
  const other = aLow * bHigh + (middle & 0xffffffff);
  productHigh = aHigh * bHigh + (middle >>> 32) + (other >>> 32);
  productLow = (other << 32) | (low & 0xffffffff);
}

/**
 * The float64 nearest to mantissa · 10^exponent (Lemire, "Number parsing at a gigabyte per second", Software: Practice and
 * Experience 51, 2021, algorithm 1; that no fallback is needed: Mushtak, Lemire, 2023).
 */
export function eiselLemire(mantissa: u64, exponent: i32): f64 {
  if (mantissa == 0 || exponent < -342) {
    return 0;
  }
  if (exponent > 308) {
    return Infinity;
  }
  const leading = clz(mantissa);
  const normalized = mantissa << leading;
  const power = powersOfFive + (<usize>(exponent + 342) << 4);
  multiply(normalized, load<u64>(power));
  let high = productHigh;
  let low = productLow;
  if ((high & 0x1ff) == 0x1ff) {
    multiply(normalized, load<u64>(power, 8));
    low += productHigh;
    if (productHigh > low) high++;
  }
  const upper = <i32>(high >>> 63);
  let bits = high >>> <u64>(upper + 9);
  let binary = (((152170 + 65536) * exponent) >> 16) + 63 + upper - <i32>leading + 1023;
  if (binary <= 0) {
    if (1 - binary >= 64) {
      return 0;
    }
    bits >>>= <u64>(1 - binary);
    bits += bits & 1;
    bits >>>= 1;
    binary = bits < (<u64>1 << 52) ? 0 : 1;
    return reinterpret<f64>((bits & ~(<u64>1 << 52)) | (<u64>binary << 52));
  }
  if (low <= 1 && exponent >= -4 && exponent <= 23 && (bits & 3) == 1 && (bits << <u64>(upper + 9)) == high) {
    bits &= ~<u64>1;
  }
  bits += bits & 1;
  bits >>>= 1;
  if (bits >= (<u64>2 << 52)) {
    bits = <u64>1 << 52;
    binary++;
  }
  return binary >= 2047 ? Infinity : reinterpret<f64>((bits & ~(<u64>1 << 52)) | (<u64>binary << 52));
}
