import { allocate, isBlank, keepFirst, missingTokens, quote, scratch } from './layout';
import { contentFrom, contentQuoted, contentTo, trimField } from './number';

/*
 * A column's distinct values: an open-addressing hash table of 8-byte slots (hash in the high half, entry number + 1 in
 * the low one), entries of 16 bytes (u32 text address, u32 length, i32 code, u32 row of first appearance), and the texts,
 * each padded with zeros to whole 16 bytes so that they compare 16 at a time. The struct at `dictionary`:
 * u32 slots, u32 slot mask, u32 entries, u32 entry count, u32 entry capacity, u32 text, u32 text end, u32 next code,
 * u32 missing count, u32 bytes of all texts.
 */

const initialSlots: u32 = 256;
const textStep: usize = 65536;
/** Codes of entries that are missing tokens. */
const missingCode: i32 = -1;

let full: bool = false;
export function isDictionaryFull(): bool { return full; }

/** @returns the address of an empty dictionary that knows the missing tokens, or 0 without memory. */
export function createDictionary(): usize {
  const dictionary = allocate(64);
  const slots = allocate(<usize>initialSlots << 3);
  const entries = allocate(<usize>initialSlots << 3);
  if (dictionary == 0 || slots == 0 || entries == 0) {
    return 0;
  }
  store<u32>(dictionary, <u32>slots);
  store<u32>(dictionary, initialSlots - 1, 4);
  store<u32>(dictionary, <u32>entries, 8);
  store<u32>(dictionary, 0, 12);
  store<u32>(dictionary, initialSlots >> 1, 16);
  const count = load<u32>(missingTokens);
  for (let i: u32 = 0; i < count; i++) {
    const token = missingTokens + 32 + (<usize>i << 5);
    store<i32>(<usize>load<u32>(dictionary, 8) + (<usize>find(dictionary, token + 16, load<u32>(token), 0) << 4), missingCode, 8);
  }
  store<u32>(dictionary, 0, 28);
  return dictionary;
}

/** Parses a column's fields into codes (i32; −1 for missing); arguments as in `parseNumbers`. */
export function parseCategories(before: usize, ends: usize, stride: usize, rows: i32, out: usize, dictionary: usize, firstRow: i32): void {
  let absent = 0;
  for (let row = 0; row < rows; row++) {
    let from = <usize>load<u32>(before) + 1;
    let to = <usize>load<u32>(ends);
    before += stride;
    ends += stride;
    let code = missingCode;
    if (from != to) {
      const first = load<u8>(from);
      if (first <= 32 || first == quote || load<u8>(to - 1) <= 32) {
        cleanField(from, to);
        from = cleanFrom;
        to = cleanTo;
      }
      if (from != to) {
        const entry = find(dictionary, from, <u32>(to - from), firstRow + row);
        if (full) {
          return;
        }
        code = load<i32>(<usize>load<u32>(dictionary, 8) + (<usize>entry << 4), 8);
      }
    }
    absent += i32(code < 0);
    store<i32>(out, code);
    out += 4;
  }
  store<u32>(dictionary, load<u32>(dictionary, 32) + absent, 32);
}

let cleanFrom: usize = 0;
let cleanTo: usize = 0;

/** Sets `cleanFrom` and `cleanTo` to the field's text: trimmed, unquoted, doubled quotes made single (in `scratch`). */
function cleanField(from: usize, to: usize): void {
  trimField(from, to);
  cleanFrom = contentFrom;
  cleanTo = contentTo;
  if (!contentQuoted) {
    return;
  }
  let at = contentFrom;
  while (at < contentTo && load<u8>(at) != quote) at++;
  if (at == contentTo && load<u8>(trimmedEnd(from, to) - 1) == quote) {
    return;
  }
  unquote(from, trimmedEnd(from, to));
}

/** Copies a field that holds more quotes than the two around it to `scratch`: doubled ones made single, what follows a closing one as it is. */
function unquote(from: usize, to: usize): void {
  while (load<u8>(from) != quote) from++;
  let out = scratch;
  let open = true;
  for (let at = from + 1; at < to; at++) {
    const byte = load<u8>(at);
    if (open && byte == quote) {
      if (at + 1 < to && load<u8>(at + 1) == quote) {
        at++;
      } else {
        open = false;
        continue;
      }
    }
    store<u8>(out++, byte);
  }
  cleanFrom = scratch;
  cleanTo = trimmedEnd(scratch, out);
  while (cleanFrom < cleanTo && isBlank(load<u8>(cleanFrom))) cleanFrom++;
}

function trimmedEnd(from: usize, to: usize): usize {
  while (to > from && isBlank(load<u8>(to - 1))) to--;
  return to;
}

