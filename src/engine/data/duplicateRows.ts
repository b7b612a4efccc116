import { eachBlock, numberAt } from './numbers';
import type { Column, Table } from './table';

const mostRows = 1000;

/**
 * Finds rows that repeat an earlier one in every column.
 *
 * @returns how many there are, the first with the row that it repeats, and the first thousand of them.
 */
export function findDuplicateRows(table: Table): { count: number; first?: { row: number; original: number }; rows: number[] } {
  // Rows by hash: the first row of each hash and, through `next`, the other distinct rows that share it.
  const firstOf = new Map<number, number>();
  const next = new Map<number, number>();
  let count = 0;
  let first: { row: number; original: number } | undefined;
  const rows: number[] = [];
  const hashes = hashRows(table);
  const repeated = repeatedValues(hashes);
  for (let row = 0; row < table.rowCount; row++) {
    if (!repeated.has(hashes[row])) {
      continue;
    }
    let candidate = firstOf.get(hashes[row]);
    if (candidate === undefined) {
      firstOf.set(hashes[row], row);
      continue;
    }
    while (!areEqual(table, candidate, row)) {
      const following = next.get(candidate);
      if (following === undefined) {
        next.set(candidate, row);
        candidate = undefined;
        break;
      }
      candidate = following;
    }
    if (candidate !== undefined) {
      count++;
      first ??= { row, original: candidate };
      if (rows.length < mostRows) {
        rows.push(row);
      }
    }
  }
  return { count, ...(first === undefined ? {} : { first }), rows };
}

/** Values that occur more than once: only rows with these can be equal. */
function repeatedValues(hashes: Uint32Array): Set<number> {
  const sorted = hashes.slice().sort();
  const repeated = new Set<number>();
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] === sorted[i - 1]) {
      repeated.add(sorted[i]);
    }
  }
  return repeated;
}

function hashRows(table: Table): Uint32Array {
  const hashes = new Uint32Array(table.rowCount).fill(0x811c9dc5);
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  for (const column of table.columns) {
    if (column.kind === 'categorical') {
      const { codes } = column;
      for (let row = 0; row < hashes.length; row++) {
        hashes[row] = mix(hashes[row] ^ codes[row]);
      }
      continue;
    }
    eachBlock(column.numbers, (block, from) => {
      for (let i = 0; i < block.length; i++) {
        number[0] = block[i] + 0;
        hashes[from + i] = mix(mix(hashes[from + i] ^ words[0]) ^ words[1]);
      }
    });
  }
  return hashes;
}

/** The 32-bit finalizer of MurmurHash3 (Appleby). */
function mix(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function areEqual(table: Table, a: number, b: number): boolean {
  return table.columns.every((column) => holdsEqual(column, a, b));
}

function holdsEqual(column: Column, a: number, b: number): boolean {
  if (column.kind === 'categorical') {
    return column.codes[a] === column.codes[b];
  }
  const [x, y] = [numberAt(column.numbers, a), numberAt(column.numbers, b)];
  return x === y || (Number.isNaN(x) && Number.isNaN(y));
}
