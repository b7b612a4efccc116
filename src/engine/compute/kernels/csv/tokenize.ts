import { delimiter, fieldCapacity, fieldEnds, keptRows, newline, quote, raggedKept, raggedList, rowFields, rowNewlines } from './layout';

/*
 * Stage one after Langdale and Lemire, "Parsing gigabytes of JSON per second", VLDB Journal 28 (2019), sections 3.1 and
 * 3.1.1: 64 bytes at a time become bit masks of separators, newlines and quotes; a prefix XOR of the quotes marks what
 * is inside them. A quote that opens or closes in the middle of a field breaks that arithmetic, so each quote's
 * neighbours are checked, and a block with a stray one is tokenized again byte by byte.
 */

/** Where a block starts or ends. */
export const outside: i32 = 0;
export const insideQuotes: i32 = 1;
/** In a field that did not begin with a quote: quotes are ordinary characters here. */
export const inBareField: i32 = 2;
/** Just behind a closing quote; another quote makes the two an escaped one. */
export const afterQuote: i32 = 3;

let state: i32 = 0;
let fields: i32 = 0;
let rows: i32 = 0;
let newlines: i32 = 0;
let strayQuote: bool = false;
let overflow: bool = false;

export function startTokens(initialState: i32): void {
  state = initialState;
  fields = 0;
  rows = 0;
  newlines = 0;
  strayQuote = false;
  overflow = false;
}
export function tokenState(): i32 { return state; }
export function tokenFields(): i32 { return fields; }
export function tokenRows(): i32 { return rows; }
export function tokenNewlines(): i32 { return newlines; }
export function hasStrayQuote(): bool { return strayQuote; }
export function hasOverflow(): bool { return overflow; }

// @ts-ignore: decorator
@inline
function mask64(a: v128, b: v128, c: v128, d: v128): u64 {
  return <u64>i8x16.bitmask(a) | (<u64>i8x16.bitmask(b) << 16) | (<u64>i8x16.bitmask(c) << 32) | (<u64>i8x16.bitmask(d) << 48);
}

/**
 * Finds field and row ends in [from, to), which is a whole number of 64-byte steps; bytes around it are readable and
 * hold the neighbouring text. With `onlyOneRow` it stops behind the first row end.
 *
 * @returns the address where it stopped.
 */
export function tokenize(from: usize, to: usize, onlyOneRow: bool): usize {
  const d = i8x16.splat(delimiter);
  const n = i8x16.splat(newline);
  const q = i8x16.splat(quote);
  const hasQuotes = quote != 0;
  const limit = fieldCapacity - 64;
  let inside: u64 = state == insideQuotes ? ~0 : 0;
  let closedBefore = state == afterQuote;
  for (let p = from; p < to; p += 64) {
    const v0 = v128.load(p);
    const v1 = v128.load(p, 16);
    const v2 = v128.load(p, 32);
    const v3 = v128.load(p, 48);
    const n0 = i8x16.eq(v0, n);
    const n1 = i8x16.eq(v1, n);
    const n2 = i8x16.eq(v2, n);
    const n3 = i8x16.eq(v3, n);
    let separators = mask64(
      v128.or(i8x16.eq(v0, d), n0), v128.or(i8x16.eq(v1, d), n1), v128.or(i8x16.eq(v2, d), n2), v128.or(i8x16.eq(v3, d), n3));
    const allNewlines = mask64(n0, n1, n2, n3);
    let rowEnds = allNewlines;
    if (hasQuotes) {
      const q0 = i8x16.eq(v0, q);
      const q1 = i8x16.eq(v1, q);
      const q2 = i8x16.eq(v2, q);
      const q3 = i8x16.eq(v3, q);
      if (v128.any_true(v128.or(v128.or(q0, q1), v128.or(q2, q3))) || inside != 0 || closedBefore) {
        const quotes = mask64(q0, q1, q2, q3);
        let covered = quotes ^ (quotes << 1);
        covered ^= covered << 2;
        covered ^= covered << 4;
        covered ^= covered << 8;
        covered ^= covered << 16;
        covered ^= covered << 32;
        covered ^= inside;
        const opening = quotes & covered;
        const closing = quotes & ~covered;
        checkQuotes(p, opening, closing, separators | quotes, closedBefore);
        inside = <u64>(<i64>covered >> 63);
        closedBefore = (closing >>> 63) != 0;
        separators &= ~covered;
        rowEnds &= ~covered;
      }
    }
    if (onlyOneRow && rowEnds != 0) {
      const upTo = rowEnds ^ (rowEnds - 1);
      separators &= upTo;
      rowEnds &= upTo;
      keepEnds(p, separators, rowEnds, allNewlines & upTo);
      state = outside;
      return p + <usize>ctz(rowEnds) + 1;
    }
    if (fields > limit) {
      overflow = true;
      return p;
    }
    keepEnds(p, separators, rowEnds, allNewlines);
  }
  state = inside != 0 ? insideQuotes : closedBefore ? afterQuote : outside;
  return to;
}

