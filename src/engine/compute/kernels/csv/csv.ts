/**
 * The CSV reader's kernel: one instance in each reader thread, with a memory of its own. `tokenize` finds field and row
 * ends in a block of text; `parseRows` turns rows into typed columns, one column after the other, so that each inner
 * loop does one thing.
 */
import { parseDates } from './date';
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

/**
 * Parses `rows` rows, the first of them the `first`-th that counts in this block, into columns.
 *
 * @param columnTable 16 bytes for each column: i32 kind (0 skip, 1 number, 2 dictionary, 3 + order for a date), u32 output
 *   address, u32 address of statistics or dictionary, 4 unused.
 * @param firstRow the file's row that becomes row `first`, for first appearances.
 * @param firstTokenRow the row of `rowFields` that is the first to count; rows before it belong to another block.
 * @param line the line on which the block's text begins, 1-based. @param lines u32 for each row: its line.
 * @param bounds room for 2 · rows · columns u32, used when rows are irregular.
 */
export function parseRows(
  first: i32, rows: i32, columns: i32, columnTable: usize, firstRow: i32, firstTokenRow: i32, line: u32, lines: usize, bounds: usize,
): void {
  const stride = <usize>columns << 2;
  let before: usize;
  let ends: usize;
  if (regular) {
    const token = firstTokenRow + first;
    const field = token == 0 ? 0 : load<u32>(rowFields + (<usize>token << 2) - 4);
    ends = fieldEnds + (<usize>field << 2);
    before = ends - 4;
  } else {
    before = bounds;
    ends = bounds + stride * <usize>rows;
    squareRows(first, rows, columns, before, ends);
  }
  for (let row = 0; row < rows; row++) {
    const token = regular ? firstTokenRow + first + row : load<u32>(keptRows + (<usize>(first + row) << 2));
    store<u32>(lines + (<usize>row << 2), line + (token == 0 ? 0 : load<u32>(rowNewlines + (<usize>token << 2) - 4)));
  }
  for (let column = 0; column < columns; column++) {
    const entry = columnTable + (<usize>column << 4);
    const kind = load<i32>(entry);
    const out = <usize>load<u32>(entry, 4);
    const memo = <usize>load<u32>(entry, 8);
    if (kind == numeric) {
      parseNumbers(before, ends, stride, rows, out, memo, firstRow);
    } else if (kind == categorical) {
      parseCategories(before, ends, stride, rows, out, memo, firstRow);
    } else if (kind != skipped) {
      parseDates(before, ends, stride, rows, out, memo, firstRow, kind - 3);
    }
    before += 4;
    ends += 4;
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
