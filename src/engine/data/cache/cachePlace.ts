import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { version } from '../../../../package.json';
import { entryPoint } from '../../entryPoints';

/** Where copies of what was read are kept, and how much of the disk they may take together. */
export interface CachePlace {
  /** Absolute; made when first written to. */
  readonly folder: string;
  readonly mostBytes: number;
}

/** Names of the environment variables that say where the cache is and how large it may grow. */
export const cacheVariables = {
  /** An absolute folder, or "off". */
  folder: 'TRAINYARD_CACHE',
  /** Gigabytes; 0 turns the cache off. */
  size: 'TRAINYARD_CACHE_SIZE',
} as const;

const defaultGigabytes = 4;

/**
 * The cache that the environment names: the extension hands its own storage folder to the engine; the command line uses the
 * user's cache folder.
 *
 * @returns undefined when it is turned off.
 */
export function cachePlace(environment: NodeJS.ProcessEnv = process.env): CachePlace | undefined {
  const named = environment[cacheVariables.folder]?.trim() ?? '';
  const gigabytes = Number(environment[cacheVariables.size]?.trim() || defaultGigabytes);
  if (/^(off|none|false|0)$/i.test(named) || !(gigabytes > 0)) {
    return undefined;
  }
  return { folder: named === '' ? userCacheFolder(environment) : path.resolve(named), mostBytes: gigabytes * 1e9 };
}

function userCacheFolder({ XDG_CACHE_HOME: xdg, LOCALAPPDATA: local }: NodeJS.ProcessEnv): string {
  switch (process.platform) {
    case 'win32':
      return path.join(local ?? path.join(homedir(), 'AppData', 'Local'), 'Trainyard', 'Cache');
    case 'darwin':
      return path.join(homedir(), 'Library', 'Caches', 'Trainyard');
    default:
      return path.join(xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homedir(), '.cache'), 'trainyard');
  }
}

/** Raised whenever the same file would be read into something else, or the cache's own form changes. */
const formatVersion = 2;

let stamp: string | undefined;

/** Tells this build of Trainyard from every other: what another one cached is never used. */
export function buildStamp(): string {
  stamp ??= `${version}/${formatVersion}/${bundleStamp()}`;
  return stamp;
}

function bundleStamp(): string {
  const { size, mtimeMs } = statSync(entryPoint('job'));
  return `${size}-${mtimeMs}`;
}
