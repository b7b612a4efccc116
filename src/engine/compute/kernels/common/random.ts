/**
 * The generator of compute/random.ts, xoshiro128** 1.1 (Blackman, Vigna, ACM TOMS 47, 2021), so that a kernel draws the same numbers
 * as TypeScript does from the same stream.
 *
 * A stream is its state, u32[4], in memory.
 */
export function nextUint32(state: usize): u32 {
  const s1 = load<u32>(state, 4);
  const result = rotl<u32>(s1 * 5, 7) * 9;
  const shifted = s1 << 9;
  let s2 = load<u32>(state, 8) ^ load<u32>(state);
  let s3 = load<u32>(state, 12) ^ s1;
  store<u32>(state, s1 ^ s2, 4);
  store<u32>(state, load<u32>(state) ^ s3);
  s2 ^= shifted;
  store<u32>(state, s2, 8);
  store<u32>(state, rotl<u32>(s3, 11), 12);
  return result;
}

/** A whole number from 0 to `bound` − 1; draws that would favour small remainders are drawn again. */
export function nextInt(state: usize, bound: u32): u32 {
  // 2³² mod bound, without 64 bits.
  const rest = (0 - bound) % bound;
  let draw = nextUint32(state);
  while (rest != 0 && draw >= 0 - rest) draw = nextUint32(state);
  return draw % bound;
}
