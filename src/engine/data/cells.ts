import type { DateOrder } from './dateText';
import type { StoredNumbers } from './numbers';
import type { Codes } from './table';

/** A column's cells as texts: each distinct one once, and one code a row; −1 where the cell is missing. */
export interface CodedCells {
  readonly kind: 'coded';
  /** Over shared memory. */
  readonly codes: Codes;
  /** Distinct texts in the order of first appearance. */
  readonly texts: readonly string[];
}

/** A column's cells as numbers; NaN where the cell is missing. */
export interface NumberCells {
  readonly kind: 'numbers';
  readonly numbers: StoredNumbers;
  /** Whether none has a fraction, where the reader knows. */
  readonly whole?: boolean;
}

/** A column's cells as milliseconds since 1970 UTC; NaN where the cell is missing. */
export interface DateCells {
  readonly kind: 'dates';
  readonly numbers: StoredNumbers;
  readonly dateOrder: DateOrder;
}
