import { strict as assert } from 'node:assert';
import { normalTwoSided, studentQuantile, studentTwoSided } from '../../../src/engine/compute/distributions';
import { describeCoefficients } from '../../../src/engine/evaluate/coefficients';
import type { Coefficient, Coefficients } from '../../../src/schema/evaluation';
import type { HyperparameterValue } from '../../../src/schema/algorithm';
import { RandomStream } from '../../../src/engine/compute/random';
import { assertClose } from '../closeness';
import { fit, fixture, matrixOf, trainingData } from './fitting';

interface TableCase {
  kind: 'linear' | 'logistic';
  name: string;
  X: number[][];
  y: number[];
  params: number[];
  errors: number[];
  statistics: number[];
  pValues: number[];
  lower: number[];
  upper: number[];
}
type InferenceCase = TableCase
  | { kind: 'student'; tails: { t: number; degrees: number; twoSided: number; quantile: number }[] }
  | { kind: 'normal'; tails: { z: number; twoSided: number }[] };

const cases = fixture<InferenceCase>('inference');

async function tableOf(
  id: string, rows: readonly (readonly number[])[], target: readonly number[], classCount = 0, hyperparameters: Record<string, HyperparameterValue> = {},
): Promise<Coefficients> {
  const data = trainingData(matrixOf(rows), Float64Array.from(target), classCount);
  const classes = Array.from({ length: classCount }, (_, label) => `class${label}`);
  const described = describeCoefficients(await fit(id, data, { hyperparameters }), data.featureNames, classes, rows.length);
  assert.ok(described !== undefined, `${id} has coefficients`);
  return described;
}

function columnOf(coefficients: readonly Coefficient[], key: Exclude<keyof Coefficient, 'feature'>): number[] {
  return coefficients.map((coefficient) => coefficient[key] ?? Number.NaN);
}

describe('coefficients are statsmodels\' (test/fixtures/sklearn/inference.py)', () => {
  for (const reference of cases) {
    if (reference.kind !== 'linear' && reference.kind !== 'logistic') {
      continue;
    }
    it(`${reference.kind}: ${reference.name}`, async () => {
      const isLinear = reference.kind === 'linear';
      const described = isLinear
        ? await tableOf('linearRegression', reference.X, reference.y)
        : await tableOf('logisticRegression', reference.X, reference.y, 2, { penalty: 'none', tol: 1e-13, maxIter: 10_000 });
      const [{ coefficients }] = described.outputs;
      // Least squares is solved, a likelihood is climbed: as far as its slope can be told from 0.
      const tolerance = isLinear ? 1e-9 : 1e-6;
      assert.deepEqual(coefficients.map(({ feature }) => feature), ['(intercept)', ...reference.X[0].map((_, j) => `x${j}`)]);
      assertClose(columnOf(coefficients, 'coefficient'), reference.params, tolerance, 'coefficients');
      assertClose(columnOf(coefficients, 'standardError'), reference.errors, tolerance, 'standard errors');
      assertClose(columnOf(coefficients, 'statistic'), reference.statistics, tolerance, 'statistics');
      assertClose(columnOf(coefficients, 'pValue'), reference.pValues, tolerance, 'p-values');
      assertClose(columnOf(coefficients, 'lower'), reference.lower, tolerance, 'lower ends');
      assertClose(columnOf(coefficients, 'upper'), reference.upper, tolerance, 'upper ends');
      if (!isLinear) {
        assertClose(columnOf(coefficients, 'oddsRatio'), reference.params.map(Math.exp), tolerance, 'odds ratios');
        assert.equal(described.outputs[0].class, 'class1');
      }
      assert.equal(described.degreesOfFreedom, isLinear ? reference.X.length - reference.X[0].length - 1 : undefined);
    });
  }
});

describe('distributions are scipy\'s', () => {
  it('Student\'s t, from its middle to far out', () => {
    for (const reference of cases.flatMap((one) => (one.kind === 'student' ? one.tails : []))) {
      const { t, degrees } = reference;
      assertClose([studentTwoSided(t, degrees)], [reference.twoSided], 1e-10, `t = ${t} with ${degrees} degrees of freedom`);
      assertClose([studentTwoSided(-t, degrees)], [reference.twoSided], 1e-10, 'symmetric');
      assertClose([studentQuantile(0.05, degrees)], [reference.quantile], 1e-10, `quantile with ${degrees} degrees of freedom`);
    }
    assert.equal(studentTwoSided(Infinity, 5), 0);
  });

  it('the normal distribution', () => {
    for (const { z, twoSided } of cases.flatMap((one) => (one.kind === 'normal' ? one.tails : []))) {
      assertClose([normalTwoSided(z)], [twoSided], 1e-12, `z = ${z}`);
    }
  });
});

