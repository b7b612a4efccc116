/** The coarse distance in wide data; neighbors.ts tells how it differs. */
import { selectFloat } from '../common/select';
import { neighbors, normsAt, pairs, panelsAt, pieceQueries, pointCount, roundedQuery, stateOf, unit } from './layout';
import { measure } from './measure';

/** Points that are taken through all queries of a piece while they are in the cache. */
export const wideBlockPoints: i32 = 512;
/** Pairs of components whose products sum up in 32 bits: a pair's stay below 2²⁵, of points' up to 2,047 and queries' up to 8,188. */
const wideRun: i32 = 32;
/** Pairs of components that are taken through all points of a block and all queries of a piece while they are in the cache. */
const wideChunk: i32 = 1024;

/** Sums of a group's products with a panel: f64[query of the group][point of the panel]. */
// @ts-ignore: decorator
@inline
function wideSums(panel: i32, query: i32, groups: i32): usize {
  return stateOf(pieceQueries) + (<usize>(panel * groups + query) << 6);
}

/** All queries of a piece against points start … end − 1 of wide data, a chunk of components after the other. */
export function scanWide(values: usize, count: i32, place: i32, start: i32, end: i32): void {
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
