import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors';
import { readingError } from '../fileErrors';

/**
 * The absolute path of something below a root folder, which an experiment file may not leave, not even by symbolic links.
 *
 * @param root absolute folder.
 * @param relative path relative to it, with / between folders.
 * @throws UserError when it doesn't exist or lies outside.
 */
export async function resolveInside(root: string, relative: string): Promise<string> {
  const outside = new UserError(`"${relative}" lies outside the workspace folder; move the file into it and use its path relative to that folder.`);
  if (path.isAbsolute(relative) || /^[A-Za-z]:/.test(relative)) {
    throw new UserError(`"${relative}" is an absolute path; write it relative to the workspace folder.`);
  }
  const joined = path.resolve(root, relative);
  if (!isInside(root, joined)) {
    throw outside;
  }
  if (!isInside(await realPathOf(root, root), await realPathOf(joined, relative))) {
    throw outside;
  }
  return joined;
}

async function realPathOf(file: string, name: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    throw readingError(error, name);
  }
}

/** True when `file` is `folder` or lies below it; both absolute. */
export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || (!path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..');
}

/** A path relative to a folder, with / between folders on every platform. */
export function relativePath(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

/** The deepest folder that holds all of these (absolute files or folders count as themselves); undefined across drives. */
export function commonFolder(paths: readonly string[]): string | undefined {
  let folder = paths[0];
  while (!paths.every((other) => isInside(folder, other))) {
    const parent = path.dirname(folder);
    if (parent === folder) {
      return undefined;
    }
    folder = parent;
  }
  return folder;
}
