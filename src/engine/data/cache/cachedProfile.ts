import type { Profile } from '../../../schema/profile';
import type { StepContext } from '../../stepContext';
import type { BlockEnd } from '../csv/control';
import type { ReadTableOptions, ReadTableResult } from '../readTable';
import type { Afterwards } from './cachedTable';
import { cacheOf, keyOptions, readTableCached } from './cachedTable';
import { cachePlace } from './cachePlace';
import type { CacheKey, FileCache } from './fileCache';

function profileKey(options: ReadTableOptions, name: string): CacheKey {
  return { kind: 'profile', options: [keyOptions(options), name] };
}

/** The whole file's profile, if it was kept. @param cache of the file in its present state. */
export function keptProfile(cache: FileCache | undefined, options: ReadTableOptions, name: string): Profile | undefined {
  return cache?.value(profileKey(options, name)) as Profile | undefined;
}

/** Makes a profile, unless the cache has it; and keeps it. @param make given what was read. */
export async function profileCached(
  file: string, options: ReadTableOptions, name: string, contexts: { readonly read: StepContext; readonly profile: StepContext },
  make: (read: ReadTableResult, context: StepContext) => Profile, afterwards: Afterwards, place = cachePlace(),
): Promise<Profile> {
  const cache = cacheOf(file, place);
  const key = profileKey(options, name);
  const kept = cache?.value(key);
  if (kept !== undefined) {
    return kept as unknown as Profile;
  }
  let storing: Promise<void> | undefined;
  // Profiling keeps one thread busy; another writes meanwhile.
  const read = await readTableCached(file, options, contexts.read, (work) => {
    storing = work();
  }, place);
  const profile = make(read, contexts.profile);
  afterwards(async () => {
    cache?.keep(key, profile);
    await storing;
  });
  return profile;
}

/** Where the blocks of a file's rows end, as far as the cache knows it. @param blockBytes the size of the blocks. */
export function keptRowIndex(cache: FileCache | undefined, options: ReadTableOptions, blockBytes: number): BlockEnd[] | undefined {
  const numbers = cache?.value(rowsKey(options, blockBytes)) as number[] | undefined;
  return numbers === undefined
    ? undefined
    : Array.from({ length: numbers.length / 3 }, (_, i) => ({ state: numbers[3 * i], rows: numbers[3 * i + 1], newlines: numbers[3 * i + 2] }));
}

/** Keeps where blocks end. @param cache of the file as it was before its rows were counted. */
export function keepRowIndex(cache: FileCache | undefined, options: ReadTableOptions, blockBytes: number, blocks: readonly BlockEnd[]): void {
  cache?.keep(rowsKey(options, blockBytes), blocks.flatMap(({ state, rows, newlines }) => [state, rows, newlines]));
}

function rowsKey(options: ReadTableOptions, blockBytes: number): CacheKey {
  return { kind: 'rows', options: [keyOptions(options), blockBytes] };
}
