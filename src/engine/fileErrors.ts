import { CancelledError, UserError } from './errors';

/** Node's error code, if it is an error of the file system. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** One sentence for an error met while reading `path`; errors that aren't about files come back as they are. */
export function readingError(error: unknown, path: string): unknown {
  if (error instanceof UserError || error instanceof CancelledError) {
    return error;
  }
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(`"${path}" doesn't exist; check the path, or restore the file if it was moved or deleted.`, { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new UserError(`"${path}" can't be read for lack of permission; change its permissions and try again.`, { cause: error });
    case 'EISDIR':
      return new UserError(`"${path}" is a folder; choose a file inside it.`, { cause: error });
    case 'EBUSY':
    case 'EMFILE':
    case 'EIO':
      return new UserError(`"${path}" can't be read just now (${errorCode(error)}); close other programs that use it and try again.`, { cause: error });
    default:
      return error;
  }
}

/** One sentence for an error met while writing to `path`; errors that aren't about files come back as they are. */
export function writingError(error: unknown, path: string): unknown {
  if (error instanceof UserError || error instanceof CancelledError) {
    return error;
  }
  switch (errorCode(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new UserError(`"${path}" can't be written for lack of permission; change its permissions or choose another folder.`, { cause: error });
    case 'ENOSPC':
    case 'EDQUOT':
      return new UserError(`"${path}" can't be written because the disk is full; free some space and try again.`, { cause: error });
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EEXIST':
      return new UserError(`"${path}" can't be written because a folder on its way is missing or is a file; choose another folder.`, { cause: error });
    case 'EISDIR':
      return new UserError(`"${path}" can't be written because it is a folder; choose another name.`, { cause: error });
    case 'ENAMETOOLONG':
      return new UserError(`"${path}" can't be written because the name is too long; choose a shorter one.`, { cause: error });
    default:
      return error;
  }
}
