import { strict as assert } from 'node:assert';
import { computeMoments, rowProducts } from '../../../src/engine/compute/gram';
import { computeMomentsByKernel, computeRowProductsByKernel } from '../../../src/engine/compute/kernelMoments';
import { zeros } from '../../../src/engine/compute/matrix';
import { RandomStream } from '../../../src/engine/compute/random';
import { assertClose } from '../closeness';

/** Columns of different sizes and offsets, and a target. */
function problem(rows: number, columns: number) {
  const random = RandomStream.fromSeed(7);
  const features = zeros(rows, columns);
  features.values.forEach((_, i) => {
    const column = i % columns;
    features.values[i] = column === 1 ? 5 : 10 ** (column % 3) * (random.next() - 0.5) + 100 * (column % 4);
  });
  return {
    features,
    target: Float64Array.from({ length: rows }, () => 50 + random.next()),
    weights: Float64Array.from({ length: rows }, () => random.next()),
  };
}

const pause = (): void => undefined;

describe('the kernel for products of columns', () => {
  // More rows than one thread would take alone, rows and columns that don't fill the tiles, more columns than rows of a block.
  for (const [rows, columns] of [[20_011, 5], [257, 30], [64, 2], [100, 97], [21_000, 3], [1, 1]]) {
    for (const centre of [true, false]) {
      for (const weighted of [false, true]) {
        it(`sums what plain loops sum, with 1, 2 and 4 threads: ${rows} × ${columns}${centre ? ', centred' : ''}${weighted ? ', weighted' : ''}`, () => {
          const { features, target, weights } = problem(rows, columns);
          const plain = computeMoments(features, target, centre, pause, weighted ? weights : undefined);
          const [one, ...others] = [1, 2, 4].map((threads) =>
            computeMomentsByKernel(features, target, { centre, pause, threads, ...(weighted ? { weights } : {}) }));
          for (const other of others) {
            assert.deepEqual(other, one);
          }
          assertClose(one.featureMeans, plain.featureMeans, 1e-12, 'means');
          assertClose([one.targetMean], [plain.targetMean], 1e-12, 'mean of the target');
          // Relative to the columns' own squares: products of unrelated columns nearly vanish. Of a constant column only rounding is left.
          const size = (i: number): number => Math.max(1e-3, Math.sqrt(plain.gram[i * columns + i]));
          const relative = ({ gram }: { gram: Float64Array }) => gram.map((value, i) => value / (size(Math.floor(i / columns)) * size(i % columns)));
          assertClose(relative(one), relative(plain), 1e-11, 'products', 'absolute');
          const targetSize = Math.sqrt(plain.targetSquares) || 1;
          const moments = ({ moment }: { moment: Float64Array }) => moment.map((value, i) => value / (size(i) * targetSize));
          assertClose(moments(one), moments(plain), 1e-11, 'products with the target', 'absolute');
          assertClose([one.targetSquares / targetSize ** 2], [plain.targetSquares / targetSize ** 2], 1e-11, 'squares of the target', 'absolute');
        });
      }
    }
  }

  for (const [rows, columns] of [[1, 3], [7, 64], [50, 130], [33, 1]]) {
    it(`multiplies rows with each other like plain loops, with 1, 2 and 4 threads: ${rows} × ${columns}`, () => {
      const { features } = problem(rows, columns);
      const means = Float64Array.from({ length: columns }, (_, j) => j / 7);
      const plain = rowProducts(features, means, pause);
      const [one, ...others] = [1, 2, 4].map((threads) => computeRowProductsByKernel(features, means, { pause, threads }));
      assertClose(one, plain, 1e-11, 'products');
      others.forEach((other) => assert.deepEqual(other, one));
    });
  }

  it('keeps the digits of small variations around a large mean', () => {
    const { features, target } = problem(5000, 4);
    const far = { ...features, values: features.values.map((value, i) => (i % 4 === 0 ? 1e9 + Math.round(1000 * value) / 1000 : value)) };
    const plain = computeMoments(far, target, true, pause);
    const { gram } = computeMomentsByKernel(far, target, { centre: true, pause });
    assertClose([gram[0]], [plain.gram[0]], 1e-9, 'squares');
  });

  it('sees no variation in a constant column', () => {
    const { features, target } = problem(3000, 4);
    const { gram } = computeMomentsByKernel(features, target, { centre: true, pause });
    assert.deepEqual(gram.slice(4, 8), new Float64Array(4));
  });

  it('can be cancelled between calls', () => {
    const { features, target } = problem(300, 20);
    assert.throws(() => computeMomentsByKernel(features, target, { centre: true, pause: () => { throw new Error('cancelled'); } }), /cancelled/);
  });
});
