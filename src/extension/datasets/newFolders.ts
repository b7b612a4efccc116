import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { relativePath } from '../safePath';
import { isDatasetPath } from './datasetPaths';

/** Folders with more entries than this aren't looked through; they count as holding data. */
const maximumEntries = 2000;

/**
 * Whether something that has just appeared is a folder with data sets in it. Of a folder that is moved or unpacked into the
 * workspace often only the folder itself is reported.
 *
 * @param root absolute path of the workspace folder. @param appeared absolute path below it.
 */
export async function isFolderWithDatasets(root: string, appeared: string): Promise<boolean> {
  try {
    return (await stat(appeared)).isDirectory() && (await holdsDatasets(root, appeared));
  } catch {
    // Gone again; its deletion is reported too.
    return false;
  }
}

async function holdsDatasets(root: string, folder: string): Promise<boolean> {
  const waiting = [folder];
  let looked = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const entries: Dirent[] = await readdir(next, { withFileTypes: true });
    looked += entries.length;
    if (looked > maximumEntries) {
      return true;
    }
    for (const entry of entries) {
      const child = path.join(next, entry.name);
      if (entry.isDirectory() && !isUninteresting(relativePath(root, child))) {
        waiting.push(child);
      } else if (isDatasetPath(relativePath(root, child))) {
        return true;
      }
    }
  }
  return false;
}

/** True for paths whose content is never listed, which spares a look at them. */
export function isUninteresting(relative: string): boolean {
  return /(?:^|\/)(?:node_modules|\.git|trainyard\/runs)(?:\/|$)/.test(relative);
}
