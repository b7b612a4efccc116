/**
 * Grows what is below a node of few records: most of a tree's nodes, and most of the time that trees take.
 *
 * The records stay where they are. A table holds what each of them counts for, and each node is a run of places in that table; a split
 * reorders bytes. smallSearch.ts tells where all of it lies, and finds the borders.
 */
import { drawFeatures, featureAt } from './features';
import {
  classCount, featureCount, maxDepth, maxFeatures, minImpurityDecrease, minSamplesLeaf, minSamplesSplit, payloadOffset, randomBorders, recordStride,
  scratchAt, sumsAt,
} from './layout';
import { classWeight, mostClasses, nodeClass } from './nodeSums';
import { addLeafOfClasses, addNode, addPureLeaf, addValue, linkRight } from './output';
import { drawBorder } from './randomBorder';
import { bestFeature, bestLower, bestUpper, offer, startSearch } from './search';
import { drawGroup } from './smallDrawn';
import {
  holdRecords, leftCount, leftTarget, leftWeight, noteBorder, openAt, orderAt, placesAt, records, searchGroup, setNode, setSquares, squares, target,
  targetsAt, weight,
} from './smallSearch';

/** Grows the node of `count` records from address `first` on and all below it. @param parent the node whose right child it is, or −1. */
export function growSmall(first: usize, count: i32, depth: i32, stream: usize, treeWeight: f64, centre: f64): void {
  const scratch = scratchAt;
  holdRecords(first);
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
      setNode(leftWeight, leftTarget);
      continue;
    }
    if (open == scratch + openAt) return;
    open -= 32;
    start = load<i32>(open);
    end = load<i32>(open, 4);
    depth = load<i32>(open, 8);
    linkRight(load<i32>(open, 12));
    setNode(load<f64>(open, 16), load<f64>(open, 24));
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
  setNode(f64x2.extract_lane(sums, 0), f64x2.extract_lane(sums, 1));
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
  if (count == 2 && minImpurityDecrease <= 0) {
    splitTwo(start, stream);
  } else {
    for (; tried < maxFeatures; tried += 8) {
      varies = search(start, count, tried, min(8, maxFeatures - tried), stream) || varies;
    }
    for (tried = maxFeatures; tried < featureCount && !varies; tried++) {
      drawFeatures(stream, tried, 1);
      if (isConstant(start, end, featureAt(tried))) continue;
      varies = search(start, count, tried, 1, stream);
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
function search(start: i32, count: i32, tried: i32, group: i32, stream: usize): bool {
  return randomBorders == 0 ? searchGroup(start, count, tried, group) : drawGroup(start, count, tried, group, stream);
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
  let sum: f64 = 0;
  for (let index = start; index < end; index++) {
    const own = load<f64>(scratch + (placeAt(index) << 4));
    const cell = sumsAt + <usize>targetAt(index);
    sum += own;
    store<f64>(cell, load<f64>(cell) + own);
  }
  setNode(sum, target);
  if (classCount == 2) return;
  let ofClasses: f64 = 0;
  for (let label = 0; label < classCount; label++) ofClasses += nodeClass(label) * nodeClass(label);
  setSquares(ofClasses);
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
    noteBorder(1, load<f64>(scratch + (place << 4)), load<f64>(scratch + (place << 4), 8));
    if (randomBorders == 0) {
      offer(0, feature, min(a, b), max(a, b));
    } else {
      const drawn = drawBorder(feature, min(a, b), max(a, b), stream);
      offer(0, feature, drawn, drawn + 1);
    }
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
