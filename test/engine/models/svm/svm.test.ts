import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { HyperparameterValue } from '../../../../src/schema/algorithm';
import type { Matrix } from '../../../../src/engine/compute/matrix';
import { RandomStream } from '../../../../src/engine/compute/random';
import { CancelledError } from '../../../../src/engine/errors';
import type { FitContext } from '../../../../src/engine/models/estimator';
import { predictWith, scoreMetrics } from '../../../../src/engine/evaluate/evaluate';
import { evaluateIsotonic, fitIsotonic } from '../../../../src/engine/models/svm/isotonic';
import { predictionsCsv } from '../../../../src/engine/runs/predictionsFile';
import { coupleProbabilities, fitSigmoid, sigmoidPredict } from '../../../../src/engine/models/svm/platt';
import { svm } from '../../../../src/engine/models/svm/svm';
import { evaluateKernel } from '../../../../src/engine/models/svm/svmKernel';
import { SvmModel } from '../../../../src/engine/models/svm/svmModel';
import type { SvmSolution } from '../../../../src/engine/models/svm/svmSolver';
import { SvmSolver } from '../../../../src/engine/models/svm/svmSolver';
import { assertClose } from '../../closeness';
import { complete, matrixOf, quietContext, trainingData } from '../fitting';

interface Fixture {
  readonly features: number[][];
  readonly binary: number[];
  readonly three: number[];
  readonly value: number[];
  readonly ranked: number[];
  readonly isotonic: { x: number[]; y: number[]; at: number[]; expected: number[] };
  readonly cases: { name: string; predictions: number[]; decisions: number[]; supportVectors: number[]; objective: number | null }[];
}

const fixture = JSON.parse(readFileSync(path.join(__dirname, '../../../fixtures/svm/svm.json'), 'utf8')) as Fixture;
const features = matrixOf(fixture.features);

const settings: Record<string, { target: 'binary' | 'three' | 'value'; changes?: Record<string, HyperparameterValue> }> = {
  rbf: { target: 'binary' },
  linear: { target: 'binary', changes: { kernel: 'linear', C: 0.5 } },
  poly: { target: 'binary', changes: { kernel: 'poly', coef0: 1, degree: 2 } },
  sigmoid: { target: 'binary', changes: { kernel: 'sigmoid', gamma: 0.05 } },
  'one-vs-one': { target: 'three', changes: { C: 3 } },
  balanced: { target: 'three', changes: { classWeight: 'balanced' } },
  regression: { target: 'value' },
  'linear regression': { target: 'value', changes: { kernel: 'linear', epsilon: 0.3, C: 2 } },
};
const classCounts = { binary: 2, three: 3, value: 0 };

async function fit(name: string, changes: Record<string, HyperparameterValue> = {}, context: FitContext = quietContext): Promise<SvmModel> {
  const { target, changes: own } = settings[name];
  const classCount = classCounts[target];
  const task = classCount === 0 ? 'regression' : 'classification';
  const estimator = svm.createEstimator(task, complete(svm, task, { tol: 1e-6, ...own, ...changes }));
  const model = await estimator.fit(
    trainingData(features, Float64Array.from(fixture[target]), classCount), RandomStream.fromSeed(1), context,
  );
  assert.ok(model instanceof SvmModel);
  return model;
}

describe('support vector machines against scikit-learn', () => {
  for (const expected of fixture.cases) {
    it(`finds the optimum: ${expected.name}`, async () => {
      const model = await fit(expected.name);
      const { supportVectors, coefficients, kernel } = model.parts;
      assertClose(model.decisions(features).values, expected.decisions, 2e-4, 'decisions');
      assertClose(model.predict(features), expected.predictions, 2e-4, 'predictions');
      if (expected.objective !== null) {
        assertClose([objective(coefficients.values, supportVectors, kernel, expected.name)], [expected.objective], 1e-6, 'objective');
      }
      if (kernel.kind !== 'linear') {
        // With a linear kernel more vectors than features are needed only by rounding, so which ones is chance.
        assertClose([supportVectors.rows], [expected.supportVectors.length], 0.02, 'support vectors');
      }
    });
  }

  /** The dual objective of the one problem: plain loops, 64-bit floats. */
  function objective(beta: Float64Array, vectors: Matrix, kernel: SvmModel['parts']['kernel'], name: string): number {
    let sum = 0;
    for (let i = 0; i < beta.length; i++) {
      for (let j = 0; j < beta.length; j++) {
        sum += 0.5 * beta[i] * beta[j] * evaluateKernel(kernel, vectors, i, vectors, j);
      }
      const row = fixture.features.findIndex((x) => x.every((value, k) => value === vectors.values[i * vectors.columns + k]));
      const epsilon = name === 'regression' ? 0.1 : 0.3;
      sum += settings[name].target === 'value' ? epsilon * Math.abs(beta[i]) - fixture.value[row] * beta[i] : -Math.abs(beta[i]);
    }
    return sum;
  }
});

