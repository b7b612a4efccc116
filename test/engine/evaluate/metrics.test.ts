import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Metrics } from '../../../src/schema/run';
import { classificationMetricNames, regressionMetricNames } from '../../../src/schema/metrics';
import { classificationMetrics } from '../../../src/engine/evaluate/classificationMetrics';
import { confusionMatrix } from '../../../src/engine/evaluate/confusionMatrix';
import { regressionMetrics } from '../../../src/engine/evaluate/regressionMetrics';
import { fixture, matrixOf } from '../models/fitting';
import { classificationResults } from './results';

type MetricsCase = ClassificationCase | RegressionCase;
interface ClassificationCase {
  kind: 'classification';
  name: string;
  target: number[];
  predicted: number[];
  probabilities: number[][];
  confusionMatrix: number[][];
  metrics: Metrics;
}
interface RegressionCase {
  kind: 'regression';
  name: string;
  actual: number[];
  predicted: number[];
  metrics: Metrics;
}

const cases = fixture<MetricsCase>('metrics');

describe('metrics equal scikit-learn to 1e-9 (test/fixtures/sklearn/metrics.py)', () => {
  for (const reference of cases) {
    it(`${reference.kind}: ${reference.name}`, () => {
      if (reference.kind === 'regression') {
        const metrics = regressionMetrics(Float64Array.from(reference.actual), Float64Array.from(reference.predicted));
        assertMetrics(metrics, reference.metrics, regressionMetricNames);
        return;
      }
      const target = Float64Array.from(reference.target);
      const predicted = Float64Array.from(reference.predicted);
      const probabilities = matrixOf(reference.probabilities);
      assert.deepEqual(confusionMatrix(target, predicted, probabilities.columns), reference.confusionMatrix);
      assertMetrics(classificationMetrics(target, predicted, probabilities), reference.metrics, classificationMetricNames);
    });
  }
});

function assertMetrics(actual: Metrics, expected: Metrics, names: readonly string[]): void {
  assert.deepEqual(Object.keys(actual).sort(), [...names].sort());
  for (const name of names) {
    const value = actual[name];
    const reference = expected[name];
    if (value === null || reference === null) {
      assert.equal(value, reference, name);
    } else {
      const error = Math.abs(value - reference) / Math.max(1, Math.abs(reference));
      assert.ok(error <= 1e-9, `${name}: ${value} instead of ${reference}`);
    }
  }
}

describe('classification metrics', () => {
  it('stay within their ranges', () => {
    fc.assert(fc.property(classificationResults(), ({ target, predicted, probabilities }) => {
      const metrics = classificationMetrics(target, predicted, probabilities);
      for (const [name, value] of Object.entries(metrics)) {
        if (value === null) {
          assert.ok(['rocAuc', 'prAuc'].includes(name), `${name} is null`);
          continue;
        }
        const [low, high] = name === 'mcc' ? [-1, 1] : name === 'logLoss' ? [0, -Math.log(Number.EPSILON)] : [0, 1];
        assert.ok(value >= low - 1e-12 && value <= high + 1e-12, `${name} is ${value}`);
      }
    }));
  });

  it('do not depend on the order of rows', () => {
    fc.assert(fc.property(classificationResults(), ({ target, predicted, probabilities }) => {
      const reversed = classificationMetrics(target.slice().reverse(), predicted.slice().reverse(), {
        ...probabilities,
        values: Float64Array.from(Array.from(target.keys()).reverse().flatMap((row) =>
          Array.from(probabilities.values.slice(row * probabilities.columns, (row + 1) * probabilities.columns)))),
      });
      assertMetrics(reversed, classificationMetrics(target, predicted, probabilities), classificationMetricNames);
    }));
  });

  it('are perfect for perfect answers', () => {
    fc.assert(fc.property(classificationResults(), ({ target, probabilities }) => {
      const sure = { ...probabilities, values: new Float64Array(probabilities.values.length) };
      target.forEach((label, row) => {
        sure.values[row * sure.columns + label] = 1;
      });
      const metrics = classificationMetrics(target, target, sure);
      for (const name of ['accuracy', 'balancedAccuracy', 'f1Macro', 'precisionWeighted', 'recallMicro']) {
        assert.equal(metrics[name], 1, name);
      }
      assert.ok(metrics['rocAuc'] === null || metrics['rocAuc'] === 1);
      assert.ok((metrics['logLoss'] ?? 1) < 1e-15);
    }));
  });
});

describe('regression metrics', () => {
  // Thousandths: squares of the very smallest numbers would vanish.
  const value = fc.integer({ min: -1e9, max: 1e9 }).map((thousandths) => thousandths / 1000);
  const values = fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 30 });

  it('errors are never negative, scores never above 1, and mean and root belong together', () => {
    fc.assert(fc.property(values, (pairs) => {
      const metrics = regressionMetrics(Float64Array.from(pairs, ([a]) => a), Float64Array.from(pairs, ([, b]) => b));
      for (const name of ['mse', 'rmse', 'mae', 'medianAbsoluteError', 'mape']) {
        assert.ok((metrics[name] ?? -1) >= 0, name);
      }
      assert.ok((metrics['r2'] ?? 2) <= 1 && (metrics['explainedVariance'] ?? 2) <= 1 + 1e-12);
      assert.ok((metrics['rmse'] ?? 0) >= (metrics['mae'] ?? 0) * (1 - 1e-12), 'the root mean square is at least the mean');
    }));
  });

  it('errors are the same when actual and predicted change places', () => {
    fc.assert(fc.property(values, (pairs) => {
      const actual = Float64Array.from(pairs, ([a]) => a);
      const predicted = Float64Array.from(pairs, ([, b]) => b);
      const there = regressionMetrics(actual, predicted);
      const back = regressionMetrics(predicted, actual);
      for (const name of ['mse', 'rmse', 'mae', 'medianAbsoluteError']) {
        assert.equal(there[name], back[name], name);
      }
    }));
  });
});
