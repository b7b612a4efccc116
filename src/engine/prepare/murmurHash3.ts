/**
 * MurmurHash3's 32-bit hash with seed 0 (Appleby, public domain), as a signed number: what scikit-learn's hashing vectorizer uses.
 *
 * @param bytes the key in its first `length` bytes.
 */
export function murmurHash3(bytes: Uint8Array, length: number): number {
  let hash = 0;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    hash ^= scramble(bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24));
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64 | 0;
  }
  let tail = 0;
  for (let i = length - 1; i >= whole; i--) {
    tail = (tail << 8) | bytes[i];
  }
  hash ^= length > whole ? scramble(tail) : 0;
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function scramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
