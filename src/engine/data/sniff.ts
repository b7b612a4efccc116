import { isUtf8 as isUtf8Text } from 'node:buffer';
import { readSync } from 'node:fs';
import { TextDecoder } from 'node:util';
import { UserError } from '../errors';
import type { NumberFormat } from './cellText';
import { missingTokens as usualMissingTokens } from './cellText';
import type { DialectBytes } from './csv/kernel';
import { longestRow } from './csv/kernel';
import type { ScannedRow } from './csv/rowScanner';
import { fieldTexts, isBlankRow, scanRow } from './csv/rowScanner';
import { detectDelimiter, detectNewline } from './dialect';
import type { Encoding } from './encoding';
import { isMostlyUtf8, refuseOtherText } from './encoding';
import { columnNames, hasHeader, numberedNames } from './header';
import { detectNumberFormat } from './numberFormat';

/** How a file is written, as far as the user says; the rest is found in the file. */
export interface DialectWishes {
  readonly delimiter?: string;
  /** The character around values that hold delimiters or newlines; '' for none. */
  readonly quote?: string;
  /** Whether the first row names the columns. */
  readonly header?: boolean;
  readonly decimal?: NumberFormat['decimal'];
  readonly thousands?: NumberFormat['thousands'];
  readonly encoding?: Encoding;
  /** Texts that stand for "no value", in place of the usual ones. An empty cell is missing always. */
  readonly missing?: readonly string[];
}

/** How a file is written, and what stands at its beginning. */
export interface Sniffed {
  readonly delimiter: string;
  readonly quote: string;
  readonly header: boolean;
  readonly numberFormat: NumberFormat;
  readonly missingTokens: ReadonlySet<string>;
  readonly bytes: DialectBytes;
  readonly names: readonly string[];
  /** Offset and line of the first row of data. */
  readonly start: number;
  readonly firstLine: number;
  /** Rows from here and there in the file, as texts. */
  readonly sample: readonly (readonly string[])[];
  /** Average size of a row in the sample, in bytes. */
  readonly rowBytes: number;
  /** Of the text's bytes; what was written as UTF-16 has become UTF-8. */
  readonly encoding: 'utf-8' | 'windows-1252';
  /** Whether bytes that are no UTF-8 don't make it another encoding: the user says so, or there are few. */
  readonly tolerant: boolean;
}

const chunkBytes = 1024 * 1024;
const delimiterSample = 256 * 1024;
/** Six times what a spreadsheet can have; more than that is a file with the wrong delimiter or no table at all. */
export const mostColumns = 100_000;
const headRows = 1000;
/** As many are looked for beyond the first megabyte, which a header of very many names may fill by itself. */
const leastHeadRows = 10;
/** So many rows show how numbers are written and whether there is a header. */
const dialectRows = 200;
/** Most cells whose kind is looked at: enough rows of a narrow file, fewer of a wide one. */
const mostSampleCells = 10_000;
const leastSampleRows = 100;
const spots = 24;
const spotBytes = 8 * 1024;
/** Most cells of one spot. */
const mostSpotCells = 400;

/** A text file that is open: its descriptor, size, where its text begins (behind a byte order mark), and its name for messages. */
export interface TextSource {
  readonly file: number;
  readonly size: number;
  readonly textStart: number;
  readonly name: string;
}

/**
 * Looks at a file's beginning, and here and there into it, to find out how it is written.
 *
 * @param knownNames names of columns that are known from elsewhere: a first row that holds one of them is a header.
 * @throws UserError
 */
export function sniff(source: TextSource, wishes: DialectWishes, knownNames: readonly string[] = []): Sniffed {
  const head = readPiece(source, source.textStart, chunkBytes);
  const valid = isUtf8(head);
  const tolerant = wishes.encoding === 'utf-8' || (wishes.encoding === undefined && !valid && isMostlyUtf8([head]));
  const encoding = wishes.encoding !== 'windows-1252' && (valid || tolerant) ? 'utf-8' : 'windows-1252';
  const decoder = new TextDecoder(encoding);
  const decode = (bytes: Uint8Array): string => decoder.decode(bytes);
  const text = decode(head.subarray(0, delimiterSample));
  refuseOtherText(text, source.name);
  const newline = detectNewline(text);
  const quote = wishes.quote ?? '"';
  const delimiter = wishes.delimiter ?? detectDelimiter(text, source.name);
  const scanDialect = { delimiter: byteOf(delimiter, 'delimiter'), quote: quote === '' ? 0 : byteOf(quote, 'quote'), newline: newline.charCodeAt(0) };
  const top = headOf(source, head, scanDialect);
  const rows = top.rows.map((row) => fieldTexts(top.bytes, row, scanDialect.quote, decode));
  const detected = detectNumberFormat(rows.slice(0, dialectRows).flat(), delimiter);
  const numberFormat: NumberFormat = { decimal: wishes.decimal ?? detected.decimal, thousands: wishes.thousands ?? detected.thousands };
  const header = wishes.header ?? (rows[0].some((field) => knownNames.includes(field)) || hasHeader(rows.slice(0, dialectRows), numberFormat));
  const [first] = top.rows;
  const names = header ? columnNames(rows[0]) : numberedNames(rows[0].length);
  if (names.length > mostColumns) {
    throw new UserError(`"${source.name}" has ${names.length} fields on line ${top.firstLine}, more than the ${mostColumns} columns a table can have; check its delimiter, and that it is a CSV file with rows on lines.`);
  }
  const body = header ? top.rows.slice(1) : top.rows;
  const scattered = scatteredRows(source, scanDialect, decode, names.length);
  const sampleBytes = body.reduce((sum, { from, to }) => sum + to - from, 0) + scattered.bytes;
  const sample = [...(header ? rows.slice(1) : rows), ...scattered.rows];
  return {
    delimiter,
    quote,
    header,
    numberFormat,
    missingTokens: wishes.missing === undefined ? usualMissingTokens : new Set(['', ...wishes.missing]),
    bytes: { ...scanDialect, decimalPoint: numberFormat.decimal.charCodeAt(0), thousands: numberFormat.thousands === '' ? 0 : numberFormat.thousands.charCodeAt(0) },
    names,
    start: source.textStart + (header ? first.to : first.from),
    firstLine: header ? top.firstLine + first.newlines : top.firstLine,
    sample,
    rowBytes: sample.length === 0 ? names.length * 2 : Math.max(2, sampleBytes / sample.length),
    encoding,
    tolerant,
  };
}

