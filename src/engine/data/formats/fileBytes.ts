import { readSync } from 'node:fs';
import { UserError } from '../../errors';
import type { FormatFile } from './tableBuilder';

const largestWhole = 2 ** 31 - 1;

/** Bytes `start` to `end` (excluded) of a file. @throws UserError when it ends before. */
export function readPiece({ handle, name }: Pick<FormatFile, 'handle' | 'name'>, start: number, end: number): ArrayBuffer {
  const bytes = new Uint8Array(Math.max(0, end - start));
  for (let done = 0; done < bytes.length;) {
    const count = readSync(handle, bytes, done, bytes.length - done, start + done);
    if (count === 0) {
      throw new UserError(`"${name}" ends before what it announces; write the file anew.`);
    }
    done += count;
  }
  return bytes.buffer;
}

/** All of a file. @throws UserError for one of 2 GB or more. */
export function readWhole(file: FormatFile, instead: string): ArrayBuffer {
  if (file.bytes > largestWhole) {
    throw new UserError(`"${file.name}" has ${(file.bytes / 1e9).toFixed(1)} GB, more than the 2 GB that a file in its format may have; write it as ${instead}.`);
  }
  return readPiece(file, 0, file.bytes);
}

/** Does what a format's library may refuse to do. @throws UserError in place of the library's errors. */
export async function orRefuse<Value>(name: string, format: string, work: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError) {
      throw error;
    }
    throw new UserError(`"${name}" can't be read as ${format} (${error instanceof Error ? error.message : String(error)}); check that it is such a file, or write it anew.`, { cause: error });
  }
}

/** The nearest number to a decimal; libraries multiply by a power of ten below one, which isn't exact. @param factor 10 to the power of the decimals. */
export function exactDecimal(value: number, factor: number): number {
  const whole = Math.round(value * factor);
  return Number.isSafeInteger(whole) ? whole / factor : value;
}
