import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import type { LocatedCells, LocateParams, TextSpan } from '../../schema/protocol';
import { readingError } from '../fileErrors';
import { silentContext } from '../stepContext';
import { longestRow } from './csv/kernel';
import type { ScannedRow } from './csv/rowScanner';
import { scanRow } from './csv/rowScanner';
import { tableFormatOf } from './formats/tableFormats';
import type { Sniffed, TextSource } from './sniff';
import { sniff } from './sniff';
import { openText } from './textSource';

const chunkBytes = 1024 * 1024;
const firstRowBytes = 16 * 1024;

/**
 * Where cells stand in a file's lines, as editors count them. The file is read up to the last line that is asked for, at the speed of
 * looking for newlines.
 *
 * @throws UserError for a file that can't be read as text.
 */
export async function locateCells({ file, cells, ...wishes }: LocateParams): Promise<LocatedCells> {
  const name = path.basename(file);
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    if (tableFormatOf(file)?.hasLines === true) {
      if (/\.gz$/i.test(file)) {
        // No editor shows its lines.
        return { spans: cells.map(() => null) };
      }
      return { spans: await wholeLines(handle, new Set(cells.map(({ line }) => line)), cells) };
    }
    const text = await openText(handle, fstatSync(handle).size, name, silentContext, { encoding: wishes.encoding });
    try {
      const found = sniff(text.source, wishes);
      const offsets = await lineOffsets(text.source, found.bytes.newline, new Set(cells.map(({ line }) => line)));
      return { spans: cells.map(({ line, column }) => locate(text.source, found, line, offsets.get(line), column)) };
    } finally {
      text.close();
    }
  } catch (error) {
    throw readingError(error, name);
  } finally {
    if (handle !== undefined) {
      closeSync(handle);
    }
  }
}

/** The lines themselves, for formats in which each row is a line whose cells aren't told apart. */
async function wholeLines(handle: number, wanted: ReadonlySet<number>, cells: LocateParams['cells']): Promise<(TextSpan | null)[]> {
  const source = { file: handle, size: fstatSync(handle).size, textStart: 0 };
  const offsets = await lineOffsets(source, 10, new Set([...wanted].flatMap((line) => [line, line + 1])));
  const decoder = new TextDecoder('utf-8');
  return cells.map(({ line }) => {
    const from = offsets.get(line);
    if (from === undefined) {
      return null;
    }
    const bytes = Buffer.allocUnsafe(Math.min(longestRow, (offsets.get(line + 1) ?? source.size) - from));
    const text = decoder.decode(bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, from))).replace(/\r?\n$/, '');
    return { line, character: 0, endLine: line, endCharacter: text.length };
  });
}

/** Offsets of the first byte of lines, of those that there are. */
async function lineOffsets({ file, size, textStart }: Pick<TextSource, 'file' | 'size' | 'textStart'>, newline: number, wanted: ReadonlySet<number>): Promise<Map<number, number>> {
  const offsets = new Map<number, number>();
  const last = Math.max(0, ...wanted);
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let [line, start] = [1, textStart];
  const note = (): void => {
    if (wanted.has(line) && start < size) {
      offsets.set(line, start);
    }
  };
  note();
  for (let offset = textStart; line < last && offset < size; ) {
    const count = readSync(file, chunk, 0, chunkBytes, offset);
    if (count === 0) {
      break;
    }
    const bytes = chunk.subarray(0, count);
    for (let at = bytes.indexOf(newline); at >= 0 && line < last; at = bytes.indexOf(newline, at + 1)) {
      line++;
      start = offset + at + 1;
      note();
    }
    offset += count;
    await breathe();
  }
  return offsets;
}

function locate(source: TextSource, found: Sniffed, line: number, offset: number | undefined, column: string | undefined): TextSpan | null {
  const read = offset === undefined ? undefined : readRow(source, found, offset);
  const index = column === undefined ? -1 : found.names.indexOf(column);
  if (read === undefined || (column !== undefined && index < 0)) {
    return null;
  }
  const { bytes, row } = read;
  const { fields } = row;
  const decoder = new TextDecoder(found.encoding, { ignoreBOM: true });
  const textOf = (from: number, to: number): string => decoder.decode(bytes.subarray(from, to));
  // A cell that a short row lacks is where it would stand: at the row's end.
  const end = fields[fields.length - 1];
  const [from, to] = column === undefined ? [0, end] : 2 * index < fields.length ? [fields[2 * index], fields[2 * index + 1]] : [end, end];
  const text = textOf(from, to);
  const lead = text.length - text.trimStart().length;
  const before = position(`${textOf(0, from)}${text.slice(0, lead)}`, line);
  const after = position(`${textOf(0, from)}${text.trimEnd() === '' ? text : text.trimEnd()}`, line);
  return { line: before.line, character: before.character, endLine: after.line, endCharacter: after.character };
}

/** Where a text that begins a line ends. */
function position(text: string, firstLine: number): { line: number; character: number } {
  const lines = text.split(/\r\n|\r|\n/);
  return { line: firstLine + lines.length - 1, character: lines[lines.length - 1].length };
}

function readRow({ file, size }: TextSource, { bytes: dialect }: Sniffed, offset: number): { bytes: Uint8Array; row: ScannedRow } | undefined {
  for (let wanted = firstRowBytes; ; wanted *= 8) {
    const bytes = Buffer.allocUnsafe(Math.min(wanted, size - offset));
    const count = readSync(file, bytes, 0, bytes.length, offset);
    const complete = offset + count >= size;
    const row = scanRow(bytes.subarray(0, count), 0, dialect, complete);
    if (row !== undefined || complete || wanted > longestRow) {
      return row === undefined ? undefined : { bytes, row };
    }
  }
}
