import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { HyperparameterValue } from '../../../../src/schema/algorithm';
import type { Matrix } from '../../../../src/engine/compute/matrix';
import { zeros } from '../../../../src/engine/compute/matrix';
import { RandomStream } from '../../../../src/engine/compute/random';
import { UserError } from '../../../../src/engine/errors';
import { knn } from '../../../../src/engine/models/neighbors/knn';
import type { DistanceMetric } from '../../../../src/engine/models/neighbors/neighborSearch';
import { findNeighbors } from '../../../../src/engine/models/neighbors/neighborSearch';
import { assertClose } from '../../closeness';
import { complete, matrixOf, quietContext, trainingData } from '../fitting';

function randomMatrix(rows: number, columns: number, seed: number, value: (random: RandomStream, column: number) => number): Matrix {
  const random = RandomStream.fromSeed(seed);
  const matrix = zeros(rows, columns);
  matrix.values.forEach((_, i) => {
    matrix.values[i] = value(random, i % columns);
  });
  return matrix;
}

/** Plain loops over all points, sorted by distance and number: the oracle. */
function reference(points: Matrix, queries: Matrix, k: number, metric: DistanceMetric) {
  const indices: number[] = [];
  const distances: number[] = [];
  for (let q = 0; q < queries.rows; q++) {
    const all = Array.from({ length: points.rows }, (_, p) => {
      let sum = 0;
      for (let j = 0; j < points.columns; j++) {
        const difference = queries.values[q * points.columns + j] - points.values[p * points.columns + j];
        sum += metric === 'euclidean' ? difference * difference : Math.abs(difference);
      }
      return { p, distance: metric === 'euclidean' ? Math.sqrt(sum) : sum };
    });
    all.sort((a, b) => a.distance - b.distance || a.p - b.p);
    indices.push(...all.slice(0, k).map(({ p }) => p));
    distances.push(...all.slice(0, k).map(({ distance }) => distance));
  }
  return { k, indices: Int32Array.from(indices), distances: Float64Array.from(distances) };
}

describe('neighbour search', () => {
  const uniform = (random: RandomStream) => random.next();
  const cases: Record<string, { points: Matrix; queries: Matrix; k: number; metric?: DistanceMetric }> = {
    'many points': { points: randomMatrix(5003, 7, 1, uniform), queries: randomMatrix(301, 7, 2, uniform), k: 5 },
    'an odd number of features': { points: randomMatrix(700, 1, 1, uniform), queries: randomMatrix(9, 1, 2, uniform), k: 3 },
    'equal points, in order of their number': {
      points: randomMatrix(600, 3, 1, (random) => random.nextInt(3)), queries: randomMatrix(50, 3, 2, (random) => random.nextInt(3)), k: 40,
    },
    'features of very different size': {
      points: randomMatrix(900, 4, 1, (random, j) => random.next() * 10 ** (3 * j - 5)),
      queries: randomMatrix(60, 4, 2, (random, j) => random.next() * 10 ** (3 * j - 5)), k: 7,
    },
    'queries far outside': { points: randomMatrix(500, 5, 1, uniform), queries: randomMatrix(33, 5, 2, (random) => 40 * random.next() - 20), k: 4 },
    'as many neighbours as points': { points: randomMatrix(37, 6, 1, uniform), queries: randomMatrix(5, 6, 2, uniform), k: 37 },
    'all points equal': { points: randomMatrix(20, 2, 1, () => 3), queries: randomMatrix(4, 2, 2, uniform), k: 2 },
    'a large offset': { points: randomMatrix(800, 3, 1, (r) => 1e9 + r.next()), queries: randomMatrix(40, 3, 2, (r) => 1e9 + r.next()), k: 5 },
    'Manhattan distance': { points: randomMatrix(800, 5, 1, uniform), queries: randomMatrix(70, 5, 2, uniform), k: 6, metric: 'manhattan' },
  };
  for (const [name, { points, queries, k, metric = 'euclidean' }] of Object.entries(cases)) {
    it(`finds what plain loops find, with 1, 2 and 4 threads: ${name}`, () => {
      const expected = reference(points, queries, k, metric);
      for (const threads of [1, 2, 4]) {
        assert.deepEqual(findNeighbors(points, queries, k, metric, threads), expected);
      }
    });
  }
});

describe('k nearest neighbours against scikit-learn', () => {
  const fixture = JSON.parse(readFileSync(path.join(__dirname, '../../../fixtures/knn/knn.json'), 'utf8')) as {
    points: number[][]; queries: number[][]; classes: number[]; values: number[];
    cases: { name: string; settings: Record<string, HyperparameterValue>; probabilities?: number[]; predictions: number[] }[];
  };
  const queries = matrixOf(fixture.queries);
  for (const { name, settings, probabilities, predictions } of fixture.cases) {
    it(`predicts the same: ${name}`, async () => {
      const task = probabilities === undefined ? 'regression' : 'classification';
      const target = Float64Array.from(task === 'regression' ? fixture.values : fixture.classes);
      const data = trainingData(matrixOf(fixture.points), target, task === 'regression' ? 0 : 3);
      const model = await knn.createEstimator(task, complete(knn, task, settings)).fit(data, RandomStream.fromSeed(1), quietContext);
      for (const one of [model, knn.loadModel(task, model.save())]) {
        assertClose(one.predict(queries), predictions, 1e-9, 'predictions');
        assertClose(one.predictProba?.(queries).values ?? [], probabilities ?? [], 1e-9, 'probabilities');
      }
    });
  }

  it('refuses more neighbours than rows in a sentence', async () => {
    const data = trainingData(matrixOf([[1], [2]]), Float64Array.of(1, 2));
    const estimator = knn.createEstimator('regression', complete(knn, 'regression'));
    await assert.rejects(estimator.fit(data, RandomStream.fromSeed(1), quietContext), UserError);
  });
});
