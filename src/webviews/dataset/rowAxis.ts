/*
 * Where rows stand. All have the same height, so a division finds them. Browsers lay out no element higher than some 33 million
 * pixels (16 million on a screen with two dots a pixel; Firefox fewer still), so beyond a safe height the scroll bar's way stands for
 * a longer one, and the exact place is remembered beside it.
 */

export const rowHeight = 24;

/** The height in CSS pixels that every browser lays out. */
const mostPixels = 8_000_000;

/** The rows of a table and the window on them, in CSS pixels. */
export interface RowAxis {
  readonly rowCount: number;
  /** The height in which rows are seen. */
  readonly viewport: number;
}

/** The height that all rows have together. */
export function fullHeight({ rowCount }: RowAxis): number {
  return rowCount * rowHeight;
}

/** The height that the page lays out for them. */
export function laidOutHeight(axis: RowAxis): number {
  return Math.min(fullHeight(axis), mostPixels);
}

/** True when the scroll bar's way stands for a longer one. */
export function isScaled(axis: RowAxis): boolean {
  return fullHeight(axis) > mostPixels;
}

/** The farthest that rows can be scrolled. */
export function lastTop(axis: RowAxis): number {
  return Math.max(0, fullHeight(axis) - axis.viewport);
}

/** The place in the rows that a place of the scroll bar stands for. */
export function topOf(axis: RowAxis, scrollTop: number): number {
  const way = Math.max(1, laidOutHeight(axis) - axis.viewport);
  return isScaled(axis) ? Math.max(0, Math.min(lastTop(axis), (scrollTop / way) * lastTop(axis))) : scrollTop;
}

/** The place of the scroll bar that stands for a place in the rows. */
export function scrollTopOf(axis: RowAxis, top: number): number {
  const way = Math.max(0, laidOutHeight(axis) - axis.viewport);
  return isScaled(axis) ? (top / lastTop(axis)) * way : top;
}

/** First and last (excluded) row in sight, some more on either side. */
export function rowsInSight(axis: RowAxis, top: number, more = 2): readonly [first: number, last: number] {
  const first = Math.max(0, Math.floor(top / rowHeight) - more);
  return [Math.min(first, axis.rowCount), Math.min(axis.rowCount, Math.ceil((top + axis.viewport) / rowHeight) + more)];
}

/** The place nearest to `top` from which a row is wholly in sight. */
export function topShowing(axis: RowAxis, row: number, top: number): number {
  const above = row * rowHeight;
  return Math.max(0, Math.min(lastTop(axis), above, Math.max(top, above + rowHeight - axis.viewport)));
}
