import { strict as assert } from 'node:assert';
import { RandomStream } from '../../../src/engine/compute/random';
import { CancelledError, UserError } from '../../../src/engine/errors';
import type { SavedModel } from '../../../src/engine/models/estimator';
import { LogisticLoss } from '../../../src/engine/models/linear/logisticLoss';
import { assertClose } from '../closeness';
import { algorithmNamed, fit, matrixOf, probabilitiesOf, quietContext, trainingData } from './fitting';

function noise(rows: number, columns: number, seed = 1): number[][] {
  const random = RandomStream.fromSeed(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * random.next() - 1));
}

describe('LogisticLoss', () => {
  for (const classCount of [2, 4]) {
    for (const rows of [1, 2, 3, 4, 11]) {
      it(`has the gradient that finite differences show: ${classCount} classes, ${rows} rows`, () => {
        const features = matrixOf(noise(rows, 3));
        const target = Float64Array.from({ length: rows }, (_, i) => (i * 7) % classCount);
        const loss = new LogisticLoss(features, target, {
          classWeights: Float64Array.from({ length: classCount }, (_, k) => 1 + 0.5 * k), l2: 0.1, pause: () => undefined,
        });
        const random = RandomStream.fromSeed(2);
        const point = Float64Array.from({ length: loss.size }, () => random.next() - 0.5);
        const gradient = new Float64Array(loss.size);
        loss.evaluate(point, gradient);
        const differences = point.map((_, i) => {
          const valueAt = (shift: number): number =>
            loss.evaluate(point.map((value, j) => (j === i ? value + shift : value)), new Float64Array(loss.size));
          return (valueAt(1e-5) - valueAt(-1e-5)) / 2e-5;
        });
        assertClose(gradient, differences, 1e-8, 'gradient', 'absolute');
      });
    }
  }

  it('stays finite and exact where logits are huge', () => {
    const loss = new LogisticLoss(matrixOf([[1000], [-1000]]), Float64Array.of(1, 1), {
      classWeights: Float64Array.of(1, 1), l2: 0, pause: () => undefined,
    });
    const gradient = new Float64Array(2);
    assert.equal(loss.evaluate(Float64Array.of(1, 0), gradient), 500);
    assert.deepEqual(gradient, Float64Array.of(500, -0.5));
  });
});

describe('an L1 penalty', () => {
  for (const [columns, classCount] of [[4, 2], [400, 2], [4, 3]]) {
    it(`ends where the slopes of kept coefficients balance it, and all others stay below: ${columns} features, ${classCount} classes`, async () => {
      const rows = noise(90, columns, 5);
      const features = matrixOf(rows);
      const target = Float64Array.from(rows, ([a, b], i) => Math.min(classCount - 1, Number(a > 0) + Number(b > 0.3) + Number(i % 11 === 0)));
      const C = 0.4;
      const model = await fit('logisticRegression', trainingData(features, target, classCount), {
        hyperparameters: { penalty: 'l1', C, tol: 1e-9, maxIter: 20000 },
      });
      const { coefficients, intercepts } = model.save().arrays;
      const loss = new LogisticLoss(features, target, { classWeights: new Float64Array(classCount).fill(1), l2: 0, pause: () => undefined });
      const gradient = new Float64Array(loss.size);
      loss.evaluate(Float64Array.from([...coefficients, ...intercepts]), gradient);
      const bound = 1 / (C * rows.length);
      coefficients.forEach((value: number, j: number) => {
        const excess = value === 0 ? Math.max(0, Math.abs(gradient[j]) - bound) : Math.abs(gradient[j] + Math.sign(value) * bound);
        assert.ok(excess < 1e-7, `coefficient ${j} is ${value} and the slope ${gradient[j]} for a bound of ${bound}`);
      });
      assert.ok(gradient.slice(coefficients.length).every((slope) => Math.abs(slope) < 1e-7), 'intercepts');
      assert.ok(coefficients.some((value: number) => value === 0) && coefficients.some((value: number) => value !== 0));
    });
  }
});

