import { strict as assert } from 'node:assert';
import type { Matrix } from '../../../src/engine/compute/matrix';
import { zeros } from '../../../src/engine/compute/matrix';
import { RandomStream } from '../../../src/engine/compute/random';
import { CancelledError } from '../../../src/engine/errors';
import { binByColumn, maximumBins } from '../../../src/engine/models/trees/binning';
import type { BinThresholds } from '../../../src/engine/models/trees/binning';
import { treeStream } from '../../../src/engine/models/trees/growForest';
import type { GrownTree, TreeOptions } from '../../../src/engine/models/trees/growTree';
import { TreeGrower } from '../../../src/engine/models/trees/growTree';
import type { ForestProblem } from '../../../src/engine/models/trees/kernelForest';
import { growKernelForest } from '../../../src/engine/models/trees/kernelForest';
import { quietContext } from './fitting';

const columns = 11;

function makeProblem(rows: number, classCount: number, weights?: readonly number[]): ForestProblem {
  const random = RandomStream.fromSeed(9);
  const features: Matrix = zeros(rows, columns);
  const target = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const x = features.values.subarray(i * columns, (i + 1) * columns);
    for (let j = 0; j < columns; j++) {
      x[j] = j === 3 ? 1 : j < 6 ? random.next() : random.nextInt(4);
    }
    const signal = x[0] + x[1] * x[2] + 0.3 * x[6] + 0.5 * random.next();
    target[i] = classCount === 0 ? signal : Math.min(classCount - 1, Math.floor(signal * classCount / 2.5));
  }
  const classWeights = Float64Array.from({ length: classCount }, (_, label) => weights?.[label] ?? 1);
  return { features, target, classCount, classWeights };
}

const plainOptions: TreeOptions = {
  criterion: 'gini', maxDepth: null, minSamplesSplit: 2, minSamplesLeaf: 1, minImpurityDecrease: 0, maxFeatures: 3, bootstrapRows: 3000,
};

/** The plain TypeScript trees on the kernel's bins: the oracle. */
function reference(problem: ForestProblem, options: TreeOptions, thresholds: BinThresholds, trees: number, random: RandomStream): GrownTree[] {
  const { features, target, classCount, classWeights } = problem;
  const grower = new TreeGrower(
    { rows: features.rows, columns, codes: binByColumn(features, thresholds), codeCount: maximumBins, target, classCount, classWeights },
    options,
    () => undefined,
  );
  return Array.from({ length: trees }, (_, index) => grower.grow(treeStream(random, index)));
}

/** At leaves `lower` and `upper` mean nothing. */
function withoutLeafBounds(tree: GrownTree): GrownTree {
  const atSplits = (bound: number, node: number) => (tree.features[node] < 0 ? 0 : bound);
  return { ...tree, lower: tree.lower.map(atSplits), upper: tree.upper.map(atSplits) };
}

describe('the forest kernel', () => {
  const random = RandomStream.fromSeed(4);
  const cases: readonly (readonly [string, number, Partial<TreeOptions>, number[]?])[] = [
    ['two classes', 2, {}],
    ['two weighted classes', 2, { bootstrapRows: null, maxFeatures: 7 }, [0.25, 4]],
    ['five classes', 5, {}],
    ['five classes, leaves of four rows, little depth', 5, { minSamplesLeaf: 4, minSamplesSplit: 11, maxDepth: 9, maxFeatures: 6 }],
    ['two classes, worthwhile splits only', 2, { minImpurityDecrease: 0.002, maxFeatures: columns }],
  ];
  for (const [name, classCount, changes, weights] of cases) {
    it(`grows the plain trees: ${name}`, async () => {
      const problem = makeProblem(3000, classCount, weights);
      const options = { ...plainOptions, ...changes };
      const { thresholds, trees } = await growKernelForest(problem, { ...options, randomBorders: false }, 4, random, quietContext);
      assert.deepEqual(trees.map(withoutLeafBounds), reference(problem, options, thresholds, 4, random).map(withoutLeafBounds));
    });
  }

  it('grows the plain regression trees, where leaves are large enough that no two splits are equally good', async () => {
    const problem = makeProblem(2000, 0);
    const options: TreeOptions = { ...plainOptions, criterion: 'squaredError', maxFeatures: columns, minSamplesLeaf: 25, bootstrapRows: 2000 };
    const { thresholds, trees } = await growKernelForest(problem, { ...options, randomBorders: false }, 3, random, quietContext);
    reference(problem, options, thresholds, 3, random).forEach((expected, index) => {
      assert.deepEqual(trees[index].features, expected.features);
      assert.deepEqual(withoutLeafBounds(trees[index]).lower, withoutLeafBounds(expected).lower);
      trees[index].leaves.values.forEach((value, leaf) => {
        assert.ok(Math.abs(value - expected.leaves.values[leaf]) < 1e-6);
      });
    });
  });

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
    const grow = (recordsPerCall: number, threads: number) =>
      growKernelForest(problem, { ...plainOptions, randomBorders: false, recordsPerCall }, 7, random, { ...quietContext, threads });
    assert.deepEqual(await grow(3000, 2), await grow(1 << 24, 1));
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
    const fit = growKernelForest(makeProblem(2000, 2), { ...plainOptions, randomBorders: false }, 500, random, {
      ...quietContext, threads: 2, throwIfCancelled,
    });
    await assert.rejects(fit, CancelledError);
  });
});
