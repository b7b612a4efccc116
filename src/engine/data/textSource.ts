import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TextDecoder } from 'node:util';
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

/**
 * Looks at a file's first bytes, refuses what is no text, and rewrites UTF-16 as UTF-8 in a temporary file, which the reader
 * needs to find delimiters by their bytes.
 *
 * @throws UserError
 */
export async function openText(file: number, size: number, name: string, context: StepContext): Promise<OpenText> {
  const start = Buffer.alloc(Math.min(probeBytes, size));
  readSync(file, start, 0, start.length, 0);
  const encoding = detectEncoding(start);
  refuseBinary(start, encoding, name);
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') {
    const marked = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf;
    return { source: { file, size, textStart: marked ? 3 : 0, name }, ...(marked ? { encoding } : {}), close: () => undefined };
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-'));
  let copy: number | undefined;
  const close = (): void => {
    if (copy !== undefined) {
      closeSync(copy);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    copy = openSync(path.join(folder, 'utf8.csv'), 'w+');
    const copied = await rewrite(file, size, copy, encoding, context);
    return { source: { file: copy, size: copied, textStart: 0, name }, encoding, close };
  } catch (error) {
    close();
    throw error;
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
