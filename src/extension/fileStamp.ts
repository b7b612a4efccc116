import { stat } from 'node:fs/promises';

/** Size and time of a file as text, to tell whether it has changed; a missing file has a stamp too. */
export async function stampOf(file: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(file);
    return `${size} ${mtimeMs}`;
  } catch {
    return 'missing';
  }
}
