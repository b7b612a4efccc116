import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { RandomStream } from '../../../src/engine/compute/random';
import { zeros } from '../../../src/engine/compute/matrix';
import { prCurves, rocCurves } from '../../../src/engine/evaluate/curves';
import { fixture, matrixOf } from '../models/fitting';
import { classificationResults } from './results';

interface CurvesCase {
  kind: string;
  name: string;
  target: number[];
  probabilities: number[][];
  curves: {
    label: number; fpr: number[]; tpr: number[]; precision: number[]; recall: number[]; rocAuc: number; averagePrecision: number;
  }[];
}

const cases = fixture<CurvesCase>('metrics').filter(({ kind }) => kind === 'classification');

describe('curves equal scikit-learn (test/fixtures/sklearn/metrics.py)', () => {
  for (const reference of cases) {
    it(reference.name, () => {
      const probabilities = matrixOf(reference.probabilities);
      const labels = Array.from({ length: probabilities.columns }, (_, k) => `class ${k}`);
      const target = Float64Array.from(reference.target);
      const roc = rocCurves(target, probabilities, labels);
      const pr = prCurves(target, probabilities, labels);
      assert.deepEqual(roc.map(({ label }) => label), reference.curves.map(({ label }) => `class ${label}`));
      for (const expected of reference.curves) {
        const own = { roc: curveOf(roc, expected.label), pr: curveOf(pr, expected.label) };
        assert.ok(Math.abs((own.roc.auc ?? NaN) - expected.rocAuc) < 1e-9);
        assert.ok(Math.abs((own.pr.auc ?? NaN) - expected.averagePrecision) < 1e-9);
        assertSameLine(own.roc, expected.fpr, expected.tpr);
        assertSameLine(own.pr, expected.recall, expected.precision);
      }
    });
  }
});

function curveOf<Curve extends { label: string }>(curves: Curve[], label: number): Curve {
  const curve = curves.find((candidate) => candidate.label === `class ${label}`);
  assert.ok(curve !== undefined, `no curve for class ${label}`);
  return curve;
}

/** Points may be left out where the line is straight: each of ours is one of theirs, and theirs lie on our line. */
function assertSameLine({ x, y }: { x: number[]; y: number[] }, expectedX: number[], expectedY: number[]): void {
  for (let i = 0; i < x.length; i++) {
    assert.ok(expectedX.some((value, k) => Math.hypot(value - x[i], expectedY[k] - y[i]) < 1e-12), `point (${x[i]}, ${y[i]})`);
  }
  for (let k = 0; k < expectedX.length; k++) {
    const distance = distanceToLine(expectedX[k], expectedY[k], x, y);
    assert.ok(distance < 1e-12, `(${expectedX[k]}, ${expectedY[k]}) is ${distance} away from the line`);
  }
}

function distanceToLine(px: number, py: number, x: ArrayLike<number>, y: ArrayLike<number>): number {
  let nearest = Infinity;
  for (let i = 0; i + 1 < x.length; i++) {
    const dx = x[i + 1] - x[i];
    const dy = y[i + 1] - y[i];
    const length = dx * dx + dy * dy;
    const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((px - x[i]) * dx + (py - y[i]) * dy) / length));
    nearest = Math.min(nearest, Math.hypot(px - x[i] - share * dx, py - y[i] - share * dy));
  }
  return nearest;
}

describe('curves', () => {
  it('run forwards from end to end, within the unit square', () => {
    fc.assert(fc.property(classificationResults(), ({ target, probabilities }) => {
      const labels = Array.from({ length: probabilities.columns }, (_, k) => String(k));
      for (const { x, y } of rocCurves(target, probabilities, labels)) {
        assert.deepEqual([x[0], y[0], x.at(-1), y.at(-1)], [0, 0, 1, 1]);
        assert.ok(x.every((value, i) => i === 0 || (value >= x[i - 1] && y[i] >= y[i - 1])));
      }
      for (const { x, y } of prCurves(target, probabilities, labels)) {
        assert.deepEqual([x[0], y[0], x.at(-1)], [0, 1, 1]);
        assert.ok(x.every((value, i) => value >= (x[i - 1] ?? 0) && y[i] >= 0 && y[i] <= 1));
      }
    }));
  });

  it('of many rows are thinned to 500 points without moving visibly', () => {
    const rows = 100_000;
    const random = RandomStream.fromSeed(5);
    const probabilities = zeros(rows, 2);
    const target = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      target[i] = Number(random.next() < 0.3);
      const score = (random.next() + 0.6 * target[i]) / 1.6;
      probabilities.values[2 * i] = 1 - score;
      probabilities.values[2 * i + 1] = score;
    }
    const [roc] = rocCurves(target, probabilities, ['no', 'yes']);
    const [pr] = prCurves(target, probabilities, ['no', 'yes']);
    assert.ok(roc.x.length <= 500 && pr.x.length <= 500);
    const full = everyThreshold(target, probabilities.values);
    for (let i = 0; i < rows; i += 97) {
      assert.ok(distanceToLine(full.fpr[i], full.tpr[i], roc.x, roc.y) < 1e-3, `ROC point ${i}`);
    }
    // Precision at the very first rows jumps up and down: only what a chart could show is asked for.
    for (let i = 2000; i < rows; i += 97) {
      assert.ok(distanceToLine(full.tpr[i], full.precision[i], pr.x, pr.y) < 4e-3, `PR point ${i}`);
    }
  });
});

/** Rates after each row, from the highest score down, the plain way. */
function everyThreshold(target: Float64Array, values: Float64Array) {
  const order = Array.from(target.keys()).sort((a, b) => values[2 * b + 1] - values[2 * a + 1]);
  const positives = target.reduce((sum, label) => sum + label, 0);
  const points = { fpr: [] as number[], tpr: [] as number[], precision: [] as number[] };
  let hits = 0;
  order.forEach((row, i) => {
    hits += target[row];
    points.fpr.push((i + 1 - hits) / (target.length - positives));
    points.tpr.push(hits / positives);
    points.precision.push(hits / (i + 1));
  });
  return points;
}
