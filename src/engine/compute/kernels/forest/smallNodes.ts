/**
 * Grows what is below a node of few records: most of a tree's nodes, and most of the time that trees take.
 *
 * A few keys are sorted faster than a histogram is filled, scanned and cleared, when eight features are sorted at once (sortingNetwork.ts).
 * A key is the record's bin in the feature and the record's place in the table, so that a sorted lane tells the order of the node's
 * records: the borders are between two keys of different bins, and the sums left of one add up along the lane. The records stay where they are; a split
 * reorders bytes.
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
 */
import { drawFeatures, featureAt } from './features';
import { drawBorder } from './randomBorder';
import {
  classCount, featureCount, maxDepth, maxFeatures, minImpurityDecrease, minSamplesLeaf, minSamplesSplit, payloadOffset, randomBorders, recordStride, rowStride,
  scratchAt, sumsAt,
} from './layout';
import { classWeight, mostClasses, nodeClass } from './nodeSums';
import { addLeafOfClasses, addPureLeaf, addNode, addValue, linkRight } from './output';
import {
  bestFeature, bestLower, bestUpper, isBetter, offer, startSearch, worthOfClasses, worthOfSums, worthOfTwo, worthOfTwoClasses,
} from './search';
import { sortRows } from './sortingNetwork';

const targetsAt: usize = 2048;
const placesAt: usize = 3072;
const orderAt: usize = 3264;
const openAt: usize = 3456;
const leftClassesAt: usize = 7616;
const worthsAt: usize = 8128;
const keysAt: usize = 8192;
const samesAt: usize = 10496;

/** The records at hand, the first of them. */
let records: usize = 0;
/** The node at hand: its weight and sum of targets; more classes: the sum of its classes' weights squared. */
let weight: f64 = 0;
let target: f64 = 0;
let squares: f64 = 0;
/** Of the best border: records and sums to its left. */
let leftCount: i32 = 0;
let leftWeight: f64 = 0;
let leftTarget: f64 = 0;

/** Grows the node of `count` records from address `first` on and all below it. @param parent the node whose right child it is, or −1. */
export function growSmall(first: usize, count: i32, depth: i32, stream: usize, treeWeight: f64, centre: f64): void {
  const scratch = scratchAt;
  records = first;
  fillTable(count);
  let start = 0;
  let end = count;
  let open = scratch + openAt;
  for (;;) {
    const node = splitNode(start, end, depth, stream, treeWeight, centre);
    if (node >= 0) {
      const middle = start + leftCount;
      store<i32>(open, middle);
      store<i32>(open, end, 4);
      store<i32>(open, depth + 1, 8);
      store<i32>(open, node, 12);
      store<f64>(open, weight - leftWeight, 16);
      store<f64>(open, target - leftTarget, 24);
      open += 32;
      end = middle;
      depth++;
      weight = leftWeight;
      target = leftTarget;
      continue;
    }
    if (open == scratch + openAt) return;
    open -= 32;
    start = load<i32>(open);
    end = load<i32>(open, 4);
    depth = load<i32>(open, 8);
    linkRight(load<i32>(open, 12));
    weight = load<f64>(open, 16);
    target = load<f64>(open, 24);
  }
}

/** Writes the table and sums it up. */
function fillTable(count: i32): void {
  const scratch = scratchAt;
  let payload = records + payloadOffset;
  let sums = f64x2.splat(0);
  for (let place: usize = 0; place < <usize>count; place++) {
    let own: f64 = 0;
    let product: f64 = 0;
    if (classCount == 0) {
      own = load<f64>(payload);
      const value = load<f64>(payload, 8);
      product = own * value;
      // 0 and −0 are the same target.
      store<f64>(scratch + (place << 3), value == 0 ? 0 : value, targetsAt);
    } else {
      const second = load<i32>(payload, 4);
      const label = classCount == 2 ? i32(second != 0) : second;
      own = <f64>load<i32>(payload) * classWeight(label);
      product = label == 0 ? 0 : own;
      store<i64>(scratch + (place << 3), label << 3, targetsAt);
    }
    const pair = f64x2.replace_lane(f64x2.splat(own), 1, product);
    sums = f64x2.add(sums, pair);
    v128.store(scratch + (place << 4), pair);
    store<u8>(scratch + place, place, placesAt);
    payload += recordStride;
  }
  weight = f64x2.extract_lane(sums, 0);
  target = f64x2.extract_lane(sums, 1);
}

