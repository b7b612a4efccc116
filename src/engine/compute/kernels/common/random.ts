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
  let draw = nextUint32(state);
  // Only the last 2³² mod bound numbers are drawn again, fewer than `bound`: the division that counts them is hardly ever needed.
  if (draw > 0 - bound) {
    const rest = (0 - bound) % bound;
    while (rest != 0 && draw >= 0 - rest) draw = nextUint32(state);
  }
  return draw % bound;
}

/**
 * The steps `from` … `from` + `steps` − 1 of a shuffle (Fisher, Yates; Durstenfeld's form, CACM Algorithm 235, 1964) of items i32[count]:
 * each swaps the item at its place with one drawn from there on. The numbers are those of `nextInt`, with the state in registers.
 */
export function shuffleSteps(state: usize, items: usize, count: i32, from: i32, steps: i32): void {
  let s0 = load<u32>(state), s1 = load<u32>(state, 4), s2 = load<u32>(state, 8), s3 = load<u32>(state, 12);
  for (let place = from; place < from + steps; ) {
    const draw = rotl<u32>(s1 * 5, 7) * 9;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotl<u32>(s3, 11);
    const bound = <u32>(count - place);
    if (draw > 0 - bound && draw >= 0 - (0 - bound) % bound && (0 - bound) % bound != 0) continue;
    const chosen = items + (<usize>(place + <i32>(draw % bound)) << 2);
    const own = items + (<usize>place << 2);
    const item = load<i32>(chosen);
    store<i32>(chosen, load<i32>(own));
    store<i32>(own, item);
    place++;
  }
  store<u32>(state, s0);
  store<u32>(state, s1, 4);
  store<u32>(state, s2, 8);
  store<u32>(state, s3, 12);
}
