import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { allNumbers, copyNumbers, numberAt, numberCount, numbersAt, packNumbers } from '../../../src/engine/data/numbers';

function bits(values: Float64Array): BigUint64Array {
  return new BigUint64Array(values.slice().buffer);
}

/** The width of a form in bytes a number. */
function widthOf(values: readonly number[]): number {
  const packed = packNumbers(Float64Array.from(values));
  return packed.kind === 'floats' ? packed.values.BYTES_PER_ELEMENT : packed.low.BYTES_PER_ELEMENT + (packed.high === undefined ? 0 : 1);
}

describe('numbers in narrow forms', () => {
  it('come back with every bit, all together, by rows and one by one', () => {
    const decimal = fc.tuple(fc.integer({ min: -(2 ** 41), max: 2 ** 41 }), fc.integer({ min: 0, max: 9 })).map(([whole, places]) => whole / 10 ** places);
    const special = fc.constantFrom(Number.NaN, -0, 0, 126, -127, -128, 32382, 32383, -32640, -2139062144, -2122219135, 2 ** 39, -(2 ** 39) + 1, Infinity, 5e-324);
    const column = fc.oneof(
      fc.array(fc.oneof(decimal, special)), fc.array(fc.oneof(fc.integer(), special)), fc.array(fc.oneof(fc.integer({ min: -130, max: 130 }), fc.constant(-0))),
      fc.array(fc.double()), fc.array(fc.float()), fc.array(fc.integer({ min: -40_000, max: 40_000 }).map((whole) => whole / 100)),
    );
    fc.assert(fc.property(column, fc.infiniteStream(fc.nat()), (cells, picks) => {
      const values = Float64Array.from(cells);
      const packed = packNumbers(values);
      assert.equal(numberCount(packed), values.length);
      assert.deepEqual(bits(allNumbers(packed)), bits(values));
      const from = Math.floor(values.length / 3);
      const part = new Float64Array(values.length - from);
      copyNumbers(packed, from, part);
      assert.deepEqual(bits(part), bits(values.subarray(from)));
      const rows = Uint32Array.from(cells, () => picks.next().value as number % cells.length);
      assert.deepEqual(bits(numbersAt(packed, rows)), bits(Float64Array.from(rows, (row) => values[row])));
      rows.slice(0, 5).forEach((row) => assert.ok(Object.is(numberAt(packed, row), values[row])));
    }), { numRuns: 1000 });
  });

  it('keep what a missing value\'s bits say', () => {
    const odd = new Float64Array(new BigUint64Array([0x7ff8000000000001n, 0x3ff0000000000000n]).buffer);
    assert.deepEqual(bits(allNumbers(packNumbers(odd))), bits(odd));
  });

  it('take no more room than they need', () => {
    assert.equal(widthOf([1, -126, Number.NaN, -0]), 1);
    assert.equal(widthOf([1.25, 300, -323.82]), 2);
    assert.equal(widthOf([19.95262315, -0.00000001, Number.NaN]), 4);
    assert.equal(widthOf([499.00000001, -2]), 5);
    assert.equal(widthOf([-21.22219135, -21.39062144, Number.NaN, -0, 100.00000001]), 5);
    assert.equal(widthOf([Math.PI, 1]), 8);
    assert.equal(widthOf([Math.fround(Math.PI), 1]), 4);
  });
});
