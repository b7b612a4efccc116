import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Papa from 'papaparse';
import type { HyperparameterValue } from '../../../src/schema/algorithm';
import { takeRows } from '../../../src/engine/compute/matrix';
import { regressionMetrics } from '../../../src/engine/evaluate/regressionMetrics';
import type { Model, TrainingData } from '../../../src/engine/models/estimator';
import { algorithms } from '../../../src/engine/models/registry';
import { assertClose } from '../closeness';
import { sharedData } from '../sharedData';
import { fit, fixture, matrixOf, probabilitiesOf, trainingData } from './fitting';

interface DataCase {
  kind: 'data';
  name: string;
  classCount: number;
  testRows?: number[][];
  /** A public file … */
  file?: string;
  target: string | number[];
  rows?: number;
  columns?: string[];
  /** … or the rows themselves. */
  features?: number[][];
}
interface ExactCase {
  kind: 'exact';
  algorithm: string;
  data: string;
  settings: Record<string, HyperparameterValue>;
  answer: 'coefficients' | 'probabilities' | 'predictions' | 'decisions';
  expected: number[];
}
interface ScoresCase {
  kind: 'scores';
  algorithm: string;
  data: string;
  settings: Record<string, HyperparameterValue>;
  scores: number[];
}

const cases = fixture<DataCase | ExactCase | ScoresCase>('parity');
const sets = new Map(cases.flatMap((one) => (one.kind === 'data' ? [[one.name, one] as const] : [])));

/** How near answers must be, relative to the largest of them. */
const tolerance = 1e-6;

/** The rows of a data set as the reference saw them: numbers without missing values, scaled by all rows when they come from a file. */
function load(test: Mocha.Context, name: string): TrainingData {
  const set = sets.get(name);
  assert.ok(set !== undefined);
  if (set.features !== undefined && typeof set.target !== 'string') {
    return trainingData(matrixOf(set.features), Float64Array.from(set.target), set.classCount);
  }
  const { columns = [], target, rows = 0, file = '' } = set;
  assert.ok(typeof target === 'string');
  const parsed = Papa.parse<Record<string, string>>(readFileSync(sharedData(test, file), 'utf8'), { header: true, skipEmptyLines: true });
  const complete = parsed.data.filter((row) => Object.values(row).every((cell) => cell !== '')).slice(0, rows);
  const features = matrixOf(complete.map((row) => columns.map((column) => Number(row[column]))));
  columns.forEach((_, j) => scaleColumn(features.values, j, columns.length));
  const cells = complete.map((row) => row[target]);
  const labels = [...new Set(cells)].sort();
  return trainingData(features, Float64Array.from(cells, (cell) => (set.classCount > 0 ? labels.indexOf(cell) : Number(cell))), set.classCount);
}

function scaleColumn(values: Float64Array, column: number, columns: number): void {
  const own = values.filter((_, i) => i % columns === column);
  const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
  const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
  own.forEach((value, row) => (values[row * columns + column] = (value - mean) / (deviation === 0 ? 1 : deviation)));
}

async function answersOf(model: Model, { features, classCount }: TrainingData, answer: ExactCase['answer']): Promise<Float64Array> {
  const every = (step: number, width: number, values: Float64Array): Float64Array => values.filter((_, i) => Math.floor(i / width) % step === 0);
  switch (answer) {
    case 'coefficients': {
      const { coefficients, intercepts } = model.fittedCoefficients?.() ?? assert.fail('no coefficients');
      return Float64Array.from([...coefficients, ...intercepts]);
    }
    case 'probabilities':
      return every(7, classCount, (await probabilitiesOf(model, features)).values);
    case 'predictions':
      return every(3, 1, await model.predict(features));
    case 'decisions': {
      const decided = classCount === 0 ? undefined : await model.decisionValues?.(features);
      return decided === undefined ? every(3, 1, await model.predict(features)) : every(3, classCount, decided.values);
    }
  }
}

function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}

