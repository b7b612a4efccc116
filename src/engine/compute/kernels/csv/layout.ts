/**
 * Where things lie in a reader thread's memory, and the dialect. TypeScript allocates the regions once with `allocate`
 * and hands their addresses over; nothing here is ever freed, a thread's memory ends with it.
 */

/** Bytes of the dialect; `quote` and `thousands` are 0 where the dialect has none. */
export let delimiter: u8 = 44;
export let quote: u8 = 34;
export let newline: u8 = 10;
export let decimalPoint: u8 = 46;
export let thousands: u8 = 0;

/** u32 address of each field's end, in file order; the slot before the first holds the address before the first field. */
export let fieldEnds: usize = 0;
/** How many field ends fit. */
export let fieldCapacity: i32 = 0;
/** u32 for each row: how many fields had ended when it ended. */
export let rowFields: usize = 0;
/** u32 for each row: how many newline bytes, quoted ones included, had been seen when it ended. */
export let rowNewlines: usize = 0;
/** u32 for each row that counts (blank lines do not): its index in `rowFields`. Used when `regular` is false. */
export let keptRows: usize = 0;
/** 17 masks of 16 bytes: mask n keeps the last n bytes. */
export let keepLast: usize = 0;
/** 17 masks of 16 bytes: mask n keeps the first n bytes. */
export let keepFirst: usize = 0;
/** 16 shuffles of 16 bytes: shuffle p removes byte p, moving the bytes before it one place on. */
export let removeByte: usize = 0;
/** 128-bit powers of five from 5^-342 to 5^308, high half first. */
export let powersOfFive: usize = 0;
/** Missing tokens: a u32 count, then 32 bytes each: u32 length, 12 bytes unused, 16 bytes of text padded with zeros. */
export let missingTokens: usize = 0;
/** Room to unquote one field in. */
export let scratch: usize = 0;
/** Rows with too few fields, then rows with too many, `raggedKept` of each at most: u32 index in `rowFields`, u32 fields. */
export let raggedList: usize = 0;
export const raggedKept: i32 = 128;

export function setDialect(delimiterByte: u8, quoteByte: u8, newlineByte: u8, decimalByte: u8, thousandsByte: u8): void {
  delimiter = delimiterByte;
  quote = quoteByte;
  newline = newlineByte;
  decimalPoint = decimalByte;
  thousands = thousandsByte;
}

export function setIndexRegions(ends: usize, capacity: i32, fields: usize, newlines: usize, kept: usize): void {
  fieldEnds = ends;
  fieldCapacity = capacity;
  rowFields = fields;
  rowNewlines = newlines;
  keptRows = kept;
}

export function setTables(last: usize, first: usize, remove: usize, powers: usize, tokens: usize, scratchSpace: usize, ragged: usize): void {
  keepLast = last;
  keepFirst = first;
  removeByte = remove;
  powersOfFive = powers;
  missingTokens = tokens;
  scratch = scratchSpace;
  raggedList = ragged;
}

let top: usize = 0;

/** Reserves bytes, 64-byte aligned and zeroed; 0 when the 4 GB of a memory are used up. */
export function allocate(bytes: usize): usize {
  if (top == 0) {
    top = (__heap_base + 63) & ~63;
  }
  const address = top;
  const end = <u64>address + ((<u64>bytes + 63) & ~63);
  const pages = <i64>((end + 65535) >> 16);
  if (pages > 65535) {
    return 0;
  }
  const missing = <i32>pages - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) {
    return 0;
  }
  top = <usize>end;
  return address;
}

/** Spaces and control characters don't belong to a value at its ends; a NUL does: it is damage, which the reader tells. */
// @ts-ignore: decorator
@inline
export function isBlank(byte: u8): bool {
  return <u8>(byte - 1) < 32;
}
