import { totalmem } from 'node:os';
import { UserError } from '../errors';
import { columnKind } from './csv/kernel';
import type { Sniffed, TextSource } from './sniff';

/** At most this share of the machine's memory may go to one table. */
const share = 0.8;
const mostRows = 2 ** 31 - 1;

/**
 * Refuses a file before it is read when its columns would not fit into this machine's memory.
 *
 * @throws UserError that says how much memory is needed.
 */
export function refuseTooLarge(found: Sniffed, kinds: Uint8Array, { size }: TextSource, name: string, memory = machineMemory()): void {
  const rows = (size - found.start) / found.rowBytes;
  if (rows > mostRows) {
    throw new UserError(`"${name}" has about ${Math.round(rows / 1e6)} million rows, more than the ${Math.round(mostRows / 1e6)} million a table can have; use a part of it.`);
  }
  const needed = rows * bytesOfRow(kinds);
  if (needed > memory * share) {
    throw new UserError(`"${name}" needs about ${gigabytes(needed)} of memory, but this machine has ${gigabytes(memory)}; use fewer rows or columns.`);
  }
}

/** How many bytes a text like this may have for its table to fit into memory. */
export function mostTextBytes(found: Sniffed, kinds: Uint8Array, memory = machineMemory()): number {
  return found.start + found.rowBytes * Math.min(mostRows, (memory * share) / bytesOfRow(kinds));
}

/** What a row takes in memory, distinct texts aside: its line, and a value for each column. */
function bytesOfRow(kinds: Uint8Array): number {
  return kinds.reduce((sum, kind) => sum + (kind === columnKind.dictionary ? 4 : kind === columnKind.skip ? 0 : 8), 4);
}

/** The memory that this process may use: the machine's, or less where a container sets a limit. */
export function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
