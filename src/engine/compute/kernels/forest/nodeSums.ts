/**
 * What a large node's records sum up to: weights by class, or weight and target; and whether all targets are the same.
 *
 * The sums by class, f64[32] at sumsAt, are the drawn counts times the class's weight.
 */
import { classCount, classWeightsAt, payloadOffset, recordStride, sumsAt, weighted } from './layout';

/** Most classes that the kernel takes; TypeScript keeps more away. */
export const mostClasses: i32 = 32;

export let nodeCount: i32 = 0;
export let nodeWeight: f64 = 0;
/** Sum of weight · target; two classes: weight of class 1. */
export let nodeTarget: f64 = 0;
/** More classes: the sum of their weights squared. */
export let nodeSquares: f64 = 0;
export let isPure: bool = false;

// @ts-ignore: decorator
@inline
export function nodeClass(label: i32): f64 {
  return load<f64>(sumsAt + (<usize>label << 3));
}

// @ts-ignore: decorator
@inline
export function classWeight(label: i32): f64 {
  return weighted == 0 ? 1.0 : load<f64>(classWeightsAt + (<usize>label << 3));
}

/** Sums up records start … end − 1. */
export function sumNode(records: usize, start: i32, end: i32): void {
  nodeCount = end - start;
  const first = records + <usize>start * recordStride + payloadOffset;
  const after = records + <usize>end * recordStride + payloadOffset;
  if (classCount == 0) sumTargets(first, after);
  else if (classCount == 2) sumTwoClasses(first, after);
  else sumClasses(first, after);
}

function sumTargets(first: usize, after: usize): void {
  let weight: f64 = 0;
  let target: f64 = 0;
  let same: i32 = 1;
  const value = load<f64>(first, 8);
  for (let payload = first; payload < after; payload += recordStride) {
    const own = load<f64>(payload, 8);
    weight += load<f64>(payload);
    target += load<f64>(payload) * own;
    same &= i32(own == value);
  }
  nodeWeight = weight;
  nodeTarget = target;
  isPure = same != 0;
}

function sumTwoClasses(first: usize, after: usize): void {
  let sum: i64 = 0;
  for (let payload = first; payload < after; payload += recordStride) sum += load<i64>(payload);
  const all = <f64>(sum & 0xffffffff);
  const ones = <f64>(sum >> 32);
  store<f64>(sumsAt, (all - ones) * classWeight(0));
  store<f64>(sumsAt, ones * classWeight(1), 8);
  // As the scan of a histogram computes them, so that the last border has nothing on its right.
  nodeTarget = ones * classWeight(1);
  nodeWeight = all * classWeight(0) + ones * (classWeight(1) - classWeight(0));
  isPure = ones == 0 || ones == all;
}

function sumClasses(first: usize, after: usize): void {
  memory.fill(sumsAt, 0, mostClasses * 8);
  for (let payload = first; payload < after; payload += recordStride) {
    const cell = sumsAt + (<usize>load<i32>(payload, 4) << 3);
    store<f64>(cell, load<f64>(cell) + <f64>load<i32>(payload));
  }
  let weights = f64x2.splat(0);
  let squares = f64x2.splat(0);
  let present = 0;
  for (let label = 0; label < classCount; label += 2) {
    const counts = v128.load(sumsAt + (<usize>label << 3));
    present += i32(f64x2.extract_lane(counts, 0) > 0) + i32(f64x2.extract_lane(counts, 1) > 0);
    const own = f64x2.mul(counts, v128.load(classWeightsAt + (<usize>label << 3)));
    v128.store(sumsAt + (<usize>label << 3), own);
    weights = f64x2.add(weights, own);
    squares = f64x2.add(squares, f64x2.mul(own, own));
  }
  nodeWeight = sumOfLanes(weights);
  nodeSquares = sumOfLanes(squares);
  isPure = present < 2;
}

// @ts-ignore: decorator
@inline
export function sumOfLanes(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}
