import { readFile } from 'node:fs/promises';
import { readingError } from '../fileErrors';

/** @throws UserError when the file can't be read. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw readingError(error, file);
  }
}
