import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { RandomStream } from '../../../src/engine/compute/random';

const seeds = fc.integer({ min: 0, max: 4294967295 });

function draw(random: RandomStream, count = 8): number[] {
  return Array.from({ length: count }, () => random.nextUint32());
}

describe('RandomStream', () => {
  it('repeats itself for the same seed and differs for others', () => {
    fc.assert(fc.property(seeds, seeds, (a, b) => {
      assert.deepEqual(draw(RandomStream.fromSeed(a)), draw(RandomStream.fromSeed(a)));
      fc.pre(a !== b);
      assert.notDeepEqual(draw(RandomStream.fromSeed(a)), draw(RandomStream.fromSeed(b)));
    }));
  });

  it('splits into streams that don\'t depend on what was drawn before', () => {
    fc.assert(fc.property(seeds, fc.nat(50), fc.nat(), (seed, drawn, index) => {
      const used = RandomStream.fromSeed(seed);
      draw(used, drawn);
      assert.deepEqual(draw(used.split('tree', index)), draw(RandomStream.fromSeed(seed).split('tree', index)));
      assert.deepEqual(draw(RandomStream.fromKey(used.split('tree', index).toKey())), draw(used.split('tree', index)));
    }));
  });

  it('splits into different streams for different purposes and indices', () => {
    const random = RandomStream.fromSeed(1);
    const streams = ['tree', 'fold', 'layer'].flatMap((purpose) =>
      Array.from({ length: 200 }, (_, index) => draw(random.split(purpose, index), 2).join()));
    assert.equal(new Set(streams).size, streams.length);
    assert.notDeepEqual(draw(random.split('a').split('b')), draw(random.split('b').split('a')));
  });

  it('draws evenly: numbers from 0 to 1, whole numbers below a bound, neighbouring streams', () => {
    const random = RandomStream.fromSeed(7);
    const counts = new Float64Array(10);
    const wholes = new Float64Array(10);
    const firsts = new Float64Array(10);
    for (let i = 0; i < 100_000; i++) {
      counts[Math.floor(random.next() * 10)]++;
      wholes[random.nextInt(10)]++;
    }
    for (let i = 0; i < 10_000; i++) {
      firsts[Math.floor(random.split('tree', i).next() * 10)]++;
    }
    for (const [observed, expected] of [[counts, 10_000], [wholes, 10_000], [firsts, 1000]] as const) {
      const chiSquare = observed.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // The 99.9 % quantile for nine degrees of freedom.
      assert.ok(chiSquare < 27.9, `chi-square ${chiSquare}`);
    }
  });

  it('draws whole numbers below any bound', () => {
    fc.assert(fc.property(seeds, fc.integer({ min: 1, max: 4294967296 }), (seed, bound) => {
      const value = RandomStream.fromSeed(seed).nextInt(bound);
      assert.ok(Number.isInteger(value) && value >= 0 && value < bound);
    }));
  });

  it('shuffles into a permutation', () => {
    fc.assert(fc.property(seeds, fc.nat(200), (seed, count) => {
      const items = Uint32Array.from({ length: count }, (_, i) => i);
      RandomStream.fromSeed(seed).shuffle(items);
      assert.deepEqual(Array.from(items).sort((a, b) => a - b), Array.from({ length: count }, (_, i) => i));
    }));
  });
});