/** Splits the node at places start … end − 1, or makes it a leaf. @returns the node's number when it was split, else −1. */
function splitNode(start: i32, end: i32, depth: i32, stream: usize, treeWeight: f64, centre: f64): i32 {
  const count = end - start;
  if (count == 1) {
    addUniform(start, centre);
    return -1;
  }
  const pure = isUniform(start, end);
  if (pure || count < minSamplesSplit || count < 2 * minSamplesLeaf || depth >= maxDepth) {
    if (pure) addUniform(start, centre);
    else addMixed(start, end, centre);
    return -1;
  }
  if (classCount > 2) sumClasses(start, end);
  startSearch(treeWeight, weight, squares);
  let tried = 0;
  let varies = false;
  drawFeatures(stream, 0, maxFeatures);
  if (count == 2 && minImpurityDecrease <= 0 && randomBorders == 0) {
    splitTwo(start, stream);
  } else {
    for (; tried < maxFeatures; tried += 8) {
      varies = searchGroup(start, count, tried, min(8, maxFeatures - tried), stream) || varies;
    }
    for (tried = maxFeatures; tried < featureCount && !varies; tried++) {
      drawFeatures(stream, tried, 1);
      if (isConstant(start, end, featureAt(tried))) continue;
      varies = searchGroup(start, count, tried, 1, stream);
    }
  }
  if (bestFeature < 0) {
    addMixed(start, end, centre);
    return -1;
  }
  takeOrder(start, count);
  return addNode(bestFeature, bestLower, bestUpper);
}

// @ts-ignore: decorator
@inline
function placeAt(index: i32): usize {
  return <usize>load<u8>(scratchAt + <usize>index, placesAt);
}

/** The target's bits, or 8 times the class. */
// @ts-ignore: decorator
@inline
function targetAt(index: i32): i64 {
  return load<i64>(scratchAt + (placeAt(index) << 3), targetsAt);
}

/** Whether all targets are the same. */
function isUniform(start: i32, end: i32): bool {
  const first = targetAt(start);
  for (let index = start + 1; index < end; index++) {
    if (targetAt(index) != first) return false;
  }
  return true;
}

function addUniform(start: i32, centre: f64): void {
  if (classCount == 0) addValue(<f32>(reinterpret<f64>(targetAt(start)) + centre));
  else addPureLeaf(<i32>(targetAt(start) >> 3));
}

function addMixed(start: i32, end: i32, centre: f64): void {
  if (classCount == 0) {
    addValue(<f32>(target / weight + centre));
    return;
  }
  sumClasses(start, end);
  addLeafOfClasses(weight);
}

/** Sums up the node's classes; for more than two, also writes their weights into the table. */
function sumClasses(start: i32, end: i32): void {
  const scratch = scratchAt;
  memory.fill(sumsAt, 0, mostClasses * 8);
  weight = 0;
  for (let index = start; index < end; index++) {
    const own = load<f64>(scratch + (placeAt(index) << 4));
    const cell = sumsAt + <usize>targetAt(index);
    weight += own;
    store<f64>(cell, load<f64>(cell) + own);
  }
  if (classCount == 2) return;
  squares = 0;
  for (let label = 0; label < classCount; label++) squares += nodeClass(label) * nodeClass(label);
  for (let index = start; index < end; index++) {
    const row = scratch + (placeAt(index) << 4);
    store<f64>(row, load<f64>(row) * load<f64>(sumsAt + <usize>targetAt(index)), 8);
  }
}

// @ts-ignore: decorator
@inline
function binOf(index: i32, feature: i32): i32 {
  return <i32>load<u8>(records + placeAt(index) * recordStride + feature);
}

