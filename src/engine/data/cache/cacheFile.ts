import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, fstatSync, ftruncateSync, futimesSync, mkdirSync, openSync, readSync, renameSync, rmSync, utimesSync, writeSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';

/*
 * One cached thing is one file: 64 bytes that say where its directory is, sections of bytes, and the directory (JSON) behind them.
 * It is written under another name, reaches the disk and takes its own name at once; its time of change is set to a whole
 * second that the directory repeats, so that a file which anything has touched since is not taken for ours. The time of last
 * access, set at each use, is what the oldest is found by.
 */

const magic = Buffer.from('trainyard cache\n', 'latin1');
const preambleBytes = 64;
const alignment = 4096;
const edgeBytes = 16 * 1024;
/** Directories are small; a larger one is damage. */
const mostDirectoryBytes = 256 * 1024 * 1024;
export const temporaryEnding = '.tmp';

interface Section {
  readonly offset: number;
  readonly bytes: number;
  /** Of the first and the last 16 KB. */
  readonly checksum: number;
}

interface Directory {
  /** Size of everything before the directory. */
  readonly end: number;
  /** The file's time of change, seconds since 1970. */
  readonly seconds: number;
  readonly sections: readonly Section[];
  readonly contents: unknown;
}

/** Writes one file of the cache: sections, then `finish` or `abandon`. */
export class CacheFileWriter {
  private readonly temporary: string;
  private readonly file: number;
  private readonly sections: Section[] = [];
  private end = preambleBytes;

  constructor(private readonly target: string) {
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
    this.temporary = `${target}.${process.pid}-${randomBytes(4).toString('hex')}${temporaryEnding}`;
    this.file = openSync(this.temporary, 'wx', 0o600);
  }

  /** Adds a section. @returns its number. */
  add(bytes: Uint8Array): number {
    const offset = Math.ceil(this.end / alignment) * alignment;
    writeFully(this.file, bytes, offset);
    this.end = offset + bytes.length;
    return this.sections.push({ offset, bytes: bytes.length, checksum: edgeChecksum(bytes) }) - 1;
  }

  /** @param contents anything that JSON holds. */
  finish(contents: unknown): void {
    try {
      const seconds = Math.floor(Date.now() / 2000) * 2;
      const directory = Buffer.from(JSON.stringify({ end: this.end, seconds, sections: this.sections, contents } satisfies Directory));
      ftruncateSync(this.file, this.end);
      writeFully(this.file, directory, this.end);
      const preamble = Buffer.alloc(preambleBytes);
      magic.copy(preamble);
      preamble.writeDoubleLE(this.end, 16);
      preamble.writeUInt32LE(directory.length, 24);
      preamble.writeUInt32LE(crc32(directory), 28);
      preamble.writeUInt32LE(crc32(preamble.subarray(0, 32)), 32);
      writeFully(this.file, preamble, 0);
      fsyncSync(this.file);
      futimesSync(this.file, Date.now() / 1000, seconds);
      closeSync(this.file);
      renameSync(this.temporary, this.target);
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  abandon(): void {
    try {
      closeSync(this.file);
    } catch {
      // It was closed already.
    }
    rmSync(this.temporary, { force: true });
  }
}

/** The bytes of a file of the cache differ from what was written. */
export class CacheDamageError extends Error {
  override readonly name = 'CacheDamageError';
}

/** An open file of the cache. What it holds stays readable when it is removed meanwhile. */
export class CacheFile {
  private constructor(private readonly directory: Directory, readonly file: number) {}

  /**
   * Opens a file and notes that it was used.
   *
   * @returns undefined when there is none.
   * @throws CacheDamageError when it isn't as it was written.
   */
  static open(target: string): CacheFile | undefined {
    let file: number;
    try {
      file = openSync(target, 'r');
    } catch {
      return undefined;
    }
    try {
      const directory = readDirectory(file);
      const opened = new CacheFile(directory, file);
      opened.checkSections();
      utimesSync(target, Date.now() / 1000, directory.seconds);
      return opened;
    } catch (error) {
      closeSync(file);
      throw error instanceof CacheDamageError ? error : new CacheDamageError('unreadable', { cause: error });
    }
  }

  get contents(): unknown {
    return this.directory.contents;
  }

  sectionBytes(section: number): number {
    return this.section(section).bytes;
  }

  sectionOffset(section: number): number {
    return this.section(section).offset;
  }

  /** @throws CacheDamageError when the section is shorter than `target`. */
  read(section: number, target: Uint8Array): void {
    readFully(this.file, target, this.section(section).offset);
  }

  close(): void {
    closeSync(this.file);
  }

  private section(index: number): Section {
    const section = this.directory.sections.at(index);
    if (section === undefined || index < 0) {
      throw new CacheDamageError(`no section ${index}`);
    }
    return section;
  }

  private checkSections(): void {
    for (const { offset, bytes, checksum } of this.directory.sections) {
      const first = Buffer.alloc(Math.min(bytes, edgeBytes));
      readFully(this.file, first, offset);
      const last = Buffer.alloc(Math.min(Math.max(0, bytes - edgeBytes), edgeBytes));
      readFully(this.file, last, offset + bytes - last.length);
      if (crc32(last, crc32(first)) !== checksum) {
        throw new CacheDamageError('section');
      }
    }
  }
}

function readDirectory(file: number): Directory {
  const preamble = Buffer.alloc(preambleBytes);
  readFully(file, preamble, 0);
  const [end, length] = [preamble.readDoubleLE(16), preamble.readUInt32LE(24)];
  if (!preamble.subarray(0, magic.length).equals(magic) || crc32(preamble.subarray(0, 32)) !== preamble.readUInt32LE(32) || length > mostDirectoryBytes) {
    throw new CacheDamageError('preamble');
  }
  const bytes = Buffer.alloc(length);
  readFully(file, bytes, end);
  const { size, mtimeMs } = fstatSync(file);
  if (crc32(bytes) !== preamble.readUInt32LE(28) || size !== end + length) {
    throw new CacheDamageError('directory');
  }
  const directory = JSON.parse(bytes.toString('utf8')) as Directory;
  if (directory.end !== end || directory.seconds * 1000 !== mtimeMs) {
    throw new CacheDamageError('changed');
  }
  return directory;
}

function edgeChecksum(bytes: Uint8Array): number {
  const last = bytes.subarray(Math.max(edgeBytes, bytes.length - edgeBytes));
  return crc32(last, crc32(bytes.subarray(0, edgeBytes)));
}

/** Most bytes that one call of the system reads or writes. */
const mostAtOnce = 1 << 30;

/** @throws CacheDamageError when the file ends before. */
export function readFully(file: number, target: Uint8Array, offset: number): void {
  for (let done = 0; done < target.length; ) {
    const count = readSync(file, target, done, Math.min(mostAtOnce, target.length - done), offset + done);
    if (count === 0) {
      throw new CacheDamageError('short');
    }
    done += count;
  }
}

function writeFully(file: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, Math.min(mostAtOnce, bytes.length - done), offset + done);
  }
}
