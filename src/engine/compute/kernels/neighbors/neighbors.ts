/**
 * The k nearest points of each query, exactly, by looking at all points: a coarse distance in 16-bit integers sorts out nearly all, and
 * what is left is measured in 64-bit floats. Points and queries are x = centre + unit · x̂ + e with x̂ rounded to integers, so each
 * component of e is at most unit / 2, and by the triangle inequality
 *
 *     |x − p| ≥ unit · (|x̂ − p̂| − √d),   hence a point can be among the k nearest only if
 *     |x̂ − p̂|² ≤ (r / unit + √d)² =: T,   i.e.  2 x̂·p̂ − |p̂|² ≥ |x̂|² − T
 *
 * with r the distance of the k-th best so far. |p̂|² is kept below 2²⁸ so that all of this stays within 32 bits; a query with a component
 * out of the points' range is measured against every point. (The idea of a bound before the exact distance: Weber, Schek, Blott, "A
 * quantitative analysis and performance study for similarity-search methods in high-dimensional spaces", VLDB 1998.)
 *
 * Very many components leave so little room for each of them that the bound (√d of large units) sorts nothing out. In wide data components
 * are finer, sums go over to 64-bit floats every few of them, the lengths of x's and p's errors e themselves take the place of √d, and the
 * distance of the k-th nearest is bounded beforehand: by the k-th smallest |x̂ − p̂| + |e| of a block of points.
 *
 * Points go in panels of eight, queries in groups of four, whose 32 sums stay in eight registers; a pair of components is one lane.
 *
 * n points, d features, D = d rounded up to even, k neighbours:
 *
 *     exact      f64[n padded][d]         points; n padded to a multiple of 8
 *     panels     i16[n / 8][D / 2][8][2]  rounded points, eight side by side, two components of a point next to each other
 *     norms      i32[n padded]            |p̂|²; padding: a number that no query gets past. Wide: f64[n padded][2], |p̂|² and |e| in units
 *     results    f64[batch][k], i32[batch][k]   distances ascending, and points; of the batch's queries
 *     scratch    a thread's own: i16[queries][D] rounded queries, then 32 bytes a query (queryState); wide: then sums of products
 *                f64[points / 8][queries][8] of a block of points, and f32[points] to choose the k-th smallest from
 *
 * Equal distances: the lower point comes first.
 */
import {
  errorLength, euclidean, exactAt, features, firstQuery, inUnits, largest, metric, normsAt, pairs, panelsAt, pointCount, pointPadded, roundedQuery,
  stateOf, wide,
} from './layout';
import { measure } from './measure';
import { scanWide, wideBlockPoints } from './wide';

export { joinTeam } from '../common/team';
export { configure, startBatch } from './layout';
export { addProducts } from './wide';

/** Points that are taken through all queries of a piece while they are in the cache. */
const blockPoints: i32 = 2048;
/** How far beyond the points' range a query's components of wide data may lie: there are so many that one often does. */
const wideReach: i32 = 4;
const paddingNorm: i32 = 0x70000000;

/** Stores points: `values` f64[count][d]. */
export function storePoints(values: usize, first: i32, count: i32): void {
  memory.copy(exactAt + <usize>first * features * 8, values, <usize>count * features * 8);
  if (metric != euclidean) return;
  for (let i: i32 = 0; i < count; i++) {
    const x = values + (<usize>(i * features) << 3);
    const point = first + i;
    const panel = panelsAt + <usize>(point >> 3) * pairs * 32 + ((point & 7) << 2);
    let norm: f64 = 0;
    let error: f64 = 0;
    for (let k: i32 = 0; k < 2 * pairs; k++) {
      const exact = k < features ? inUnits(x, k) : 0;
      const value = nearest<f64>(exact);
      store<i16>(panel + <usize>(k >> 1) * 32 + ((k & 1) << 1), <i32>value);
      norm += value * value;
      error += (exact - value) * (exact - value);
    }
    if (wide) {
      store<f64>(normsAt + (<usize>point << 4), norm);
      store<f64>(normsAt + (<usize>point << 4), errorLength(error), 8);
    } else {
      store<i32>(normsAt + (<usize>point << 2), <i32>norm);
    }
  }
}

/** Fills the last panel with points that are never near. */
export function padPoints(): void {
  for (let point = pointCount; point < pointPadded; point++) {
    const panel = panelsAt + <usize>(point >> 3) * pairs * 32 + ((point & 7) << 2);
    for (let k: i32 = 0; k < pairs; k++) store<i32>(panel + <usize>k * 32, 0);
    if (wide) store<f64>(normsAt + (<usize>point << 4), Infinity);
    else store<i32>(normsAt + (<usize>point << 2), paddingNorm);
  }
}