function isConstant(start: i32, end: i32, feature: i32): bool {
  const bin = binOf(start, feature);
  for (let index = start + 1; index < end; index++) {
    if (binOf(index, feature) != bin) return false;
  }
  return true;
}

/** Two records are told apart by the first feature in which they differ: all are equally good. */
function splitTwo(start: i32, stream: usize): void {
  const scratch = scratchAt;
  for (let tried = 0; tried < featureCount; tried++) {
    if (tried >= maxFeatures) drawFeatures(stream, tried, 1);
    const feature = featureAt(tried);
    const a = binOf(start, feature);
    const b = binOf(start + 1, feature);
    if (a == b) continue;
    const first = start + i32(b < a);
    const place = placeAt(first);
    store<u8>(scratch, place, orderAt);
    store<u8>(scratch, placeAt(start + i32(b > a)), orderAt + 1);
    leftCount = 1;
    leftWeight = load<f64>(scratch + (place << 4));
    leftTarget = load<f64>(scratch + (place << 4), 8);
    offer(0, feature, min(a, b), max(a, b));
    return;
  }
}

/** Puts the node's places into the order of the best border. */
function takeOrder(start: i32, count: i32): void {
  const scratch = scratchAt;
  let index: usize = 0;
  for (; index + 8 <= <usize>count; index += 8) {
    store<u64>(scratch + <usize>start + index, load<u64>(scratch + index, orderAt), placesAt);
  }
  for (; index < <usize>count; index++) store<u8>(scratch + <usize>start + index, load<u8>(scratch + index, orderAt), placesAt);
}

/** Looks for a better border in the features at places tried … tried + group − 1 of the draw. @returns whether one of them varies. */
function searchGroup(start: i32, count: i32, tried: i32, group: i32, stream: usize): bool {
  const scratch = scratchAt;
  const keys = scratch + keysAt;
  gatherKeys(start, count, tried, tried + group - 1);
  sortRows(keys, count);
  const span = v128.xor(v128.load(keys), v128.load(keys + (<usize>(count - 1) << 4)));
  if (!v128.any_true(i16x8.shr_u(span, 8))) return false;
  if (randomBorders != 0) {
    for (let lane = 0; lane < group; lane++) judgeDrawnBorder(lane, featureAt(tried + lane), count, stream);
    return true;
  }
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
function clearLeftClasses(lanes: i32): void {
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
function moveToLeft(cell: usize, own: f64): f64 {
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

function noteBorder(rows: i32, left: f64, sum: f64): void {
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

/** Draws a border in a lane and judges it (extra trees). */
function judgeDrawnBorder(lane: i32, feature: i32, count: i32, stream: usize): void {
  const scratch = scratchAt;
  const lowest = scratch + keysAt + (<usize>lane << 1);
  const first = <i32>load<u8>(lowest, 1);
  const last = <i32>load<u8>(lowest + (<usize>(count - 1) << 4), 1);
  if (first == last) return;
  const drawn = drawBorder(feature, first, last, stream);
  if (classCount > 2) clearLeftClasses(1);
  let left: f64 = 0;
  let sum: f64 = 0;
  let leftSquares: f64 = 0;
  let rows = 0;
  let key = lowest;
  for (; <i32>load<u8>(key, 1) <= drawn; key += 16) {
    const place = <usize>load<u8>(key);
    const own = load<f64>(scratch + (place << 4));
    left += own;
    sum += load<f64>(scratch + (place << 4), 8);
    rows++;
    if (classCount > 2) {
      leftSquares += moveToLeft(scratch + <usize>load<u32>(scratch + (place << 3), targetsAt), own);
    }
  }
  if (rows < minSamplesLeaf || count - rows < minSamplesLeaf) return;
  const worth = classCount > 2 ? worthOfClasses(left, leftSquares, sum, weight, squares) : worthOfSums(left, sum, weight, target);
  if (!isBetter(worth)) return;
  offer(worth, feature, drawn, drawn + 1);
  noteBorder(rows, left, sum);
  copyOrder(lowest, 0, count);
}
