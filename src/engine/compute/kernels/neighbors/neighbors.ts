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
import { selectFloat } from '../common/select';
import { threadIndex } from '../common/team';

export { joinTeam } from '../common/team';

const euclidean: i32 = 0;
/** Points that are taken through all queries of a piece while they are in the cache. */
const blockPoints: i32 = 2048;
/** Likewise, of wide data. */
const wideBlockPoints: i32 = 512;
/** Pairs of components of wide data whose products sum up in 32 bits: a pair's stay below 2²⁵, of points' up to 2,047 and queries' up to 8,188. */
const wideRun: i32 = 32;
/** How far beyond the points' range a query's components may lie: there are so many that one often does. */
const wideReach: i32 = 4;
/** Pairs of components that are taken through all points of a block and all queries of a piece while they are in the cache. */
const wideChunk: i32 = 1024;
const paddingNorm: i32 = 0x70000000;
const mostThreshold: f64 = 1073741823;

let pointCount: i32 = 0;
let pointPadded: i32 = 0;
let features: i32 = 0;
let pairs: i32 = 0;
let neighbors: i32 = 0;
let metric: i32 = 0;
let exactAt: usize = 0;
let panelsAt: usize = 0;
let normsAt: usize = 0;
let centreAt: usize = 0;
let distancesAt: usize = 0;
let indicesAt: usize = 0;
let scratchAt: usize = 0;
let scratchBytes: i32 = 0;
let firstQuery: i32 = 0;
let pieceQueries: i32 = 0;
let largest: i32 = 0;
let wide: bool = false;
let unit: f64 = 0;
let perUnit: f64 = 0;
let slack: f64 = 0;

/** Reads the block: 32-bit integers in this order, then at byte 256 a 64-bit float. */
export function configure(block: usize): void {
  pointCount = load<i32>(block, 0);
  pointPadded = load<i32>(block, 4);
  features = load<i32>(block, 8);
  pairs = (features + 1) >> 1;
  neighbors = load<i32>(block, 12);
  metric = load<i32>(block, 16);
  exactAt = load<usize>(block, 20);
  panelsAt = load<usize>(block, 24);
  normsAt = load<usize>(block, 28);
  centreAt = load<usize>(block, 32);
  distancesAt = load<usize>(block, 36);
  indicesAt = load<usize>(block, 40);
  scratchAt = load<usize>(block, 44);
  scratchBytes = load<i32>(block, 48);
  pieceQueries = load<i32>(block, 52);
  largest = load<i32>(block, 56);
  wide = load<i32>(block, 60) != 0;
  unit = load<f64>(block, 256);
  perUnit = 1.0 / unit;
  slack = Math.sqrt(<f64>features) * (1.0 + 1e-9) + 1e-6;
}

/** Queries are numbered from `first` on in the results. */
export function startBatch(first: i32): void {
  firstQuery = first;
}

/** Component `k` of x in units from the centre. */
// @ts-ignore: decorator
@inline
function inUnits(x: usize, k: i32): f64 {
  return (load<f64>(x + (<usize>k << 3)) - load<f64>(centreAt + (<usize>k << 3))) * perUnit;
}

/** The length that has this square, with room for what rounding left out of it. */
function errorLength(squares: f64): f64 {
  return Math.sqrt(squares) * (1.0 + 1e-9) + 1e-3;
}

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

/** State of a query: 0 i32 |x̂|², 4 i32 least 2 x̂·p̂ − |p̂|² of interest, 8 i32 found so far, 12 i32 1: filter holds, 16 f64 r². Wide: 0 f64 |x̂|², 24 f64 |e|. */
// @ts-ignore: decorator
@inline
function stateOf(query: i32): usize {
  return scratchAt + <usize>threadIndex * scratchBytes + <usize>pieceQueries * pairs * 4 + (<usize>query << 5);
}

