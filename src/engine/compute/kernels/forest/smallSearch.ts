/**
 * The best border of a node of few records.
 *
 * A few keys are sorted faster than a histogram is filled, scanned and cleared, when eight features are sorted at once (sortingNetwork.ts).
 * A key is the record's bin in the feature and the record's place in the table, so that a sorted lane tells the order of the node's
 * records: a border is between two keys of different bins, and the sums left of it add up along the lane.
 *
 * A thread's scratch memory, bytes, for up to 128 records:
 *
 *     0        f64x2[128]  table: weight, and weight · target (values, two classes) or weight · weight of its class in the node
 *     2048     i64[128]    bits of the target, or 8 times the class
 *     3072     u8[144]     places: the records of each node, side by side
 *     3264     u8[144]     the order that the best border so far asks for
 *     3456     i32[128][8] nodes still to grow: start, end, depth, parent, then f64 weight, f64 target
 *     7616     f64[2][32]  weight of each class left of a border, in two lanes
 *     8128     f64[8]      the best worth in each lane
 *     8192     u16x8[144]  keys, a row a record: place | bin << 8
 *     10496    i32x8[128]  −1 where a row's key has the bin of the next row's, so that there is no border
 *
 * Borders that are drawn at random need no sorting, but the same keys: see smallDrawn.ts.
 */
import { featureAt } from './features';
import { classCount, minSamplesLeaf, recordStride, scratchAt } from './layout';
import { isBetter, offer, worthOfClasses, worthOfSums, worthOfTwo, worthOfTwoClasses } from './search';
import { sortRows } from './sortingNetwork';

export const targetsAt: usize = 2048;
export const placesAt: usize = 3072;
export const orderAt: usize = 3264;
export const openAt: usize = 3456;
const leftClassesAt: usize = 7616;
const worthsAt: usize = 8128;
export const keysAt: usize = 8192;
const samesAt: usize = 10496;

/** The records at hand, the first of them. */
export let records: usize = 0;
/** The node at hand: its weight and sum of targets; more classes: the sum of its classes' weights squared. */
export let weight: f64 = 0;
export let target: f64 = 0;
export let squares: f64 = 0;
/** Of the best border: records and sums to its left. */
export let leftCount: i32 = 0;
export let leftWeight: f64 = 0;
export let leftTarget: f64 = 0;

export function holdRecords(first: usize): void {
  records = first;
}

export function setNode(ownWeight: f64, ownTarget: f64): void {
  weight = ownWeight;
  target = ownTarget;
}

export function setSquares(ofClasses: f64): void {
  squares = ofClasses;
}

/** Looks for a better border in the features at places tried … tried + group − 1 of the draw. @returns whether one of them varies. */
export function searchGroup(start: i32, count: i32, tried: i32, group: i32): bool {
  const scratch = scratchAt;
  const keys = scratch + keysAt;
  gatherKeys(start, count, tried, tried + group - 1);
  sortRows(keys, count);
  const span = v128.xor(v128.load(keys), v128.load(keys + (<usize>(count - 1) << 4)));
  if (!v128.any_true(i16x8.shr_u(span, 8))) return false;
  markSames(count);
  for (let lane = 0; lane < group; lane += 2) {
    if (classCount > 2) scanTwoOfClasses(lane, count);
    else scanTwo(lane, count);
  }
  let best = -1;
  let worth: f64 = 0;
  for (let lane = 0; lane < group; lane++) {
    const own = load<f64>(scratch + (<usize>lane << 3), worthsAt);
    if (isBetter(own)) {
      best = lane;
      worth = own;
      offer(own, featureAt(tried + lane), 0, 0);
    }
  }
  if (best >= 0) findBorder(best, worth, featureAt(tried + best), count);
  return true;
}

