import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { isMissing, UserError } from './userError';

/**
 * Resolves a path that came from an experiment file or a webview and makes sure that it lies within a folder, symbolic
 * links followed. The file itself need not exist; then its nearest existing ancestor is checked.
 *
 * @param root absolute folder that must hold the result.
 * @param relative path below it, with / (or the platform's separator) between folders.
 * @returns the absolute path, links not replaced, so that it reads as the user wrote it.
 * @throws UserError when the path is absolute or leads out of the folder.
 */
export async function resolveInside(root: string, relative: string): Promise<string> {
  if (relative.includes('\0')) {
    throw new UserError('A path must not contain NUL characters.');
  }
  if (path.posix.isAbsolute(relative) || path.win32.isAbsolute(relative) || /^[a-z]:/i.test(relative)) {
    throw new UserError(`"${relative}" is an absolute path; write it relative to the workspace folder "${path.basename(root)}".`);
  }
  const absolute = path.resolve(root, relative);
  if (!isWithin(path.resolve(root), absolute) || !isWithin(await realpath(root), await realpathOfExisting(absolute))) {
    throw new UserError(`"${relative}" leads out of the workspace folder "${path.basename(root)}"; move the file into the folder.`);
  }
  return absolute;
}

/** True when `candidate` is `root` or lies below it. Both absolute; links are not followed. */
export function isWithin(root: string, candidate: string): boolean {
  const relative = path.relative(root, candidate);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}

/** The path below `root` with / between folders, as files of the repository hold it. */
export function relativePath(root: string, absolute: string): string {
  return path.relative(root, absolute).split(path.sep).join('/');
}

/** `realpath` of the nearest ancestor that exists, with the missing rest appended. */
async function realpathOfExisting(absolute: string): Promise<string> {
  try {
    return await realpath(absolute);
  } catch (error) {
    const parent = path.dirname(absolute);
    if (!isMissing(error) || parent === absolute) {
      throw error;
    }
    return path.join(await realpathOfExisting(parent), path.basename(absolute));
  }
}
