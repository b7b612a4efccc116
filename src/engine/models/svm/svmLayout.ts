import type { Matrix } from '../../compute/matrix';
import { columnMeans } from '../../compute/gram';
import type { SvmKernel } from './svmKernel';

/** Rows of a panel, and tiles that a thread keeps apart; the numbers are those of kernels/svm/layout.ts. */
export const panelRows = 16;
export const ringRows = 8;
/** Bytes of packed rows that a thread takes all changed rows over before it goes on: what stays in its own caches. */
const tileBytes = 40960;
const mostTilePanels = 128;
const stagingCells = 32768;

/** The 32-bit settings in the order in which kernels/svm/layout.ts reads them; regions by their names there. */
const settings = [
  'memberCount', 'memberPadded', 'features', 'kernel', 'degree', 'slots', 'setRows', 'tileRows', 'rows', 'rowHalves', 'members', 'panels',
  'halves', 'diagonal', 'values', 'beta', 'lower', 'upper', 'upBias', 'lowBias', 'inSet', 'cache', 'slotOf', 'rowOf', 'stampOf', 'usedMarks',
  'rings', 'records', 'counts', 'state', 'means', 'violations', 'set', 'functions', 'coefficients', 'decisions', 'queries',
] as const;
export const settingsCount = settings.length;

/** Writes settings; those not given are 0. */
export function writeSettings(block: Uint32Array, values: Partial<Record<(typeof settings)[number], number>>): void {
  block.set(settings.map((name) => values[name] ?? 0));
}

/** Rows of a tile: a multiple of a panel's. */
export function tileRowsFor(columns: number): number {
  return panelRows * Math.max(1, Math.min(mostTilePanels, Math.floor(tileBytes / (4 * columns * panelRows))));
}

export function stagingRowsFor(columns: number): number {
  return Math.max(1, Math.min(1024, Math.floor(stagingCells / columns)));
}

/** What is subtracted from rows. Distances don't change when all rows move, and small numbers keep more digits. */
export function rowMeans(rows: Matrix, { kind }: SvmKernel): Float64Array {
  return kind === 'rbf' ? columnMeans(rows) : new Float64Array(rows.columns);
}
