/**
 * Borders drawn at random for a node of few records (extra trees). Nothing is sorted: each lane of the keys (smallSearch.ts) has its
 * least and greatest bin, a border drawn between them, and sums over the records left of it, which a mask picks for eight features
 * at once.
 *
 * In the scratch memory, where borders that are not drawn have their marks, bytes:
 *
 *     10496    u16x8  each lane's least bin
 *     10512    u16x8  each lane's greatest bin
 *     10528    u16x8  the greatest key left of each lane's border; 65535 where the feature doesn't vary
 *     10544    u16x8  records left of it
 *     10560    f64x8  their weight
 *     10624    f64x8  their sum of targets, or of products with the node's classes
 *     10688    f64x8  the border's worth
 */
import { featureAt } from './features';
import { classCount, minSamplesLeaf, scratchAt } from './layout';
import { drawBorder } from './randomBorder';
import { isBetter, offer, worthOfClasses, worthOfTwo } from './search';
import { clearLeftClasses, gatherKeys, keysAt, moveToLeft, noteBorder, orderAt, squares, target, targetsAt, weight } from './smallSearch';

const leastAt: usize = 10496;
const greatestAt: usize = 10512;
const limitsAt: usize = 10528;
const countsAt: usize = 10544;
const weightsAt: usize = 10560;
const productsAt: usize = 10624;
const worthsAt: usize = 10688;
const noBorder: u32 = 65535;

/**
 * Draws a border in each of the features at places tried … tried + group − 1 of the draw, and keeps the best one.
 *
 * @returns whether one of the features varies.
 */
