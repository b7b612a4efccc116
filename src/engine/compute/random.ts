/**
 * Random numbers that depend on the seed and on what they are for, never on who drew before: each purpose and each task
 * (tree, fold, layer) has a stream of its own, so results are the same for any number of threads.
 *
 * The generator is xoshiro128** 1.1 (Blackman, Vigna: "Scrambled linear pseudorandom number generators", ACM TOMS 47,
 * 2021); its state comes from the path of names and numbers through the 32-bit finalizer of MurmurHash3 (Appleby).
 */
export class RandomStream {
  private readonly state: Uint32Array;

  private constructor(private readonly key: readonly number[]) {
    this.state = new Uint32Array(4);
    let hash = 0x9e3779b9;
    for (const part of key) {
      hash = mix(hash ^ mix(part));
    }
    for (let i = 0; i < 4; i++) {
      hash = mix(hash + 0x9e3779b9);
      this.state[i] = hash;
    }
    if (this.state.every((word) => word === 0)) {
      this.state[0] = 1;
    }
  }

  /** @param seed 0 to 2³² − 1. */
  static fromSeed(seed: number): RandomStream {
    return new RandomStream([seed >>> 0]);
  }

  /** A stream of its own for a purpose and, say, a tree's index; it does not depend on what this one has drawn. */
  split(purpose: string, index = 0): RandomStream {
    return new RandomStream([...this.key, hashText(purpose), index >>> 0]);
  }

  /** The path of numbers that makes this stream, to rebuild it in a worker with `fromKey`. */
  toKey(): readonly number[] {
    return this.key;
  }

  static fromKey(key: readonly number[]): RandomStream {
    return new RandomStream(key);
  }

  /** A copy of the generator's four words, from which a kernel goes on. */
  toState(): Uint32Array {
    return this.state.slice();
  }

  /** A whole number from 0 to 2³² − 1. */
  nextUint32(): number {
    const s = this.state;
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** A number from 0 (included) to 1 (excluded), with 53 random bits. */
  next(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /**
   * A whole number from 0 to `bound` − 1, each as likely as the others.
   * Draws that would favour small remainders are drawn again.
   */
  nextInt(bound: number): number {
    const limit = 4294967296 - (4294967296 % bound);
    let draw = this.nextUint32();
    while (draw >= limit) {
      draw = this.nextUint32();
    }
    return draw % bound;
  }

  /** Shuffles in place (Fisher, Yates; Durstenfeld's form, CACM Algorithm 235, 1964). */
  shuffle(items: Uint32Array): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.nextInt(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
  }
}

function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}
