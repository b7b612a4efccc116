import { readSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError } from '../errors';
import type { StepContext } from '../stepContext';
import { sizeText } from '../sizeText';

/** What decides how large a text may be that has to be written to the disk before it is read. */
export interface TextRoom {
  /** Free bytes on the disk of temporary files; asked of the system when absent. */
  readonly freeDisk?: () => number;
  /**
   * The most bytes of text for whose table there is memory, judged by how the text begins.
   *
   * @param begun how many bytes of the text have been written.
   * @throws UserError when what has come out so far is no table.
   */
  readonly mostText?: (begun: number) => number;
}

/** What of the disk's free space a temporary file may take. */
const diskShare = 0.8;
/** More than this comes out of no honest file. */
const mostUnpacked = 64e9;
const chunkBytes = 1024 * 1024;
/** Enough for the first row, however long it may be, and for many of a usual length. */
const beginningBytes = 16 * chunkBytes;
/** From here on the share of the packed file that is used up tells about how much will come out. */
const estimateBytes = 64 * chunkBytes;
/** An estimate that is so many times too much is believed. */
const surelyTooMuch = 4;

/** Watches over a temporary file that grows: it must leave room on the disk. */
export class DiskRoom {
  readonly limit: number;
  private readonly reserve: number;
  private checkedAt = 0;

  constructor(private readonly freeDisk: () => number = freeTemporaryDisk) {
    const free = freeDisk();
    this.limit = free * diskShare;
    this.reserve = free - this.limit;
  }

  /** Whether so many bytes may be written. Other programs write too, so the disk is asked again now and then. */
  allows(bytes: number): boolean {
    if (bytes - this.checkedAt >= estimateBytes) {
      this.checkedAt = bytes;
      return bytes <= this.limit && this.freeDisk() >= this.reserve;
    }
    return bytes <= this.limit;
  }
}

function freeTemporaryDisk(): number {
  const { bavail, bsize } = statfsSync(tmpdir());
  return bavail * bsize;
}

/**
 * Unpacks a file into another. A few kilobytes can be made to unpack to any size, so it ends as soon as it is clear that there is
 * no room for what comes out, on the disk or for its table in memory.
 *
 * @param size of the packed file, in bytes.
 * @param check given the first bytes that come out.
 * @returns how many bytes came out.
 * @throws UserError for a damaged file, and for one that unpacks to more than there is room for; CancelledError.
 */
export async function unpackGzip(
  from: number, size: number, to: number, name: string, room: TextRoom, check: (first: Uint8Array) => void, context: StepContext,
): Promise<number> {
  const disk = new DiskRoom(room.freeDisk);
  let most = Infinity;
  let written = 0;
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  try {
    for await (const chunk of Readable.from(chunksOf(from), { highWaterMark: 2 }).on('error', (error) => gunzip.destroy(error)).pipe(gunzip)) {
      context.throwIfCancelled();
      const bytes = chunk as Buffer;
      if (written === 0) {
        check(bytes);
      }
      const expected = written < estimateBytes ? 0 : (written * size) / Math.max(1, gunzip.bytesWritten);
      refuse(written + bytes.length, expected, most, disk, name);
      writeAll(to, bytes, written);
      const before = written;
      written += bytes.length;
      if (room.mostText !== undefined && before < beginningBytes && written >= beginningBytes) {
        most = room.mostText(written);
      }
      context.report(0, `unpacked ${sizeText(written)}`);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')) {
      throw new UserError(`"${name}" is compressed with gzip but damaged; get it anew.`, { cause: error });
    }
    throw error;
  }
  return written;
}

/** @param expected about how many bytes will come out; 0 while nobody knows. @throws UserError when there is no room. */
function refuse(written: number, expected: number, most: number, disk: DiskRoom, name: string): void {
  const amount = (limit: number): string => (expected > limit * surelyTooMuch ? `about ${sizeText(expected)}` : `more than ${sizeText(limit)}`);
  const exceeds = (limit: number): boolean => written > limit || expected > limit * surelyTooMuch;
  if (exceeds(most)) {
    throw new UserError(`"${name}" unpacks to ${amount(most)}, and its table would not fit into this machine's memory; use a part of it.`);
  }
  if (exceeds(disk.limit) || !disk.allows(written)) {
    throw new UserError(`"${name}" unpacks to ${amount(Math.min(disk.limit, written))}, for which the disk has no room; free some space, or use a part of it.`);
  }
  if (exceeds(mostUnpacked)) {
    throw new UserError(`"${name}" unpacks to ${amount(mostUnpacked)}, too much for one table; use a part of it.`);
  }
}

/** Writes all of a piece of text at a place of a file. */
export function writeAll(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, at + done);
  }
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
