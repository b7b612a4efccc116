import fc from 'fast-check';
import type { Matrix } from '../../../src/engine/compute/matrix';
import { zeros } from '../../../src/engine/compute/matrix';

export interface ClassificationResults {
  readonly target: Float64Array;
  readonly predicted: Float64Array;
  readonly probabilities: Matrix;
}

/** Arbitrary results of classifiers, ties and missing classes among them; predictions are the most probable classes. */
export function classificationResults(): fc.Arbitrary<ClassificationResults> {
  return fc.integer({ min: 2, max: 5 }).chain((classes) => {
    const row = fc.record({
      label: fc.integer({ min: 0, max: classes - 1 }),
      weights: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: classes, maxLength: classes }),
    });
    return fc.array(row, { minLength: 1, maxLength: 40 }).map((rows) => {
      const probabilities = zeros(rows.length, classes);
      const predicted = new Float64Array(rows.length);
      rows.forEach(({ weights }, i) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        probabilities.values.set(weights.map((weight) => (total === 0 ? 1 / classes : weight / total)), i * classes);
        predicted[i] = weights.indexOf(Math.max(...weights));
      });
      return { target: Float64Array.from(rows, ({ label }) => label), predicted, probabilities };
    });
  });
}
