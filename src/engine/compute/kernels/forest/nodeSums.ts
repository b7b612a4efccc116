/**
 * What a node's records sum up to: weights by class, or weight and target; and whether all targets are the same.
 *
 * The sums by class, f64[32] at sumsAt, are the drawn counts times the class's weight.
 */
import { classCount, classWeightsAt, payloadOffset, recordStride, sumsAt, weighted } from './layout';

/** Most classes that the kernel takes; TypeScript keeps more away. */
export const mostClasses: i32 = 32;

export let nodeCount: i32 = 0;
export let nodeWeight: f64 = 0;
/** Regression: sum of count · target. */
export let nodeTarget: f64 = 0;
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
  if (classCount == 0) {
    sumTargets(first, after);
    return;
  }
  if (classCount == 2) sumTwoClasses(first, after);
  else sumClasses(first, after);
  nodeWeight = 0;
  let present = 0;
  for (let label = 0; label < classCount; label++) {
    const weight = nodeClass(label) * classWeight(label);
    store<f64>(sumsAt + (<usize>label << 3), weight);
    nodeWeight += weight;
    present += i32(weight > 0);
  }
  isPure = present < 2;
}

function sumTargets(first: usize, after: usize): void {
  let sums = f64x2.splat(0);
  let same: i32 = 1;
  const value = load<f64>(first, 16);
  for (let payload = first; payload < after; payload += recordStride) {
    sums = f64x2.add(sums, v128.load(payload));
    same &= i32(load<f64>(payload, 16) == value);
  }
  nodeWeight = f64x2.extract_lane(sums, 0);
  nodeTarget = f64x2.extract_lane(sums, 1);
  isPure = same != 0;
}

function sumTwoClasses(first: usize, after: usize): void {
  let sum: i64 = 0;
  for (let payload = first; payload < after; payload += recordStride) sum += load<i64>(payload);
  const one = sum >> 32;
  store<f64>(sumsAt, <f64>((sum & 0xffffffff) - one));
  store<f64>(sumsAt, <f64>one, 8);
}

function sumClasses(first: usize, after: usize): void {
  memory.fill(sumsAt, 0, mostClasses * 8);
  for (let payload = first; payload < after; payload += recordStride) {
    const cell = sumsAt + (<usize>load<i32>(payload, 4) << 3);
    store<f64>(cell, load<f64>(cell) + <f64>load<i32>(payload));
  }
}
