/**
 * The k-th smallest of 32-bit floats, without sorting them: Hoare's FIND (CACM 4(7), Algorithm 65, 1961) with the middle of three as
 * pivot. Afterwards everything before place k is not greater, everything behind it not smaller.
 */
export function selectFloat(values: usize, count: i32, k: i32): f32 {
  let low: i32 = 0;
  let high: i32 = count - 1;
  while (low < high) {
    const pivot = middleOfThree(at(values, low), at(values, low + ((high - low) >> 1)), at(values, high));
    let i = low;
    let j = high;
    while (i <= j) {
      while (at(values, i) < pivot) i++;
      while (at(values, j) > pivot) j--;
      if (i <= j) {
        const value = at(values, i);
        store<f32>(values + (<usize>i << 2), at(values, j));
        store<f32>(values + (<usize>j << 2), value);
        i++;
        j--;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return at(values, k);
}

/**
 * The quantile `share` (0 to 1) by linear interpolation between neighbours, numpy's default. Reorders the values.
 */
export function quantileOf(values: usize, count: i32, share: f64): f64 {
  const position = share * <f64>(count - 1);
  const below = <i32>Math.floor(position);
  const low = <f64>selectFloat(values, count, below);
  if (below + 1 >= count) return low;
  let next = Infinity;
  for (let i = below + 1; i < count; i++) next = Math.min(next, <f64>at(values, i));
  return low + (next - low) * (position - <f64>below);
}

// @ts-ignore: decorator
@inline
function at(values: usize, index: i32): f32 {
  return load<f32>(values + (<usize>index << 2));
}

function middleOfThree(a: f32, b: f32, c: f32): f32 {
  return max(min(a, b), min(max(a, b), c));
}
