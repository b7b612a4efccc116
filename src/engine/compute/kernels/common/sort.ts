/**
 * Sorts 64-bit floats by their bits, eleven at a time (least significant digit first; Knuth, TAOCP 3, 5.2.5). The bits of a
 * double, with the sign flipped for positive and all flipped for negative numbers, order like the numbers.
 *
 * Scratch, bytes: 8 × count for the other copy, then 6 × 2048 × 4 for the digit counts.
 */
const digits: i32 = 6;
const digitBits: i32 = 11;
const digitValues: i32 = 2048;

/** Bytes of scratch for `count` values. */
export function sortScratchBytes(count: i32): i32 {
  return count * 8 + digits * digitValues * 4;
}

/**
 * Sorts `values` (f64[count]) ascending in place and drops NaN.
 * @returns how many values are left.
 */
export function sortDoubles(values: usize, count: i32, scratch: usize): i32 {
  const counts = scratch + (<usize>count << 3);
  memory.fill(counts, 0, digits * digitValues * 4);
  let kept: i32 = 0;
  for (let i: i32 = 0; i < count; i++) {
    const value = load<f64>(values + (<usize>i << 3));
    if (value != value) continue;
    // -0 and 0 are one value.
    const bits = reinterpret<i64>(value + 0.0);
    const key = bits ^ ((bits >> 63) | i64.MIN_VALUE);
    store<i64>(values + (<usize>kept << 3), key);
    kept++;
    for (let digit = 0; digit < digits; digit++) {
      const counter = counts + (<usize>(digit * digitValues + digitOf(key, digit)) << 2);
      store<i32>(counter, load<i32>(counter) + 1);
    }
  }
  let from = values;
  let to = scratch;
  for (let digit = 0; digit < digits; digit++) {
    const digitCounts = counts + <usize>(digit * digitValues * 4);
    if (kept == 0 || load<i32>(digitCounts + (<usize>digitOf(load<i64>(from), digit) << 2)) == kept) continue;
    let position: i32 = 0;
    for (let v: i32 = 0; v < digitValues; v++) {
      const counter = digitCounts + (<usize>v << 2);
      const here = load<i32>(counter);
      store<i32>(counter, position);
      position += here;
    }
    for (let i: i32 = 0; i < kept; i++) {
      const key = load<i64>(from + (<usize>i << 3));
      const counter = digitCounts + (<usize>digitOf(key, digit) << 2);
      const place = load<i32>(counter);
      store<i32>(counter, place + 1);
      store<i64>(to + (<usize>place << 3), key);
    }
    const other = from;
    from = to;
    to = other;
  }
  for (let i: i32 = 0; i < kept; i++) {
    const key = load<i64>(from + (<usize>i << 3));
    const bits = key < 0 ? key ^ i64.MIN_VALUE : ~key;
    store<f64>(values + (<usize>i << 3), reinterpret<f64>(bits));
  }
  return kept;
}

// @ts-ignore: decorator
@inline
function digitOf(key: i64, digit: i32): i32 {
  return <i32>((key >>> (digit * digitBits)) & (digitValues - 1));
}