// @ts-ignore: decorator
@inline
function roundedQuery(query: i32): usize {
  return scratchAt + <usize>threadIndex * scratchBytes + <usize>query * pairs * 4;
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

/** Sums of a group's products with a panel: f64[query of the group][point of the panel]. */
// @ts-ignore: decorator
@inline
function wideSums(panel: i32, query: i32, groups: i32): usize {
  return stateOf(pieceQueries) + (<usize>(panel * groups + query) << 6);
}

/** All queries of a piece against points start … end − 1 of wide data, a chunk of components after the other. */
function scanWide(values: usize, count: i32, place: i32, start: i32, end: i32): void {
  const groups = (count + 3) & ~3;
  const panels = (end - start) >> 3;
  memory.fill(wideSums(0, 0, groups), 0, <usize>(panels * groups) << 6);
  for (let from: i32 = 0; from < pairs; from += wideChunk) {
    const upTo = min(from + wideChunk, pairs);
    for (let panel: i32 = 0; panel < panels; panel++) {
      const p = panelsAt + (<usize>((start >> 3) + panel) * pairs + from) * 32;
      for (let query: i32 = 0; query < groups; query += 4) {
        const sums = wideSums(panel, query, groups);
        for (let run = from; run < upTo; run += wideRun) {
          addProducts(p + <usize>(run - from) * 32, roundedQuery(query) + (<usize>run << 2), min(wideRun, upTo - run), sums);
        }
      }
    }
  }
  for (let query: i32 = 0; query < count; query++) {
    if (load<i32>(stateOf(query), 12) != 0) measureNear(values, query, place, start, end, groups);
  }
}

/** Adds the products of a few pairs of components of four queries and eight points to their sums. */
export function addProducts(panel: usize, query: usize, count: i32, sums: usize): void {
  const stride = <usize>pairs * 4;
  const end = query + (<usize>count << 2);
  let a0 = i32x4.splat(0);
  let a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  for (let at = query; at < end; at += 4) {
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
  addFour(sums, a0);
  addFour(sums + 32, b0);
  addFour(sums + 64, a1);
  addFour(sums + 96, b1);
  addFour(sums + 128, a2);
  addFour(sums + 160, b2);
  addFour(sums + 192, a3);
  addFour(sums + 224, b3);
}

/** Adds four integers to four 64-bit floats. */
// @ts-ignore: decorator
@inline
function addFour(sums: usize, values: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.convert_low_i32x4_s(values)));
  const high = i8x16.shuffle(values, values, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.convert_low_i32x4_s(high)), 16);
}

/** |x̂ − p̂| of a query and a point of the block. */
// @ts-ignore: decorator
@inline
function wideDistance(query: i32, start: i32, point: i32, groups: i32): f64 {
  const product = load<f64>(wideSums((point - start) >> 3, query, groups) + ((point & 7) << 3));
  return Math.sqrt(load<f64>(stateOf(query)) - 2.0 * product + load<f64>(normsAt + (<usize>point << 4)));
}

// @ts-ignore: decorator
@inline
function errorOf(point: i32): f64 {
  return load<f64>(normsAt + (<usize>point << 4), 8);
}

/** Measures those of a block's points that may be among the k nearest of a query. */
function measureNear(values: usize, query: i32, place: i32, start: i32, end: i32, groups: i32): void {
  const state = stateOf(query);
  const last = min(end, pointCount);
  const count = last - start;
  const error = load<f64>(state, 24);
  let reach = Infinity;
  if (count >= neighbors) {
    const choice = wideSums(wideBlockPoints >> 3, 0, pieceQueries);
    for (let point = start; point < last; point++) {
      store<f32>(choice + (<usize>(point - start) << 2), <f32>(wideDistance(query, start, point, groups) + errorOf(point)));
    }
    // As 32-bit floats they are right to 2⁻²⁴ of themselves.
    reach = (<f64>selectFloat(choice, count, neighbors - 1) + error) * (1.0 + 1e-6);
  }
  for (let point = start; point < last; point++) {
    const known = Math.min(reach, (Math.sqrt(load<f64>(state, 16)) / unit) * (1.0 + 1e-9));
    if (wideDistance(query, start, point, groups) - error - errorOf(point) <= known) measure(values, query, place, point);
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

/** Measures one point exactly and keeps it if it is among the k nearest. */
function measure(values: usize, query: i32, place: i32, point: i32): void {
  const state = stateOf(query);
  const most = load<f64>(state, 16);
  let x = values + (<usize>(query * features) << 3);
  let p = exactAt + (<usize>point * features << 3);
  const end = x + (<usize>features << 3);
  let distance: f64 = 0;
  for (; x < end; x += 8) {
    const difference = load<f64>(x) - load<f64>(p);
    distance += metric == euclidean ? difference * difference : Math.abs(difference);
    p += 8;
  }
  const found = load<i32>(state, 8);
  if (found == neighbors && !(distance < most)) return;
  const distances = distancesAt + (<usize>((place + query) * neighbors) << 3);
  const indices = indicesAt + (<usize>((place + query) * neighbors) << 2);
  let at = found < neighbors ? found : neighbors - 1;
  for (; at > 0 && load<f64>(distances + (<usize>(at - 1) << 3)) > distance; at--) {
    store<f64>(distances + (<usize>at << 3), load<f64>(distances + (<usize>(at - 1) << 3)));
    store<i32>(indices + (<usize>at << 2), load<i32>(indices + (<usize>(at - 1) << 2)));
  }
  store<f64>(distances + (<usize>at << 3), distance);
  store<i32>(indices + (<usize>at << 2), point);
  if (found < neighbors) store<i32>(state, found + 1, 8);
  if (found + 1 >= neighbors) {
    const kth = load<f64>(distances + (<usize>(neighbors - 1) << 3));
    store<f64>(state, kth, 16);
    if (!wide && load<i32>(state, 12) != 0) {
      const radius = Math.sqrt(kth) / unit + slack;
      const limit = Math.min(mostThreshold, radius * radius * (1.0 + 1e-9) + 1.0);
      store<i32>(state, load<i32>(state) - <i32>limit, 4);
    }
  }
}
