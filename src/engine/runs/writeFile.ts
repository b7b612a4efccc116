import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { toCanonicalJson } from '../../schema/json';
import { writingError } from '../fileErrors';
import { sizeText } from '../sizeText';
import type { StepContext } from '../stepContext';

/**
 * Writes a whole file or nothing: the content goes to a temporary name beside it, reaches the disk, and takes the name at
 * once. A reader never sees half a file, and neither does a crash leave one under that name.
 *
 * @throws UserError when the file can't be written there.
 */
export async function writeFileAtomically(file: string, content: string | Uint8Array): Promise<void> {
  await writeWhole(file, async (handle) => handle.writeFile(content));
}

/** What is written between two looks for a cancel; it reaches the disk before the next, so that the last wait is no longer than the others. */
const sliceBytes = 32 * 1024 * 1024;

/**
 * Likewise for bytes that may be many: says how far it is, and leaves nothing behind when it is cancelled on the way.
 *
 * @param pieces what the file holds, one after the other.
 * @throws UserError when the file can't be written there, CancelledError.
 */
export async function writePiecesAtomically(file: string, pieces: readonly Uint8Array[], context: StepContext): Promise<void> {
  const total = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  await writeWhole(file, async (handle) => {
    let written = 0;
    let since = 0;
    for (const piece of pieces) {
      for (let from = 0; from < piece.byteLength; from += sliceBytes) {
        const slice = piece.subarray(from, from + sliceBytes);
        await handle.writeFile(slice);
        written += slice.byteLength;
        since += slice.byteLength;
        if (since >= sliceBytes) {
          await handle.datasync();
          since = 0;
        }
        context.throwIfCancelled();
        context.report(written / total, `wrote ${sizeText(written)} of ${sizeText(total)}`);
      }
    }
  });
}

async function writeWhole(file: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await write(handle);
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
