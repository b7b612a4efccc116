/** The order in which a column writes day and month where the year comes last. */
export type DateOrder = 'dayFirst' | 'monthFirst';

const months = [
  'january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december',
];
const clock = String.raw`(?:(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?`;
const yearFirst = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?${clock}$`);
const yearLast = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})${clock}$`);
const monthInside = new RegExp(String.raw`^(\d{1,2})[- ]([A-Za-z]{3,9})\.?,?[- ](\d{4})${clock}$`);
const monthAhead = new RegExp(String.raw`^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})${clock}$`);

/**
 * A date, with or without a time of day, as milliseconds since 1970 UTC; NaN when the text is none. Understood are year-month,
 * year-month-day (ISO 8601, also with / or .), day and month before a four-digit year, and English month names. A time
 * without an offset is taken as UTC, so that results don't depend on where they are computed.
 */
export function parseDateTime(text: string, order: DateOrder): number {
  if (text.length < 6 || text.length > 40) {
    return Number.NaN;
  }
  let match = yearFirst.exec(text);
  if (match !== null) {
    return toEpoch(Number(match[1]), Number(match[3]), Number(match[4] ?? 1), match, 5);
  }
  match = yearLast.exec(text);
  if (match !== null) {
    const [first, second] = [Number(match[1]), Number(match[3])];
    const [day, month] = order === 'dayFirst' ? [first, second] : [second, first];
    return toEpoch(Number(match[4]), month, day, match, 5);
  }
  match = monthInside.exec(text);
  if (match !== null) {
    return toEpoch(Number(match[3]), monthNumber(match[2]), Number(match[1]), match, 4);
  }
  match = monthAhead.exec(text);
  if (match !== null) {
    return toEpoch(Number(match[3]), monthNumber(match[1]), Number(match[2]), match, 4);
  }
  return Number.NaN;
}

/**
 * The order under which every text is a date: day first where dots separate or a first number is above 12, else month
 * first. Undefined when no order fits all.
 */
export function findDateOrder(texts: Iterable<string>): DateOrder | undefined {
  let monthFirstFits = true;
  let dayFirstFits = true;
  let dots = false;
  for (const text of texts) {
    monthFirstFits &&= !Number.isNaN(parseDateTime(text, 'monthFirst'));
    dayFirstFits &&= !Number.isNaN(parseDateTime(text, 'dayFirst'));
    dots ||= /^\d{1,2}\./.test(text);
    if (!monthFirstFits && !dayFirstFits) {
      return undefined;
    }
  }
  return dayFirstFits && (dots || !monthFirstFits) ? 'dayFirst' : monthFirstFits ? 'monthFirst' : undefined;
}

/** 1 to 12 by a month's English name or its beginning of three letters or more; 0 when it is none. */
function monthNumber(name: string): number {
  return months.findIndex((month) => month.startsWith(name.toLowerCase())) + 1;
}

/** @param at index in `match` of the clock's first group (hour). */
function toEpoch(year: number, month: number, day: number, match: RegExpExecArray, at: number): number {
  const part = (index: number): string | undefined => match[at + index];
  let hour = Number(part(0) ?? 0);
  const minute = Number(part(1) ?? 0);
  const second = Number(part(2) ?? 0);
  const half = part(4)?.toLowerCase();
  if (half !== undefined) {
    if (hour < 1 || hour > 12) {
      return Number.NaN;
    }
    hour = (hour % 12) + (half === 'pm' ? 12 : 0);
  }
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 24 || minute > 59 || second > 60) {
    return Number.NaN;
  }
  const milliseconds = Math.trunc(Number(`0.${part(3) ?? 0}`) * 1000);
  // Date.UTC takes years below 100 as of the twentieth century.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, milliseconds);
  return date.getTime() - offsetMinutes(part(5)) * 60_000;
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function offsetMinutes(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z') {
    return 0;
  }
  const digits = offset.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return offset.startsWith('-') ? -minutes : minutes;
}

/** As ISO 8601 writes it, without a time of day at midnight. */
export function dateText(time: number): string {
  const text = new Date(time).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, -14) : text;
}
