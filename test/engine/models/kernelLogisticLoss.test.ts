import { strict as assert } from 'node:assert';
import type { Matrix } from '../../../src/engine/compute/matrix';
import { zeros } from '../../../src/engine/compute/matrix';
import { RandomStream } from '../../../src/engine/compute/random';
import { KernelLogisticLoss } from '../../../src/engine/models/linear/kernelLogisticLoss';
import { LogisticLoss } from '../../../src/engine/models/linear/logisticLoss';
import { assertClose } from '../closeness';
import { fit, trainingData } from './fitting';

function noise(rows: number, columns: number, value = (x: number, _column: number): number => x): Matrix {
  const random = RandomStream.fromSeed(3);
  const features = zeros(rows, columns);
  features.values.forEach((_, i) => {
    features.values[i] = value(2 * random.next() - 1, i % columns);
  });
  return features;
}

function labels(rows: number, classCount: number): Float64Array {
  const random = RandomStream.fromSeed(4);
  return Float64Array.from({ length: rows }, () => random.nextInt(classCount));
}

describe('the logistic loss of the kernel', () => {
  for (const classCount of [2, 3, 17]) {
    for (const [rows, columns] of [[1, 1], [31, 4], [33, 5], [1000, 7], [20_100, 3], ...(classCount === 17 ? [[620, 1001]] : [])]) {
      it(`is that of plain loops, with 1, 2 and 4 threads: ${classCount} classes, ${rows} × ${columns}`, () => {
        const features = noise(rows, columns, (x, j) => 10 ** (j % 3) * x + 5 * (j % 2));
        const target = labels(rows, classCount);
        const options = {
          classWeights: Float64Array.from({ length: classCount }, (_, k) => 1 + 0.25 * k), l2: 0.1, pause: () => undefined,
        };
        const plain = new LogisticLoss(features, target, options);
        const random = RandomStream.fromSeed(5);
        const point = Float64Array.from({ length: plain.size }, () => random.next() - 0.5);
        const gradient = new Float64Array(plain.size);
        const value = plain.evaluate(point, gradient);
        const found = [1, 2, 4].map((threads) => {
          const loss = new KernelLogisticLoss(features, target, options, threads);
          try {
            const [quick, exact] = [new Float64Array(loss.size), new Float64Array(loss.size)];
            return { quickValue: loss.evaluateQuickly(point, quick), quick, exactValue: loss.evaluate(point, exact), exact };
          } finally {
            loss.close();
          }
        });
        assert.deepEqual(found[1], found[0]);
        assert.deepEqual(found[2], found[0]);
        const [{ quickValue, quick, exactValue, exact }] = found;
        assertClose([exactValue], [value], 1e-12, 'value');
        assertClose(exact, gradient, 1e-10, 'gradient', 'absolute');
        assertClose([quickValue], [value], 2e-6, 'quick value');
        // Relative to the features' sizes.
        const sized = (slopes: Float64Array) => slopes.map((slope, i) => slope / (i < slopes.length - plain.outputs ? 10 ** ((i % columns) % 3) : 1));
        assertClose(sized(quick), sized(gradient), 1e-5, 'quick gradient', 'absolute');
      });
    }
  }

  it('stays finite and exact where logits are huge', () => {
    const features = noise(40, 1, (x) => 1000 * x);
    const target = new Float64Array(40).fill(1);
    const options = { classWeights: Float64Array.of(1, 1), l2: 0, pause: () => undefined };
    const loss = new KernelLogisticLoss(features, target, options, 1);
    try {
      const [quick, gradient] = [new Float64Array(2), new Float64Array(2)];
      const value = new LogisticLoss(features, target, options).evaluate(Float64Array.of(1, 0), gradient);
      assertClose([loss.evaluateQuickly(Float64Array.of(1, 0), quick)], [value], 1e-6, 'value');
      assertClose(quick, gradient, 1e-6, 'gradient');
    } finally {
      loss.close();
    }
  });
});

describe('logistic regression by the kernel', () => {
  for (const classCount of [2, 4]) {
    it(`ends much nearer at the minimum than 32-bit floats lead, when asked to: ${classCount} classes`, async () => {
      const rows = 4000;
      const target = labels(rows, classCount);
      const features = noise(rows, 15, (x) => x);
      for (let i = 0; i < rows; i++) {
        features.values[15 * i] += target[i];
      }
      const C = 0.5;
      const model = await fit('logisticRegression', trainingData(features, target, classCount), { hyperparameters: { C, tol: 1e-9, maxIter: 5000 } });
      const { coefficients, intercepts } = model.save().arrays;
      const loss = new LogisticLoss(features, target, {
        classWeights: new Float64Array(classCount).fill(1), l2: 1 / (C * rows), pause: () => undefined,
      });
      const gradient = new Float64Array(loss.size);
      loss.evaluate(Float64Array.from([...coefficients, ...intercepts]), gradient);
      assert.ok(gradient.every((slope) => Math.abs(slope) < 1e-8), String(gradient));
    });

    it(`doesn't depend on the number of threads: ${classCount} classes`, async () => {
      const target = labels(20_500, classCount);
      const features = noise(20_500, 4, (x) => x);
      const fitted = await Promise.all([1, 2, 4].map((threads) =>
        fit('logisticRegression', trainingData(features, target, classCount), {
          context: { report: () => undefined, throwIfCancelled: () => undefined, threads },
        })));
      assert.deepEqual(fitted[1].save(), fitted[0].save());
      assert.deepEqual(fitted[2].save(), fitted[0].save());
    });
  }

  it('takes the exact way where 32-bit floats overflow', async () => {
    const target = labels(6000, 2);
    // The sample that sets the scale sees none of the few huge values.
    const features = noise(6000, 10, (x, j) => (j === 3 ? 0 : x));
    features.values[10 * 17 + 3] = 1e300;
    const model = await fit('logisticRegression', trainingData(features, target, 2));
    assert.ok(model.save().arrays['coefficients'].every(Number.isFinite));
  });
});
