/** A place in the grid: row −1 is the columns' heads, column −1 the line numbers. */
export interface GridCell {
  readonly row: number;
  readonly column: number;
}

/** How far one can go, and how many rows make a page. */
export interface GridBounds {
  readonly rows: number;
  readonly columns: number;
  readonly page: number;
}

/** Where a key leads, as in the grids that WAI-ARIA describes; undefined for a key that leads nowhere. */
export function moveCell(
  { row, column }: GridCell,
  { key, ctrlKey, metaKey }: { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean },
  { rows, columns, page }: GridBounds,
): GridCell | undefined {
  const far = ctrlKey || metaKey;
  const [lastRow, lastColumn] = [rows - 1, columns - 1];
  const to = (nextRow: number, nextColumn: number): GridCell => ({
    row: Math.max(-1, Math.min(lastRow, nextRow)),
    column: Math.max(-1, Math.min(lastColumn, nextColumn)),
  });
  switch (key) {
    case 'ArrowDown':
      return to(far ? lastRow : row + 1, column);
    case 'ArrowUp':
      return to(far ? Math.min(0, row) : row - 1, column);
    case 'ArrowRight':
      return to(row, far ? lastColumn : column + 1);
    case 'ArrowLeft':
      return to(row, far ? Math.min(0, column) : column - 1);
    case 'PageDown':
      return to(row + page, column);
    case 'PageUp':
      return to(row < 0 ? row : Math.max(0, row - page), column);
    case 'Home':
      return far ? to(0, 0) : to(row, 0);
    case 'End':
      return far ? to(lastRow, lastColumn) : to(row, lastColumn);
    default:
      return undefined;
  }
}
