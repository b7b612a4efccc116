import { readSync } from 'node:fs';
import { TextDecoder } from 'node:util';
import { UserError } from '../../errors';
import type { StepContext } from '../../stepContext';
import { sharedUint32 } from '../table';
import { TemporaryCopy } from '../temporaryCopy';
import { unpackGzip } from '../unpackGzip';
import type { FormatFile, FormatTable } from './tableBuilder';
import { TableBuilder } from './tableBuilder';
import { jsonText } from './columnBuilder';
import { sizeText } from '../../sizeText';

const chunkBytes = 1024 * 1024;
const longestLine = 64 * 1024 * 1024;
/** Objects nested deeper than this stay JSON. */
const deepest = 32;

/**
 * Reads JSON Lines: one object a line (https://jsonlines.org). Members of nested objects become columns named `outer.inner`;
 * arrays become their JSON text. The file is read piece by piece; the columns are all that is kept.
 *
 * @throws UserError for a line that is no JSON object.
 */
export async function readJsonLines(file: FormatFile, context: StepContext): Promise<FormatTable> {
  const builder = new TableBuilder(file, 'line');
  let lines = new Uint32Array(1024);
  let rows = 0;
  let line = 0;
  for await (const text of linesOf(file, context)) {
    line++;
    if (text.trim() === '') {
      continue;
    }
    if (rows === lines.length) {
      const longer = new Uint32Array(rows * 2);
      longer.set(lines);
      lines = longer;
    }
    addMembers(builder, parseLine(text, line, file.name), '', rows, 0, { line, name: file.name });
    lines[rows++] = line;
  }
  const exact = sharedUint32(rows);
  exact.set(lines.subarray(0, rows));
  return builder.finish(exact);
}

/** JSON Lines packed by gzip: unpacked into a temporary file first. @throws UserError also when there is no room for that */
export async function readPackedJsonLines(file: FormatFile, context: StepContext): Promise<FormatTable> {
  const copy = new TemporaryCopy();
  try {
    const bytes = await unpackGzip(file.handle, file.bytes, copy.file, file.name, {}, () => undefined, context);
    return await readJsonLines({ ...file, handle: copy.file, bytes }, context);
  } finally {
    copy.close();
  }
}

/** Adds an object's members to their columns. */
function addMembers(builder: TableBuilder, members: object, prefix: string, row: number, depth: number, place: { line: number; name: string }): void {
  for (const [key, value] of Object.entries(members) as [string, unknown][]) {
    const column = `${prefix}${key.trim()}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < deepest) {
      addMembers(builder, value, `${column}.`, row, depth + 1, place);
      continue;
    }
    const cells = builder.column(column === '' ? 'column1' : column);
    if (cells.length > row) {
      throw new UserError(`"${place.name}" has two values for "${column}" on line ${place.line}; rename one of them.`);
    }
    cells.padTo(row);
    cells.append(typeof value === 'object' && value !== null ? jsonText(value) : value as string | number | boolean | null);
  }
}

const wideInteger = /\d{16}/;
const stringsAndIntegers = /"(?:[^"\\]|\\.)*"|(-?\d{16,})(?![\d.eE])/g;

/** Whole numbers past 2⁵³ arrive as texts: parsing them would change them. */
function parseLine(text: string, line: number, name: string): object {
  const exact = wideInteger.test(text)
    ? text.replace(stringsAndIntegers, (match: string, integer: string | undefined) => (integer === undefined || Number.isSafeInteger(Number(integer)) ? match : `"${integer}"`))
    : text;
  let value: unknown;
  try {
    value = JSON.parse(exact);
  } catch (error) {
    if (line === 1 && text.trim().startsWith('[')) {
      throw arrayError(name);
    }
    throw new UserError(`"${name}" holds no valid JSON on line ${line} (${error instanceof Error ? error.message : String(error)}); each line must be one JSON object.`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw line === 1 && Array.isArray(value)
      ? arrayError(name)
      : new UserError(`"${name}" holds ${Array.isArray(value) ? 'an array' : `"${text.trim().slice(0, 40)}"`} on line ${line}; each line must be one JSON object.`);
  }
  return value;
}

function arrayError(name: string): UserError {
  return new UserError(`"${name}" begins with a JSON array; write one JSON object a line instead, as pandas does with to_json(…, orient="records", lines=True).`);
}

/** The file's lines, without their ends. */
async function* linesOf({ handle, bytes, name }: FormatFile, context: StepContext): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let rest = '';
  let line = 1;
  for (let offset = 0; offset < bytes; ) {
    context.throwIfCancelled();
    const count = readSync(handle, chunk, 0, chunkBytes, offset);
    if (count === 0) {
      break;
    }
    offset += count;
    const parts = decode(decoder, chunk.subarray(0, count), name, line).split('\n');
    parts[0] = rest + parts[0];
    rest = parts.pop() ?? '';
    if (rest.length > longestLine) {
      throw new UserError(`"${name}" holds more than ${longestLine} characters on line ${line + parts.length}; check that it is a JSON Lines file.`);
    }
    line += parts.length;
    yield* parts;
    context.report(Math.min(1, offset / bytes), `read ${sizeText(offset)}`);
    await new Promise(setImmediate);
  }
  yield rest + decode(decoder, undefined, name, line);
}

function decode(decoder: TextDecoder, bytes: Uint8Array | undefined, name: string, line: number): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch (error) {
    throw new UserError(`"${name}" is not written in UTF-8 from line ${line} on; save it as UTF-8.`, { cause: error });
  }
}
