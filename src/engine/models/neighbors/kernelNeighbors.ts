import os from 'node:os';
import type { Matrix } from '../../compute/matrix';
import { MemoryPlan } from '../../compute/memoryPlan';
import { Team } from '../../compute/team';
import type { PredictContext } from '../estimator';
import { reportRows } from '../probabilities';
import type { DistanceMetric, Neighbors } from './neighborSearch';

/** Queries that one call takes through all points; results are taken away between calls. */
const batchQueries = 4096;
/** Queries × training rows × columns of a batch at most, but for what keeps all threads at work: some 300 ms on one of them. */
const cellsPerBatch = 1e10;
/** Queries that a thread takes through a block of points together; a multiple of four. */
const pieceQueries = 128;
/** Below so many components compared, starting the kernel and its threads costs more than it brings. */
const smallWork = 2e7;
const mostThreads = 8;
/** Squared lengths of rounded points stay below 2 to this. */
const normBits = 28;

/**
 * Whether the kernel is worth it and knows the distance; otherwise neighborSearch.ts finds the same neighbours in TypeScript. A row of
 * zeros has no direction, which the kernel's way of searching by cosine can't express.
 */
export function kernelSearches(points: Matrix, queries: Matrix, metric: DistanceMetric): boolean {
  return points.rows * queries.rows * points.columns >= smallWork
    && (metric !== 'cosine' || (!hasZeroRow(points) && !hasZeroRow(queries)));
}

/**
 * Finds neighbours exactly; kernels/neighbors/neighbors.ts tells how.
 *
 * @param k at most the number of points.
 */
export function findNeighbors(
  points: Matrix,
  queries: Matrix,
  k: number,
  metric: DistanceMetric,
  threads = Math.min(os.availableParallelism(), mostThreads),
  context?: PredictContext,
): Neighbors {
  if (metric === 'cosine') {
    // Between rows of length 1 the squared Euclidean distance is twice the cosine distance.
    const { indices, distances } = findNeighbors(normalized(points), normalized(queries), k, 'euclidean', threads, context);
    return { indices, distances: distances.map((distance) => (distance * distance) / 2) };
  }
  const layout = planSearch(points, queries, k, threads);
  layout.plan.check('use fewer training rows');
  const team = new Team({ kernel: 'neighbors', threads, bytes: layout.plan.bytes, sources: [points.values, queries.values] });
  try {
    storePoints(team, layout, points, k, metric);
    return search(team, layout, queries, k, metric, context);
  } finally {
    team.dispose();
  }
}

type SearchLayout = ReturnType<typeof planSearch>;

function planSearch({ rows, columns }: Matrix, queries: Matrix, k: number, threads: number) {
  const plan = new MemoryPlan();
  const pointPadded = Math.ceil(rows / 8) * 8;
  const pairs = Math.ceil(columns / 2);
  const batch = Math.min(queries.rows, Math.max(threads * pieceQueries, Math.min(batchQueries, Math.floor(cellsPerBatch / (rows * columns)))));
  const scratchBytes = pieceQueries * (pairs * 4 + 32);
  return {
    plan, batch, pointPadded, scratchBytes,
    settings: plan.reserve('settings', 512),
    centre: plan.reserve('the centre', columns * 8),
    exact: plan.reserve('training rows', pointPadded * columns * 8),
    panels: plan.reserve('rounded training rows', pointPadded * pairs * 4),
    norms: plan.reserve('lengths', pointPadded * 4),
    distances: plan.reserve('distances', batch * k * 8),
    indices: plan.reserve('neighbours', batch * k * 4),
    scratch: plan.reserve('scratch', threads * scratchBytes),
    staging: plan.reserve('staging', threads * pieceQueries * columns * 8),
  };
}

function storePoints(team: Team, layout: SearchLayout, points: Matrix, k: number, metric: DistanceMetric): void {
  const { columns, rows } = points;
  const { centre, reach } = rangeOf(points);
  // With components up to `largest` a squared length stays below 2²⁸.
  const largest = Math.max(1, Math.min(32767, Math.floor(Math.sqrt(2 ** normBits / columns)) - 1));
  team.float64(layout.centre, columns).set(centre);
  team.uint32(layout.settings, 15).set([
    rows, layout.pointPadded, columns, k, metric === 'manhattan' ? 1 : 0, layout.exact, layout.panels, layout.norms, layout.centre,
    layout.distances, layout.indices, layout.scratch, layout.scratchBytes, pieceQueries, largest,
  ]);
  team.float64(layout.settings + 256, 1)[0] = reach > 0 ? reach / largest : 1;
  team.run('configure', layout.settings);
  team.mapRows('storePoints', { source: 0, columns, firstRow: 0, rowCount: rows, staging: layout.staging, stagingRows: pieceQueries });
  team.runAlone('padPoints');
}

function search(
  team: Team, layout: SearchLayout, queries: Matrix, k: number, metric: DistanceMetric, context: PredictContext | undefined,
): Neighbors {
  const indices = new Int32Array(queries.rows * k);
  const distances = new Float64Array(queries.rows * k);
  for (let first = 0; first < queries.rows; first += layout.batch) {
    context?.throwIfCancelled();
    reportRows(context, first, queries.rows);
    const count = Math.min(layout.batch, queries.rows - first);
    team.run('startBatch', first);
    team.mapRows('searchRows', {
      source: 1, columns: queries.columns, firstRow: first, rowCount: count, staging: layout.staging, stagingRows: pieceQueries,
    });
    indices.set(team.int32(layout.indices, count * k), first * k);
    distances.set(team.float64(layout.distances, count * k), first * k);
  }
  return { indices, distances: metric === 'euclidean' ? distances.map(Math.sqrt) : distances };
}

/** The middle of each column, and the greatest distance of a value from its column's middle. */
function rangeOf({ rows, columns, values }: Matrix): { centre: Float64Array; reach: number } {
  const least = new Float64Array(columns).fill(Infinity);
  const greatest = new Float64Array(columns).fill(-Infinity);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      const value = values[row * columns + j];
      least[j] = value < least[j] ? value : least[j];
      greatest[j] = value > greatest[j] ? value : greatest[j];
    }
  }
  const centre = least.map((low, j) => low / 2 + greatest[j] / 2);
  return { centre, reach: centre.reduce((most, middle, j) => Math.max(most, greatest[j] - middle, middle - least[j]), 0) };
}

/** Rows scaled to length 1. */
function normalized({ rows, columns, values }: Matrix): Matrix {
  const result = new Float64Array(new SharedArrayBuffer(values.byteLength));
  for (let row = 0; row < rows; row++) {
    const x = values.subarray(row * columns, (row + 1) * columns);
    const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
    for (let j = 0; j < columns; j++) {
      result[row * columns + j] = x[j] / length;
    }
  }
  return { rows, columns, values: result };
}

function hasZeroRow({ rows, columns, values }: Matrix): boolean {
  for (let row = 0; row < rows; row++) {
    if (values.subarray(row * columns, (row + 1) * columns).every((value) => value === 0)) {
      return true;
    }
  }
  return false;
}
