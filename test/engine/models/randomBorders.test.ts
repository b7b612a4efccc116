import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { RandomStream } from '../../../src/engine/compute/random';
import { binByColumn, chooseThresholds, maximumBins } from '../../../src/engine/models/trees/binning';
import { binnedTree, Forest } from '../../../src/engine/models/trees/forest';
import { growForest } from '../../../src/engine/models/trees/growForest';
import type { TreeOptions } from '../../../src/engine/models/trees/growTree';
import { growKernelForest } from '../../../src/engine/models/trees/kernelForest';
import { drawBorder } from '../../../src/engine/models/trees/randomBorders';
import { fit, matrixOf, quietContext, trainingData } from './fitting';

const options: TreeOptions = {
  criterion: 'gini', maxDepth: null, minSamplesSplit: 2, minSamplesLeaf: 2, minImpurityDecrease: 0, maxFeatures: 2, bootstrapRows: null,
};

/** Classes that are bands of a sum of two features, among noise. */
function bands(rows: number, classCount: number) {
  const random = RandomStream.fromSeed(5);
  const features = matrixOf(Array.from({ length: rows }, () => [random.next(), random.next(), random.next(), random.next()]));
  const target = Float64Array.from({ length: rows }, (_, i) => Math.floor(((features.values[4 * i] + features.values[4 * i + 1]) / 2) * classCount));
  return trainingData(features, target, classCount);
}

describe('random borders', () => {
  it('lie between a node\'s least and greatest bin, whatever the thresholds', () => {
    fc.assert(fc.property(
      fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 30 }), fc.nat(), fc.nat(), fc.integer(),
      (values, one, other, seed) => {
        const thresholds = { values: Float64Array.from(values).sort(), starts: Int32Array.of(0, values.length) };
        const first = one % values.length;
        const last = first + 1 + (other % (values.length - first));
        const border = drawBorder(thresholds, 0, first, last, RandomStream.fromSeed(seed));
        assert.ok(border >= first && border < last);
      },
    ));
  });

  it('are drawn by value, not by bin: a wide bin has its share', () => {
    const thresholds = { values: Float64Array.of(0, 1, 2, 98, 99), starts: Int32Array.of(0, 5) };
    const random = RandomStream.fromSeed(3);
    const counts = new Array<number>(5).fill(0);
    for (let i = 0; i < 10_000; i++) {
      counts[drawBorder(thresholds, 0, 0, 5, random)]++;
    }
    // From −0.5 to 99.5: to each threshold belongs what lies below it and above the one before.
    [0.005, 0.01, 0.01, 0.96, 0.015].forEach((share, border) => assert.ok(Math.abs(counts[border] / 10_000 - share) < 0.01, `${border}: ${counts[border]}`));
  });

  it('give forests like the kernel\'s', async () => {
    const [data, fresh] = [bands(1500, 5), bands(3000, 5)];
    const classWeights = new Float64Array(5).fill(1);
    const problem = { features: data.features, target: data.target, classCount: 5, classWeights };
    const { thresholds, trees } = await growKernelForest(problem, { ...options, randomBorders: true }, 60, RandomStream.fromSeed(1), quietContext);
    const own = chooseThresholds(data.features, RandomStream.fromSeed(2));
    const grown = await growForest({
      rows: 1500, columns: 4, codes: binByColumn(data.features, own), codeCount: maximumBins, target: data.target, classCount: 5, classWeights, randomBorders: own,
    }, options, 60, RandomStream.fromSeed(1), quietContext);
    const forests = [new Forest(thresholds, trees), new Forest(own, grown.map(binnedTree))];
    const [kernel, plain] = forests.map((forest) => {
      const { values } = forest.probabilities(fresh.features, 5);
      const right = fresh.target.reduce((sum, label, row) => sum + values[5 * row + label], 0) / 3000;
      return { right, nodes: forest.trees.reduce((sum, { splits }) => sum + splits.length, 0) / 60 };
    });
    assert.ok(Math.abs(kernel.right - plain.right) < 0.02, `${kernel.right} and ${plain.right} of the probability on the right class`);
    assert.ok(Math.abs(kernel.nodes / plain.nodes - 1) < 0.05, `${kernel.nodes} and ${plain.nodes} nodes`);
  });

  it('tell more classes apart than the kernel knows, and take the entropy', async () => {
    const data = bands(4000, 50);
    for (const criterion of ['gini', 'entropy']) {
      const model = await fit('extraTrees', data, { hyperparameters: { nEstimators: 20, criterion } });
      const predicted = await model.predict(data.features);
      assert.ok(predicted.filter((label, row) => label === data.target[row]).length > 0.95 * 4000, criterion);
    }
  });
});
