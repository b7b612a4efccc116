import { strict as assert } from 'node:assert';
import type { HyperparameterValue } from '../../../src/schema/algorithm';
import { CancelledError } from '../../../src/engine/errors';
import type { FitContext, TrainingData } from '../../../src/engine/models/estimator';
import { unlessStopped } from '../../../src/engine/models/stopping';
import { RandomStream } from '../../../src/engine/compute/random';
import { algorithmNamed, fit, matrixOf, quietContext, trainingData } from './fitting';

/** Features that go together, so that steps towards the optimum are many. */
function data(classCount: number): TrainingData {
  const random = RandomStream.fromSeed(7);
  const rows = Array.from({ length: 300 }, () => {
    const base = 4 * random.next() - 2;
    return Array.from({ length: 6 }, (_, j) => base + 0.3 * j * (random.next() - 0.5));
  });
  const values = Float64Array.from(rows, (row) => row.reduce((sum, value, j) => sum + (j % 2 === 0 ? value : -0.8 * value), 0) + random.next());
  const sorted = values.slice().sort();
  const codes = values.map((value) => Math.floor((sorted.indexOf(value) / sorted.length) * classCount));
  return trainingData(matrixOf(rows), classCount > 0 ? codes : values, classCount);
}

interface Stop {
  readonly done: number;
  readonly planned: number | undefined;
  readonly unit: string;
  readonly converged: false | undefined;
}

/** A user who asks to stop once the fit has said something that matches. */
function stoppingUser(at: RegExp): { readonly context: FitContext; readonly stops: Stop[]; readonly messages: string[] } {
  const stops: Stop[] = [];
  const messages: string[] = [];
  let asked = false;
  const context: FitContext = {
    ...quietContext,
    report: (_fraction, message) => {
      messages.push(message);
      asked ||= at.test(message);
    },
    stopRequested: () => asked,
    stoppedAfter: (done, planned, unit, converged) => stops.push({ done, planned, unit, converged }),
  };
  return { context, stops, messages };
}

const iterative: readonly { readonly name: string; readonly id: string; readonly classes: number; readonly hyperparameters: Record<string, HyperparameterValue>; readonly at: RegExp; readonly stop: Stop }[] = [
  { name: 'L-BFGS', id: 'logisticRegression', classes: 2, hyperparameters: { tol: 1e-12 }, at: /^iteration 2:/, stop: { done: 2, planned: 100, unit: 'iterations', converged: false } },
  { name: 'L-BFGS, three classes', id: 'logisticRegression', classes: 3, hyperparameters: { tol: 1e-12, maxIter: 50 }, at: /^iteration 3:/, stop: { done: 3, planned: 50, unit: 'iterations', converged: false } },
  { name: 'OWL-QN', id: 'logisticRegression', classes: 3, hyperparameters: { tol: 1e-12, penalty: 'l1' }, at: /^iteration 2:/, stop: { done: 2, planned: 100, unit: 'iterations', converged: false } },
  { name: 'proximal Newton', id: 'logisticRegression', classes: 2, hyperparameters: { tol: 1e-12, penalty: 'l1' }, at: /^iteration 1:/, stop: { done: 1, planned: 100, unit: 'iterations', converged: false } },
  { name: 'coordinate descent', id: 'lasso', classes: 0, hyperparameters: { tol: 1e-14, alpha: 0.001 }, at: /^pass 3 /, stop: { done: 3, planned: 1000, unit: 'passes over the coefficients', converged: false } },
  { name: 'coordinate descent', id: 'elasticNet', classes: 0, hyperparameters: { tol: 1e-14, alpha: 0.001 }, at: /^pass 2 /, stop: { done: 2, planned: 1000, unit: 'passes over the coefficients', converged: false } },
];

