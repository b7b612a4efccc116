import { contentFrom, contentTo, isMissingToken, missing, noteUnreadable, present, trimField, unreadable } from './number';

/** Which comes first in a date: year-month-day, day-month-year or month-day-year. */
export const yearFirst: i32 = 0;
export const dayFirst: i32 = 1;
export const monthFirst: i32 = 2;

export let dateOutcome: i32 = 0;

let cursor: usize = 0;
let limit: usize = 0;
let digitCount: i32 = 0;

/** Parses a column's fields into milliseconds since 1970 UTC; arguments and `stats` as in `parseNumbers`. */
export function parseDates(before: usize, ends: usize, stride: usize, rows: i32, out: usize, stats: usize, firstRow: i32, order: i32): void {
  for (let row = 0; row < rows; row++) {
    const value = readDate(<usize>load<u32>(before) + 1, <usize>load<u32>(ends), order);
    before += stride;
    ends += stride;
    store<f64>(out, value);
    out += 8;
    if (dateOutcome == missing) {
      store<i32>(stats, load<i32>(stats) + 1);
    } else if (dateOutcome == unreadable) {
      noteUnreadable(stats, firstRow + row);
    }
  }
}

export function readDate(from: usize, to: usize, order: i32): f64 {
  trimField(from, to);
  if (contentFrom == contentTo || isMissingToken(contentFrom, contentTo)) {
    dateOutcome = missing;
    return NaN;
  }
  cursor = contentFrom;
  limit = contentTo;
  const value = parseDate(order);
  dateOutcome = value == value ? present : unreadable;
  return value;
}

function number(maximumDigits: i32): i32 {
  let value = 0;
  digitCount = 0;
  while (cursor < limit && digitCount < maximumDigits) {
    const digit = <u32>load<u8>(cursor) - 48;
    if (digit > 9) break;
    value = value * 10 + <i32>digit;
    digitCount++;
    cursor++;
  }
  return digitCount == 0 ? -1 : value;
}

function peek(): u8 {
  return cursor < limit ? load<u8>(cursor) : 0;
}

function parseDate(order: i32): f64 {
  let year = 0;
  let month = 0;
  let day = 1;
  const first = number(4);
  const firstDigits = digitCount;
  const separator = peek();
  if (first < 0 || (separator != 45 && separator != 47 && separator != 46)) return NaN;
  cursor++;
  const second = number(2);
  if (second < 0) return NaN;
  if (order == yearFirst) {
    if (firstDigits != 4) return NaN;
    year = first;
    month = second;
    if (peek() == separator) {
      cursor++;
      day = number(2);
    } else if (cursor < limit || separator == 46) {
      return NaN;
    }
  } else {
    if (firstDigits > 2 || peek() != separator) return NaN;
    cursor++;
    year = number(4);
    if (digitCount != 4) return NaN;
    day = order == dayFirst ? first : second;
    month = order == dayFirst ? second : first;
  }
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return NaN;
  const time = parseTime();
  return <f64>daysFromCivil(year, month, day) * 86400000 + time;
}

/** Milliseconds of the day at the cursor, shifted to UTC by its zone; 0 at the end of the field; NaN when unreadable. */
function parseTime(): f64 {
  if (cursor == limit) return 0;
  const mark = load<u8>(cursor);
  if (mark != 84 && mark != 32 && mark != 116) return NaN;
  cursor++;
  const hour = number(2);
  if (hour < 0 || hour > 23 || peek() != 58) return NaN;
  cursor++;
  const minute = number(2);
  if (digitCount != 2 || minute > 59) return NaN;
  let milliseconds: f64 = <f64>(hour * 3600 + minute * 60) * 1000;
  if (peek() == 58) {
    cursor++;
    const second = number(2);
    if (digitCount != 2 || second > 60) return NaN;
    milliseconds += <f64>second * 1000;
    if (peek() == 46 || peek() == 44) {
      cursor++;
      const fraction = number(9);
      if (digitCount == 0) return NaN;
      let unit: f64 = 1000;
      for (let i = 0; i < digitCount; i++) unit /= 10;
      milliseconds += Math.floor(<f64>fraction * unit + 1e-6);
    }
  }
  return milliseconds - zoneOffset();
}

function zoneOffset(): f64 {
  if (cursor < limit && load<u8>(cursor) == 32) cursor++;
  if (cursor == limit) return 0;
  const mark = load<u8>(cursor);
  cursor++;
  if (mark == 90 || mark == 122) return cursor == limit ? 0 : NaN;
  if (mark != 43 && mark != 45) return NaN;
  const hours = number(2);
  if (digitCount != 2 || hours > 18) return NaN;
  if (peek() == 58) cursor++;
  let minutes = 0;
  if (cursor < limit) {
    minutes = number(2);
    if (digitCount != 2 || minutes > 59) return NaN;
  }
  if (cursor != limit) return NaN;
  const offset = <f64>(hours * 60 + minutes) * 60000;
  return mark == 45 ? -offset : offset;
}

function daysInMonth(year: i32, month: i32): i32 {
  if (month == 2) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  }
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days since 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms", days_from_civil). */
function daysFromCivil(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}