describe('logistic regression', () => {
  for (const classCount of [2, 3]) {
    it(`stops on perfectly separable classes without a penalty: ${classCount} classes`, async () => {
      const target = Float64Array.from({ length: 60 }, (_, i) => i % classCount);
      const features = matrixOf(Array.from(target, (label, i) => [10 * label + (i % 7) / 7, (i % 5) / 5]));
      const model = await fit('logisticRegression', trainingData(features, target, classCount), { hyperparameters: { penalty: 'none', tol: 1e-10, maxIter: 10000 } });
      assert.deepEqual(await model.predict(features), target);
      assert.ok((await probabilitiesOf(model, features)).values.every(Number.isFinite));
    });
  }

  it('sets the coefficients of features that say nothing to exactly 0 with an L1 penalty', async () => {
    const rows = noise(200, 8);
    const target = Float64Array.from(rows, ([a, b]) => Number(a - b > 0));
    const model = await fit('logisticRegression', trainingData(matrixOf(rows), target, 2), { hyperparameters: { penalty: 'l1', C: 0.1 } });
    const zeros = Array.from(model.save().arrays['coefficients'], (coefficient) => coefficient === 0);
    assert.deepEqual(zeros, [false, false, true, true, true, true, true, true]);
  });

  it('fits more features than rows', async () => {
    const target = Float64Array.from({ length: 20 }, (_, i) => i % 2);
    const features = matrixOf(noise(20, 300).map((row, i) => row.map((value, j) => value + (j < 5 ? 2 * target[i] : 0))));
    const model = await fit('logisticRegression', trainingData(features, target, 2));
    assert.deepEqual(await model.predict(features), target);
  });

  it('survives unscaled features of huge and tiny magnitudes', async () => {
    const target = Float64Array.from({ length: 100 }, (_, i) => i % 2);
    const features = matrixOf(noise(100, 2).map(([a, b], i) => [1e9 * (a + 3 * target[i]), 1e-9 * b]));
    const model = await fit('logisticRegression', trainingData(features, target, 2), { hyperparameters: { maxIter: 1000 } });
    assert.ok((await model.predict(features)).filter((label, i) => label === target[i]).length >= 99);
  });

  it('gives a constant feature no say, with or without a penalty', async () => {
    const target = Float64Array.from({ length: 60 }, (_, i) => Number(i % 3 === 0));
    const rows = noise(60, 2).map(([a, b], i) => [a + target[i], b, 0.1]);
    for (const penalty of ['l2', 'none']) {
      const model = await fit('logisticRegression', trainingData(matrixOf(rows), target, 2), { hyperparameters: { penalty, tol: 1e-9 } });
      const without = await fit('logisticRegression', trainingData(matrixOf(rows.map(([a, b]) => [a, b])), target, 2), { hyperparameters: { penalty, tol: 1e-9 } });
      assertClose((await probabilitiesOf(model, matrixOf(rows))).values, (await probabilitiesOf(without, matrixOf(rows.map(([a, b]) => [a, b])))).values, 1e-6, penalty);
    }
  });

  it('gives classes that never occur no probability, and the others theirs', async () => {
    const features = matrixOf(noise(50, 2));
    const two = Float64Array.from({ length: 50 }, (_, i) => Number(features.values[2 * i] > 0));
    const model = await fit('logisticRegression', trainingData(features, two.map((label) => 3 * label + 1), 6));
    const binary = await fit('logisticRegression', trainingData(features, two, 2));
    const [wide, narrow] = await Promise.all([model, binary].map((fitted) => probabilitiesOf(fitted, features)));
    for (let i = 0; i < 50; i++) {
      assert.deepEqual(Array.from(wide.values.slice(6 * i, 6 * i + 6)), [0, narrow.values[2 * i], 0, 0, narrow.values[2 * i + 1], 0]);
    }
  });

  it('reports iterations and can be cancelled in the midst of them', async () => {
    const features = matrixOf(noise(2000, 20));
    const target = Float64Array.from({ length: 2000 }, (_, i) => Number(features.values[20 * i] > 0) + Number(features.values[20 * i + 1] > 0.2));
    const data = trainingData(features, target, 3);
    const reports: string[] = [];
    const context = {
      ...quietContext,
      report: (_: number, message: string) => reports.push(message),
      throwIfCancelled: () => {
        if (reports.some((message) => message.startsWith('iteration 3:'))) {
          throw new CancelledError();
        }
      },
    };
    await assert.rejects(fit('logisticRegression', data, { context }), CancelledError);
    assert.match(reports[reports.length - 1], /^iteration 3: mean loss 0\.\d+$/);
  });

  it('refuses a damaged model with a sentence', async () => {
    const features = matrixOf(noise(30, 2));
    const model = await fit('logisticRegression', trainingData(features, Float64Array.from({ length: 30 }, (_, i) => i % 3), 3));
    const saved = model.save();
    const algorithm = algorithmNamed('logisticRegression');
    const damages: SavedModel['arrays'][] = [
      { classes: Int32Array.of(0, 1, 9) }, { intercepts: Float64Array.of(1) }, { coefficients: new Float64Array(5) },
    ];
    for (const arrays of damages) {
      assert.throws(
        () => algorithm.loadModel('classification', { ...saved, arrays: { ...saved.arrays, ...arrays } }),
        (error) => error instanceof UserError && error.message.startsWith('The saved model is damaged'),
      );
    }
  });
});