describe('a fit that is stopped', () => {
  for (const { name, id, classes, hyperparameters, at, stop } of iterative) {
    it(`keeps the coefficients that it has come to: ${id}, ${name}`, async () => {
      const rows = data(classes);
      const { context, stops } = stoppingUser(at);
      const stopped = await fit(id, rows, { hyperparameters, context });
      assert.deepEqual(stops, [stop]);
      const short = await fit(id, rows, { hyperparameters: { ...hyperparameters, maxIter: stop.done } });
      assert.deepEqual(stopped.fittedCoefficients?.().coefficients, short.fittedCoefficients?.().coefficients, 'as if no more had been planned');
      const { stops: none, context: patient } = stoppingUser(/never/);
      await fit(id, rows, { hyperparameters, context: patient });
      assert.deepEqual(none, []);
    });
  }

  it('gives coefficients that have not come to rest no standard errors', async () => {
    const model = await fit('logisticRegression', data(2), { hyperparameters: { tol: 1e-12, penalty: 'none' }, context: stoppingUser(/^iteration 1:/).context });
    const inference = model.fittedCoefficients?.().inference;
    assert.ok(typeof inference === 'string');
    assert.match(inference, /stopped before the coefficients had come to rest/);
  });

  it('keeps the members that are done: voting', async () => {
    const rows = data(0);
    const { context, stops } = stoppingUser(/^Random forest: tree 2 /);
    const model = await fit('voting', rows, { context });
    assert.deepEqual(stops, [{ done: 1, planned: 3, unit: 'members', converged: undefined }]);
    assert.deepEqual(await model.predict(rows.features), await (await fit('ridge', rows)).predict(rows.features));
  });

  it('keeps the first member as far as it has come when none is done: voting', async () => {
    const rows = data(2);
    const { context, stops } = stoppingUser(/^Random forest: tree 3 /);
    const told: string[] = [];
    const hyperparameters = { logisticRegression: false, knn: true };
    const model = await fit('voting', rows, { hyperparameters, context: { ...context, log: (_level, message) => told.push(message) } });
    assert.deepEqual(stops.map(({ done, planned, unit }) => [done, planned, unit]), [[1, 2, 'members']]);
    assert.equal(told.length, 1);
    assert.match(told[0], /before the first member was done, .*: Random forest, after \d+ of 100 trees\.$/);
    const predicted = await model.predict(rows.features);
    assert.ok(predicted.filter((label, row) => label === rows.target[row]).length > 200);
  });

  for (const [when, at, done] of [
    ['in the first fold', /^out of fold: fold 1 of 3: fitting: Random forest: tree 2 /, 1],
    ['in a later fold', /^out of fold: fold 3 of 3: fitting: Random forest: tree 2 /, 6],
    ['while members are fitted to all rows', /^all rows: Random forest: tree 2 /, 10],
  ] as const) {
    it(`learns from the folds that are done: stacking, stopped ${when}`, async () => {
      for (const classes of [0, 3]) {
        const rows = data(classes);
        const { context, stops } = stoppingUser(at);
        const model = await fit('stacking', rows, { hyperparameters: { folds: 3 }, context });
        assert.deepEqual(stops, [{ done, planned: 12, unit: 'fits of its members', converged: undefined }]);
        const predicted = await model.predict(rows.features);
        const right = predicted.filter((answer, row) => (classes > 0 ? answer === rows.target[row] : Math.abs(answer - rows.target[row]) < 1)).length;
        assert.ok(right > 180, `${right} of 300`);
        const task = classes > 0 ? 'classification' : 'regression';
        assert.deepEqual(await algorithmNamed('stacking').loadModel(task, model.save()).predict(rows.features), predicted);
      }
    });
  }
});

describe('unlessStopped', () => {
  const context = (isStopped: () => boolean): FitContext => ({ ...quietContext, stopRequested: isStopped });
  const looking = async (own: FitContext): Promise<string> => {
    own.throwIfCancelled();
    return 'done';
  };

  it('gives work up, and no more than the work that was to be given up', async () => {
    assert.equal(await unlessStopped(context(() => false), looking), 'done');
    assert.equal(await unlessStopped(context(() => true), looking), undefined);
    let insideEnded = false;
    const outside = await unlessStopped(context(() => true), async (own) => {
      await unlessStopped({ ...own, stopRequested: () => false }, looking);
      insideEnded = true;
    });
    assert.deepEqual([outside, insideEnded], [undefined, false], 'the inner work was not to be stopped');
  });

  it('lets a cancel and errors through', async () => {
    const cancelled = { ...context(() => true), throwIfCancelled: () => { throw new CancelledError(); } };
    await assert.rejects(unlessStopped(cancelled, looking), CancelledError);
    await assert.rejects(unlessStopped(context(() => false), () => Promise.reject(new RangeError('no'))), RangeError);
  });
});
