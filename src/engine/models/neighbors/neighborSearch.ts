import { columnMeans } from '../../compute/gram';
import type { Matrix } from '../../compute/matrix';

export type DistanceMetric = 'euclidean' | 'manhattan' | 'cosine';

/** The nearest points of each query, nearest first; of equally near ones those that come first among the points. */
export interface Neighbors {
  /** queries × k: rows of the points. */
  readonly indices: Int32Array;
  /** queries × k; for the cosine metric one minus the cosine. */
  readonly distances: Float64Array;
}

/** A kernel takes so many queries and points at once: enough to reuse what it loads, few enough for registers. */
const queriesAtOnce = 4;
const pointsAtOnce = 2;
const pairsAtOnce = queriesAtOnce * pointsAtOnce;
/** Points whose values stay in the cache while many queries go over them. */
const pointsPerTile = 256;
const queriesPerTile = 64;

/**
 * Finds nearest neighbours by comparing every query with every point, tile by tile, so that both stay in the cache.
 *
 * Euclidean and cosine distances come from products of rows first, which is fast but inexact for near points; whatever may
 * be among the nearest within the bound of that rounding error is measured again by differences. The answer is exact.
 */
export class NeighborSearch {
  /** Points as they are compared: shifted to their mean (euclidean) or scaled to length one (cosine). */
  private readonly points: Matrix;
  private readonly shift: Float64Array;
  private readonly squares: Float64Array;

  constructor(points: Matrix, private readonly metric: DistanceMetric) {
    // Near the origin, products of rows lose fewer digits.
    this.shift = metric === 'euclidean' ? columnMeans(points) : new Float64Array(points.columns);
    this.points = this.comparable(points);
    this.squares = rowSquares(this.points);
  }

  /** @param k at most the number of points. */
  nearest(queries: Matrix, k: number): Neighbors {
    const comparable = this.comparable(queries);
    const found = new NearestSoFar(queries.rows, k);
    for (let firstQuery = 0; firstQuery < queries.rows; firstQuery += queriesPerTile) {
      const lastQuery = Math.min(queries.rows, firstQuery + queriesPerTile);
      this.searchTile(comparable, firstQuery, lastQuery, found);
    }
    const distances = this.metric === 'euclidean' ? found.distances.map(Math.sqrt) : found.distances;
    return { indices: found.indices, distances };
  }

  private searchTile(queries: Matrix, firstQuery: number, lastQuery: number, found: NearestSoFar): void {
    const groups: QueryGroup[] = [];
    for (let query = firstQuery; query < lastQuery; query += queriesAtOnce) {
      groups.push(new QueryGroup(queries, query, Math.min(queriesAtOnce, lastQuery - query)));
    }
    for (let firstPoint = 0; firstPoint < this.points.rows; firstPoint += pointsPerTile) {
      const lastPoint = Math.min(this.points.rows, firstPoint + pointsPerTile);
      for (const group of groups) {
        if (this.metric === 'manhattan') {
          this.compareByDifferences(group, firstPoint, lastPoint, found);
        } else {
          this.compareByProducts(group, firstPoint, lastPoint, found);
        }
      }
    }
  }

  private compareByDifferences(group: QueryGroup, firstPoint: number, lastPoint: number, found: NearestSoFar): void {
    const sums = new Float64Array(pairsAtOnce);
    for (let point = firstPoint; point < lastPoint; point += pointsAtOnce) {
      sumDifferences(group.packed, this.points, point, lastPoint, sums);
      const count = Math.min(pointsAtOnce, lastPoint - point);
      for (let q = 0; q < group.count; q++) {
        for (let p = 0; p < count; p++) {
          found.offer(group.first + q, point + p, sums[q * pointsAtOnce + p]);
        }
      }
    }
  }

  private compareByProducts(group: QueryGroup, firstPoint: number, lastPoint: number, found: NearestSoFar): void {
    const products = new Float64Array(pairsAtOnce);
    const cosine = this.metric === 'cosine';
    const rounding = (2 * this.points.columns + 8) * Number.EPSILON;
    for (let point = firstPoint; point < lastPoint; point += pointsAtOnce) {
      sumProducts(group.packed, this.points, point, lastPoint, products);
      const count = Math.min(pointsAtOnce, lastPoint - point);
      for (let q = 0; q < group.count; q++) {
        for (let p = 0; p < count; p++) {
          const product = products[q * pointsAtOnce + p];
          const squares = group.squares[q] + this.squares[point + p];
          const distance = cosine ? 1 - product : squares - 2 * product;
          if (distance - rounding * (cosine ? 2 : squares) < found.worst(group.first + q)) {
            found.offer(group.first + q, point + p, this.exactDistance(group, q, point + p));
          }
        }
      }
    }
  }

  private exactDistance(group: QueryGroup, q: number, point: number): number {
    const { columns, values } = this.points;
    let sum = 0;
    for (let j = 0; j < columns; j++) {
      const difference = group.packed[j * queriesAtOnce + q] - values[point * columns + j];
      sum += difference * difference;
    }
    if (this.metric === 'euclidean') {
      return sum;
    }
    // A row of zeros has no direction: its cosine with anything counts as 0.
    return group.squares[q] === 0 || this.squares[point] === 0 ? 1 : sum / 2;
  }

