import { strict as assert } from 'node:assert';

/** Fails unless two lists of numbers agree within `tolerance`, relative to the largest of the expected ones (or to 1 with `absolute`). */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
  scale: 'relative' | 'absolute' = 'relative',
): void {
  assert.equal(actual.length, expected.length, `${what}: ${actual.length} numbers instead of ${expected.length}`);
  const size = scale === 'absolute' ? 1 : Array.from(expected).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    assert.ok(error <= tolerance * size, `${what}, element ${i}: ${actual[i]} instead of ${expected[i]} (off by ${error})`);
  }
}