// @ts-ignore: decorator
@inline
function keepEnds(p: usize, separators: u64, rowEnds: u64, allNewlines: u64): void {
  const count = <i32>popcnt(separators);
  let out = fieldEnds + (<usize>fields << 2);
  let bits = separators;
  // Eight stores without a branch are cheaper than a mispredicted loop end; what is written too much is overwritten.
  for (;;) {
    store<u32>(out, <u32>(p + <usize>ctz(bits))); bits &= bits - 1;
    store<u32>(out, <u32>(p + <usize>ctz(bits)), 4); bits &= bits - 1;
    store<u32>(out, <u32>(p + <usize>ctz(bits)), 8); bits &= bits - 1;
    store<u32>(out, <u32>(p + <usize>ctz(bits)), 12); bits &= bits - 1;
    store<u32>(out, <u32>(p + <usize>ctz(bits)), 16); bits &= bits - 1;
    store<u32>(out, <u32>(p + <usize>ctz(bits)), 20); bits &= bits - 1;
    store<u32>(out, <u32>(p + <usize>ctz(bits)), 24); bits &= bits - 1;
    store<u32>(out, <u32>(p + <usize>ctz(bits)), 28); bits &= bits - 1;
    if (bits == 0) {
      break;
    }
    out += 32;
  }
  let ends = rowEnds;
  while (ends != 0) {
    const upTo = ends ^ (ends - 1);
    const row = <usize>rows << 2;
    store<u32>(rowFields + row, <u32>(fields + <i32>popcnt(separators & upTo)));
    store<u32>(rowNewlines + row, <u32>(newlines + <i32>popcnt(allNewlines & upTo)));
    rows++;
    ends &= ends - 1;
  }
  fields += count;
  newlines += <i32>popcnt(allNewlines);
}

/** A quote opens at a field's start (spaces may stand before it) and closes at its end; anything else is a stray quote. */
function checkQuotes(p: usize, opening: u64, closing: u64, separatorsAndQuotes: u64, closedBefore: bool): void {
  const before = load<u8>(p - 1);
  const opensAfter = (separatorsAndQuotes << 1) | u64(before == delimiter || before == newline || closedBefore);
  let doubtful = opening & ~opensAfter;
  while (doubtful != 0) {
    if (!startsField(p + <usize>ctz(doubtful))) {
      strayQuote = true;
      return;
    }
    doubtful &= doubtful - 1;
  }
  doubtful = ((closing << 1) | u64(closedBefore)) & ~separatorsAndQuotes;
  while (doubtful != 0) {
    if (!endsField(p + <usize>ctz(doubtful))) {
      strayQuote = true;
      return;
    }
    doubtful &= doubtful - 1;
  }
}

/** Spaces behind a delimiter do not belong to a quoted field; a tab does only where it is not the delimiter. */
// @ts-ignore: decorator
@inline
function isSpace(byte: u8): bool {
  return byte == 32 || byte == 9;
}

/** At most so many spaces are looked over; more make the quote a stray one, which the byte-wise tokenizer settles. */
const spacesLimit: usize = 48;

function startsField(address: usize): bool {
  let at = address - 1;
  while (isSpace(load<u8>(at)) && load<u8>(at) != delimiter && address - at < spacesLimit) {
    at--;
  }
  const byte = load<u8>(at);
  return byte == delimiter || byte == newline;
}

function endsField(address: usize): bool {
  let at = address;
  while ((isSpace(load<u8>(at)) || load<u8>(at) == 13) && load<u8>(at) != delimiter && at - address < spacesLimit) {
    at++;
  }
  const byte = load<u8>(at);
  return byte == delimiter || byte == newline;
}

