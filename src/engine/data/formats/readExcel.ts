import { plainNumbers } from '../cellText';
import { columnNames, hasHeader, numberedNames } from '../header';
import type { StepContext } from '../../stepContext';
import { sharedUint32 } from '../table';
import { dateText } from '../dateText';
import { orRefuse, readWhole } from './fileBytes';
import type { FormatFile, FormatTable } from './tableBuilder';
import { TableBuilder } from './tableBuilder';
import { refuseLargeArchive } from './unpackedSize';

type Cell = string | number | boolean | Date | null;

/** So many rows show whether there is a header. */
const sampledRows = 200;
/** What a formula that fails results in. */
const faults = /^#(?:NULL!|DIV\/0!|VALUE!|REF!|NAME\?|NUM!|N\/A|SPILL!|CALC!|GETTING_DATA)$/;

/**
 * Reads the first sheet of an Excel workbook (.xlsx), of formulas their results as last saved. Rows without a value don't count, nor do columns
 * that have neither name nor value; the others are numbered as in the sheet. The sheet is in memory as a whole while it is read.
 *
 * @throws UserError for a file that is no such workbook.
 */
export async function readExcel(file: FormatFile, context: StepContext): Promise<FormatTable> {
  const { readSheet } = await import('./libraries/excel.js');
  const bytes = readWhole(file, 'CSV or Parquet');
  context.report(0, 'unpacking the first sheet');
  await refuseLargeArchive(bytes, file.name, context);
  const sheet = (await orRefuse(file.name, 'an Excel workbook (.xlsx)', () => readSheet(bytes, 1, { trim: false }))) as unknown as Cell[][];
  context.throwIfCancelled();
  const rows = sheet.map((cells, i) => ({ cells: cells.map(known), number: i + 1 })).filter(({ cells }) => cells.some((cell) => cell !== null));
  const builder = new TableBuilder(file, 'row', Math.max(1, rows.length));
  const used = usedColumns(rows);
  const texts = rows.slice(0, sampledRows).map(({ cells }) => used.map((column) => cellText(cells[column] ?? null)));
  const header = texts.length > 0 && (file.options.header ?? (texts[0].some((text) => Object.hasOwn(file.options.types ?? {}, text)) || hasHeader(texts, plainNumbers)));
  const body = header ? rows.slice(1) : rows;
  const columns = (header ? columnNames(texts[0]) : numberedNames(used.length)).map((name) => builder.column(name));
  for (const [row, { cells }] of body.entries()) {
    if (row % 4096 === 0) {
      context.throwIfCancelled();
      context.report(row / body.length, `read ${row} of ${body.length} rows`);
    }
    used.forEach((column, i) => columns[i].append((cells[column] ?? null)));
  }
  context.report(1, `read ${body.length} rows`);
  const numbers = sharedUint32(body.length);
  body.forEach(({ number }, row) => {
    numbers[row] = number;
  });
  return builder.finish(numbers, header);
}

/** Excel counts days; the library cuts their fractions off at milliseconds, up to one too low. */
const timeUnit = 10;

/** Blank texts and failed formulas are no values. */
function known(cell: Cell): Cell {
  if (cell instanceof Date) {
    return new Date(Math.round(cell.getTime() / timeUnit) * timeUnit);
  }
  return typeof cell === 'string' && (cell.trim() === '' || faults.test(cell)) ? null : cell;
}

function usedColumns(rows: readonly { readonly cells: readonly Cell[] }[]): number[] {
  const used = new Set<number>();
  rows.forEach(({ cells }) => cells.forEach((cell, column) => {
    if (cell !== null) {
      used.add(column);
    }
  }));
  return [...used].sort((a, b) => a - b);
}

function cellText(cell: Cell): string {
  return cell === null ? '' : cell instanceof Date ? dateText(cell.getTime()) : String(cell).trim();
}
