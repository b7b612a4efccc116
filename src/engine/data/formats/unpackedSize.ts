import { Readable } from 'node:stream';
import { getHeapStatistics } from 'node:v8';
import { createInflateRaw } from 'node:zlib';
import { UserError } from '../../errors';
import type { StepContext } from '../../stepContext';

/** Some 15 million cells, and near the longest text that V8 holds. */
const mostUnpacked = 512e6;
/** A byte of a sheet becomes up to so many bytes of text, cells and objects. */
const growth = 6;
const chunkBytes = 1024 * 1024;

/* Numbers of the ZIP format: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.16 and 4.5.3. */
const endOfDirectory = { signature: 0x06054b50, bytes: 22, longestComment: 65_535, directory: 16 } as const;
const directoryEntry = { signature: 0x02014b50, bytes: 46, method: 10, packed: 20, unpacked: 24, name: 28, extra: 30, comment: 32, offset: 42 } as const;
const localHeader = { bytes: 30, name: 26, extra: 28 } as const;
const zip64 = { id: 1, marker: 0xffffffff } as const;
const methods = { stored: 0, deflated: 8 } as const;

interface Entry {
  readonly method: number;
  readonly packed: Uint8Array;
}

/**
 * Refuses an archive that unpacks to more than can be read as a whole: a few kilobytes can be made to unpack to any size, whatever the
 * archive says of it, so what comes out is counted. Damaged archives are left to whoever reads them.
 *
 * @param most bytes that may come out, all parts together.
 * @throws UserError
 */
export async function refuseLargeArchive(
  archive: ArrayBuffer, name: string, context: StepContext, most = Math.min(mostUnpacked, getHeapStatistics().heap_size_limit / growth),
): Promise<void> {
  let unpacked = 0;
  for (const { method, packed } of entriesOf(Buffer.from(archive))) {
    for await (const bytes of method === methods.deflated ? inflated(packed) : [packed.length]) {
      context.throwIfCancelled();
      unpacked += bytes;
      if (unpacked > most) {
        throw new UserError(`"${name}" unpacks to more than ${Math.round(most / 1e6)} MB, too much for a workbook, which is read as a whole; write its table as CSV or Parquet.`);
      }
    }
  }
}

/** How many bytes come out, piece by piece. */
async function* inflated(packed: Uint8Array): AsyncGenerator<number> {
  try {
    for await (const chunk of Readable.from([packed]).pipe(createInflateRaw({ chunkSize: chunkBytes }))) {
      yield (chunk as Buffer).length;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_'))) {
      throw error;
    }
  }
}

/** The archive's parts, as far as its directory can be followed. */
function* entriesOf(archive: Buffer): Generator<Entry> {
  let at = directoryOffset(archive);
  while (at !== undefined && at + directoryEntry.bytes <= archive.length && archive.readUInt32LE(at) === directoryEntry.signature) {
    const [name, extra, comment] = [directoryEntry.name, directoryEntry.extra, directoryEntry.comment].map((field) => archive.readUInt16LE(Number(at) + field));
    const extraAt = at + directoryEntry.bytes + name;
    const { packed, offset } = placeOf(archive, at, archive.subarray(extraAt, extraAt + extra));
    if (offset + localHeader.bytes <= archive.length) {
      const from = offset + localHeader.bytes + archive.readUInt16LE(offset + localHeader.name) + archive.readUInt16LE(offset + localHeader.extra);
      yield { method: archive.readUInt16LE(at + directoryEntry.method), packed: archive.subarray(from, from + packed) };
    }
    at = extraAt + extra + comment;
  }
}

function directoryOffset(archive: Buffer): number | undefined {
  const last = archive.length - endOfDirectory.bytes;
  for (let at = last; at >= Math.max(0, last - endOfDirectory.longestComment); at--) {
    if (archive.readUInt32LE(at) === endOfDirectory.signature) {
      return archive.readUInt32LE(at + endOfDirectory.directory);
    }
  }
  return undefined;
}

/** An entry's packed size and place; ZIP64 has those that don't fit in a field of their own. */
function placeOf(archive: Buffer, at: number, extra: Buffer): { packed: number; offset: number } {
  const [unpacked, packed, offset] = [directoryEntry.unpacked, directoryEntry.packed, directoryEntry.offset].map((field) => archive.readUInt32LE(at + field));
  const wide: number[] = [];
  for (let field = 0; field + 4 <= extra.length; field += 4 + extra.readUInt16LE(field + 2)) {
    if (extra.readUInt16LE(field) === zip64.id) {
      for (let value = field + 4; value + 8 <= Math.min(extra.length, field + 4 + extra.readUInt16LE(field + 2)); value += 8) {
        wide.push(Number(extra.readBigUInt64LE(value)));
      }
    }
  }
  const [, widePacked, wideOffset] = [unpacked, packed, offset].map((value) => (value === zip64.marker ? wide.shift() ?? value : value));
  return { packed: widePacked, offset: wideOffset };
}
