import { strict as assert } from 'node:assert';
import type { Matrix } from '../../../src/engine/compute/matrix';
import { zeros } from '../../../src/engine/compute/matrix';
import { RandomStream } from '../../../src/engine/compute/random';
import { CancelledError } from '../../../src/engine/errors';
import type { ForestProblem, KernelForestOptions } from '../../../src/engine/models/trees/kernelForest';
import { growKernelForest } from '../../../src/engine/models/trees/kernelForest';
import { quietContext } from './fitting';
import { PlainForest } from './plainForest';

/**
 * Rows in pairs of opposites, so that the mean of all values is exactly 0; values are multiples of 1/64, so that their sums are exact.
 * Some features are continuous, one is constant, some have four values.
 */
function makeProblem(rows: number, classCount: number, { columns = 11, weights = [] as readonly number[] } = {}): ForestProblem {
  const random = RandomStream.fromSeed(9);
  const features: Matrix = zeros(rows, columns);
  const target = new Float64Array(rows);
  for (let i = 0; i < rows; i += 2) {
    const x = features.values.subarray(i * columns, (i + 1) * columns);
    const opposite = features.values.subarray((i + 1) * columns, (i + 2) * columns);
    for (let j = 0; j < columns; j++) {
      const most = j < 6 ? 1 : 3;
      x[j] = j === 3 ? 0.5 : j < 6 ? random.next() : random.nextInt(4);
      opposite[j] = most - x[j];
    }
    const signal = Math.round(64 * (x[0] + x[1] * x[2] + 0.3 * x[6] + 0.5 * random.next() - 1.5)) / 64;
    const label = (value: number) => Math.min(classCount - 1, Math.max(0, Math.floor((value + 1.5) * classCount / 3)));
    target[i] = classCount === 0 ? signal : label(signal);
    target[i + 1] = classCount === 0 ? -signal : label(-signal);
  }
  const classWeights = Float64Array.from({ length: classCount }, (_, label) => weights[label] ?? 1);
  return { features, target, classCount, classWeights };
}

const plainOptions: KernelForestOptions = {
  criterion: 'gini', maxDepth: null, minSamplesSplit: 2, minSamplesLeaf: 1, minImpurityDecrease: 0, maxFeatures: 3, bootstrapRows: 3000,
  randomBorders: false,
};

describe('the forest kernel', () => {
  const random = RandomStream.fromSeed(4);
  const cases: readonly (readonly [string, number, Partial<KernelForestOptions>, { columns?: number; weights?: readonly number[] }?])[] = [
    ['two classes', 2, {}],
    ['two weighted classes', 2, { bootstrapRows: null, maxFeatures: 7 }, { weights: [0.25, 4] }],
    ['two classes, leaves of three rows', 2, { minSamplesLeaf: 3 }],
    ['two classes, worthwhile splits only', 2, { minImpurityDecrease: 0.002, maxFeatures: 11 }],
    ['two classes of wide rows', 2, { maxFeatures: 8 }, { columns: 70 }],
    ['five classes', 5, {}],
    ['five weighted classes, all features', 5, { maxFeatures: 11 }, { weights: [0.5, 1, 2, 4, 0.25] }],
    ['five classes, leaves of four rows, little depth', 5, { minSamplesLeaf: 4, minSamplesSplit: 11, maxDepth: 9, maxFeatures: 6 }],
    ['five classes, worthwhile splits only', 5, { minImpurityDecrease: 0.001 }],
    ['thirteen classes', 13, { maxFeatures: 4 }, { columns: 37 }],
    ['values', 0, {}],
    ['values, all features', 0, { maxFeatures: 11, bootstrapRows: null }],
    ['values, leaves of five rows', 0, { minSamplesLeaf: 5, maxFeatures: 5 }],
    ['values, worthwhile splits only', 0, { minImpurityDecrease: 0.001, maxFeatures: 6 }],
    ['two classes, random borders', 2, { randomBorders: true, maxFeatures: 5 }],
    ['five classes, random borders, leaves of two rows', 5, { randomBorders: true, minSamplesLeaf: 2 }],
    ['values, random borders', 0, { randomBorders: true, bootstrapRows: null, maxFeatures: 9 }],
  ];
  for (const [name, classCount, changes, shape] of cases) {
    it(`grows the plain trees: ${name}`, async () => {
      const problem = makeProblem(3000, classCount, shape);
      const options = { ...plainOptions, ...changes };
      const { thresholds, trees } = await growKernelForest(problem, options, 2, random, quietContext);
      assert.deepEqual(trees, new PlainForest(problem, options, thresholds).grow(2, random));
    });
  }

  for (const [name, classCount, randomBorders] of [['classes', 3, false], ['values', 0, false], ['random borders', 2, true]] as const) {
    it(`gives the same trees with 1, 2 and 4 threads: ${name}`, async () => {
      const problem = makeProblem(2500, classCount);
      const options = { ...plainOptions, criterion: classCount === 0 ? 'squaredError' as const : 'gini' as const, randomBorders };
      const [one, two, four] = await Promise.all([1, 2, 4].map((threads) =>
        growKernelForest(problem, options, 9, random, { ...quietContext, threads })));
      assert.deepEqual(two, one);
      assert.deepEqual(four, one);
    });
  }

  it('goes on where a call ended', async () => {
    const problem = makeProblem(2500, 2);
    const grow = (looksPerCall: number, threads: number) =>
      growKernelForest(problem, { ...plainOptions, looksPerCall }, 7, random, { ...quietContext, threads });
    assert.deepEqual(await grow(20_000, 2), await grow(1 << 28, 1));
  });

  it('draws borders that separate rows, when they are random', async () => {
    const problem = makeProblem(1000, 2);
    const { trees } = await growKernelForest(problem, { ...plainOptions, bootstrapRows: null, randomBorders: true }, 2, random, quietContext);
    for (const { leaves } of trees) {
      assert.ok(leaves.values.every((share) => share === 1), 'every leaf is pure');
    }
  });

  it('ends with CancelledError once the user has cancelled', async () => {
    const throwIfCancelled = () => {
      throw new CancelledError();
    };
    const fit = growKernelForest(makeProblem(2000, 2), plainOptions, 500, random, {
      ...quietContext, threads: 2, throwIfCancelled,
    });
    await assert.rejects(fit, CancelledError);
  });
});