/** Finds the neighbours of a piece of queries: `values` f64[count][d]. */
export function searchRows(values: usize, first: i32, count: i32): void {
  const place = first - firstQuery;
  const groups = (count + 3) & ~3;
  for (let query: i32 = 0; query < groups; query++) prepareQuery(values, query, count);
  const block = wide ? wideBlockPoints : blockPoints;
  for (let start: i32 = 0; start < pointCount; start += block) {
    const end = min(start + block, pointPadded);
    if (wide) {
      scanWide(values, count, place, start, end);
    } else if (metric == euclidean) {
      for (let query: i32 = 0; query < groups; query += 4) scanGroup(values, query, count, place, start, end);
    }
    for (let query: i32 = 0; query < count; query++) {
      if (load<i32>(stateOf(query), 12) == 0) {
        for (let point = start; point < min(end, pointCount); point++) measure(values, query, place, point);
      }
    }
  }
}

function prepareQuery(values: usize, query: i32, count: i32): void {
  const state = stateOf(query);
  const to = roundedQuery(query);
  memory.fill(to, 0, <usize>pairs * 4);
  store<i32>(state, 0, 8);
  store<i32>(state, metric == euclidean ? 1 : 0, 12);
  store<f64>(state, Infinity, 16);
  store<f64>(state, 0, 24);
  if (query >= count) {
    // Fills the group; nothing is ever near enough.
    store<i32>(state, i32.MAX_VALUE, 4);
    return;
  }
  store<i32>(state, i32.MIN_VALUE, 4);
  if (metric != euclidean) return;
  const x = values + (<usize>(query * features) << 3);
  const reach = <f64>(wide ? largest * wideReach : largest);
  let norm: f64 = 0;
  let error: f64 = 0;
  for (let k: i32 = 0; k < features; k++) {
    const exact = inUnits(x, k);
    const value = nearest<f64>(exact);
    if (!(Math.abs(value) <= reach)) {
      store<i32>(state, 0, 12);
      store<i32>(state, i32.MAX_VALUE, 4);
      memory.fill(to, 0, <usize>pairs * 4);
      return;
    }
    store<i16>(to + (<usize>k << 1), <i32>value);
    norm += value * value;
    error += (exact - value) * (exact - value);
  }
  if (wide) {
    store<f64>(state, norm);
    store<f64>(state, errorLength(error), 24);
  } else {
    store<i32>(state, <i32>norm);
  }
}

/** Four queries against points start … end − 1. */
function scanGroup(values: usize, query: i32, count: i32, place: i32, start: i32, end: i32): void {
  const stride = <usize>pairs * 4;
  const q0 = roundedQuery(query);
  const afterQuery = q0 + stride;
  for (let point = start; point < end; point += 8) {
    let panel = panelsAt + <usize>(point >> 3) * pairs * 32;
    let a0 = i32x4.splat(0);
    let a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
    for (let at = q0; at < afterQuery; at += 4) {
      const low = v128.load(panel);
      const high = v128.load(panel, 16);
      panel += 32;
      const x0 = v128.load32_splat(at);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(low, x0));
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(high, x0));
      const x1 = v128.load32_splat(at + stride);
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(low, x1));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(high, x1));
      const x2 = v128.load32_splat(at + stride * 2);
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(low, x2));
      b2 = i32x4.add(b2, i32x4.dot_i16x8_s(high, x2));
      const x3 = v128.load32_splat(at + stride * 3);
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(low, x3));
      b3 = i32x4.add(b3, i32x4.dot_i16x8_s(high, x3));
    }
    const norms = normsAt + (<usize>point << 2);
    const lowNorms = v128.load(norms);
    const highNorms = v128.load(norms, 16);
    const m0 = nearMask(a0, b0, lowNorms, highNorms, query);
    const m1 = nearMask(a1, b1, lowNorms, highNorms, query + 1);
    const m2 = nearMask(a2, b2, lowNorms, highNorms, query + 2);
    const m3 = nearMask(a3, b3, lowNorms, highNorms, query + 3);
    if ((m0 | m1 | m2 | m3) == 0) continue;
    measureMarked(values, query, count, place, point, m0);
    measureMarked(values, query + 1, count, place, point, m1);
    measureMarked(values, query + 2, count, place, point, m2);
    measureMarked(values, query + 3, count, place, point, m3);
  }
}

/** A bit for each of eight points that may be near enough. */
// @ts-ignore: decorator
@inline
function nearMask(low: v128, high: v128, lowNorms: v128, highNorms: v128, query: i32): i32 {
  const threshold = i32x4.splat(load<i32>(stateOf(query), 4));
  const a = i32x4.ge_s(i32x4.sub(i32x4.add(low, low), lowNorms), threshold);
  const b = i32x4.ge_s(i32x4.sub(i32x4.add(high, high), highNorms), threshold);
  return i32x4.bitmask(a) | (i32x4.bitmask(b) << 4);
}

function measureMarked(values: usize, query: i32, count: i32, place: i32, point: i32, mask: i32): void {
  if (query >= count) return;
  for (let bits = mask; bits != 0; bits &= bits - 1) {
    const near = point + ctz(bits);
    if (near < pointCount) measure(values, query, place, near);
  }
}
