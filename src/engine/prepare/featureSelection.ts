import type { Prepare } from '../../schema/prepareSchema';
import type { Matrix } from '../compute/matrix';
import type { RandomStream } from '../compute/random';
import { sampleOfRows } from '../compute/sampleOfRows';

/** A feature that is left out, and why: `with` is the kept feature that it goes with, absent when it never varies. */
export interface LeftOut {
  readonly feature: number;
  readonly with?: number;
  readonly correlation?: number;
}

/** Multiplications that the search for correlated features may take, a second or two; fewer rows are looked at where it would be more. */
const mostProducts = 3e9;
const [fewestRows, mostRows] = [1000, 50_000];

/**
 * Which features of the training rows say nothing (one value in all rows: scikit-learn's VarianceThreshold) or nothing new: going
 * through them in order, a feature is left out when Pearson's correlation with one that is kept lies above the threshold, either
 * way. So of a pair the first stays. Correlation is that of at most 50,000 rows, drawn at random; of the rows that have both.
 *
 * @param pause called once a feature; may throw.
 */
export function selectFeatures(features: Matrix, { constant, correlation }: Prepare['select'], random: RandomStream, pause: () => void): LeftOut[] {
  const constants = constant ? constantFeatures(features) : new Set<number>();
  const leftOut: LeftOut[] = [...constants].map((feature) => ({ feature }));
  if (correlation !== null) {
    const candidates = Array.from({ length: features.columns }, (_, j) => j).filter((j) => !constants.has(j));
    leftOut.push(...correlatedFeatures(features, candidates, correlation, random, pause));
  }
  return leftOut.sort((a, b) => a.feature - b.feature);
}

/** Features with one value in all rows, or missing in all. */
function constantFeatures({ rows, columns, values }: Matrix): Set<number> {
  const open = new Set(Array.from({ length: rows === 0 ? 0 : columns }, (_, j) => j));
  for (let row = 1; row < rows && open.size > 0; row++) {
    for (const j of open) {
      if (!Object.is(values[row * columns + j] + 0, values[j] + 0)) {
        open.delete(j);
      }
    }
  }
  return open;
}

function correlatedFeatures(features: Matrix, candidates: readonly number[], threshold: number, random: RandomStream, pause: () => void): LeftOut[] {
  const affordable = Math.floor(mostProducts / Math.max(1, (candidates.length ** 2) / 2));
  const size = Math.min(features.rows, mostRows, Math.max(fewestRows, affordable));
  const rows = sampleOfRows(features.rows, size, random);
  const kept: { readonly feature: number; readonly column: StandardColumn }[] = [];
  const leftOut: LeftOut[] = [];
  for (const feature of candidates) {
    pause();
    const column = standardColumn(features, feature, rows);
    const twin = kept.map((other) => ({ feature: other.feature, r: correlationOf(other.column, column) })).find(({ r }) => Math.abs(r) > threshold);
    if (twin === undefined) {
      kept.push({ feature, column });
    } else {
      leftOut.push({ feature, with: twin.feature, correlation: twin.r });
    }
  }
  return leftOut;
}

interface StandardColumn {
  /** With mean 0 and length 1; all 0 where nothing varies. Raw where values are missing. */
  readonly values: Float64Array;
  readonly complete: boolean;
}

function standardColumn({ columns, values }: Matrix, feature: number, rows: Uint32Array): StandardColumn {
  const taken = Float64Array.from(rows, (row) => values[row * columns + feature]);
  if (taken.some((value) => Number.isNaN(value))) {
    return { values: taken, complete: false };
  }
  const mean = taken.reduce((sum, value) => sum + value, 0) / taken.length;
  const largest = taken.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
  const centred = taken.map((value) => (value - mean) / (largest || 1));
  const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
  return { values: centred.map((value) => value / (length || 1)), complete: true };
}

function correlationOf(a: StandardColumn, b: StandardColumn): number {
  if (a.complete && b.complete) {
    let product = 0;
    for (let i = 0; i < a.values.length; i++) {
      product += a.values[i] * b.values[i];
    }
    return product;
  }
  let [number, meanA, meanB] = [0, 0, 0];
  for (let i = 0; i < a.values.length; i++) {
    if (!Number.isNaN(a.values[i] + b.values[i])) {
      number++;
      meanA += a.values[i];
      meanB += b.values[i];
    }
  }
  [meanA, meanB] = [meanA / number, meanB / number];
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = 0; i < a.values.length; i++) {
    const [x, y] = [a.values[i] - meanA, b.values[i] - meanB];
    if (!Number.isNaN(x + y)) {
      aa += x * x;
      bb += y * y;
      ab += x * y;
    }
  }
  const r = ab / Math.sqrt(aa) / Math.sqrt(bb);
  return Number.isNaN(r) ? 0 : r;
}
