/**
 * Turns a feature's numbers into bins, 0 … 254, and 255 for missing: Ke et al., "LightGBM: A Highly Efficient Gradient Boosting
 * Decision Tree", NeurIPS 2017, section 2.1, with scikit-learn's rule for the borders.
 *
 *     thresholds    f64[256] a feature: ascending, the unused ones +infinity; a value is in the bin whose number is that of the
 *                   thresholds below it, so "bin ≤ s" says the same as "value ≤ thresholds[s]"
 */
import { sortDoubles } from './sort';

/** The bin of missing values, and of categories that training didn't know. */
const missing: i32 = 255;
export const thresholdBytes: i32 = 2048;

/**
 * Finds a feature's thresholds from a sample of its values: half-way between neighbours where there are at most `maxBins`
 * distinct values, else quantiles.
 *
 * @param values f64[count], destroyed. @param scratch sortScratchBytes(count). @param thresholds f64[256], written.
 * @returns how many bins the values fall into.
 */
export function findThresholds(values: usize, count: i32, scratch: usize, thresholds: usize, maxBins: i32): i32 {
  const sorted = sortDoubles(values, count, scratch);
  for (let i = 0; i < 256; i++) store<f64>(thresholds + (<usize>i << 3), f64.POSITIVE_INFINITY);
  let distinct = sorted > 0 ? 1 : 0;
  for (let i: i32 = 1; i < sorted && distinct <= maxBins; i++) {
    if (valueAt(values, i) != valueAt(values, i - 1)) distinct++;
  }
  let used = 0;
  if (distinct <= maxBins) {
    for (let i: i32 = 1; i < sorted; i++) {
      if (valueAt(values, i) != valueAt(values, i - 1)) {
        store<f64>(thresholds + (<usize>used << 3), between(valueAt(values, i - 1), valueAt(values, i)));
        used++;
      }
    }
    return used + 1;
  }
  for (let k: i32 = 1; k < maxBins; k++) {
    const place = <i32>((<i64>k * (sorted - 1)) / maxBins);
    const threshold = between(valueAt(values, place), valueAt(values, place + 1));
    if (used == 0 || threshold > load<f64>(thresholds + (<usize>(used - 1) << 3))) {
      store<f64>(thresholds + (<usize>used << 3), threshold);
      used++;
    }
  }
  // The greatest value itself needs no threshold: nothing lies above it.
  if (used > 0 && load<f64>(thresholds + (<usize>(used - 1) << 3)) >= valueAt(values, sorted - 1)) {
    used--;
    store<f64>(thresholds + (<usize>used << 3), f64.POSITIVE_INFINITY);
  }
  return used + 1;
}

// @ts-ignore: decorator
@inline
function valueAt(values: usize, index: i32): f64 {
  return load<f64>(values + (<usize>index << 3));
}

/** A number from `low` (included) to `high` (excluded), half-way where that exists. */
function between(low: f64, high: f64): f64 {
  const middle = low * 0.5 + high * 0.5;
  return middle >= low && middle < high ? middle : low;
}

/**
 * The bin of a value by binary search without branches: eight halvings of 256.
 */
// @ts-ignore: decorator
@inline
export function binOf(value: f64, thresholds: usize): i32 {
  let at = thresholds;
  at += <usize>(value > load<f64>(at, 127 * 8)) << 10;
  at += <usize>(value > load<f64>(at, 63 * 8)) << 9;
  at += <usize>(value > load<f64>(at, 31 * 8)) << 8;
  at += <usize>(value > load<f64>(at, 15 * 8)) << 7;
  at += <usize>(value > load<f64>(at, 7 * 8)) << 6;
  at += <usize>(value > load<f64>(at, 3 * 8)) << 5;
  at += <usize>(value > load<f64>(at, 1 * 8)) << 4;
  at += <usize>(value > load<f64>(at)) << 3;
  return value != value ? missing : <i32>((at - thresholds) >> 3);
}

/**
 * The bins of four values, which lie `stride` bytes apart, as the bytes of a number: four searches at once, because each step of one waits
 * for the one before.
 */
// @ts-ignore: decorator
@inline
export function binsOfFour(values: usize, stride: usize, thresholds: usize): u32 {
  const v0 = load<f64>(values);
  const v1 = load<f64>(values + stride);
  const v2 = load<f64>(values + 2 * stride);
  const v3 = load<f64>(values + 3 * stride);
  const middle = load<f64>(thresholds, 127 * 8);
  let a0 = thresholds + (<usize>(v0 > middle) << 10);
  let a1 = thresholds + (<usize>(v1 > middle) << 10);
  let a2 = thresholds + (<usize>(v2 > middle) << 10);
  let a3 = thresholds + (<usize>(v3 > middle) << 10);
  for (let half: usize = 512; half >= 8; half >>= 1) {
    const before = half - 8;
    a0 += select<usize>(half, 0, v0 > load<f64>(a0 + before));
    a1 += select<usize>(half, 0, v1 > load<f64>(a1 + before));
    a2 += select<usize>(half, 0, v2 > load<f64>(a2 + before));
    a3 += select<usize>(half, 0, v3 > load<f64>(a3 + before));
  }
  const b0: u32 = v0 != v0 ? missing : <u32>((a0 - thresholds) >> 3);
  const b1: u32 = v1 != v1 ? missing : <u32>((a1 - thresholds) >> 3);
  const b2: u32 = v2 != v2 ? missing : <u32>((a2 - thresholds) >> 3);
  const b3: u32 = v3 != v3 ? missing : <u32>((a3 - thresholds) >> 3);
  return b0 | (b1 << 8) | (b2 << 16) | (b3 << 24);
}

/** The bin of a category code by its table (u8[count]); unknown codes and NaN are missing. */
// @ts-ignore: decorator
@inline
export function binOfCategory(value: f64, table: usize, count: i32): i32 {
  return value >= 0 && value < <f64>count ? <i32>load<u8>(table + <usize>(<i32>value)) : missing;
}
