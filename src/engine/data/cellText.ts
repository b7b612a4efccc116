import { usualMissingTokens } from '../../schema/missingTokens';

/*
 * What the text of one cell means. Surrounding spaces are gone before these are asked.
 */

/** Texts that stand for "no value". */
export const missingTokens: ReadonlySet<string> = new Set(usualMissingTokens);

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const integerPattern = /^[+-]?\d+$/;

/** How numbers are written. */
export interface NumberFormat {
  /** Between whole and fractional digits. */
  readonly decimal: '.' | ',';
  /** Between groups of three whole digits; '' when there is nothing. */
  readonly thousands: '' | ',' | '.' | ' ' | "'";
}

export const plainNumbers: NumberFormat = { decimal: '.', thousands: '' };

/**
 * The number that a text writes, or NaN when it writes none. Whole numbers past 2⁵³ are none: they are identifiers that a
 * floating-point number would change.
 */
export function parseNumber(text: string, format: NumberFormat = plainNumbers): number {
  const plain = format === plainNumbers ? text : toPlain(text, format);
  if (!numberPattern.test(plain)) {
    return Number.NaN;
  }
  const value = Number(plain);
  if (!Number.isFinite(value)) {
    return Number.NaN;
  }
  return Math.abs(value) > Number.MAX_SAFE_INTEGER && integerPattern.test(plain) ? Number.NaN : value;
}

/** The text as a program would write the number; anything that is none stays none. */
function toPlain(text: string, { decimal, thousands }: NumberFormat): string {
  let whole = text;
  if (thousands !== '' && text.includes(thousands)) {
    const [digits, ...fraction] = text.split(decimal);
    const groups = digits.split(thousands);
    if (!/^[+-]?\d{1,3}$/.test(groups[0]) || !groups.slice(1).every((group) => /^\d{3}$/.test(group.replace(/[eE].*$/, '')))) {
      return 'none';
    }
    whole = [groups.join(''), ...fraction].join(decimal);
  }
  return decimal === '.' ? whole : whole.includes('.') ? 'none' : whole.replace(decimal, '.');
}

/** True for digits behind a leading zero, at least three: postal codes and the like, which arithmetic would spoil. */
export function hasLeadingZero(text: string): boolean {
  return text.length >= 3 && text.charCodeAt(0) === 48 && integerPattern.test(text);
}

/** Words for true and false that belong together. */
const booleanPairs: readonly (readonly [truth: string, falsehood: string])[] = [
  ['true', 'false'], ['yes', 'no'], ['t', 'f'], ['y', 'n'], ['on', 'off'],
];

/** True when the texts (case aside) are all out of one pair of words for true and false. */
export function areBooleans(texts: readonly string[]): boolean {
  return texts.length > 0 && texts.length <= 6
    && booleanPairs.some((pair) => texts.every((text) => pair.includes(text.toLowerCase())));
}

/** The truth of a boolean's text (a word of `booleanPairs`, 1 or 0); undefined when it is none. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  for (const [truth, falsehood] of booleanPairs) {
    if (word === truth) {
      return true;
    }
    if (word === falsehood) {
      return false;
    }
  }
  const value = parseNumber(text);
  return value === 1 ? true : value === 0 ? false : undefined;
}