describe('coefficients where they are no simple matter', () => {
  const random = RandomStream.fromSeed(5);
  const numbers = Array.from({ length: 90 }, () => [random.next(), random.next()]);
  const noise = numbers.map(() => 0.2 * (random.next() - 0.5));

  it('judges numbers beside categories that are a feature each, and says that those depend on each other', async () => {
    const group = numbers.map((_, i) => i % 3);
    const target = numbers.map(([a, b], i) => 2 * a - b + group[i] + noise[i]);
    const oneHot = await tableOf('linearRegression', numbers.map((row, i) => [...row, ...[0, 1, 2].map((g) => Number(group[i] === g))]), target);
    const dropped = await tableOf('linearRegression', numbers.map((row, i) => [...row, ...[1, 2].map((g) => Number(group[i] === g))]), target);
    const [all, some] = [oneHot.outputs[0].coefficients, dropped.outputs[0].coefficients];
    // What the numbers do doesn't depend on how categories are written.
    for (const place of [1, 2]) {
      for (const key of ['coefficient', 'standardError', 'statistic', 'pValue', 'lower', 'upper'] as const) {
        assertClose([all[place][key] ?? NaN], [some[place][key] ?? NaN], 1e-9, `${key} of x${place - 1}`);
      }
    }
    assert.equal(oneHot.degreesOfFreedom, 90 - 5);
    for (const place of [0, 3, 4, 5]) {
      assert.equal(all[place].standardError, null);
      assert.equal(all[place].pValue, null);
    }
    assert.ok(oneHot.notes.some((note) => note.startsWith('Only 4 of 5 features are independent')));
    assert.ok(!dropped.notes.some((note) => note.includes('independent')));
  });

  it('has no standard error for a copied or a constant column, and one for the others', async () => {
    const target = numbers.map(([a, b], i) => a + b + noise[i]);
    const { outputs: [{ coefficients }] } = await tableOf('linearRegression', numbers.map(([a, b]) => [a, b, b * 3, 7]), target);
    assert.deepEqual(coefficients.map(({ standardError }) => standardError === null), [true, false, true, true, true]);
  });

  // From the products alone where they leave enough digits, else from the residuals themselves.
  for (const share of [1, 0.1, 1e-2, 1e-4, 1e-8]) {
    it(`tells the noise to nine digits where it is ${share} of the signal`, async () => {
      const data = trainingData(matrixOf(numbers.map(([a, b]) => [1000 + a, b])), Float64Array.from(numbers, ([a, b], i) => 2 * a - b + share * noise[i]), 0);
      const model = await fit('linearRegression', data);
      const predicted = await model.predict(data.features);
      const squares = data.target.reduce((sum, value, i) => sum + (value - predicted[i]) ** 2, 0);
      const described = describeCoefficients(model, data.featureNames, [], numbers.length);
      // What rounding the target itself leaves of the smallest noise is a few millionths.
      assertClose([described?.residualStandardError ?? NaN], [Math.sqrt(squares / (numbers.length - 3))], share < 1e-6 ? 1e-5 : 1e-9, 'residual standard error');
    });
  }

  it('says why a penalised model, one with more features than rows, and an exact fit have none', async () => {
    const target = numbers.map(([a]) => a);
    for (const id of ['ridge', 'lasso', 'elasticNet']) {
      const { outputs: [{ coefficients }], notes } = await tableOf(id, numbers, target);
      assert.ok(coefficients.every((one) => one.standardError === undefined && one.pValue === undefined));
      assert.ok(notes.some((note) => note.includes('penalty pulls coefficients')));
    }
    const wide = await tableOf('linearRegression', [[1, 2, 3], [2, 1, 5]], [1, 2]);
    assert.ok(wide.notes.some((note) => note.includes('more features than rows')));
    const exact = await tableOf('linearRegression', [[1, 2], [2, 1], [4, 4]], [1, 2, 3]);
    assert.ok(exact.notes.some((note) => note.includes('as many coefficients as there are rows')));
  });

  it('says why a logistic regression has none: penalty, weights, several or separate classes', async () => {
    const labels = numbers.map(([a, b]) => Number(a > b));
    const noted = async (target: readonly number[], classCount: number, hyperparameters: Record<string, HyperparameterValue>): Promise<string> =>
      (await tableOf('logisticRegression', numbers, target, classCount, hyperparameters)).notes.join(' ');
    assert.match(await noted(labels, 2, {}), /penalty pulls coefficients/);
    assert.match(await noted(labels, 2, { penalty: 'none', classWeight: 'balanced' }), /class weights/);
    assert.match(await noted(labels, 2, { penalty: 'none', tol: 1e-9, maxIter: 1000 }), /separate the classes perfectly/);
    assert.match(await noted(numbers.map((_, i) => i % 3), 3, { penalty: 'none' }), /more than two classes/);
    const three = await tableOf('logisticRegression', numbers, numbers.map((_, i) => i % 3), 3);
    assert.deepEqual(three.outputs.map((output) => output.class), ['class0', 'class1', 'class2']);
  });

  it('keeps the thousand features with the largest coefficients', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => Array.from({ length: 1200 }, (_, j) => Math.sin(i * 1200 + j * j)));
    const described = await tableOf('ridge', rows, rows.map((row) => row[3]));
    assert.equal(described.outputs[0].coefficients.length, 1001);
    assert.equal(described.omitted, 200);
    assert.ok(described.outputs[0].coefficients.some(({ feature }) => feature === 'x3'));
  });
});
