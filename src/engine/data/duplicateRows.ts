import type { Table } from './table';

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
    for (let row = 0; row < hashes.length; row++) {
      if (column.kind === 'categorical') {
        hashes[row] = mix(hashes[row] ^ column.codes[row]);
      } else {
        number[0] = column.values[row] + 0;
        hashes[row] = mix(mix(hashes[row] ^ words[0]) ^ words[1]);
      }
    }
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
  return table.columns.every((column) =>
    column.kind === 'categorical'
      ? column.codes[a] === column.codes[b]
      : column.values[a] === column.values[b] || (Number.isNaN(column.values[a]) && Number.isNaN(column.values[b])));
}