function byteOf(character: string, what: string): number {
  const code = character.charCodeAt(0);
  if (character.length !== 1 || code > 126 || code === 10 || code === 13 || code === 0) {
    throw new UserError(`The ${what} "${character}" can't be used; give a single ASCII character.`);
  }
  return code;
}

/** True for UTF-8, a character that is cut off at the end aside. */
function isUtf8(bytes: Uint8Array): boolean {
  let end = bytes.length;
  // The start of the last character: 10xxxxxx goes on with one.
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    if ((bytes[bytes.length - back] & 0xc0) !== 0x80) {
      end = bytes[bytes.length - back] >= 0xc0 ? bytes.length - back : end;
      break;
    }
  }
  return isUtf8Text(bytes) || isUtf8Text(bytes.subarray(0, end));
}

/** The rows at the beginning of a file, blank lines left out. @throws UserError when there is none, or the first never ends. */
function headOf(source: TextSource, start: Uint8Array, dialect: Parameters<typeof scanRow>[2]): { bytes: Uint8Array; rows: ScannedRow[]; firstLine: number } {
  let bytes = start;
  let complete = source.textStart + bytes.length >= source.size;
  const rows: ScannedRow[] = [];
  let firstLine = 1;
  for (let at = 0, cells = 0; rows.length < leastSampleRows || (rows.length < headRows && cells < mostSampleCells); ) {
    const row = scanRow(bytes, at, dialect, complete);
    if (row === undefined) {
      const isAll = complete || bytes.length > longestRow;
      if (rows.length >= (isAll ? 1 : leastHeadRows) || (complete && at >= bytes.length)) {
        break;
      }
      if (isAll) {
        if (bytes.subarray(at).every((byte) => byte <= 32)) {
          throw new UserError(`"${source.name}" begins with more than 8 MB of blank lines; it needs a line of column names and rows below it.`);
        }
        throw neverEnds(source.name, firstLine, bytes.subarray(at), dialect.quote);
      }
      bytes = readPiece(source, source.textStart, Math.min(bytes.length * 4, longestRow + 1));
      complete = source.textStart + bytes.length >= source.size;
      continue;
    }
    if (!isBlankRow(bytes, row)) {
      rows.push(row);
      cells += row.fields.length / 2;
    } else if (rows.length === 0) {
      firstLine += row.newlines;
    }
    at = row.to;
  }
  if (rows.length === 0) {
    throw new UserError(`"${source.name}" holds nothing but blank lines; it needs a line of column names and rows below it.`);
  }
  return { bytes, rows, firstLine };
}

/** What to say of a row that never ends. */
export function neverEnds(name: string, line: number, text: Uint8Array | undefined, quote: number): UserError {
  return text === undefined || text.includes(quote)
    ? new UserError(`"${name}" has a quote (") that is never closed, in the row that starts on line ${line}; close it, or double it if it belongs to the text.`)
    : new UserError(`"${name}" holds more than ${longestRow} characters on line ${line}; check that it is a CSV file.`);
}

/** Rows from evenly spread places of a large file: its end often looks different from its beginning. */
function scatteredRows(
  source: TextSource,
  dialect: Parameters<typeof scanRow>[2],
  decode: (bytes: Uint8Array) => string,
  columns: number,
): { rows: string[][]; bytes: number } {
  const rows: string[][] = [];
  let bytes = 0;
  if (source.size <= chunkBytes * 4) {
    return { rows, bytes };
  }
  for (let spot = 1; spot <= spots; spot++) {
    const piece = readPiece(source, Math.floor(((source.size - spotBytes) * spot) / spots), spotBytes);
    let at = piece.indexOf(dialect.newline) + 1;
    let cells = 0;
    for (let row = scanRow(piece, at, dialect, false); at > 0 && row !== undefined && cells < mostSpotCells; row = scanRow(piece, at, dialect, false)) {
      cells += columns;
      if (row.fields.length === columns * 2) {
        rows.push(fieldTexts(piece, row, dialect.quote, decode));
        bytes += row.to - row.from;
      }
      at = row.to;
    }
  }
  return { rows, bytes };
}

function readPiece({ file, size }: TextSource, offset: number, wanted: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(wanted, size - offset)));
  let done = 0;
  while (done < bytes.length) {
    const count = readSync(file, bytes, done, bytes.length - done, offset + done);
    if (count === 0) {
      break;
    }
    done += count;
  }
  return bytes.subarray(0, done);
}