  private comparable(matrix: Matrix): Matrix {
    const { rows, columns, values } = matrix;
    const own = new Float64Array(rows * columns);
    const lengths = this.metric === 'cosine' ? rowSquares(matrix).map((squares) => Math.sqrt(squares) || 1) : undefined;
    for (let i = 0; i < rows; i++) {
      const length = lengths?.[i] ?? 1;
      for (let j = 0; j < columns; j++) {
        own[i * columns + j] = (values[i * columns + j] - this.shift[j]) / length;
      }
    }
    return { rows, columns, values: own };
  }
}

/** A few queries, their values interleaved: value j of query q at `j * queriesAtOnce + q`; unused places are 0. */
class QueryGroup {
  readonly packed: Float64Array;
  readonly squares: Float64Array;

  constructor(queries: Matrix, readonly first: number, readonly count: number) {
    const { columns, values } = queries;
    this.packed = new Float64Array(queriesAtOnce * columns);
    this.squares = new Float64Array(queriesAtOnce);
    for (let q = 0; q < count; q++) {
      for (let j = 0; j < columns; j++) {
        const value = values[(first + q) * columns + j];
        this.packed[j * queriesAtOnce + q] = value;
        this.squares[q] += value * value;
      }
    }
  }
}

/** The nearest points of every query so far, in order. */
class NearestSoFar {
  readonly indices: Int32Array;
  readonly distances: Float64Array;

  constructor(queries: number, private readonly k: number) {
    this.indices = new Int32Array(queries * k).fill(-1);
    this.distances = new Float64Array(queries * k).fill(Infinity);
  }

  worst(query: number): number {
    return this.distances[query * this.k + this.k - 1];
  }

  offer(query: number, point: number, distance: number): void {
    const { indices, distances, k } = this;
    const begin = query * k;
    let place = begin + k - 1;
    if (!(distance < distances[place])) {
      return;
    }
    while (place > begin && distances[place - 1] > distance) {
      distances[place] = distances[place - 1];
      indices[place] = indices[place - 1];
      place--;
    }
    distances[place] = distance;
    indices[place] = point;
  }
}

function rowSquares({ rows, columns, values }: Matrix): Float64Array {
  const squares = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let j = i * columns; j < (i + 1) * columns; j++) {
      squares[i] += values[j] * values[j];
    }
  }
  return squares;
}

/** Products of four queries with two points; the second point is the first one again at the end. */
function sumProducts(packed: Float64Array, points: Matrix, point: number, lastPoint: number, sums: Float64Array): void {
  const { columns, values } = points;
  const first = point * columns;
  const second = point + 1 < lastPoint ? first + columns : first;
  let sum00 = 0, sum01 = 0, sum10 = 0, sum11 = 0, sum20 = 0, sum21 = 0, sum30 = 0, sum31 = 0;
  for (let j = 0; j < columns; j++) {
    const value0 = values[first + j];
    const value1 = values[second + j];
    const query0 = packed[4 * j];
    const query1 = packed[4 * j + 1];
    const query2 = packed[4 * j + 2];
    const query3 = packed[4 * j + 3];
    sum00 += query0 * value0;
    sum01 += query0 * value1;
    sum10 += query1 * value0;
    sum11 += query1 * value1;
    sum20 += query2 * value0;
    sum21 += query2 * value1;
    sum30 += query3 * value0;
    sum31 += query3 * value1;
  }
  store(sums, sum00, sum01, sum10, sum11, sum20, sum21, sum30, sum31);
}

/** Sums of absolute differences, likewise. */
function sumDifferences(packed: Float64Array, points: Matrix, point: number, lastPoint: number, sums: Float64Array): void {
  const { columns, values } = points;
  const first = point * columns;
  const second = point + 1 < lastPoint ? first + columns : first;
  let sum00 = 0, sum01 = 0, sum10 = 0, sum11 = 0, sum20 = 0, sum21 = 0, sum30 = 0, sum31 = 0;
  for (let j = 0; j < columns; j++) {
    const value0 = values[first + j];
    const value1 = values[second + j];
    const query0 = packed[4 * j];
    const query1 = packed[4 * j + 1];
    const query2 = packed[4 * j + 2];
    const query3 = packed[4 * j + 3];
    sum00 += Math.abs(query0 - value0);
    sum01 += Math.abs(query0 - value1);
    sum10 += Math.abs(query1 - value0);
    sum11 += Math.abs(query1 - value1);
    sum20 += Math.abs(query2 - value0);
    sum21 += Math.abs(query2 - value1);
    sum30 += Math.abs(query3 - value0);
    sum31 += Math.abs(query3 - value1);
  }
  store(sums, sum00, sum01, sum10, sum11, sum20, sum21, sum30, sum31);
}

function store(
  sums: Float64Array,
  s0: number, s1: number, s2: number, s3: number, s4: number, s5: number, s6: number, s7: number,
): void {
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
  sums[4] = s4;
  sums[5] = s5;
  sums[6] = s6;
  sums[7] = s7;
}
