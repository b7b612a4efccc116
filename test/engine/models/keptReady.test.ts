import { strict as assert } from 'node:assert';
import type { HyperparameterValue, Task } from '../../../src/schema/algorithm';
import { zeros } from '../../../src/engine/compute/matrix';
import { RandomStream } from '../../../src/engine/compute/random';
import { permutationImportance } from '../../../src/engine/evaluate/permutationImportance';
import type { Model } from '../../../src/engine/models/estimator';
import { KeptReady } from '../../../src/engine/models/keptReady';
import { silentContext } from '../../../src/engine/stepContext';
import { fit, trainingData } from './fitting';

/** Counts how often it is set up and how often disposed of. */
function counted() {
  const counts = { setUp: 0, disposed: 0 };
  const setUp = () => {
    counts.setUp++;
    return { number: counts.setUp, dispose: () => void counts.disposed++ };
  };
  return { counts, setUp };
}

describe('what is kept ready for a series of predictions', () => {
  it('is set up for each use by itself, and once for all uses while it is kept', () => {
    const { counts, setUp } = counted();
    const kept = new KeptReady<ReturnType<typeof setUp>>();
    assert.deepEqual([kept.use(setUp, ({ number }) => number), kept.use(setUp, ({ number }) => number)], [1, 2]);
    assert.deepEqual(counts, { setUp: 2, disposed: 2 });
    const release = kept.keep();
    assert.deepEqual(counts, { setUp: 2, disposed: 2 });
    assert.deepEqual([kept.use(setUp, ({ number }) => number), kept.use(setUp, ({ number }) => number)], [3, 3]);
    assert.deepEqual(counts, { setUp: 3, disposed: 2 });
    release();
    assert.deepEqual(counts, { setUp: 3, disposed: 3 });
    assert.equal(kept.use(setUp, ({ number }) => number), 4);
    assert.deepEqual(counts, { setUp: 4, disposed: 4 });
  });

  it('stays until the last who asked for it lets go, and is not used again after an error', () => {
    const { counts, setUp } = counted();
    const kept = new KeptReady<ReturnType<typeof setUp>>();
    const releases = [kept.keep(), kept.keep()];
    kept.use(setUp, () => undefined);
    releases[0]();
    assert.equal(counts.disposed, 0);
    assert.throws(() => kept.use(setUp, () => { throw new Error('a helper failed'); }), /a helper failed/);
    assert.equal(counts.disposed, 1);
    assert.equal(kept.use(setUp, ({ number }) => number), 2);
    releases[1]();
    assert.deepEqual(counts, { setUp: 2, disposed: 2 });
  });

  const random = RandomStream.fromSeed(3);
  const columns = 40;
  // Enough that kernels are worth it.
  const features = zeros(1500, columns);
  features.values.forEach((_, i) => (features.values[i] = random.next() - 0.5));
  const target = Float64Array.from({ length: features.rows }, (_, row) => features.values[row * columns] + features.values[row * columns + 1] ** 2);
  const classes = target.map((value) => Number(value > 0.1));
  const part = (rows: number) => ({ rows, columns, values: features.values.subarray(0, rows * columns) });
  const cases: readonly (readonly [id: string, task: Task, hyperparameters: Record<string, HyperparameterValue>])[] = [
    ['knn', 'classification', {}], ['knn', 'regression', { metric: 'cosine', weights: 'distance' }], ['svm', 'classification', {}], ['svm', 'regression', {}],
    ['voting', 'classification', { svm: true, randomForest: false }], ['voting', 'regression', { randomForest: false }],
    ['stacking', 'classification', { randomForest: false, folds: 2 }],
  ];
  for (const [id, task, hyperparameters] of cases) {
    it(`changes no answer of ${id}, ${task}, whatever rows come at a time`, async () => {
      const model = await fit(id, trainingData(features, task === 'classification' ? classes : target, task === 'classification' ? 2 : 0), { hyperparameters });
      const sizes = [1500, 700, 30, 1500];
      const alone = [];
      for (const rows of sizes) {
        alone.push(await model.predict(part(rows)));
      }
      for (const order of [sizes, [30, 1500]]) {
        const release = model.keepReady?.();
        assert.ok(release !== undefined, 'is worth keeping ready');
        try {
          for (const rows of order) {
            assert.deepEqual(await model.predict(part(rows)), alone[sizes.indexOf(rows)]);
          }
        } finally {
          release();
        }
      }
      assert.deepEqual(await model.predict(part(30)), alone[2]);
    });
  }

  it('is kept by importance from its first prediction to its last, and let go when that fails or is cancelled', async () => {
    const events: string[] = [];
    const model: Pick<Model, 'predict' | 'keepReady'> = {
      predict: ({ rows }) => {
        events.push('predict');
        return new Float64Array(rows);
      },
      keepReady: () => {
        events.push('keep');
        return () => void events.push('release');
      },
    };
    const sources = Array.from({ length: columns }, (_, j) => `x${j}`);
    const measure = (throwIfCancelled: () => void) =>
      permutationImportance(model, features, target, sources, 'regression', RandomStream.fromSeed(1), { ...silentContext, throwIfCancelled });
    await measure(() => undefined);
    assert.equal(events[0], 'keep');
    assert.ok(events.length > 4 && events.slice(1, -1).every((event) => event === 'predict'), events.join(' '));
    assert.equal(events[events.length - 1], 'release');
    events.length = 0;
    await assert.rejects(measure(() => {
      throw new Error('cancelled');
    }), /cancelled/);
    assert.deepEqual(events, ['keep', 'predict', 'release']);
  });
});
