/**
 * The logistic loss and its gradient in 64-bit floats, from the features as they are: for the last digits, and for values that
 * 32-bit floats can't hold. Formulas as in logistic.ts.
 *
 * Four rows at a time, so that each coefficient is loaded once for four products; sums over features in pairs.
 */
import { threadIndex } from '../common/team';
import { classWeightsAt, featureCount, labelsAt, logitsAt, outputCount, pointAt, slotOf } from './logisticRows';

let ownLogits: usize = 0;

/**
 * Adds rows' losses and their gradient to the rows' slot. Fed by the team's `mapRows`; slots must be 0 at first.
 *
 * @param values f64[count][d]. @param first number of the first row.
 */
export function addExactRows(values: usize, first: i32, count: i32): void {
  const slot = slotOf(first);
  const rowBytes = <usize>featureCount << 3;
  ownLogits = logitsAt + <usize>(threadIndex * outputCount) * 128;
  let loss: f64 = 0;
  for (let row: i32 = 0; row < count; row += 4) {
    const present = min(4, count - row);
    const r0 = values + <usize>row * rowBytes;
    const r1 = present > 1 ? r0 + rowBytes : r0;
    const r2 = present > 2 ? r1 + rowBytes : r0;
    const r3 = present > 3 ? r2 + rowBytes : r0;
    computeLogits(r0, r1, r2, r3);
    for (let r: i32 = 0; r < present; r++) {
      const label = load<i32>(labelsAt + (<usize>(first + row + r) << 2));
      loss += outputCount == 1 ? binomial(r, label) : multinomial(r, label);
    }
    for (let r = present; r < 4; r++) memory.fill(logitOf(r), 0, <usize>outputCount << 3);
    addGradient(slot, r0, r1, r2, r3);
  }
  const lossAt = slot + (<usize>(outputCount * (featureCount + 1)) << 3);
  store<f64>(lossAt, load<f64>(lossAt) + loss);
}

/** Address of the logits of row 0, 1, 2 or 3: f64[K]. */
// @ts-ignore: decorator
@inline
function logitOf(row: i32): usize {
  return ownLogits + (<usize>(row * outputCount) << 3);
}

function computeLogits(r0: usize, r1: usize, r2: usize, r3: usize): void {
  const pairs = featureCount & ~1;
  for (let k: i32 = 0; k < outputCount; k++) {
    const coefficients = pointAt + (<usize>(k * featureCount) << 3);
    let s0 = f64x2.splat(0);
    let s1 = s0, s2 = s0, s3 = s0;
    for (let j: i32 = 0; j < pairs; j += 2) {
      const at = <usize>j << 3;
      const w = v128.load(coefficients + at);
      s0 = f64x2.add(s0, f64x2.mul(w, v128.load(r0 + at)));
      s1 = f64x2.add(s1, f64x2.mul(w, v128.load(r1 + at)));
      s2 = f64x2.add(s2, f64x2.mul(w, v128.load(r2 + at)));
      s3 = f64x2.add(s3, f64x2.mul(w, v128.load(r3 + at)));
    }
    const last = <usize>pairs << 3;
    const w = pairs < featureCount ? load<f64>(coefficients + last) : 0;
    const intercept = load<f64>(pointAt + (<usize>(outputCount * featureCount + k) << 3));
    const at = <usize>k << 3;
    store<f64>(logitOf(0) + at, sumOf(s0, w, r0 + last) + intercept);
    store<f64>(logitOf(1) + at, sumOf(s1, w, r1 + last) + intercept);
    store<f64>(logitOf(2) + at, sumOf(s2, w, r2 + last) + intercept);
    store<f64>(logitOf(3) + at, sumOf(s3, w, r3 + last) + intercept);
  }
}

/** Both lanes and the last product where the number of features is odd (else w is 0 and nothing is read). */
// @ts-ignore: decorator
@inline
function sumOf(lanes: v128, w: f64, last: usize): f64 {
  const sum = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  return (featureCount & 1) != 0 ? sum + w * load<f64>(last) : sum;
}

/** The weighted loss of a row; its logit is replaced by the slope. */
function binomial(row: i32, label: i32): f64 {
  const at = logitOf(row);
  const weight = load<f64>(classWeightsAt + (<usize>label << 3));
  const sign: f64 = label == 1 ? 1 : -1;
  const margin = sign * load<f64>(at);
  const tail = Math.exp(-Math.abs(margin));
  store<f64>(at, (-sign * weight * (margin > 0 ? tail : 1)) / (1 + tail));
  return weight * (Math.max(0, -margin) + Math.log1p(tail));
}

function multinomial(row: i32, label: i32): f64 {
  const begin = logitOf(row);
  const end = begin + (<usize>outputCount << 3);
  const weight = load<f64>(classWeightsAt + (<usize>label << 3));
  const labelAt = begin + (<usize>label << 3);
  let largest = -Infinity;
  for (let at = begin; at < end; at += 8) largest = Math.max(largest, load<f64>(at));
  const labelLogit = load<f64>(labelAt) - largest;
  let sum: f64 = 0;
  for (let at = begin; at < end; at += 8) {
    const power = Math.exp(load<f64>(at) - largest);
    store<f64>(at, power);
    sum += power;
  }
  const scale = weight / sum;
  for (let at = begin; at < end; at += 8) store<f64>(at, load<f64>(at) * scale);
  store<f64>(labelAt, load<f64>(labelAt) - weight);
  // log1p where log would do: it needs no tables.
  return weight * (Math.log1p(sum - 1) - labelLogit);
}

function addGradient(slot: usize, r0: usize, r1: usize, r2: usize, r3: usize): void {
  const pairs = featureCount & ~1;
  for (let k: i32 = 0; k < outputCount; k++) {
    const at = <usize>k << 3;
    const d0 = load<f64>(logitOf(0) + at);
    const d1 = load<f64>(logitOf(1) + at);
    const d2 = load<f64>(logitOf(2) + at);
    const d3 = load<f64>(logitOf(3) + at);
    const w0 = f64x2.splat(d0);
    const w1 = f64x2.splat(d1);
    const w2 = f64x2.splat(d2);
    const w3 = f64x2.splat(d3);
    const to = slot + (<usize>(k * featureCount) << 3);
    for (let j: i32 = 0; j < pairs; j += 2) {
      const offset = <usize>j << 3;
      const left = f64x2.add(f64x2.mul(w0, v128.load(r0 + offset)), f64x2.mul(w1, v128.load(r1 + offset)));
      const right = f64x2.add(f64x2.mul(w2, v128.load(r2 + offset)), f64x2.mul(w3, v128.load(r3 + offset)));
      v128.store(to + offset, f64x2.add(v128.load(to + offset), f64x2.add(left, right)));
    }
    if (pairs < featureCount) {
      const offset = <usize>pairs << 3;
      const last = d0 * load<f64>(r0 + offset) + d1 * load<f64>(r1 + offset) + d2 * load<f64>(r2 + offset) + d3 * load<f64>(r3 + offset);
      store<f64>(to + offset, load<f64>(to + offset) + last);
    }
    const intercept = slot + (<usize>(outputCount * featureCount + k) << 3);
    store<f64>(intercept, load<f64>(intercept) + d0 + d1 + d2 + d3);
  }
}
