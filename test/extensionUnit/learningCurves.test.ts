import { strict as assert } from 'node:assert';
import { CurveCollector } from '../../src/extension/results/learningCurves';
import type { RunEvent } from '../../src/schema/run';

const epochEvent = (epoch: number, metrics: Record<string, number> = { loss: 1 / epoch }, more: object = {}): RunEvent =>
  ({ kind: 'epoch', time: '2026-03-14T15:09:26.000Z', epoch, epochs: 5000, learningRate: 0.001, metrics, ...more });

describe('CurveCollector', () => {
  it('has no curves for a log without epochs', () => {
    const collector = new CurveCollector();
    collector.add([{ kind: 'log', time: '', level: 'info', message: 'hello' }]);
    assert.equal(collector.curves(true), null);
  });

  it('gathers what comes bit by bit, with the best epoch and the time left of the latest', () => {
    const collector = new CurveCollector();
    collector.add([epochEvent(1, { loss: 3 }, { bestEpoch: 1, secondsLeft: 9 })]);
    collector.add([epochEvent(2, { loss: 2, validationLoss: 2.5 }, { bestEpoch: 2, secondsLeft: 8 })]);
    const expected = {
      epoch: [1, 2], learningRate: [0.001, 0.001], metrics: { loss: [3, 2], validationLoss: [null, 2.5] }, epochs: 5000, bestEpoch: 2, secondsLeft: 8,
    };
    assert.deepEqual(collector.curves(true), expected);
    assert.deepEqual(collector.curves(false), { ...expected, secondsLeft: null }, 'a run that is over has no time left');
  });

  it('takes the later word on an epoch', () => {
    const collector = new CurveCollector();
    collector.add([epochEvent(1, { loss: 9 }), epochEvent(2, { loss: 8 }), epochEvent(3), epochEvent(2, { loss: 5 })]);
    assert.deepEqual(collector.curves(false)?.metrics, { loss: [9, 5] });
  });

  it('thins out thousands of epochs, but keeps the last and the best', () => {
    const collector = new CurveCollector();
    collector.add(Array.from({ length: 4999 }, (_, index) => epochEvent(index + 1, undefined, { bestEpoch: 4321 })));
    const curves = collector.curves(true);
    assert.ok(curves !== null && curves.epoch.length <= 1001 && curves.epoch.length > 900, String(curves?.epoch.length));
    assert.equal(curves.epoch.at(-1), 4999);
    assert.ok(curves.epoch.includes(4321));
  });
});
