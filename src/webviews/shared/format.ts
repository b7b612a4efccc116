const locale = 'en-US';
const significant = new Intl.NumberFormat(locale, { minimumSignificantDigits: 4, maximumSignificantDigits: 4 });
const compact = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });

/** What stands for a value that doesn't exist. */
export const noValue = '—';

/** A metric at four significant digits ("0.9855", "1.000", "5.522e+2" only beyond a billion or below a ten-thousandth). */
export function formatMetric(value: number | null | undefined): string {
  return formatWith(significant, value);
}

/** A number at up to four significant digits, without trailing zeros ("12", "0.25", "44.45"). */
export function formatNumber(value: number | null | undefined): string {
  return formatWith(compact, value);
}

function formatWith(format: Intl.NumberFormat, value: number | null | undefined): string {
  if (value === null || value === undefined) {
    return noValue;
  }
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e9)) {
    return value.toExponential(3);
  }
  return value === 0 ? '0' : format.format(value).replace('-', '−');
}

/** A standard deviation at two significant digits: it says how far to trust a number, not what the number is. */
export function formatSpread(value: number): string {
  return formatNumber(Number(value.toPrecision(2)));
}

/** A signed difference at three significant digits ("+0.0123", "−1.5"). */
export function formatDifference(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const text = formatNumber(Math.abs(rounded));
  return rounded === 0 ? '±0' : `${rounded > 0 ? '+' : '−'}${text}`;
}

/** Every digit of a number, for tooltips and for `data-value` attributes; empty for no value. */
export function fullPrecision(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

/** A count with grouped thousands ("53,940"). */
export function formatCount(value: number): string {
  return whole.format(value);
}

/** A count with its noun: "1 row", "344 rows". */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** A share as a percentage; tiny but real shares don't read as zero. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) {
    return '<0.1 %';
  }
  if (share < 1 && share > 0.999) {
    return '>99.9 %';
  }
  return `${Number((share * 100).toFixed(1))} %`;
}

export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit] ?? ''}`;
}

/** A duration in the two units that matter ("84 ms", "1.8 s", "12 s", "3 min 20 s", "2 h 5 min"). */
export function formatDuration(seconds: number): string {
  if (seconds < 0.9995) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  if (seconds < 10) {
    return `${Number(seconds.toFixed(1))} s`;
  }
  const total = Math.round(seconds);
  if (total < 60) {
    return `${total} s`;
  }
  if (total < 3600) {
    return `${Math.floor(total / 60)} min ${total % 60} s`;
  }
  return `${Math.floor(total / 3600)} h ${Math.round((total % 3600) / 60)} min`;
}

/** How long ago a moment was, in one unit ("just now", "5 min ago", "3 days ago"). */
export function formatAge(iso: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  const steps: readonly (readonly [number, string])[] = [[86_400 * 365, 'year'], [86_400 * 30, 'month'], [86_400, 'day'], [3600, 'hour'], [60, 'minute']];
  for (const [length, unit] of steps) {
    if (seconds >= length) {
      return `${countOf(Math.floor(seconds / length), unit)} ago`;
    }
  }
  return 'just now';
}

/** A moment in the reader's own time zone. */
export function formatMoment(iso: string): string {
  return dateTime.format(new Date(iso));
}

/** The UTC day of a date-time column's value (milliseconds since 1970). */
export function formatDay(milliseconds: number): string {
  return Number.isFinite(milliseconds) && Math.abs(milliseconds) <= 8.64e15 ? day.format(milliseconds) : noValue;
}

/** Joins words as a sentence does: "a", "a and b", "a, b and c". */
export function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
