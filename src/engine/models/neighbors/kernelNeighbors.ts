import os from 'node:os';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
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
/** Cells that are stored between two looks at the cancel flag: some 50 ms. */
const storedCells = 4e6;
/** Squared lengths of rounded points stay below 2 to this; of wide data, which has another way of adding up, their components below the other. */
const normBits = 28;
const wideComponent = 2047;
/** From so many features on data is wide to the kernel, and how many points it takes together then: see kernels/neighbors/neighbors.ts. */
const wideFeatures = 1024;
const wideBlockPoints = 512;

/**
 * Whether the kernel is worth it and knows the distance; otherwise neighborSearch.ts finds the same neighbours in TypeScript. A row of
 * zeros has no direction, which the kernel's way of searching by cosine can't express.
 */
export function kernelSearches(points: Matrix, queries: Matrix, metric: DistanceMetric): boolean {
  return points.rows * queries.rows * points.columns >= smallWork
    && (metric !== 'cosine' || (!hasZeroRow(points) && !hasZeroRow(queries)));
}

/**
 * Finds neighbours exactly; kernels/neighbors/neighbors.ts tells how. The threads and the kernel's memory, with the points in it, stay until
 * `dispose`.
 */
export class KernelSearch {
  private readonly layout: SearchLayout;
  private readonly team: Team;
  /** The queries of a batch, where all threads see them. */
  private readonly queries: Matrix;

  /**
   * @param k at most the number of points.
   * @param expectedQueries how many will be asked at a time, about: decides how much memory is set aside.
   */
  constructor(
    points: Matrix,
    expectedQueries: number,
    private readonly k: number,
    private readonly metric: DistanceMetric,
    threads = Math.min(os.availableParallelism(), mostThreads),
    context?: PredictContext,
  ) {
    // Between rows of length 1 the squared Euclidean distance is twice the cosine distance.
    const compared = metric === 'cosine' ? normalized(points) : points;
    this.layout = planSearch(points, expectedQueries, k, metric, threads);
    this.layout.plan.check('use fewer training rows');
    this.queries = zeros(this.layout.batch, points.columns);
    this.team = new Team({ kernel: 'neighbors', threads, bytes: this.layout.plan.bytes, sources: [compared.values, this.queries.values] });
    try {
      storePoints(this.team, this.layout, compared, k, metric, context);
    } catch (error) {
      this.team.dispose();
      throw error;
    }
  }

  nearest(queries: Matrix, context?: PredictContext): Neighbors {
    const { k, layout, metric, team } = this;
    const indices = new Int32Array(queries.rows * k);
    const distances = new Float64Array(queries.rows * k);
    for (let first = 0; first < queries.rows; first += layout.batch) {
      context?.throwIfCancelled();
      reportRows(context, first, queries.rows);
      const count = Math.min(layout.batch, queries.rows - first);
      this.takeQueries(queries, first, count);
      team.run('startBatch', 0);
      team.mapRows('searchRows', {
        source: 1, columns: queries.columns, firstRow: 0, rowCount: count, staging: layout.staging, stagingRows: pieceQueries,
      });
      indices.set(team.int32(layout.indices, count * k), first * k);
      distances.set(team.float64(layout.distances, count * k), first * k);
    }
    return { indices, distances: comparable(distances, metric) };
  }

  dispose(): void {
    this.team.dispose();
  }

  private takeQueries({ columns, values }: Matrix, first: number, count: number): void {
    const batch = { rows: count, columns, values: values.subarray(first * columns, (first + count) * columns) };
    if (this.metric === 'cosine') {
      normalize(batch, this.queries.values);
    } else {
      this.queries.values.set(batch.values);
    }
  }
}

