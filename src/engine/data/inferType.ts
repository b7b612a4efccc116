import type { ColumnType } from '../../schema/columnType';
import type { NumberFormat } from './cellText';
import { areBooleans, hasLeadingZero, parseNumber, plainNumbers } from './cellText';
import type { CodedCells, DateCells, NumberCells } from './cells';
import type { DateOrder } from './dateText';
import type { StoredNumbers } from './numbers';
import { allNumbers } from './numbers';
import type { Codes } from './table';
import { findDateOrder } from './dateText';

/** Up to so many distinct values are categories, however short the file. */
const surelyCategories = 50;
/** Values that are distinct in more than this share of the rows say something about one row only. */
const textShare = 0.5;
/** Texts that are longer than this on average are prose. */
const proseLength = 60;

export interface InferredType {
  readonly type: ColumnType;
  /** How a dateTime column writes day and month. */
  readonly dateOrder?: DateOrder;
}

/** What a column's values mean, judged by all of them. */
export function inferType(cells: CodedCells | NumberCells | DateCells, format: NumberFormat = plainNumbers): InferredType {
  if (cells.kind === 'dates') {
    return { type: 'dateTime', dateOrder: cells.dateOrder };
  }
  if (cells.kind === 'numbers') {
    return { type: (cells.whole ?? areWhole(cells.numbers)) ? 'integer' : 'numeric' };
  }
  const { texts } = cells;
  if (texts.length === 0) {
    return { type: 'categorical' };
  }
  const numbers = parsedNumbers(texts, format);
  if (numbers !== undefined) {
    if (areCodes(texts)) {
      return { type: 'categorical' };
    }
    return { type: numbers.every(Number.isInteger) ? 'integer' : 'numeric' };
  }
  if (areBooleans(texts)) {
    return { type: 'boolean' };
  }
  const dateOrder = findDateOrder(texts);
  if (dateOrder !== undefined) {
    return { type: 'dateTime', dateOrder };
  }
  return { type: isText(cells) ? 'text' : 'categorical' };
}

function areWhole(numbers: StoredNumbers): boolean {
  return (numbers.kind === 'decimals' && numbers.scale === 1) || allNumbers(numbers).every((value) => Number.isNaN(value) || Number.isInteger(value));
}

/** Postal codes and the like: whole numbers of one length, some with a leading zero. */
function areCodes(texts: readonly string[]): boolean {
  const { length } = texts[0];
  return texts.some(hasLeadingZero) && texts.every((text) => text.length === length && /^\d+$/.test(text));
}

function parsedNumbers(texts: readonly string[], format: NumberFormat): number[] | undefined {
  const numbers: number[] = [];
  for (const text of texts) {
    const value = parseNumber(text, format);
    if (Number.isNaN(value)) {
      return undefined;
    }
    numbers.push(value);
  }
  return numbers;
}

function isText({ codes, texts }: CodedCells): boolean {
  if (texts.length > surelyCategories && !hasPresent(codes, texts.length / textShare)) {
    return true;
  }
  const letters = texts.reduce((sum, text) => sum + text.length, 0);
  return texts.length > 2 && letters / texts.length > proseLength;
}

/** Whether at least so many cells hold a value. */
function hasPresent(codes: Codes, wanted: number): boolean {
  let present = 0;
  for (let row = 0; row < codes.length && present < wanted; row++) {
    present += codes[row] < 0 ? 0 : 1;
  }
  return present >= wanted;
}
