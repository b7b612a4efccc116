const smallest = -342;
const largest = 308;

let table: BigUint64Array | undefined;

/**
 * The 128 leading bits of 5^q for q from −342 to 308, high word first, as exact decimal to binary conversion needs them (Lemire,
 * "Number parsing at a gigabyte per second", Software: Practice and Experience 51, 2021, appendix). Negative powers are
 * reciprocals rounded up.
 */
export function powersOfFive(): BigUint64Array {
  if (table !== undefined) {
    return table;
  }
  table = new BigUint64Array((largest - smallest + 1) * 2);
  for (let q = 0, power = 1n; q <= -smallest; q++, power *= 5n) {
    const bits = power.toString(2).length;
    if (q <= largest) {
      store(table, q, bits <= 128 ? power << BigInt(128 - bits) : power >> BigInt(bits - 128));
    }
    if (q > 0) {
      // 2^z is the first power of two that is not below 5^q.
      const z = bits;
      const scaled = (1n << BigInt(q <= 27 ? z + 127 : 2 * z + 128)) / power + 1n;
      const width = scaled.toString(2).length;
      store(table, -q, width > 128 ? scaled >> BigInt(width - 128) : scaled);
    }
  }
  return table;
}

function store(into: BigUint64Array, q: number, value: bigint): void {
  into[(q - smallest) * 2] = value >> 64n;
  into[(q - smallest) * 2 + 1] = value & 0xffffffffffffffffn;
}
