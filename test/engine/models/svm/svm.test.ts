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
import { Decisions } from '../../../../src/engine/models/svm/svmDecisions';
import type { SvmKernel } from '../../../../src/engine/models/svm/svmKernel';
import { evaluateKernel, svmKernelKinds } from '../../../../src/engine/models/svm/svmKernel';
import { SvmModel } from '../../../../src/engine/models/svm/svmModel';
import type { SvmProblem, SvmSolution } from '../../../../src/engine/models/svm/svmSolver';
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

describe('support vector machines of more rows than one working set holds', () => {
  const rows = 1900;
  const columns = 5;
  const random = RandomStream.fromSeed(7);
  const large: Matrix = { rows, columns, values: Float64Array.from({ length: rows * columns }, () => 4 * random.next() - 2) };
  const wave = Float64Array.from({ length: rows }, (_, i) =>
    Math.sin(2 * large.values[i * columns]) + large.values[i * columns + 1] * large.values[i * columns + 2] + random.next() - 0.5);

  /** Bounds and start of a problem: signs of the wave, or with a tube the wave itself. */
  function problemOf(C: number, epsilon: number): SvmProblem {
    const bound = (upper: boolean) => wave.map((value) => (epsilon > 0 || value > 0 === upper ? (upper ? C : -C) : 0));
    const start = wave.map((value) => (epsilon > 0 ? value - epsilon : Math.sign(value)));
    return { rows: Uint32Array.from(wave.keys()), lower: bound(false), upper: bound(true), start };
  }

  async function solveLarge(
    kernel: SvmKernel, { C = 1, epsilon = 0, threads = 2, cacheMegabytes = 100, tolerance = 1e-3, maxIter = null as number | null },
  ): Promise<SvmSolution> {
    const solver = new SvmSolver(large, { kernel, epsilon, tolerance, cacheMegabytes, maxIter }, rows, threads);
    try {
      return await solver.solve(problemOf(C, epsilon), { ...quietContext, isToEnd: () => false });
    } finally {
      solver.close();
    }
  }

  /** How far the optimality conditions are from holding: libsvm's stopping rule, by plain loops in 64-bit floats. */
  function gapOf(kernel: SvmKernel, { beta }: SvmSolution, C: number, epsilon: number): number {
    const { lower, upper, start } = problemOf(C, epsilon);
    let greatest = -Infinity;
    let least = Infinity;
    for (let k = 0; k < rows; k++) {
      let v = start[k];
      for (let i = 0; i < rows; i++) {
        v -= beta[i] === 0 ? 0 : beta[i] * evaluateKernel(kernel, large, k, large, i);
      }
      const tube = 2 * epsilon;
      if (beta[k] < upper[k]) {
        greatest = Math.max(greatest, v + (beta[k] < 0 ? tube : 0));
      }
      if (beta[k] > lower[k]) {
        least = Math.min(least, v + (beta[k] <= 0 ? tube : 0));
      }
    }
    return greatest - least;
  }

  const rbf: SvmKernel = { kind: 'rbf', gamma: 0.3, coef0: 0, degree: 3 };
  const polynomial: SvmKernel = { kind: 'poly', gamma: 0.2, coef0: 1, degree: 2 };
  const cases: Record<string, { kernel: SvmKernel; C: number; epsilon: number; tolerance: number; slack: number }> = {
    classes: { kernel: rbf, C: 1, epsilon: 0, tolerance: 1e-3, slack: 1e-5 },
    'classes, closely': { kernel: rbf, C: 1, epsilon: 0, tolerance: 1e-6, slack: 1e-5 },
    'classes, a large C': { kernel: rbf, C: 100, epsilon: 0, tolerance: 1e-3, slack: 1e-4 },
    'classes, another kernel': { kernel: polynomial, C: 0.5, epsilon: 0, tolerance: 1e-3, slack: 1e-4 },
    regression: { kernel: rbf, C: 1, epsilon: 0.1, tolerance: 1e-3, slack: 1e-5 },
    'regression without a tube': { kernel: rbf, C: 1, epsilon: 0, tolerance: 1e-3, slack: 1e-5 },
  };
  for (const [name, { kernel, C, epsilon, tolerance, slack }] of Object.entries(cases)) {
    it(`end where the optimality conditions hold: ${name}`, async () => {
      const solution = await solveLarge(kernel, { C, epsilon, tolerance });
      assert.ok(gapOf(kernel, solution, C, epsilon) < tolerance + slack, `${gapOf(kernel, solution, C, epsilon)}`);
      assert.ok(Math.abs(solution.beta.reduce((sum, beta) => sum + beta, 0)) < 1e-9 * C * rows);
    });
  }

  for (const [name, epsilon] of [['classes', 0], ['regression', 0.1]] as const) {
    it(`give the same bits with 1, 2 and 4 threads and with a small cache: ${name}`, async () => {
      const one = await solveLarge(rbf, { epsilon, threads: 1 });
      assert.deepEqual(await solveLarge(rbf, { epsilon, threads: 2 }), one);
      assert.deepEqual(await solveLarge(rbf, { epsilon, threads: 4 }), one);
      assert.deepEqual(await solveLarge(rbf, { epsilon, cacheMegabytes: 0.1 }), one);
    });
  }

  it('stop after the steps allowed', async () => {
    const { iterations, beta } = await solveLarge(rbf, { maxIter: 700 });
    assert.equal(iterations, 700);
    assert.ok(beta.some((value) => value !== 0));
  });

  it('end when asked, with an intercept that belongs to the coefficients reached', async () => {
    const count = 6000;
    const features: Matrix = { rows: count, columns: 2, values: Float64Array.from({ length: count * 2 }, () => random.next()) };
    const labels = Float64Array.from({ length: count }, () => (random.next() < 0.5 ? -1 : 1));
    const problem: SvmProblem = {
      rows: Uint32Array.from(labels.keys()), lower: labels.map((label) => Math.min(0, 100 * label)), upper: labels.map((label) => Math.max(0, 100 * label)), start: labels,
    };
    const solver = new SvmSolver(features, { kernel: rbf, epsilon: 0, tolerance: 1e-9, cacheMegabytes: 100, maxIter: null }, count, 2);
    try {
      const { stopped, beta, intercept } = await solver.solve(problem, { ...quietContext, isToEnd: () => true });
      assert.ok(stopped);
      const free = [...beta.keys()].filter((row) => beta[row] > problem.lower[row] && beta[row] < problem.upper[row]);
      const values = free.map((row) => beta.reduce((rest, each, i) => (each === 0 ? rest : rest - each * evaluateKernel(rbf, features, row, features, i)), labels[row]));
      assertClose([intercept], [values.reduce((sum, value) => sum + value, 0) / free.length], 1e-3, 'intercept');
    } finally {
      solver.close();
    }
  });
});

