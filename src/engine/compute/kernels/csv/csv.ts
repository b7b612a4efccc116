/**
 * The CSV reader's kernel: one instance in each reader thread, with a memory of its own. `tokenize` finds field and row
 * ends in a block of text; `parseRows` turns rows into typed columns, one column after the other, so that each inner
 * loop does one thing.
 */
import { parseDates } from './date';
import { parseDecimals, parseWideDecimals } from './decimal';
import { parseCategories } from './dictionary';
import { fieldEnds, keptRows, rowFields, rowNewlines } from './layout';
import { parseNumbers } from './number';
import { regular } from './tokenize';

export { allocate, setDialect, setIndexRegions, setTables } from './layout';
export {
  checkRows, hasOverflow, hasStrayQuote, isRegular, longRowCount, shortRowCount, startTokens, tokenFields, tokenNewlines, tokenRows, tokenState, tokenize,
  tokenizeBytes,
} from './tokenize';
export { createDictionary, isDictionaryFull } from './dictionary';

const skipped: i32 = 0;
const numeric: i32 = 1;
const categorical: i32 = 2;
const decimal: i32 = 6;
const wideDecimal: i32 = 7;

/** The rows that are being parsed: how many, the file's row that the first of them is, and where their fields of the first column lie. */
let rowCount: i32 = 0;
let fileRow: i32 = 0;
let fieldsBefore: usize = 0;
let fieldsEnd: usize = 0;
let fieldStride: usize = 0;

/**
 * Parses `rows` rows, the first of them the `first`-th that counts in this block, into columns.
 *
 * @param columnTable 32 bytes for each column: i32 kind (0 skip, 1 number, 2 dictionary, 3 + order for a date, 6 decimal, 7 decimal with
 *   high part), u32 output address, u32 address of statistics or dictionary, i32 decimals, u32 address for high parts, 12 unused.
 * @param firstRow the file's row that becomes row `first`, for first appearances.
 * @param firstTokenRow the row of `rowFields` that is the first to count; rows before it belong to another block.
 * @param line the line on which the block's text begins, 1-based. @param lines u32 for each row: its line.
 * @param bounds room for 2 · rows · columns u32, used when rows are irregular.
 */
export function parseRows(
  first: i32, rows: i32, columns: i32, columnTable: usize, firstRow: i32, firstTokenRow: i32, line: u32, lines: usize, bounds: usize,
): void {
  rowCount = rows;
  fileRow = firstRow;
  fieldStride = <usize>columns << 2;
  if (regular) {
    const token = firstTokenRow + first;
    const field = token == 0 ? 0 : load<u32>(rowFields + (<usize>token << 2) - 4);
    fieldsEnd = fieldEnds + (<usize>field << 2);
    fieldsBefore = fieldsEnd - 4;
  } else {
    fieldsBefore = bounds;
    fieldsEnd = bounds + fieldStride * <usize>rows;
    squareRows(first, rows, columns, fieldsBefore, fieldsEnd);
  }
  for (let row = 0; row < rows; row++) {
    const token = regular ? firstTokenRow + first + row : load<u32>(keptRows + (<usize>(first + row) << 2));
    store<u32>(lines + (<usize>row << 2), line + (token == 0 ? 0 : load<u32>(rowNewlines + (<usize>token << 2) - 4)));
  }
  for (let column = 0; column < columns; column++) {
    parseColumn(columnTable, column);
  }
}

/** Parses one column of the rows that `parseRows` parsed last, as its entry in `columnTable` says now. */
export function parseColumn(columnTable: usize, column: i32): void {
  const before = fieldsBefore + (<usize>column << 2);
  const ends = fieldsEnd + (<usize>column << 2);
  const entry = columnTable + (<usize>column << 5);
  const kind = load<i32>(entry);
  const out = <usize>load<u32>(entry, 4);
  const memo = <usize>load<u32>(entry, 8);
  if (kind == numeric) {
    parseNumbers(before, ends, fieldStride, rowCount, out, memo, fileRow);
  } else if (kind == decimal) {
    parseDecimals(before, ends, fieldStride, rowCount, out, memo, fileRow, load<i32>(entry, 12));
  } else if (kind == wideDecimal) {
    parseWideDecimals(before, ends, fieldStride, rowCount, out, <usize>load<u32>(entry, 16), memo, fileRow, load<i32>(entry, 12));
  } else if (kind == categorical) {
    parseCategories(before, ends, fieldStride, rowCount, out, memo, fileRow);
  } else if (kind != skipped) {
    parseDates(before, ends, fieldStride, rowCount, out, memo, fileRow, kind - 3);
  }
}

/** Gives ragged rows as many fields as there are columns: missing ones empty, surplus ones left out. */
function squareRows(first: i32, rows: i32, columns: i32, before: usize, ends: usize): void {
  for (let row = 0; row < rows; row++) {
    const token = load<u32>(keptRows + (<usize>(first + row) << 2));
    let field: u32 = token == 0 ? 0 : load<u32>(rowFields + (<usize>token << 2) - 4);
    const last = load<u32>(rowFields + (<usize>token << 2));
    const end = load<u32>(fieldEnds + (<usize>(last - 1) << 2));
    for (let column = 0; column < columns; column++) {
      const there = field < last;
      const slot = fieldEnds + (<usize>field << 2);
      store<u32>(before, there ? load<u32>(slot - 4) : end - 1);
      store<u32>(ends, there ? load<u32>(slot) : end);
      before += 4;
      ends += 4;
      field++;
    }
  }
}
