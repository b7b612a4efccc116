import { closeSync, mkdtempSync, openSync, readSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { UserError } from '../errors';
import type { StepContext } from '../stepContext';
import type { Encoding } from './encoding';
import { detectEncoding, refuseBinary } from './encoding';
import type { TextSource } from './sniff';

/** A text file as the reader takes it: bytes of UTF-8 or of Windows-1252. */
export interface OpenText {
  readonly source: TextSource;
  /** Set when the file's byte order mark tells. */
  readonly encoding?: Encoding;
  /** Removes what was made along the way. The file itself stays open. */
  readonly close: () => void;
}

const probeBytes = 8192;
const chunkBytes = 1024 * 1024;
/** More than this comes out of no honest file; a few kilobytes can be made to unpack to any size. */
const mostUnpacked = 64e9;
/** What of the disk's free space an unpacked file may take. */
const diskShare = 0.8;

/**
 * Looks at a file's first bytes and refuses what is no text. What is compressed with gzip is unpacked into a temporary file, and
 * UTF-16 rewritten as UTF-8 in one, since the reader finds delimiters by their bytes and reads many places at once.
 *
 * @throws UserError
 */
export async function openText(file: number, size: number, name: string, context: StepContext): Promise<OpenText> {
  const start = probe(file, size);
  if (start[0] !== 0x1f || start[1] !== 0x8b) {
    return openPlain(file, size, name, context);
  }
  const copy = new TemporaryFile();
  try {
    const unpacked = await unpack(file, copy.file, name, context);
    if (unpacked === 0) {
      throw new UserError(`"${name}" is empty; it needs a line of column names and rows below it.`);
    }
    const text = await openPlain(copy.file, unpacked, name, context);
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

async function openPlain(file: number, size: number, name: string, context: StepContext): Promise<OpenText> {
  const start = probe(file, size);
  const encoding = detectEncoding(start);
  refuseBinary(start, encoding, name);
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') {
    const marked = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf;
    return { source: { file, size, textStart: marked ? 3 : 0, name }, ...(marked ? { encoding } : {}), close: () => undefined };
  }
  const copy = new TemporaryFile();
  try {
    const copied = await rewrite(file, size, copy.file, encoding, context);
    return { source: { file: copy.file, size: copied, textStart: 0, name }, encoding, close: () => copy.close() };
  } catch (error) {
    copy.close();
    throw error;
  }
}

/** A file in the system's temporary folder, gone once it is closed. */
class TemporaryFile {
  readonly file: number;
  private readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(path.join(tmpdir(), 'trainyard-'));
    this.file = openSync(path.join(this.folder, 'text'), 'w+');
  }

  close(): void {
    closeSync(this.file);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @returns how many bytes came out. @throws UserError for a damaged file, and for one that unpacks to more than there is room for. */
async function unpack(from: number, to: number, name: string, context: StepContext): Promise<number> {
  const { bavail, bsize } = statfsSync(tmpdir());
  const limit = Math.min(mostUnpacked, bavail * bsize * diskShare);
  let written = 0;
  try {
    for await (const chunk of Readable.from(chunksOf(from)).pipe(createGunzip({ chunkSize: chunkBytes }))) {
      context.throwIfCancelled();
      const bytes = chunk as Buffer;
      if (written + bytes.length > limit) {
        throw new UserError(`"${name}" unpacks to more than ${(limit / 1e9).toFixed(0)} GB, for which there is no room; unpack a part of it.`);
      }
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(to, bytes, done, bytes.length - done, written + done);
      }
      written += bytes.length;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')) {
      throw new UserError(`"${name}" is compressed with gzip but damaged; get it anew.`, { cause: error });
    }
    throw error;
  }
  return written;
}

function* chunksOf(file: number): Generator<Buffer> {
  for (let offset = 0; ; ) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const count = readSync(file, chunk, 0, chunkBytes, offset);
    if (count === 0) {
      return;
    }
    offset += count;
    yield chunk.subarray(0, count);
  }
}

async function rewrite(from: number, size: number, to: number, encoding: Encoding, context: StepContext): Promise<number> {
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
    for (let done = 0; done < text.length; ) {
      done += writeSync(to, text, done);
    }
    written += text.length;
  }
  return written;
}
