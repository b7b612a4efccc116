import { createHash } from 'node:crypto';
import { readdirSync, realpathSync, rmSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { JsonValue } from '../../../schema/json';
import { CacheDamageError, CacheFile, CacheFileWriter, temporaryEnding } from './cacheFile';
import type { CachePlace } from './cachePlace';
import { buildStamp, cachePlace } from './cachePlace';

/** What tells one state of a file from every other. */
export interface FileState {
  /** Absolute, links followed. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Nanoseconds since 1970, in decimal digits: when its content, and when anything about it changed. */
  readonly modified: string;
  readonly changed: string;
}

/** What of a file is kept: its columns, its profile, where its rows are, its SHA-256. */
export type CacheKind = 'columns' | 'profile' | 'rows' | 'sha256';

/** Something in the cache, and how the file was to be read for it. */
export interface CacheKey {
  readonly kind: CacheKind;
  readonly options: JsonValue;
}

/** At most this share of the disk's free space (the cache's own files counted as free) is used. */
const diskShare = 0.1;
/** Others' unfinished files of this age are left from processes that were killed. */
const abandonedMilliseconds = 3600_000;
const ending = '.cache';
const ownName = /^[0-9a-f]{40}\.cache(?:\.\d+-[0-9a-f]{8}\.tmp)?$/;
/** A file that was changed so shortly before it was read may change again without its time telling. */
const restMilliseconds = 50;

/** The state that a file is in. @throws the file system's own errors. */
export function fileState(file: string): FileState {
  const real = realpathSync.native(file);
  const { size, mtimeNs, ctimeNs } = statSync(real, { bigint: true });
  return { path: real, size: Number(size), modified: String(mtimeNs), changed: String(ctimeNs) };
}

/** What the cache holds of one data file. Never throws: what can't be had from the cache is had from the file. */
export class FileCache {
  private constructor(
    private readonly place: CachePlace,
    readonly state: FileState,
    /** When the state was looked at, milliseconds since 1970. */
    readonly seen: number,
  ) {}

  /** For another thread. @param seen when the state was looked at. */
  static ofState(state: FileState, place: CachePlace, seen: number): FileCache {
    return new FileCache(place, state, seen);
  }

  /** @returns undefined when there is no cache, or the file can't be looked at. */
  static of(file: string, place: CachePlace | undefined = cachePlace()): FileCache | undefined {
    try {
      return place === undefined ? undefined : new FileCache(place, fileState(file), Date.now());
    } catch {
      return undefined;
    }
  }

  /**
   * What is kept under a key, if it is of this state of the file. What is damaged or of another state is removed.
   *
   * @param note told that something was damaged.
   */
  open(key: CacheKey, note: (message: string) => void = () => undefined): CacheFile | undefined {
    const target = this.target(key);
    let opened: CacheFile | undefined;
    try {
      opened = CacheFile.open(target);
      if (opened === undefined) {
        return undefined;
      }
      const { state } = opened.contents as { readonly state?: FileState };
      if (state !== undefined && isSame(state, this.state)) {
        return opened;
      }
    } catch (error) {
      if (error instanceof CacheDamageError) {
        note(`The cached copy of "${path.basename(this.state.path)}" was damaged and is made anew.`);
      }
    }
    opened?.close();
    removeQuietly(target);
    return undefined;
  }

  /** The value kept under a key with `keep`. */
  value(key: CacheKey): JsonValue | undefined {
    const opened = this.open(key);
    try {
      return opened === undefined ? undefined : (opened.contents as { readonly value: JsonValue }).value;
    } finally {
      opened?.close();
    }
  }

  /** Keeps a value that JSON can hold. */
  keep(key: CacheKey, value: JsonValue): void {
    this.write(key, 0, (writer) => writer.finish({ state: this.state, value }));
  }

  /**
   * Writes what is to be kept under a key, unless there is no room, or the file may have changed since it was looked at.
   *
   * @param bytes about how large it will be.
   * @param fill adds the sections and finishes with contents that hold `state`.
   */
  write(key: CacheKey, bytes: number, fill: (writer: CacheFileWriter, state: FileState) => void): void {
    try {
      if (this.seen - Number(BigInt(this.state.modified) / 1_000_000n) < restMilliseconds || !isSame(fileState(this.state.path), this.state) || !makeRoom(this.place, bytes)) {
        return;
      }
      const writer = new CacheFileWriter(this.target(key));
      try {
        fill(writer, this.state);
      } catch (error) {
        writer.abandon();
        throw error;
      }
    } catch {
      // A full or read-only disk: the file itself is there to be read again.
    }
  }

  private target({ kind, options }: CacheKey): string {
    const hash = createHash('sha256').update(JSON.stringify([buildStamp(), kind, this.state.path, options])).digest('hex').slice(0, 40);
    return path.join(this.place.folder, `${hash}${ending}`);
  }
}

/** Whether a file is as it was. */
export function isSame(a: FileState, b: FileState): boolean {
  return a.path === b.path && a.size === b.size && a.modified === b.modified && a.changed === b.changed;
}

interface Kept {
  readonly file: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly used: number;
}

/** Removes what was used longest ago until there is room. @returns false when there is none. */
export function makeRoom(place: CachePlace, bytes: number): boolean {
  const kept = listKept(place.folder);
  let total = kept.reduce((sum, each) => sum + each.bytes, 0);
  const most = Math.min(place.mostBytes, (freeBytes(place.folder) + total) * diskShare);
  if (bytes > most) {
    return false;
  }
  for (const { file, bytes: own } of kept.sort((a, b) => a.used - b.used)) {
    if (total + bytes <= most) {
      break;
    }
    removeQuietly(file);
    total -= own;
  }
  return true;
}

/** What the cache takes of the disk. */
export function cacheSize({ folder }: CachePlace): { readonly files: number; readonly bytes: number } {
  const kept = listKept(folder);
  return { files: kept.length, bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Removes everything from the cache; whoever uses it just now isn't disturbed. */
export function clearCache({ folder }: CachePlace): void {
  for (const name of namesIn(folder)) {
    removeQuietly(path.join(folder, name));
  }
}

/** The finished files; unfinished ones that were left behind long ago are removed on the way. */
function listKept(folder: string): Kept[] {
  return namesIn(folder).flatMap((name) => {
    const file = path.join(folder, name);
    const status = statSync(file, { throwIfNoEntry: false });
    if (status === undefined) {
      return [];
    }
    if (name.endsWith(temporaryEnding) && Date.now() - status.mtimeMs > abandonedMilliseconds) {
      removeQuietly(file);
      return [];
    }
    return name.endsWith(ending) ? [{ file, bytes: status.size, used: status.atimeMs }] : [];
  });
}

/** The cache's own files: the folder that the user names may hold others. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => ownName.test(name));
  } catch {
    return [];
  }
}

function freeBytes(folder: string): number {
  for (let at = folder; ; at = path.dirname(at)) {
    try {
      const { bavail, bsize } = statfsSync(at);
      return bavail * bsize;
    } catch (error) {
      if (at === path.dirname(at)) {
        throw error;
      }
    }
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Somebody else's process holds it; it goes when room is needed next.
  }
}