// @ts-ignore: decorator
@inline
function hash(text: usize, length: u32): u32 {
  let h: u64 = <u64>length * 0x9e3779b97f4a7c15;
  let left = <i32>length;
  for (;;) {
    const chunk = v128.and(v128.load(text), v128.load(keepFirst + (<usize>min(left, 16) << 4)));
    h = (h ^ <u64>i64x2.extract_lane(chunk, 0)) * 0xff51afd7ed558ccd;
    h ^= h >>> 32;
    h = (h ^ <u64>i64x2.extract_lane(chunk, 1)) * 0xc4ceb9fe1a85ec53;
    h ^= h >>> 29;
    left -= 16;
    if (left <= 0) {
      break;
    }
    text += 16;
  }
  return <u32>(h >>> 16);
}

// @ts-ignore: decorator
@inline
function equal(text: usize, stored: usize, length: u32): bool {
  let left = <i32>length;
  for (;;) {
    const chunk = v128.and(v128.load(text), v128.load(keepFirst + (<usize>min(left, 16) << 4)));
    if (v128.any_true(v128.xor(chunk, v128.load(stored)))) {
      return false;
    }
    left -= 16;
    if (left <= 0) {
      break;
    }
    text += 16;
    stored += 16;
  }
  return true;
}

/** The entry of a text, made when it is new. */
function find(dictionary: usize, text: usize, length: u32, row: i32): u32 {
  const hashed = hash(text, length);
  const slots = <usize>load<u32>(dictionary);
  const mask = load<u32>(dictionary, 4);
  const entries = <usize>load<u32>(dictionary, 8);
  let at = hashed & mask;
  let slot = load<u64>(slots + (<usize>at << 3));
  while (slot != 0) {
    if (<u32>(slot >>> 32) == hashed) {
      const entry = <u32>slot - 1;
      const address = entries + (<usize>entry << 4);
      if (load<u32>(address, 4) == length && equal(text, load<u32>(address), length)) {
        return entry;
      }
    }
    at = (at + 1) & mask;
    slot = load<u64>(slots + (<usize>at << 3));
  }
  return insert(dictionary, text, length, row, hashed, at);
}

function insert(dictionary: usize, text: usize, length: u32, row: i32, hashed: u32, at: u32): u32 {
  const entry = load<u32>(dictionary, 12);
  if (entry == load<u32>(dictionary, 16)) {
    if (!grow(dictionary)) {
      full = true;
      return 0;
    }
    const mask = load<u32>(dictionary, 4);
    at = hashed & mask;
    while (load<u64>(<usize>load<u32>(dictionary) + (<usize>at << 3)) != 0) at = (at + 1) & mask;
  }
  const padded = (<usize>length + 15) & ~15;
  let to = <usize>load<u32>(dictionary, 20);
  if (to == 0 || to + padded > <usize>load<u32>(dictionary, 24)) {
    const size = max<usize>(padded, entry > 64 ? textStep : 1024);
    to = allocate(size);
    if (to == 0) {
      full = true;
      return 0;
    }
    store<u32>(dictionary, <u32>(to + size), 24);
  }
  memory.copy(to, text, length);
  store<u32>(dictionary, <u32>(to + padded), 20);
  const code = load<u32>(dictionary, 28);
  const address = <usize>load<u32>(dictionary, 8) + (<usize>entry << 4);
  store<u32>(address, <u32>to);
  store<u32>(address, length, 4);
  store<u32>(address, code, 8);
  store<u32>(address, row, 12);
  store<u64>(<usize>load<u32>(dictionary) + (<usize>at << 3), (<u64>hashed << 32) | (entry + 1));
  store<u32>(dictionary, entry + 1, 12);
  store<u32>(dictionary, code + 1, 28);
  store<u32>(dictionary, load<u32>(dictionary, 36) + length, 36);
  return entry;
}

/** Doubles slots and entries. The old ones are left behind: over all doublings less than the newest ones take. */
function grow(dictionary: usize): bool {
  const oldSlots = <usize>load<u32>(dictionary);
  const oldSize = load<u32>(dictionary, 4) + 1;
  const size = oldSize << 1;
  const slots = allocate(<usize>size << 3);
  const entries = allocate(<usize>size << 3);
  if (slots == 0 || entries == 0) {
    return false;
  }
  for (let i: u32 = 0; i < oldSize; i++) {
    const slot = load<u64>(oldSlots + (<usize>i << 3));
    if (slot != 0) {
      let at = <u32>(slot >>> 32) & (size - 1);
      while (load<u64>(slots + (<usize>at << 3)) != 0) at = (at + 1) & (size - 1);
      store<u64>(slots + (<usize>at << 3), slot);
    }
  }
  memory.copy(entries, load<u32>(dictionary, 8), <usize>load<u32>(dictionary, 12) << 4);
  store<u32>(dictionary, <u32>slots);
  store<u32>(dictionary, size - 1, 4);
  store<u32>(dictionary, <u32>entries, 8);
  store<u32>(dictionary, size >> 1, 16);
  return true;
}