export function drawGroup(start: i32, count: i32, tried: i32, group: i32, stream: usize): bool {
  gatherKeys(start, count, tried, tried + group - 1);
  if (!drawBorders(count, tried, group, stream)) return false;
  if (classCount > 2) {
    for (let lane = 0; lane < group; lane++) sumLeftOfClasses(lane, count);
  } else {
    sumLeft(count);
  }
  let best = -1;
  for (let lane = 0; lane < group; lane++) {
    const limit = limitOf(lane);
    const rows = countOf(lane);
    if (limit == noBorder || rows < minSamplesLeaf || count - rows < minSamplesLeaf) continue;
    const worth = load<f64>(scratchAt + (<usize>lane << 3), worthsAt);
    if (!isBetter(worth)) continue;
    best = lane;
    offer(worth, featureAt(tried + lane), <i32>(limit >> 8), <i32>(limit >> 8) + 1);
  }
  if (best >= 0) {
    const own = scratchAt + (<usize>best << 3);
    noteBorder(countOf(best), load<f64>(own, weightsAt), load<f64>(own, productsAt));
    takeSides(best, count);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function limitOf(lane: i32): u32 {
  return load<u16>(scratchAt + (<usize>lane << 1), limitsAt);
}

// @ts-ignore: decorator
@inline
function countOf(lane: i32): i32 {
  return load<u16>(scratchAt + (<usize>lane << 1), countsAt);
}

/** Draws the lanes' borders. @returns false, and draws none, when no lane varies. */
function drawBorders(count: i32, tried: i32, group: i32, stream: usize): bool {
  const scratch = scratchAt;
  let key = scratch + keysAt;
  const after = key + (<usize>count << 4);
  let least = v128.load(key);
  let greatest = least;
  for (key += 16; key < after; key += 16) {
    const row = v128.load(key);
    least = i16x8.min_u(least, row);
    greatest = i16x8.max_u(greatest, row);
  }
  least = i16x8.shr_u(least, 8);
  greatest = i16x8.shr_u(greatest, 8);
  if (!v128.any_true(v128.xor(least, greatest))) return false;
  v128.store(scratch, least, leastAt);
  v128.store(scratch, greatest, greatestAt);
  v128.store(scratch, i16x8.splat(-1), limitsAt);
  for (let lane = 0; lane < group; lane++) {
    const own = scratch + (<usize>lane << 1);
    const first = <i32>load<u16>(own, leastAt);
    const last = <i32>load<u16>(own, greatestAt);
    if (first != last) store<u16>(own, (drawBorder(featureAt(tried + lane), first, last, stream) << 8) | 255, limitsAt);
  }
  return true;
}

/** Sums up what is left of each lane's border, and judges it; values and two classes. */
function sumLeft(count: i32): void {
  const scratch = scratchAt;
  const zero = f64x2.splat(0);
  const limits = v128.load(scratch, limitsAt);
  let counts = i16x8.splat(0);
  let w0 = zero, w1 = zero, w2 = zero, w3 = zero;
  let t0 = zero, t1 = zero, t2 = zero, t3 = zero;
  let key = scratch + keysAt;
  const after = key + (<usize>count << 4);
  for (; key < after; key += 16) {
    const isLeft = i16x8.le_u(v128.load(key), limits);
    counts = i16x8.sub(counts, isLeft);
    const record = scratch + (<usize>load<u8>(key) << 4);
    const own = v128.load64_splat(record);
    const product = v128.load64_splat(record, 8);
    const low = i32x4.extend_low_i16x8_s(isLeft);
    const high = i32x4.extend_high_i16x8_s(isLeft);
    let mask = i64x2.extend_low_i32x4_s(low);
    w0 = f64x2.add(w0, v128.and(own, mask));
    t0 = f64x2.add(t0, v128.and(product, mask));
    mask = i64x2.extend_high_i32x4_s(low);
    w1 = f64x2.add(w1, v128.and(own, mask));
    t1 = f64x2.add(t1, v128.and(product, mask));
    mask = i64x2.extend_low_i32x4_s(high);
    w2 = f64x2.add(w2, v128.and(own, mask));
    t2 = f64x2.add(t2, v128.and(product, mask));
    mask = i64x2.extend_high_i32x4_s(high);
    w3 = f64x2.add(w3, v128.and(own, mask));
    t3 = f64x2.add(t3, v128.and(product, mask));
  }
  v128.store(scratch, counts, countsAt);
  judgeTwo(scratch, w0, t0);
  judgeTwo(scratch + 16, w1, t1);
  judgeTwo(scratch + 32, w2, t2);
  judgeTwo(scratch + 48, w3, t3);
}

/** Stores two lanes' sums and worths. @param at scratch + 8 · the first of the lanes. */
// @ts-ignore: decorator
@inline
function judgeTwo(at: usize, weights: v128, targets: v128): void {
  v128.store(at, weights, weightsAt);
  v128.store(at, targets, productsAt);
  v128.store(at, worthOfTwo(weights, targets, f64x2.splat(weight), f64x2.splat(target)), worthsAt);
}

/** Sums up what is left of a lane's border, and judges it; more classes. */
function sumLeftOfClasses(lane: i32, count: i32): void {
  const scratch = scratchAt;
  const limit = limitOf(lane);
  if (limit == noBorder) return;
  clearLeftClasses(1);
  let rows = 0;
  let left: f64 = 0;
  let sum: f64 = 0;
  let leftSquares: f64 = 0;
  let key = scratch + keysAt + (<usize>lane << 1);
  const after = key + (<usize>count << 4);
  for (; key < after; key += 16) {
    const place = <usize>load<u8>(key);
    const isLeft = i32(<u32>load<u16>(key) <= limit);
    const share = <f64>isLeft;
    const own = load<f64>(scratch + (place << 4)) * share;
    rows += isLeft;
    left += own;
    sum += load<f64>(scratch + (place << 4), 8) * share;
    leftSquares += moveToLeft(scratch + <usize>load<u32>(scratch + (place << 3), targetsAt), own);
  }
  store<u16>(scratch + (<usize>lane << 1), rows, countsAt);
  const at = scratch + (<usize>lane << 3);
  store<f64>(at, left, weightsAt);
  store<f64>(at, sum, productsAt);
  store<f64>(at, worthOfClasses(left, leftSquares, sum, weight, squares), worthsAt);
}

/** Writes the node's places, those left of a lane's border first, as the order to take. */
function takeSides(lane: i32, count: i32): void {
  const limit = limitOf(lane);
  const first = scratchAt + keysAt + (<usize>lane << 1);
  const after = first + (<usize>count << 4);
  let to = scratchAt + orderAt;
  // Each place is written, and the next one over it unless it belongs there.
  for (let key = first; key < after; key += 16) {
    store<u8>(to, load<u8>(key));
    to += <usize>(<u32>load<u16>(key) <= limit);
  }
  for (let key = first; key < after; key += 16) {
    store<u8>(to, load<u8>(key));
    to += <usize>(<u32>load<u16>(key) > limit);
  }
}