/** The table of docs/parity.md: a line for each model and data set. */
function tableOfCases(): string[] {
  const describeSettings = (settings: object): string => Object.entries(settings).filter(([name]) => !['tol', 'maxIter'].includes(name)).map(([name, value]) => `${name} ${String(value)}`).join(', ');
  const lines = cases.flatMap((one) => {
    if (one.kind === 'data') {
      return [];
    }
    const compared = one.kind === 'exact' ? one.answer : sets.get(one.data)?.classCount === 0 ? 'R² of 10 seeds' : 'accuracy of 10 seeds';
    const allowed = one.kind === 'exact' ? 'a millionth' : 'not worse by more than a standard error';
    return [`| ${one.algorithm} | ${describeSettings(one.settings)} | ${one.data} | ${compared} | ${allowed} |`];
  });
  return ['| model | settings | data | compared | tolerance |', '| --- | --- | --- | --- | --- |', ...lines];
}

describe('parity with scikit-learn (test/fixtures/sklearn/parity.py)', function () {
  this.timeout(60_000);
  const found: string[] = [];
  after(() => found.forEach((line) => console.log(`      ${line}`)));

  for (const reference of cases) {
    if (reference.kind === 'exact') {
      const { algorithm, data: name, settings, answer, expected } = reference;
      it(`${algorithm} on ${name}: ${answer}`, async function () {
        const data = load(this, name);
        const answers = await answersOf(await fit(algorithm, data, { hyperparameters: settings }), data, answer);
        const size = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
        const error = answers.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i])), 0) / size;
        found.push(`${algorithm.padEnd(20)} ${name.padEnd(10)} ${answer.padEnd(14)} off by ${error.toExponential(1)}, allowed ${tolerance}`);
        assertClose(answers, expected, tolerance, answer);
      });
    }
    if (reference.kind === 'scores') {
      const { algorithm, data: name, settings, scores } = reference;
      it(`${algorithm} on ${name}: scores of ${scores.length} seeds`, async function () {
        const { features, target, classCount } = load(this, name);
        const own: number[] = [];
        for (const [seed, testRows] of (sets.get(name)?.testRows ?? []).entries()) {
          const isTest = new Set(testRows);
          const [test, train] = [true, false].map((side) => Uint32Array.from(target.keys()).filter((row) => isTest.has(row) === side));
          const data = trainingData(takeRows(features, train), Float64Array.from(train, (row) => target[row]), classCount);
          const actual = Float64Array.from(test, (row) => target[row]);
          // What chance does to a forest counts for as much as what it does to the test rows: three forests tell it apart.
          const repeats = algorithm === 'randomForest' || algorithm === 'extraTrees' ? 3 : 1;
          let sum = 0;
          for (let repeat = 0; repeat < repeats; repeat++) {
            const model = await fit(algorithm, data, { seed: seed + 10 * repeat, hyperparameters: settings });
            const predicted = await model.predict(takeRows(features, test));
            sum += classCount > 0 ? predicted.filter((label, i) => label === actual[i]).length / actual.length : (regressionMetrics(actual, predicted)['r2'] ?? Number.NaN);
          }
          own.push(sum / repeats);
        }
        const [ours, theirs] = [own, scores].map(meanAndError);
        const allowed = Math.hypot(ours.error, theirs.error);
        found.push(`${algorithm.padEnd(20)} ${name.padEnd(10)} ${classCount > 0 ? 'accuracy' : 'R²'} ${ours.mean.toFixed(4)} against ${theirs.mean.toFixed(4)}, a standard error is ${allowed.toFixed(4)}`);
        assert.ok(ours.mean >= theirs.mean - allowed, `${ours.mean} against ${theirs.mean}, allowed ${allowed}`);
      });
    }
  }

  it('holds every model that is not a network, for each of its tasks', () => {
    const held = new Set(cases.flatMap((one) => (one.kind === 'data' ? [] : [`${one.algorithm}, ${sets.get(one.data)?.classCount === 0 ? 'regression' : 'classification'}`])));
    const missing = algorithms
      .filter(({ declaration }) => declaration.id !== 'baseline' && !declaration.hyperparameters.some(({ name }) => name === 'epochs'))
      .flatMap(({ declaration: { id, tasks } }) => tasks.map((task) => `${id}, ${task}`))
      .filter((name) => !held.has(name));
    assert.deepEqual(missing, [], 'a model that came needs a case in parity.py');
  });

  it('is told in docs/parity.md, line for line', () => {
    const text = readFileSync(path.join(__dirname, '../../../docs/parity.md'), 'utf8');
    const table = text.split('\n').filter((line) => line.startsWith('|'));
    assert.deepEqual(table, tableOfCases(), `The table must read:\n${tableOfCases().join('\n')}`);
  });
});
