import type { ColumnType } from '../../../schema/columnType';
import type { NumberFormat } from '../cellText';
import { hasLeadingZero, parseNumber } from '../cellText';
import type { DateOrder } from '../dateText';
import { findDateOrder } from '../dateText';
import { decimalLimits, mostDecimals, powersOfTen } from '../numbers';
import { columnForm, formOfMagnitude, noDecimals } from './columnRoom';
import { columnKind } from './kernel';

/** What is asked of a column before it is read. */
export interface PlannedWish {
  readonly type?: ColumnType;
  readonly dateOrder?: DateOrder;
}

/** What the kernel reads by itself of `dateText`'s forms: digits only, with or without a time. */
const clock = String.raw`(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?(?:Z|[+-]\d{2}(?::?\d{2})?))?)?`;
const yearFirst = new RegExp(String.raw`^\d{4}(?:[-/]\d{1,2}|([-/.])\d{1,2}\1\d{1,2})${clock}$`);
const yearLast = new RegExp(String.raw`^\d{1,2}([-/.])\d{1,2}\1\d{4}${clock}$`);
const dateOrders = { yearFirst: 0, dayFirst: 1, monthFirst: 2 } as const;

/**
 * How to read a column: as numbers or dates at once where the sample holds nothing else, else through a dictionary, out of which
 * every type can be made.
 *
 * @param texts a sample of the column's cells, missing ones left out.
 */
export function planColumn(texts: readonly string[], wish: PlannedWish, format: NumberFormat): number {
  const { type } = wish;
  if (texts.length === 0) {
    return columnKind.dictionary;
  }
  if (type === undefined || type === 'integer' || type === 'numeric') {
    if (texts.every((text) => !Number.isNaN(parseNumber(text, format)) && !hasLeadingZero(text))) {
      return columnKind.number;
    }
  }
  if (type !== undefined && type !== 'dateTime') {
    return columnKind.dictionary;
  }
  if (texts.every((text) => yearFirst.test(text))) {
    return columnKind.date + dateOrders.yearFirst;
  }
  return texts.every((text) => yearLast.test(text)) ? planOrder(texts, wish.dateOrder) : columnKind.dictionary;
}

/**
 * How to keep a column of numbers: with as many decimals as its texts have, in a form with room for the greatest of them; as 64-bit floats
 * where they need more digits than the other forms have.
 */
export function planNumbers(texts: readonly string[], format: NumberFormat): { readonly decimals: number; readonly form: number } {
  const isPlain = format.decimal === '.' && format.thousands === '';
  let [decimals, greatest] = [0, 0];
  for (const text of texts) {
    const point = text.indexOf(format.decimal);
    decimals = point < 0 ? decimals : Math.max(decimals, text.length - 1 - point);
    greatest = Math.max(greatest, Math.abs(isPlain ? Number(text) : parseNumber(text, format)));
  }
  const fits = decimals <= mostDecimals && greatest * powersOfTen[decimals] <= decimalLimits.int40;
  return fits ? { decimals, form: formOfMagnitude(greatest * powersOfTen[decimals]) } : { decimals: noDecimals, form: columnForm.float64 };
}

/** Day and month in front of a year are read at once only when the sample leaves no doubt about which is which. */
function planOrder(texts: readonly string[], wished: DateOrder | undefined): number {
  const found = findDateOrder(texts);
  const dots = texts.some((text) => text.includes('.'));
  const sure = found === 'monthFirst' ? texts.some((text) => Number(/[-/.](\d+)/.exec(text)?.[1]) > 12) : dots || texts.some((text) => Number.parseInt(text, 10) > 12);
  const order = wished ?? (sure ? found : undefined);
  return order === undefined ? columnKind.dictionary : columnKind.date + dateOrders[order];
}

/** How a date column of this kind writes day and month, in the words of `dateText`; ISO dates read alike under either. */
export function dateOrderOf(kind: number): DateOrder {
  return kind === columnKind.date + dateOrders.dayFirst ? 'dayFirst' : 'monthFirst';
}
