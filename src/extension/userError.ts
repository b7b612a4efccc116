/** Something that the user can mend. The message is one sentence (or two): what is wrong, where, and how to mend it. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The sentence to show for anything that was thrown. */
export function sentenceFor(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Node's error code ("ENOENT"), if the error has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** True for "there is no such file or folder". */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/**
 * Text for a notification. VS Code turns `[label](command:…)` in notifications into links that run commands, and names and
 * messages may hold what a repository's files say.
 */
export function notificationText(text: string): string {
  return text.replaceAll('](', '] (');
}