describe('decisions of support vector machines', () => {
  const random = RandomStream.fromSeed(11);
  const matrix = (rows: number, columns: number): Matrix =>
    ({ rows, columns, values: Float64Array.from({ length: rows * columns }, () => 3 * random.next() - 1) });
  const queries = matrix(203, 3);

  for (const kind of svmKernelKinds) {
    it(`are those of plain loops, with 1, 2 and 4 threads and for rows by themselves: ${kind}`, () => {
      const functions = {
        kernel: { kind, gamma: 0.4, coef0: 0.5, degree: 3 }, supportVectors: matrix(5001, 3), coefficients: matrix(3, 5001),
        intercepts: Float64Array.of(0.25, -1, 3),
      };
      const one = new Decisions(functions, 1).of(queries);
      const scale = 5001 * (kind === 'poly' ? 30 : 3);
      for (let row = 0; row < queries.rows; row += 40) {
        for (let f = 0; f < 3; f++) {
          let sum = functions.intercepts[f];
          for (let k = 0; k < 5001; k++) {
            sum += functions.coefficients.values[f * 5001 + k] * evaluateKernel(functions.kernel, queries, row, functions.supportVectors, k);
          }
          assert.ok(Math.abs(one.values[row * 3 + f] - sum) < 1e-6 * scale, `${one.values[row * 3 + f]} rather than ${sum}`);
        }
      }
      assert.deepEqual(new Decisions(functions, 2).of(queries), one);
      assert.deepEqual(new Decisions(functions, 4).of(queries), one);
      const last = { rows: 1, columns: 3, values: queries.values.slice(202 * 3) };
      assert.deepEqual(new Decisions(functions).of(last).values, one.values.slice(202 * 3));
    });
  }

  it('hold for values that 32-bit floats can\'t square, and without support vectors', () => {
    const kernel = { kind: 'linear' as const, gamma: 1, coef0: 0, degree: 3 };
    const functions = { kernel, supportVectors: matrix(2, 1), coefficients: { rows: 1, columns: 2, values: Float64Array.of(1, 2) }, intercepts: Float64Array.of(5) };
    const [a, b] = functions.supportVectors.values;
    const decisions = new Decisions(functions).of({ rows: 2, columns: 1, values: Float64Array.of(1e30, 2) }).values;
    assertClose(decisions, [1e30 * (a + 2 * b), 5 + 2 * (a + 2 * b)], 1e-6, 'decisions');
    const none = { ...functions, supportVectors: matrix(0, 1), coefficients: { rows: 1, columns: 0, values: new Float64Array(0) } };
    assert.deepEqual(new Decisions(none).of(matrix(2, 1)).values, Float64Array.of(5, 5));
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
