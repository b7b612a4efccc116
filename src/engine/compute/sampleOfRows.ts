import type { RandomStream } from './random';

/**
 * Numbers of some of `rows` rows, ascending, each as likely as the others: Knuth, TAOCP 2, 3.4.2, algorithm S. Over shared memory.
 *
 * @param size how many, at most `rows`.
 */
export function sampleOfRows(rows: number, size: number, random: RandomStream): Uint32Array {
  const sample = new Uint32Array(new SharedArrayBuffer(size * Uint32Array.BYTES_PER_ELEMENT));
  for (let row = 0, taken = 0; taken < size; row++) {
    if (rows === size || (rows - row) * random.next() < size - taken) {
      sample[taken++] = row;
    }
  }
  return sample;
}
