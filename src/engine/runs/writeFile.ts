import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { toCanonicalJson } from '../../schema/json';
import { writingError } from '../fileErrors';

/**
 * Writes a whole file or nothing: the content goes to a temporary name beside it, reaches the disk, and takes the name at
 * once. A reader never sees half a file, and neither does a crash leave one under that name.
 *
 * @throws UserError when the file can't be written there.
 */
export async function writeFileAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writingError(error, file);
  }
}

/** Likewise for a value, in the form of all Trainyard files. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFileAtomically(file, toCanonicalJson(value));
}
