import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { HyperparameterValue } from '../../../src/schema/algorithm';
import { UserError } from '../../../src/engine/errors';
import type { DistanceMetric } from '../../../src/engine/models/neighbors/neighborSearch';
import { NeighborSearch } from '../../../src/engine/models/neighbors/neighborSearch';
import { assertClose } from '../closeness';
import { fit, fixture, matrixOf, probabilitiesOf, trainingData } from './fitting';

interface KnnCase {
  name: string;
  hyperparameters: Record<string, HyperparameterValue>;
  features: number[][];
  target: number[];
  queries: number[][];
  classCount: number;
  indices: number[][];
  distances: number[][];
  predicted: number[];
  probabilities: number[][] | null;
}

describe('k nearest neighbours equal scikit-learn\'s (test/fixtures/sklearn/neighbors.py)', () => {
  for (const reference of fixture<KnnCase>('neighbors')) {
    it(reference.name, async () => {
      const points = matrixOf(reference.features);
      const queries = matrixOf(reference.queries);
      const metric = (reference.hyperparameters['metric'] ?? 'euclidean') as DistanceMetric;
      const { indices, distances } = new NeighborSearch(points, metric).nearest(queries, reference.indices[0].length);
      assert.deepEqual(Array.from(indices), reference.indices.flat());
      // scikit-learn's distances come from products, which lose digits for near points.
      assertClose(distances, reference.distances.flat(), 1e-7, 'distances', 'absolute');
      const data = trainingData(points, Float64Array.from(reference.target), reference.classCount);
      const model = await fit('knn', data, { hyperparameters: reference.hyperparameters });
      assertClose(model.predict(queries), reference.predicted, 1e-9, 'predictions');
      if (reference.probabilities !== null) {
        assertClose(probabilitiesOf(model, queries).values, reference.probabilities.flat(), 1e-9, 'probabilities');
      }
    });
  }
});

/** The plain definition. */
const definitions: Record<DistanceMetric, (a: number[], b: number[]) => number> = {
  euclidean: (a, b) => Math.hypot(...a.map((value, j) => value - b[j])),
  manhattan: (a, b) => a.reduce((sum, value, j) => sum + Math.abs(value - b[j]), 0),
  cosine: (a, b) => {
    const lengths = Math.hypot(...a) * Math.hypot(...b);
    return lengths === 0 ? 1 : 1 - a.reduce((sum, value, j) => sum + value * b[j], 0) / lengths;
  },
};

describe('NeighborSearch', () => {
  const value = fc.integer({ min: -4, max: 4 });
  const rows = (columns: number, maxLength: number) =>
    fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength });
  const problems = fc.integer({ min: 1, max: 5 }).chain((columns) => fc.record({
    points: rows(columns, 25), queries: rows(columns, 11), k: fc.integer({ min: 1, max: 6 }), offset: fc.constantFrom(0, 1e6),
  }));

  for (const metric of Object.keys(definitions) as DistanceMetric[]) {
    it(`finds what comparing everything finds, duplicates and all: ${metric}`, () => {
      fc.assert(fc.property(problems, ({ points, queries, k, offset }) => {
        const shifted = (all: number[][]): number[][] => all.map((row) => row.map((entry) => entry + (metric === 'cosine' ? 0 : offset)));
        const count = Math.min(k, points.length);
        const { indices, distances } = new NeighborSearch(matrixOf(shifted(points)), metric).nearest(matrixOf(shifted(queries)), count);
        queries.forEach((query, i) => {
          const all = points.map((point) => definitions[metric](query, point));
          const nearest = all.slice().sort((a, b) => a - b).slice(0, count);
          assertClose(distances.slice(i * count, (i + 1) * count), nearest, 1e-9, 'distances', 'absolute');
          const found = indices.slice(i * count, (i + 1) * count);
          assert.equal(new Set(found).size, count, 'every point at most once');
          assertClose(Array.from(found, (point) => all[point]), nearest, 1e-9, 'distances of the points', 'absolute');
        });
      }));
    });
  }
});

describe('k nearest neighbours', () => {
  it('refuses more neighbours than training rows with a sentence', async () => {
    const data = trainingData(matrixOf([[1], [2], [3]]), Float64Array.of(1, 2, 3));
    await assert.rejects(
      fit('knn', data),
      (error) => error instanceof UserError
        && error.message === 'k nearest neighbours can\'t ask 5 neighbours when there are 3 training rows. Lower nNeighbors.',
    );
  });
});