/** What `tokenize` does, one byte at a time, for blocks with stray quotes: a quote in the middle of a field is a character. */
export function tokenizeBytes(from: usize, to: usize, onlyOneRow: bool): usize {
  let current = state;
  // A field is fresh while only spaces have been seen of it.
  let fresh = current == outside && (startsField(from) || load<u8>(from - 1) == delimiter || load<u8>(from - 1) == newline);
  if (current == outside && !fresh) {
    current = inBareField;
  }
  for (let p = from; p < to; p++) {
    const byte = load<u8>(p);
    newlines += i32(byte == newline);
    if (current == insideQuotes) {
      if (byte == quote) current = afterQuote;
    } else if (byte == delimiter || byte == newline) {
      if (fields >= fieldCapacity) {
        overflow = true;
        return p;
      }
      store<u32>(fieldEnds + (<usize>fields << 2), <u32>p);
      fields++;
      current = outside;
      fresh = true;
      if (byte == newline) {
        store<u32>(rowFields + (<usize>rows << 2), <u32>fields);
        store<u32>(rowNewlines + (<usize>rows << 2), <u32>newlines);
        rows++;
        if (onlyOneRow) {
          state = outside;
          return p + 1;
        }
      }
    } else if (byte == quote && quote != 0 && (fresh || current == afterQuote)) {
      current = insideQuotes;
      fresh = false;
    } else if (current == outside && !isSpace(byte)) {
      current = inBareField;
      fresh = false;
    } else if (current == afterQuote) {
      current = inBareField;
    }
  }
  state = current;
  return to;
}

/** True when every row of the last `checkRows` has as many fields as there are columns, and none is blank. */
export let regular: bool = true;
let shortRows: i32 = 0;
let longRows: i32 = 0;
export function isRegular(): bool { return regular; }
/** Rows with too few fields; the missing ones count as empty. */
export function shortRowCount(): i32 { return shortRows; }
/** Rows with values behind the last column; they don't count. */
export function longRowCount(): i32 { return longRows; }

/** Counts the rows from `first` to `last` (excluded) that count: neither blank nor too long. Notes whether all are regular. */
export function checkRows(first: i32, last: i32, columns: i32): i32 {
  regular = columns > 1;
  shortRows = 0;
  longRows = 0;
  let before: u32 = first == 0 ? 0 : load<u32>(rowFields + (<usize>first << 2) - 4);
  for (let row = first; regular && row < last; row++) {
    const after = load<u32>(rowFields + (<usize>row << 2));
    regular = <i32>(after - before) == columns;
    before = after;
  }
  return regular ? last - first : keepRows(first, last, columns);
}

function keepRows(first: i32, last: i32, columns: i32): i32 {
  let kept = 0;
  let before: u32 = first == 0 ? 0 : load<u32>(rowFields + (<usize>first << 2) - 4);
  for (let row = first; row < last; row++) {
    const after = load<u32>(rowFields + (<usize>row << 2));
    const count = <i32>(after - before);
    if (count > columns && !areBlank(before + columns, after, quote)) {
      noteRagged(raggedKept, longRows, row, count);
      longRows++;
    } else if (count != 1 || !areBlank(before, after, 0)) {
      store<u32>(keptRows + (<usize>kept << 2), <u32>row);
      kept++;
      if (count < columns) {
        noteRagged(0, shortRows, row, count);
        shortRows++;
      }
    }
    before = after;
  }
  return kept;
}

function noteRagged(list: i32, count: i32, row: i32, fieldCount: i32): void {
  if (count < raggedKept) {
    const at = raggedList + (<usize>(list + count) << 3);
    store<i32>(at, row);
    store<i32>(at, fieldCount, 4);
  }
}

/** True when the fields from `first` to `last` (excluded) hold nothing but spaces and `ignored` bytes. */
function areBlank(first: u32, last: u32, ignored: u8): bool {
  for (let field = first; field < last; field++) {
    const slot = fieldEnds + (<usize>field << 2);
    const end = <usize>load<u32>(slot);
    for (let at = <usize>load<u32>(slot - 4) + 1; at < end; at++) {
      const byte = load<u8>(at);
      if (byte > 32 && byte != ignored) {
        return false;
      }
    }
  }
  return true;
}