describe('support vector machines', () => {
  /** Solves the two-class problem, or with a tube the regression, without looking at how many rows are worth threads. */
  async function solve(epsilon: number, threads: number, cacheMegabytes: number): Promise<SvmSolution> {
    const kernel = { kind: 'rbf' as const, gamma: 0.2, coef0: 0, degree: 3 };
    const options = { kernel, epsilon, tolerance: 1e-6, cacheMegabytes, maxIter: null };
    const solver = new SvmSolver(features, options, features.rows, threads);
    const isFirst = fixture.binary.map((label) => label === 0);
    const rows = Uint32Array.from(fixture.binary.keys());
    const problem = epsilon > 0
      ? {
        rows, lower: new Float64Array(rows.length).fill(-1), upper: new Float64Array(rows.length).fill(1),
        start: Float64Array.from(fixture.value, (value) => value - epsilon),
      }
      : {
        rows, lower: Float64Array.from(isFirst, (first) => (first ? 0 : -1)), upper: Float64Array.from(isFirst, (first) => (first ? 1 : 0)),
        start: Float64Array.from(isFirst, (first) => (first ? 1 : -1)),
      };
    try {
      return await solver.solve(problem, { ...quietContext, isToEnd: () => false });
    } finally {
      solver.close();
    }
  }

  for (const [name, epsilon] of [['classes', 0], ['regression', 0.1]] as const) {
    it(`give the same bits with 1, 2 and 4 threads: ${name}`, async () => {
      const one = await solve(epsilon, 1, 100);
      assert.deepEqual(await solve(epsilon, 2, 100), one);
      assert.deepEqual(await solve(epsilon, 4, 100), one);
    });
  }

  it('solve the same with a cache of two kernel rows', async () => {
    assert.deepEqual(await solve(0, 2, 1e-9), await solve(0, 1, 100));
  });

  it('give probabilities that sum to one and agree with the classes mostly', async () => {
    const model = await fit('one-vs-one');
    const shares = model.predictProba?.(features);
    assert.ok(shares !== undefined);
    let agreeing = 0;
    for (let row = 0; row < shares.rows; row++) {
      const own = shares.values.subarray(row * 3, row * 3 + 3);
      assert.ok(Math.abs(own.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
      agreeing += Number(own.indexOf(Math.max(...own)) === fixture.three[row]);
    }
    assert.ok(agreeing > 0.75 * shares.rows, `${agreeing} of ${shares.rows}`);
  });

  it('without probabilities rank rows as scikit-learn\'s decision_function does, and give metrics all but log loss', async () => {
    const model = await fit('one-vs-one', { probability: false });
    assert.equal(model.predictProba, undefined);
    const first = { rows: 30, columns: features.columns, values: features.values.slice(0, 30 * features.columns) };
    assertClose(model.decisionValues(first).values, fixture.ranked, 2e-4, 'decision values');
    const predictions = await predictWith(model, features, 'classification');
    const metrics = scoreMetrics(Float64Array.from(fixture.three), predictions);
    assert.equal(metrics['logLoss'], null);
    assert.ok((metrics['rocAuc'] ?? 0) > 0.9);
    const loaded = svm.loadModel('classification', model.save());
    assert.deepEqual(await loaded.decisionValues?.(features), model.decisionValues(features));
    const csv = predictionsCsv({ ...predictions, lines: Uint32Array.from(fixture.three.keys()), classes: ['a', 'b', 'c'] });
    assert.match(csv, /^line,predicted,decision:a,decision:b,decision:c\n/);
  });

  it('fit isotonic probabilities on request', async () => {
    const model = await fit('one-vs-one', { calibration: 'isotonic' });
    const shares = model.predictProba?.(features);
    assert.ok(shares !== undefined);
    for (let row = 0; row < shares.rows; row++) {
      assert.ok(Math.abs(shares.values.subarray(row * 3, row * 3 + 3).reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
    }
    assert.ok(Array.from(fixture.three.keys()).filter((row) => (shares.values[row * 3 + fixture.three[row]]) > 0.5).length > 0.75 * shares.rows);
    assert.deepEqual(await svm.loadModel('classification', model.save()).predictProba?.(features), shares);
  });

  it('keep their predictions through save and load', async () => {
    const model = await fit('balanced');
    const loaded = svm.loadModel('classification', model.save());
    assert.deepEqual(await loaded.predict(features), model.predict(features));
    assert.deepEqual(await loaded.predictProba?.(features), model.predictProba?.(features));
  });

  it('end with CancelledError once the user has cancelled', async () => {
    const throwIfCancelled = () => {
      throw new CancelledError();
    };
    await assert.rejects(fit('linear', { C: 1e6, tol: 1e-12 }, { ...quietContext, throwIfCancelled }), CancelledError);
  });
});

describe('isotonic regression', () => {
  it('is scikit-learn\'s', () => {
    const { x, y, at, expected } = fixture.isotonic;
    const fitted = fitIsotonic(Float64Array.from(x), Float64Array.from(y));
    assertClose(at.map((place) => evaluateIsotonic(fitted, place)), expected, 1e-12, 'values');
  });
});

describe('Platt scaling', () => {
  it('recovers the sigmoid that labels were drawn from', () => {
    const random = RandomStream.fromSeed(2);
    const decisions = Float64Array.from({ length: 20000 }, () => 6 * random.next() - 3);
    const isFirst = Array.from(decisions, (f) => random.next() < sigmoidPredict(f, -2, 0.5));
    const { a, b } = fitSigmoid(decisions, isFirst);
    assert.ok(Math.abs(a + 2) < 0.1 && Math.abs(b - 0.5) < 0.1, `A ${a}, B ${b}`);
  });

  it('couples consistent pairs to the distribution that they come from', () => {
    const shares = [0.5, 0.3, 0.2];
    const pair = (i: number, j: number) => shares[i] / (shares[i] + shares[j]);
    assertClose(coupleProbabilities(Float64Array.of(pair(0, 1), pair(0, 2), pair(1, 2)), 3), shares, 0.01, 'shares');
  });
});
