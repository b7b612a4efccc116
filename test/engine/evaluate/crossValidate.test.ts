import { strict as assert } from 'node:assert';
import { RandomStream } from '../../../src/engine/compute/random';
import { CancelledError, UserError } from '../../../src/engine/errors';
import { crossValidate } from '../../../src/engine/evaluate/crossValidate';
import { planFolds } from '../../../src/engine/evaluate/foldWorkers';
import type { FitContext } from '../../../src/engine/models/estimator';
import { silentContext } from '../../../src/engine/stepContext';
import { experimentOf } from '../experiments';
import { numericColumn, tableOf } from '../tables';
import { numberAt } from '../../../src/engine/data/numbers';

const rowCount = 10_500;
const columnCount = 20;

/** Large enough that folds go to threads. */
function manyRows() {
  const random = RandomStream.fromSeed(3);
  const columns = Array.from({ length: columnCount }, (_, c) => numericColumn(`x${c}`, Array.from({ length: rowCount }, () => random.next())));
  const target = Float64Array.from({ length: rowCount }, (_, row) => Number(numberAt(columns[0].numbers, row) + numberAt(columns[1].numbers, row) + 0.3 * random.next() > 1.15));
  const table = tableOf(...columns, numericColumn('y', Array.from(target), 'integer'));
  return { table, rows: Uint32Array.from(target.keys()), target, classes: ['0', '1'] };
}

describe('crossValidate', function () {
  this.timeout(60_000);
  const data = manyRows();
  const experiment = experimentOf({
    algorithm: 'randomForest', hyperparameters: { nEstimators: 4, maxDepth: 6 }, validation: { method: 'stratified', folds: 3 },
  });
  const validate = (context: Partial<FitContext>, rows = data.rows, folds = 3) =>
    crossValidate({ ...data, rows, target: data.target.slice(0, rows.length) }, { ...experiment, validation: { ...experiment.validation, folds } }, RandomStream.fromSeed(1), { ...silentContext, threads: 1, ...context }, columnCount);

  it('gives the same scores for any number of threads, and tells how far it is', async () => {
    const one = await validate({ threads: 1 });
    const { scores } = one;
    assert.ok(scores !== null);
    const fractions: number[] = [];
    const messages = new Set<string>();
    const three = await validate({ threads: 3, report: (fraction, message) => {
      fractions.push(fraction);
      messages.add(message.replace(/:.*/, ''));
    } });
    assert.deepEqual(three, one);
    assert.deepEqual(await validate({ threads: 2 }), one);
    assert.equal(scores.metrics['accuracy'].values.length, 3);
    assert.ok(scores.metrics['accuracy'].mean > 0.85);
    assert.deepEqual(scores.rows, [{ train: 7000, test: 3500 }, { train: 7000, test: 3500 }, { train: 7000, test: 3500 }]);
    assert.deepEqual([...messages].sort(), ['fold 1 of 3', 'fold 2 of 3', 'fold 3 of 3']);
    assert.ok(fractions.every((fraction, i) => i === 0 || fraction >= fractions[i - 1]), 'progress never falls');
    assert.equal(fractions.at(-1), 1);
  });

  it('gives the same scores when a few rows are scored in this thread', async () => {
    const few = data.rows.slice(0, 300);
    assert.deepEqual(await validate({ threads: 4 }, few), await validate({ threads: 1 }, few));
  });

  it('ends at once when it is cancelled while threads are at work', async () => {
    let looks = 0;
    const cancelled = validate({ threads: 2, throwIfCancelled: () => {
      if (++looks > 2) {
        throw new CancelledError();
      }
    } });
    await assert.rejects(cancelled, CancelledError);
  });

  for (const threads of [1, 2]) {
    it(`counts the folds that are done when it is stopped, and gives up the others: ${threads === 1 ? 'in this thread' : 'in threads'}`, async () => {
      const all = await validate({ threads: 1 }, data.rows, 12);
      let scored = 0;
      const stopped = await validate({
        threads,
        report: (_fraction, message) => (scored += message.endsWith('scored') ? 1 : 0),
        stopRequested: () => scored > 0,
      }, data.rows, 12);
      assert.ok(stopped.done >= 1 && stopped.done < 12, String(stopped.done));
      assert.ok(stopped.scores !== null && all.scores !== null);
      const values = all.scores.metrics['accuracy'].values;
      assert.equal(stopped.scores.metrics['accuracy'].values.length, stopped.done);
      assert.ok(stopped.scores.metrics['accuracy'].values.every((value) => values.includes(value)), 'of folds that are as if none was given up');
      assert.equal(stopped.scores.rows?.length, stopped.done);
    });
  }

  it('has no scores when it is stopped before the first fold is done', async () => {
    assert.deepEqual(await validate({ stopRequested: () => true }), { scores: null, done: 0 });
  });

  it('passes on what the user can mend', async () => {
    const hopeless = { ...experiment, features: { exclude: Array.from({ length: columnCount }, (_, c) => `x${c}`), types: {} } };
    await assert.rejects(
      crossValidate(data, hopeless, RandomStream.fromSeed(1), { ...silentContext, threads: 2 }, columnCount),
      (error) => error instanceof UserError && error.message.startsWith('No column is left to learn from'),
    );
  });
});

describe('planFolds', () => {
  it('scores as many folds at once as there are threads and as fit into memory', () => {
    assert.deepEqual(planFolds(5, 2, 1e6, 8e9), { workers: 2, threads: 1 });
    assert.deepEqual(planFolds(3, 16, 1e6, 8e9), { workers: 3, threads: 5 });
    assert.deepEqual(planFolds(5, 1, 1e6, 8e9), { workers: 1, threads: 1 });
    // 30 million cells take 0.87 GB a fold.
    assert.deepEqual(planFolds(5, 8, 30e6, 2.6e9), { workers: 2, threads: 4 });
    assert.deepEqual(planFolds(5, 8, 30e6, 1e9), { workers: 1, threads: 8 });
  });
});
