import { strict as assert } from 'node:assert';
import type { HyperparameterValue, Task } from '../../../src/schema/algorithm';
import { RandomStream } from '../../../src/engine/compute/random';
import { UserError } from '../../../src/engine/errors';
import { crossValidate } from '../../../src/engine/evaluate/crossValidate';
import { predictWith, scoreMetrics } from '../../../src/engine/evaluate/evaluate';
import type { TrainingData } from '../../../src/engine/models/estimator';
import { algorithms } from '../../../src/engine/models/registry';
import { experimentOf } from '../experiments';
import { categoricalColumn, numericColumn, tableOf } from '../tables';
import { fit, matrixOf, quietContext, trainingData } from './fitting';

/** All but networks, which have tests of their own. */
const classical = algorithms.map(({ declaration }) => declaration).filter(({ id }) => !['mlp', 'cnn', 'rnn', 'lstm', 'gru', 'transformer'].includes(id));

/** Small versions of what takes long on many classes. */
const small: Readonly<Record<string, Record<string, HyperparameterValue>>> = {
  gradientBoosting: { maxIter: 5 }, randomForest: { nEstimators: 10 }, extraTrees: { nEstimators: 10 }, voting: { randomForest: false },
  stacking: { randomForest: false, logisticRegression: false, folds: 2 },
};

interface OddCase {
  readonly name: string;
  readonly tasks: readonly Task[];
  readonly data: (task: Task) => TrainingData;
  /** Algorithms that refuse it, and what they say. */
  readonly refused?: Readonly<Record<string, RegExp>>;
  /** Share of rows that every classifier, or R² that every regression must reach on its training rows; the baseline aside. */
  readonly least?: number;
  /** Algorithms for which that can't be asked. */
  readonly excused?: readonly string[];
}

/** Their default penalty of 1 takes every coefficient to 0 where the target lies between 0 and 1. */
const shrunk = ['lasso', 'elasticNet'];
const both: readonly Task[] = ['classification', 'regression'];

function dataOf(rows: readonly (readonly number[])[], task: Task, target: readonly number[]): TrainingData {
  const classCount = Math.max(...target.map((value) => Math.round(value))) + 1;
  return trainingData(matrixOf(rows), Float64Array.from(target), task === 'classification' ? classCount : 0);
}

function drawn(count: number, columns: number, seed = 4): number[][] {
  const random = RandomStream.fromSeed(seed);
  return Array.from({ length: count }, () => Array.from({ length: columns }, () => random.next()));
}

const half = (rows: readonly (readonly number[])[]): number[] => rows.map(([a]) => Number(a > 0.5));

const cases: readonly OddCase[] = [
  { name: 'one row a hundred times over', tasks: both, data: (task) => dataOf(Array.from({ length: 100 }, () => [1, 2, 3]), task, Array.from({ length: 100 }, (_, i) => Number(i < 70))) },
  { name: 'every row ten times over', tasks: both, least: 0.9, excused: ['svm', ...shrunk], data: (task) => {
    const rows = drawn(20, 2).flatMap((row) => new Array<number[]>(10).fill(row));
    return dataOf(rows, task, half(rows));
  } },
  { name: 'perfectly separable classes', tasks: ['classification'], least: 1, data: (task) => {
    const rows = drawn(80, 2).map(([a, b]) => [a > 0.5 ? a + 5 : a - 5, b]);
    return dataOf(rows, task, rows.map(([a]) => Number(a > 0)));
  } },
  { name: 'a single feature', tasks: both, least: 0.6, excused: shrunk, data: (task) => {
    const rows = drawn(80, 1);
    return dataOf(rows, task, half(rows));
  } },
  { name: 'constant features only', tasks: both, data: (task) => dataOf(Array.from({ length: 40 }, () => [7, 0, -3]), task, Array.from({ length: 40 }, (_, i) => i % 2)) },
  { name: 'constant features beside one that tells', tasks: both, least: 0.6, excused: shrunk, data: (task) => {
    const rows = drawn(80, 1).map(([a]) => [7, a, 0]);
    return dataOf(rows, task, rows.map(([, a]) => Number(a > 0.5)));
  } },
  { name: 'two rows a class', tasks: ['classification'], data: (task) => {
    const rows = Array.from({ length: 24 }, (_, i) => [Math.floor(i / 2) * 10 + (i % 2) * 0.1, i % 2]);
    return dataOf(rows, task, rows.map((_, i) => Math.floor(i / 2)));
  } },
  { name: 'a class of one row', tasks: ['classification'], data: (task) => {
    const rows = drawn(40, 2);
    return dataOf(rows, task, rows.map(([a], i) => (i === 0 ? 2 : Number(a > 0.5))));
  } },
  { name: 'features of 10^150 and of 10^-150', tasks: both, data: (task) => {
    const rows = drawn(60, 2);
    return dataOf(rows.map(([a, b]) => [a * 1e150, b * 1e-150]), task, half(rows));
  }, refused: {
    linearRegression: /too large for a linear model/, ridge: /too large for a linear model/, lasso: /too large|beyond all bounds/, elasticNet: /too large|beyond all bounds/,
    stacking: /too large for a linear model/, voting: /too large for a linear model/, svm: /too large for a support vector machine/,
  } },
  { name: 'features of 10^9 and of 10^-9', tasks: both, data: (task) => {
    const rows = drawn(60, 2);
    return dataOf(rows.map(([a, b]) => [a * 1e9, b * 1e-9]), task, half(rows));
  } },
  { name: 'a target of 10^12 with little variation', tasks: ['regression'], data: (task) => {
    const rows = drawn(60, 2);
    return trainingData(matrixOf(rows), Float64Array.from(rows, ([a, b]) => 1e12 + a + b), task === 'classification' ? 2 : 0);
  } },
  { name: 'more features than rows', tasks: both, data: (task) => {
    const rows = drawn(30, 200);
    return dataOf(rows, task, half(rows));
  } },
  { name: 'a thousand classes', tasks: ['classification'], data: (task) => {
    const rows = Array.from({ length: 3000 }, (_, i) => [Math.floor(i / 3) % 40, Math.floor(i / 120), (i % 3) * 0.01]);
    return dataOf(rows, task, rows.map((_, i) => Math.floor(i / 3)));
  }, refused: { svm: /499,500 pairs of 1,000 classes/ } },
];

