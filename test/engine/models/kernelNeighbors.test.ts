import { strict as assert } from 'node:assert';
import type { Matrix } from '../../../src/engine/compute/matrix';
import { zeros } from '../../../src/engine/compute/matrix';
import { RandomStream } from '../../../src/engine/compute/random';
import type { DistanceMetric, Neighbors } from '../../../src/engine/models/neighbors/neighborSearch';
import { KernelSearch, kernelSearches } from '../../../src/engine/models/neighbors/kernelNeighbors';
import { NeighborSearch } from '../../../src/engine/models/neighbors/neighborSearch';
import { assertClose } from '../closeness';

function randomMatrix(rows: number, columns: number, seed: number, value: (random: RandomStream, column: number) => number): Matrix {
  const random = RandomStream.fromSeed(seed);
  const matrix = zeros(rows, columns);
  matrix.values.forEach((_, i) => {
    matrix.values[i] = value(random, i % columns);
  });
  return matrix;
}

function findNeighbors(points: Matrix, queries: Matrix, k: number, metric: DistanceMetric, threads: number): Neighbors {
  const search = new KernelSearch(points, queries.rows, k, metric, threads);
  try {
    return search.nearest(queries);
  } finally {
    search.dispose();
  }
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
  return { indices: Int32Array.from(indices), distances: Float64Array.from(distances) };
}

describe('the neighbours kernel', () => {
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
    'more features than 32 bits hold products of, more points than a block': { points: randomMatrix(1100, 1501, 1, uniform), queries: randomMatrix(37, 1501, 2, uniform), k: 6 },
    'as many features, equal points, fewer in the last block than neighbours': {
      points: randomMatrix(520, 1200, 1, (random, j) => (j < 3 ? random.nextInt(3) : 0)), queries: randomMatrix(20, 1200, 2, (random, j) => (j < 3 ? random.nextInt(3) : 0)), k: 30,
    },
    'as many features, one query outside, more neighbours than a block has points': {
      points: randomMatrix(700, 1100, 1, uniform), queries: randomMatrix(9, 1100, 2, (random) => (random.next() < 1e-4 ? 30 : random.next())), k: 600,
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

  it('agrees with the search in TypeScript on cosine distance', () => {
    const points = randomMatrix(900, 6, 1, (random) => random.next() - 0.5);
    const queries = randomMatrix(40, 6, 2, (random) => random.next() - 0.5);
    const { indices, distances } = findNeighbors(points, queries, 5, 'cosine', 2);
    const plain = new NeighborSearch(points, 'cosine').nearest(queries, 5);
    assert.deepEqual(indices, plain.indices);
    assertClose(distances, plain.distances, 1e-12, 'distances');
  });

  it('leaves rows without a direction to the search in TypeScript', () => {
    const points = randomMatrix(5000, 10, 1, uniform);
    assert.equal(kernelSearches(points, points, 'cosine'), true);
    points.values.fill(0, 70, 80);
    assert.equal(kernelSearches(points, points, 'cosine'), false);
    assert.equal(kernelSearches(points, points, 'euclidean'), true);
  });
});
