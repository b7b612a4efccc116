import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { HyperparameterValue } from '../../../../src/schema/algorithm';
import { zeros } from '../../../../src/engine/compute/matrix';
import { RandomStream } from '../../../../src/engine/compute/random';
import { gradientBoosting } from '../../../../src/engine/models/boosting/gradientBoosting';
import { assertClose } from '../../closeness';

interface Fixture {
  readonly features: readonly (readonly (number | null)[])[];
  readonly targets: Record<string, number[]>;
  readonly everyRow: number;
  readonly predictions: Record<string, number[]>;
}

const fixture = JSON.parse(
  readFileSync(path.join(__dirname, '../../../fixtures/gradientBoosting/gradientBoosting.json'), 'utf8'),
) as Fixture;

const features = zeros(fixture.features.length, 4);
features.values.set(fixture.features.flatMap((row) => row.map((value) => value ?? NaN)));
const everyFifth = zeros(Math.ceil(features.rows / fixture.everyRow), 4);
for (let i = 0; i < everyFifth.rows; i++) {
  everyFifth.values.set(features.values.subarray(i * fixture.everyRow * 4, (i * fixture.everyRow + 1) * 4), i * 4);
}
const context = { report: () => undefined, throwIfCancelled: () => undefined, threads: 2 };

interface Case {
  readonly target: string;
  readonly classCount?: number;
  readonly settings?: Record<string, HyperparameterValue>;
  readonly categoryCounts?: readonly number[];
}

const cases: Record<string, Case> = {
  squaredError: { target: 'noisy' },
  absoluteError: { target: 'noisy', settings: { loss: 'absoluteError' } },
  quantile: { target: 'noisy', settings: { loss: 'quantile', quantile: 0.8 } },
  poisson: { target: 'counts', settings: { loss: 'poisson', minSamplesLeaf: 1 } },
  l2AndDepth: { target: 'noisy', settings: { l2Regularization: 3, maxDepth: 2 } },
  categorical: { target: 'noisy', categoryCounts: [0, 0, 0, 6] },
  monotonic: { target: 'noisy', settings: { monotonicConstraints: { a: 1, c: -1 } } },
  binary: { target: 'binary', classCount: 2, settings: { minSamplesLeaf: 1 } },
  multinomial: { target: 'three', classCount: 3, settings: { minSamplesLeaf: 1 } },
  balanced: { target: 'three', classCount: 3, settings: { classWeight: 'balanced', minSamplesLeaf: 1 } },
};

/** Gradients are rounded to about 9 digits here, scores to 7: predictions agree that far, trees in every split. */
const tolerance = 2e-6;

describe('gradient boosting against scikit-learn', () => {
  for (const [name, { target, classCount = 0, settings = {}, categoryCounts }] of Object.entries(cases)) {
    it(`predicts the same with ${name}`, async () => {
      const defaults = gradientBoosting.declaration.hyperparameters.map((h) => [h.name, h.default] as const);
      const hyperparameters = { ...Object.fromEntries(defaults), maxIter: 12, maxLeafNodes: 8, minSamplesLeaf: 10, ...settings };
      const estimator = gradientBoosting.createEstimator(classCount === 0 ? 'regression' : 'classification', hyperparameters);
      const model = await estimator.fit(
        {
          features,
          featureNames: ['a', 'b', 'c', 'd'],
          target: Float64Array.from(fixture.targets[target]),
          classCount,
          ...(categoryCounts === undefined ? {} : { categoryCounts }),
        },
        RandomStream.fromSeed(1),
        context,
      );
      const predicted = classCount === 0 ? await model.predict(everyFifth) : (await model.predictProba?.(everyFifth))?.values;
      assert.ok(predicted !== undefined);
      assertClose(predicted, fixture.predictions[name], tolerance, name);
    });
  }
});