for (const { name, tasks, data, refused = {}, least, excused = [] } of cases) {
  describe(`odd data: ${name}`, function () {
    this.timeout(60_000);
    for (const declaration of classical) {
      for (const task of tasks.filter((one) => declaration.tasks.includes(one))) {
        it(`${declaration.id}, ${task}`, async () => {
          const { id } = declaration;
          const rows = data(task);
          const hyperparameters = Object.fromEntries(Object.entries(rows.classCount > 100 ? (small[id] ?? {}) : {}).filter(([key]) => declaration.hyperparameters.some((own) => own.name === key)));
          const learning = fit(id, rows, { hyperparameters }).then((model) => predictWith(model, rows.features, task));
          if (Object.hasOwn(refused, id)) {
            const outcome = await learning.then(() => undefined, (error: unknown) => error);
            assert.ok(outcome === undefined || (outcome instanceof UserError && refused[id].test(outcome.message)), String(outcome));
            return;
          }
          const predictions = await learning;
          assert.ok(predictions.predicted.every(Number.isFinite), 'finite answers');
          if (predictions.probabilities !== undefined) {
            const { columns, values } = predictions.probabilities;
            for (let row = 0; row < rows.features.rows; row++) {
              const own = values.subarray(row * columns, (row + 1) * columns);
              assert.ok(own.every((share) => share >= 0 && share <= 1 + 1e-9) && Math.abs(own.reduce((sum, share) => sum + share, 0) - 1) < 1e-6, `row ${row}: ${own.join(', ')}`);
            }
          }
          if (least !== undefined && id !== 'baseline' && !excused.includes(id)) {
            const metrics = scoreMetrics(rows.target, predictions);
            const score = metrics[task === 'classification' ? 'accuracy' : 'r2'] ?? Number.NaN;
            assert.ok(score >= (task === 'regression' ? least - 0.35 : least), `score ${score}`);
          }
        });
      }
    }
  });
}

describe('odd data: a column without values in a fold\'s training rows', function () {
  this.timeout(60_000);
  const count = 120;
  const random = RandomStream.fromSeed(9);
  const x = Array.from({ length: count }, () => random.next());
  const table = tableOf(
    numericColumn('x', x),
    // Known only for the last fifth of the time.
    numericColumn('late', x.map((value, row) => (row < 96 ? null : value * 2))),
    categoricalColumn('kind', x.map((value, row) => (row < 96 ? null : value > 0.5 ? 'a' : 'b'))),
    numericColumn('y', x.map((value) => Number(value > 0.5)), 'integer'),
  );
  const rows = Uint32Array.from(x.keys());
  for (const { id, tasks } of classical) {
    for (const task of tasks) {
      it(`${id}, ${task}`, async () => {
        const experiment = experimentOf({ task, algorithm: id, split: { method: 'timeOrdered' }, validation: { method: 'timeOrdered', folds: 4 } });
        const target = Float64Array.from(x, (value) => Number(value > 0.5));
        const classes = task === 'classification' ? ['0', '1'] : [];
        const { scores } = await crossValidate({ table, rows, target, classes }, experiment, RandomStream.fromSeed(1), quietContext, 3);
        assert.equal(scores?.metrics[task === 'classification' ? 'accuracy' : 'r2']?.values.length, 4);
      });
    }
  }
});
