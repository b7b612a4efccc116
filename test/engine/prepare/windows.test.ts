import { strict as assert } from 'node:assert';
import type { Table } from '../../../src/engine/data/table';
import { timeOrderedSplit, timeSeriesFolds } from '../../../src/engine/evaluate/splitters';
import type { WindowState } from '../../../src/engine/prepare/windows';
import { fillForward, makeWindows, orderRows, rowsWithWindow } from '../../../src/engine/prepare/windows';

const y = Float64Array.of(30, NaN, 20, 0, 70, NaN, 50, 40);
const table: Table = {
  rowCount: 8,
  lines: Uint32Array.from({ length: 8 }, (_, row) => row + 2),
  columns: [
    { kind: 'numeric', name: 'time', type: 'integer', numbers: { kind: 'floats', values: Float64Array.of(3, 1, 2, 0, 7, 6, 5, 4) } },
    { kind: 'categorical', name: 'id', type: 'categorical', codes: Int32Array.of(0, 0, 1, 1, 0, 0, 1, 1), categories: ['a', 'b'] },
    { kind: 'numeric', name: 'y', type: 'numeric', numbers: { kind: 'floats', values: y } },
  ],
};
const all = Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7);
const features = { rows: 8, columns: 1, values: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7) };

describe('windows of rows', () => {
  it('orders rows by a column, each group by itself', () => {
    assert.deepEqual(orderRows(table, { orderBy: 'time' }).sequences.map((rows) => Array.from(rows)), [[3, 1, 2, 0, 7, 6, 5, 4]]);
    assert.deepEqual(orderRows(table, { orderBy: 'time', groupBy: 'id' }).sequences.map((rows) => Array.from(rows)), [[1, 0, 5, 4], [3, 2, 7, 6]]);
    assert.throws(() => orderRows(table, { orderBy: 'when' }), /no column "when" to order rows by/);
  });

  it('fills missing values from before, and the first ones from after', () => {
    assert.deepEqual(Array.from(fillForward(y, orderRows(table, { orderBy: 'time', groupBy: 'id' }))), [30, 30, 20, 0, 70, 30, 50, 40]);
  });

  it('takes the rows before, as far back as the horizon says, and never those of another group', () => {
    const state: WindowState = { steps: 2, horizon: 1, stride: 1, orderBy: 'time', groupBy: 'id', history: true };
    const order = orderRows(table, state);
    const rows = rowsWithWindow(state, order, all, false);
    assert.deepEqual(Array.from(rows), [4, 5, 6, 7]);
    const windows = makeWindows(state, order, rows, features, Float64Array.of(0, 10, 20, 30, 40, 50, 60, 70));
    assert.deepEqual(Array.from(windows.values), [0, 0, 5, 50, 1, 10, 0, 0, 2, 20, 7, 70, 3, 30, 2, 20]);
  });

  it('knows a row itself when the horizon is 0, and thins training windows by the stride', () => {
    const state: WindowState = { steps: 3, horizon: 0, stride: 2, history: false };
    const order = orderRows(table, state);
    assert.deepEqual(Array.from(rowsWithWindow(state, order, all, true)), [2, 4, 6]);
    assert.deepEqual(Array.from(makeWindows(state, order, Uint32Array.of(4), features, undefined).values), [2, 3, 4]);
  });

  it('refuses windows that would not fit into memory', () => {
    const state: WindowState = { steps: 1_000_000_000, horizon: 1, stride: 1, history: false };
    assert.throws(() => makeWindows(state, orderRows(table, state), all, features, undefined), /use a shorter window/);
  });
});

describe('splits in time', () => {
  it('tests on the latest rows of each group', () => {
    const { train, test } = timeOrderedSplit(all, orderRows(table, { orderBy: 'time', groupBy: 'id' }), 0.25);
    assert.deepEqual([Array.from(test).sort(), train.length], [[4, 6], 6]);
    const whole = timeOrderedSplit(all, orderRows(table, { orderBy: 'time' }), 0.25);
    assert.deepEqual([Array.from(whole.train), Array.from(whole.test)], [[3, 1, 2, 0, 7, 6], [5, 4]]);
  });

  it('refuses a test size that leaves no training row', () => {
    assert.throws(() => timeOrderedSplit(all, orderRows(table, {}), 0.99), /leaves no training rows/);
  });

  it('tests each fold after all that came before it, as TimeSeriesSplit does', () => {
    // sklearn.model_selection.TimeSeriesSplit(3).split(range(10)) of scikit-learn 1.8: tests [4 5], [6 7], [8 9].
    const folds = timeSeriesFolds(10, 3).map(({ train, test }) => [train.length, ...test]);
    assert.deepEqual(folds, [[4, 4, 5], [6, 6, 7], [8, 8, 9]]);
    assert.throws(() => timeSeriesFolds(3, 5), /can't be cut into 5 folds/);
  });
});