/** Writes a row of keys for each of the node's records: the bins of eight features in the order of the draw, the last one repeated. */
export function gatherKeys(start: i32, count: i32, tried: i32, last: i32): void {
  const f0 = <usize>featureAt(tried);
  const f1 = <usize>featureAt(min(tried + 1, last));
  const f2 = <usize>featureAt(min(tried + 2, last));
  const f3 = <usize>featureAt(min(tried + 3, last));
  const f4 = <usize>featureAt(min(tried + 4, last));
  const f5 = <usize>featureAt(min(tried + 5, last));
  const f6 = <usize>featureAt(min(tried + 6, last));
  const f7 = <usize>featureAt(min(tried + 7, last));
  let key = scratchAt + keysAt;
  let place = scratchAt + placesAt + <usize>start;
  const after = place + <usize>count;
  const stride = <usize>recordStride;
  const base = records;
  for (; place < after; place++) {
    const own = <usize>load<u8>(place);
    const record = base + own * stride;
    let bins = v128.load_lane<u8>(record + f0, i8x16.splat(0), 0);
    bins = v128.load_lane<u8>(record + f1, bins, 1);
    bins = v128.load_lane<u8>(record + f2, bins, 2);
    bins = v128.load_lane<u8>(record + f3, bins, 3);
    bins = v128.load_lane<u8>(record + f4, bins, 4);
    bins = v128.load_lane<u8>(record + f5, bins, 5);
    bins = v128.load_lane<u8>(record + f6, bins, 6);
    bins = v128.load_lane<u8>(record + f7, bins, 7);
    v128.store(key, i8x16.shuffle(i8x16.splat(<i8>own), bins, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    key += 16;
  }
}

/** Marks where a sorted key has the same bin as the next one. */
export function markSames(count: i32): void {
  let key = scratchAt + keysAt;
  let same = scratchAt + samesAt;
  const after = key + (<usize>(count - 1) << 4);
  let row = i16x8.shr_u(v128.load(key), 8);
  for (; key < after; key += 16) {
    const next = i16x8.shr_u(v128.load(key, 16), 8);
    const equal = i16x8.eq(row, next);
    v128.store(same, i32x4.extend_low_i16x8_s(equal));
    v128.store(same, i32x4.extend_high_i16x8_s(equal), 16);
    same += 32;
    row = next;
  }
}

/** The best worth in two neighbouring lanes; values and two classes. */
export function scanTwo(lane: i32, count: i32): void {
  const scratch = scratchAt;
  let key = scratch + keysAt + (<usize>lane << 1);
  let same = scratch + samesAt + (<usize>lane << 2);
  const nodeWeight = f64x2.splat(weight);
  const nodeTarget = f64x2.splat(target);
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  let best = f64x2.splat(-1);
  let skipped = minSamplesLeaf - 1;
  const after = key + (<usize>(count - minSamplesLeaf) << 4);
  for (; skipped > 0; skipped--) {
    first = f64x2.add(first, v128.load(scratch + (<usize>load<u8>(key) << 4)));
    second = f64x2.add(second, v128.load(scratch + (<usize>load<u8>(key, 2) << 4)));
    key += 16;
    same += 32;
  }
  for (; key < after; key += 16) {
    first = f64x2.add(first, v128.load(scratch + (<usize>load<u8>(key) << 4)));
    second = f64x2.add(second, v128.load(scratch + (<usize>load<u8>(key, 2) << 4)));
    const weights = i64x2.shuffle(first, second, 0, 2);
    const targets = i64x2.shuffle(first, second, 1, 3);
    const worth = worthOfTwo(weights, targets, nodeWeight, nodeTarget);
    best = f64x2.pmax(best, v128.or(worth, v128.load_ext<i32>(same)));
    same += 32;
  }
  v128.store(scratch + (<usize>lane << 3), best, worthsAt);
}

/** The best worth in two neighbouring lanes; more classes. */
export function scanTwoOfClasses(lane: i32, count: i32): void {
  const scratch = scratchAt;
  clearLeftClasses(2);
  let key = scratch + keysAt + (<usize>lane << 1);
  let same = scratch + samesAt + (<usize>lane << 2);
  const nodeWeight = f64x2.splat(weight);
  const nodeSquares = f64x2.splat(squares);
  let best = f64x2.splat(-1);
  // Weight and products of each lane, and the squares of both.
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  let firstSquares: f64 = 0;
  let secondSquares: f64 = 0;
  for (let rows = 1; rows <= count - minSamplesLeaf; rows++) {
    const place = <usize>load<u8>(key);
    const placeOfOther = <usize>load<u8>(key, 2);
    const one = scratch + (place << 4);
    const other = scratch + (placeOfOther << 4);
    firstSquares += moveToLeft(scratch + <usize>load<u32>(scratch + (place << 3), targetsAt), load<f64>(one));
    secondSquares += moveToLeft(scratch + 256 + <usize>load<u32>(scratch + (placeOfOther << 3), targetsAt), load<f64>(other));
    first = f64x2.add(first, v128.load(one));
    second = f64x2.add(second, v128.load(other));
    if (rows >= minSamplesLeaf) {
      const worth = worthOfTwoClasses(
        i64x2.shuffle(first, second, 0, 2), f64x2.replace_lane(f64x2.splat(firstSquares), 1, secondSquares),
        i64x2.shuffle(first, second, 1, 3), nodeWeight, nodeSquares,
      );
      best = f64x2.pmax(best, v128.or(worth, v128.load_ext<i32>(same)));
    }
    key += 16;
    same += 32;
  }
  v128.store(scratch + (<usize>lane << 3), best, worthsAt);
}

/** @param lanes 1 or 2. */
// @ts-ignore: decorator
@inline
export function clearLeftClasses(lanes: i32): void {
  const zero = i64x2.splat(0);
  const base = scratchAt + leftClassesAt;
  for (let at: usize = 0; at < <usize>classCount << 3; at += 16) {
    v128.store(base + at, zero);
    if (lanes > 1) v128.store(base + at, zero, 256);
  }
}

/** Adds weight to a class left of the border. @param cell scratch + 8 · class. @returns by how much its square grows. */
// @ts-ignore: decorator
@inline
export function moveToLeft(cell: usize, own: f64): f64 {
  const before = load<f64>(cell, leftClassesAt);
  store<f64>(cell, before + own, leftClassesAt);
  return own * (before + before + own);
}

/** Walks along a lane to the first border of that worth, and notes what lies to its left. */
export function findBorder(lane: i32, worth: f64, feature: i32, count: i32): void {
  const scratch = scratchAt;
  let key = scratch + keysAt + (<usize>lane << 1);
  const isMany = classCount > 2;
  if (isMany) clearLeftClasses(1);
  let left: f64 = 0;
  let sum: f64 = 0;
  let leftSquares: f64 = 0;
  let rows = 0;
  for (;;) {
    const place = <usize>load<u8>(key);
    store<u8>(scratch + <usize>rows, place, orderAt);
    rows++;
    const own = load<f64>(scratch + (place << 4));
    left += own;
    sum += load<f64>(scratch + (place << 4), 8);
    let found: f64 = 0;
    if (isMany) {
      leftSquares += moveToLeft(scratch + <usize>load<u32>(scratch + (place << 3), targetsAt), own);
      found = worthOfClasses(left, leftSquares, sum, weight, squares);
    } else {
      found = worthOfSums(left, sum, weight, target);
    }
    if (found == worth && rows >= minSamplesLeaf && load<u8>(key, 1) != load<u8>(key, 17)) break;
    key += 16;
  }
  noteBorder(rows, left, sum);
  offer(worth, feature, <i32>load<u8>(key, 1), <i32>load<u8>(key, 17));
  copyOrder(key + 16, rows, count);
}

/** Notes what lies left of the best border. */
export function noteBorder(rows: i32, left: f64, sum: f64): void {
  leftCount = rows;
  leftWeight = left;
  leftTarget = sum;
}

/** Copies the places of sorted keys `from` … count − 1 to the best order. */
function copyOrder(key: usize, from: i32, count: i32): void {
  for (let row = from; row < count; row++) {
    store<u8>(scratchAt + <usize>row, load<u8>(key), orderAt);
    key += 16;
  }
}