/** From what the kernel compares (squares of Euclidean distances) to distances. */
function comparable(compared: Float64Array, metric: DistanceMetric): Float64Array {
  switch (metric) {
    case 'euclidean':
      return compared.map(Math.sqrt);
    case 'cosine':
      return compared.map((squared) => {
        const distance = Math.sqrt(squared);
        return (distance * distance) / 2;
      });
    case 'manhattan':
      return compared;
  }
}

type SearchLayout = ReturnType<typeof planSearch>;

function planSearch({ rows, columns }: Matrix, queries: number, k: number, metric: DistanceMetric, threads: number) {
  const plan = new MemoryPlan();
  const pointPadded = Math.ceil(rows / 8) * 8;
  const pairs = Math.ceil(columns / 2);
  const batch = Math.min(queries, Math.max(threads * pieceQueries, Math.min(batchQueries, Math.floor(cellsPerBatch / (rows * columns)))));
  const isWide = metric !== 'manhattan' && columns >= wideFeatures;
  const scratchBytes = pieceQueries * (pairs * 4 + 32) + (isWide ? wideBlockPoints * (pieceQueries * 8 + 4) : 0);
  return {
    plan, batch, pointPadded, scratchBytes, isWide,
    settings: plan.reserve('settings', 512),
    centre: plan.reserve('the centre', columns * 8),
    exact: plan.reserve('training rows', pointPadded * columns * 8),
    panels: plan.reserve('rounded training rows', pointPadded * pairs * 4),
    norms: plan.reserve('lengths', pointPadded * (isWide ? 16 : 4)),
    distances: plan.reserve('distances', batch * k * 8),
    indices: plan.reserve('neighbours', batch * k * 4),
    scratch: plan.reserve('scratch', threads * scratchBytes),
    staging: plan.reserve('staging', threads * pieceQueries * columns * 8),
  };
}

function storePoints(team: Team, layout: SearchLayout, points: Matrix, k: number, metric: DistanceMetric, context: PredictContext | undefined): void {
  const { columns, rows } = points;
  const { centre, reach } = rangeOf(points);
  // With components up to `largest` a squared length stays below 2²⁸, but for wide data.
  const largest = layout.isWide ? wideComponent : Math.max(1, Math.min(32767, Math.floor(Math.sqrt(2 ** normBits / columns)) - 1));
  team.float64(layout.centre, columns).set(centre);
  team.uint32(layout.settings, 16).set([
    rows, layout.pointPadded, columns, k, metric === 'manhattan' ? 1 : 0, layout.exact, layout.panels, layout.norms, layout.centre,
    layout.distances, layout.indices, layout.scratch, layout.scratchBytes, pieceQueries, largest, Number(layout.isWide),
  ]);
  team.float64(layout.settings + 256, 1)[0] = reach > 0 ? reach / largest : 1;
  team.run('configure', layout.settings);
  const atOnce = Math.max(team.threads, Math.floor(storedCells / columns));
  for (let firstRow = 0; firstRow < rows; firstRow += atOnce) {
    context?.throwIfCancelled();
    const rowCount = Math.min(atOnce, rows - firstRow);
    team.mapRows('storePoints', { source: 0, columns, firstRow, rowCount, staging: layout.staging, stagingRows: pieceQueries });
  }
  team.runAlone('padPoints');
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

/** Rows scaled to length 1, over shared memory. */
function normalized(matrix: Matrix): Matrix {
  const result = zeros(matrix.rows, matrix.columns);
  normalize(matrix, result.values);
  return result;
}

function normalize({ rows, columns, values }: Matrix, into: Float64Array): void {
  for (let row = 0; row < rows; row++) {
    const x = values.subarray(row * columns, (row + 1) * columns);
    const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
    for (let j = 0; j < columns; j++) {
      into[row * columns + j] = x[j] / length;
    }
  }
}

function hasZeroRow({ rows, columns, values }: Matrix): boolean {
  for (let row = 0; row < rows; row++) {
    if (values.subarray(row * columns, (row + 1) * columns).every((value) => value === 0)) {
      return true;
    }
  }
  return false;
}
