/** Columns into which a long line is cut before the exact search, to bound the work; finer than any screen. */
const columns = 4096;

/**
 * Leaves out points of a line so that its shape stays: always those that lie on the straight line between their
 * neighbours, then those that move the shape least (Douglas, Peucker, "Algorithms for the reduction of the number of
 * points required to represent a digitized line or its caricature", The Canadian Cartographer 10, 1973; here the farthest
 * point of all segments comes first, until the points are used up).
 *
 * @param x ascending, within 0 … 1.
 * @param y one for each of `x`, within 0 … 1.
 * @param maximumPoints at least 2.
 */
export function simplifyLine(x: Float64Array, y: Float64Array, maximumPoints: number): { x: number[]; y: number[] } {
  const candidates = x.length > 4 * columns ? extremesByColumn(x, y) : Uint32Array.from(x.keys());
  const kept = farthestPoints(x, y, candidates, maximumPoints);
  return { x: Array.from(kept, (i) => x[i]), y: Array.from(kept, (i) => y[i]) };
}

/** First, lowest, highest and last point of each column (Jugel et al., "M4", VLDB 2014): the same picture as all points. */
function extremesByColumn(x: Float64Array, y: Float64Array): Uint32Array {
  const kept = new Set<number>();
  let first = 0;
  while (first < x.length) {
    const column = Math.floor(x[first] * columns);
    let last = first;
    let lowest = first;
    let highest = first;
    while (last + 1 < x.length && Math.floor(x[last + 1] * columns) === column) {
      last++;
      lowest = y[last] < y[lowest] ? last : lowest;
      highest = y[last] > y[highest] ? last : highest;
    }
    for (const i of [first, lowest, highest, last]) {
      kept.add(i);
    }
    first = last + 1;
  }
  return Uint32Array.from(kept).sort();
}

interface Segment {
  /** Positions in the list of candidates. */
  readonly begin: number;
  readonly end: number;
  /** The candidate between them that is farthest from their straight line, and how far. */
  readonly farthest: number;
  readonly distance: number;
}

/** Distances below this are rounding: the point lies on the line. */
const onTheLine = 1e-14;

function farthestPoints(x: Float64Array, y: Float64Array, candidates: Uint32Array, maximumPoints: number): number[] {
  const last = candidates.length - 1;
  const kept = new Set([0, last]);
  const segments = [measure(x, y, candidates, 0, last)];
  while (kept.size < maximumPoints) {
    let widest = 0;
    for (let i = 1; i < segments.length; i++) {
      widest = segments[i].distance > segments[widest].distance ? i : widest;
    }
    const { begin, end, farthest, distance } = segments[widest];
    if (distance <= onTheLine) {
      break;
    }
    kept.add(farthest);
    segments[widest] = measure(x, y, candidates, begin, farthest);
    segments.push(measure(x, y, candidates, farthest, end));
  }
  return Array.from(kept).sort((a, b) => a - b).map((position) => candidates[position]);
}

function measure(x: Float64Array, y: Float64Array, candidates: Uint32Array, begin: number, end: number): Segment {
  const x0 = x[candidates[begin]];
  const y0 = y[candidates[begin]];
  const dx = x[candidates[end]] - x0;
  const dy = y[candidates[end]] - y0;
  const length = Math.hypot(dx, dy);
  let farthest = begin;
  let distance = 0;
  for (let k = begin + 1; k < end; k++) {
    const px = x[candidates[k]] - x0;
    const py = y[candidates[k]] - y0;
    const away = length === 0 ? Math.hypot(px, py) : distanceToSegment(px, py, dx / length, dy / length, length);
    if (away > distance) {
      distance = away;
      farthest = k;
    }
  }
  return { begin, end, farthest, distance };
}

/** Distance of (px, py) from the segment of that length from the origin in the direction (ux, uy). */
function distanceToSegment(px: number, py: number, ux: number, uy: number, length: number): number {
  const along = px * ux + py * uy;
  if (along < 0) {
    return Math.hypot(px, py);
  }
  return along > length ? Math.hypot(px - ux * length, py - uy * length) : Math.abs(px * uy - py * ux);
}
