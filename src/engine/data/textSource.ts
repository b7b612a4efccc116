import { readSync } from 'node:fs';
import { TextDecoder } from 'node:util';
import { UserError } from '../errors';
import type { StepContext } from '../stepContext';
import type { Encoding } from './encoding';
import { refuseBinary, wishedEncoding } from './encoding';
import type { TextSource } from './sniff';
import { TemporaryCopy } from './temporaryCopy';
import { DiskRoom, unpackGzip, writeAll } from './unpackGzip';

/** A text file as the reader takes it: bytes of UTF-8 or of Windows-1252. */
export interface OpenText {
  readonly source: TextSource;
  /** Set when the file's byte order mark tells, or the user. */
  readonly encoding?: Encoding;
  /** Removes what was made along the way. The file itself stays open. */
  readonly close: () => void;
}

const probeBytes = 8192;
const chunkBytes = 1024 * 1024;

/** What is known beforehand, and what decides how large a text may be that isn't read as it stands. */
export interface TextLimits {
  /** How its bytes are to be read; found in the file when absent. */
  readonly encoding?: Encoding;
  /** Free bytes on the disk of temporary files; asked of the system when absent. */
  readonly freeDisk?: () => number;
  /**
   * The most bytes of text for whose table there is memory, judged by its beginning; without it only the disk decides.
   *
   * @throws UserError when that is no table.
   */
  readonly mostText?: (beginning: TextSource) => number;
}

/**
 * Looks at a file's first bytes and refuses what is no text. What is compressed with gzip is unpacked into a temporary file, and
 * UTF-16 rewritten as UTF-8 in one, since the reader finds delimiters by their bytes and reads many places at once.
 *
 * @throws UserError
 */
export async function openText(file: number, size: number, name: string, context: StepContext, limits: TextLimits = {}): Promise<OpenText> {
  const start = probe(file, size);
  if (start[0] !== 0x1f || start[1] !== 0x8b) {
    return openPlain(file, size, name, context, limits);
  }
  const copy = new TemporaryCopy();
  try {
    const unpacked = await unpack(file, size, copy.file, name, context, limits);
    if (unpacked === 0) {
      throw new UserError(`"${name}" is empty; it needs a line of column names and rows below it.`);
    }
    const text = await openPlain(copy.file, unpacked, name, context, limits);
    return {
      ...text,
      close: () => {
        text.close();
        copy.close();
      },
    };
  } catch (error) {
    copy.close();
    throw error;
  }
}

function probe(file: number, size: number): Buffer {
  const start = Buffer.alloc(Math.min(probeBytes, size));
  readSync(file, start, 0, start.length, 0);
  return start;
}

/** True behind a byte order mark of UTF-8. */
function isMarked(start: Uint8Array): boolean {
  return start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf;
}

async function openPlain(file: number, size: number, name: string, context: StepContext, { freeDisk, encoding: wish }: TextLimits): Promise<OpenText> {
  const start = probe(file, size);
  const encoding = wishedEncoding(start, wish, name);
  refuseBinary(start, encoding, name);
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') {
    const marked = isMarked(start);
    return { source: { file, size, textStart: marked ? 3 : 0, name }, ...(marked || wish !== undefined ? { encoding } : {}), close: () => undefined };
  }
  const copy = new TemporaryCopy();
  try {
    const copied = await rewrite(file, size, copy.file, encoding, name, new DiskRoom(freeDisk), context);
    return { source: { file: copy.file, size: copied, textStart: 0, name }, encoding, close: () => copy.close() };
  } catch (error) {
    copy.close();
    throw error;
  }
}

/** @returns how many bytes came out. @throws UserError */
async function unpack(file: number, size: number, to: number, name: string, context: StepContext, { freeDisk, mostText, encoding: wish }: TextLimits): Promise<number> {
  let judge = mostText;
  let textStart = 0;
  const check = (first: Uint8Array): void => {
    const start = first.subarray(0, probeBytes);
    const encoding = wishedEncoding(start, wish, name);
    refuseBinary(start, encoding, name);
    textStart = isMarked(start) ? 3 : 0;
    if (encoding === 'utf-16le' || encoding === 'utf-16be') {
      // Rewritten before anybody can judge it; then the reader does.
      judge = undefined;
    }
  };
  const room = { freeDisk, mostText: (begun: number) => judge?.({ file: to, size: begun, textStart, name }) ?? Infinity };
  return unpackGzip(file, size, to, name, room, check, context);
}

async function rewrite(from: number, size: number, to: number, encoding: Encoding, name: string, disk: DiskRoom, context: StepContext): Promise<number> {
  const decoder = new TextDecoder(encoding);
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let written = 0;
  for (let offset = 0; offset < size; ) {
    context.throwIfCancelled();
    const count = readSync(from, buffer, 0, chunkBytes, offset);
    if (count === 0) {
      break;
    }
    offset += count;
    const text = Buffer.from(decoder.decode(buffer.subarray(0, count), { stream: offset < size }));
    if (!disk.allows(written + text.length)) {
      throw new UserError(`"${name}" is written as UTF-16, and the disk has no room for it as UTF-8; free some space, or save it as UTF-8.`);
    }
    writeAll(to, text, written);
    written += text.length;
  }
  return written;
}
