import { totalmem } from 'node:os';
import { UserError } from '../errors';
import type { NumberPlans } from './csv/columnRoom';
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
export function refuseTooLarge(found: Sniffed, columns: PlannedColumns, { size }: TextSource, name: string, memory = machineMemory()): void {
  const rows = (size - found.start) / found.rowBytes;
  if (rows > mostRows) {
    throw new UserError(`"${name}" has about ${Math.round(rows / 1e6)} million rows, more than the ${Math.round(mostRows / 1e6)} million a table can have; use a part of it.`);
  }
  const needed = rows * bytesOfRow(columns);
  if (needed > memory * share) {
    throw new UserError(`"${name}" needs about ${gigabytes(needed)} of memory, but this machine has ${gigabytes(memory)}; use fewer rows or columns.`);
  }
}

/** How many bytes a text like this may have for its table to fit into memory. */
export function mostTextBytes(found: Sniffed, columns: PlannedColumns, memory = machineMemory()): number {
  return found.start + found.rowBytes * Math.min(mostRows, (memory * share) / bytesOfRow(columns));
}

/** How columns are to be read. */
interface PlannedColumns {
  /** A `columnKind` for each. */
  readonly kinds: Uint8Array;
  readonly plans: NumberPlans;
}

/**
 * What a row takes in memory, distinct texts aside: a value for each column, of numbers in the form that a sample of them needs. What a
 * sample can't tell is taken as large as it may become.
 */
function bytesOfRow({ kinds, plans }: PlannedColumns): number {
  return kinds.reduce((sum, kind, column) => sum + (kind === columnKind.skip ? 0 : kind === columnKind.dictionary ? 4 : formBytes[plans.forms[column]]), 4);
}

/** Bytes a value in each `columnForm`. */
const formBytes = [1, 2, 4, 5, 8];

/** The memory that this process may use: the machine's, or less where a container sets a limit. */
export function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
