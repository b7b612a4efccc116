import type { DatasetTable } from '../../schema/datasetView';

export const narrowest = 56;
const widest = 640;
const widestAtFirst = 260;
/** Room for a range and a share of missing values. */
const leastAtFirst = 128;
/** What stands beside a column's name (icon, padding) and around a cell's text. */
const nameRoom = 50;
const cellRoom = 24;
const characterWidth = 7.4;
/** Names are bold. */
const nameCharacterWidth = 8.3;

/** Where columns begin: one more than there are columns, the last being the end of all. */
export type ColumnOffsets = Float64Array;

export function columnOffsets(widths: readonly number[]): ColumnOffsets {
  const offsets = new Float64Array(widths.length + 1);
  widths.forEach((width, column) => {
    offsets[column + 1] = (offsets[column] ?? 0) + width;
  });
  return offsets;
}

/** The column at a place, the last one beyond the end. */
export function columnAt(offsets: ColumnOffsets, x: number): number {
  let [low, high] = [0, Math.max(0, offsets.length - 2)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? 0) <= x) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

/** First and last (excluded) column in sight, one more on either side. */
export function columnsInSight(offsets: ColumnOffsets, left: number, width: number): readonly [first: number, last: number] {
  const count = offsets.length - 1;
  if (count === 0) {
    return [0, 0];
  }
  return [Math.max(0, columnAt(offsets, left) - 1), Math.min(count, columnAt(offsets, left + width) + 2)];
}

/** The place nearest to `left` from which a column is wholly in sight; its beginning, when it is wider than that. */
export function leftShowing(offsets: ColumnOffsets, column: number, left: number, width: number): number {
  const [begin, end] = [offsets[column] ?? 0, offsets[column + 1] ?? 0];
  return Math.min(begin, Math.max(left, end - width));
}

/** Widths that suit names and typical cells. */
export function initialWidths({ columns, typicalLengths }: Pick<DatasetTable, 'columns' | 'typicalLengths'>): number[] {
  return columns.map((name, column) => {
    const wanted = Math.max(name.length * nameCharacterWidth + nameRoom, (typicalLengths[column] ?? 0) * characterWidth + cellRoom, leastAtFirst);
    return Math.round(Math.min(widestAtFirst, wanted));
  });
}

export function allowedWidth(width: number): number {
  return Math.round(Math.max(narrowest, Math.min(widest, width)));
}

/** The width that shows these cells and the name in full, within bounds. */
export function fittingWidth(name: string, cells: readonly string[]): number {
  const longest = cells.reduce((most, text) => Math.max(most, text.length), 0);
  return allowedWidth(Math.max(name.length * nameCharacterWidth + nameRoom, longest * characterWidth + cellRoom));
}
