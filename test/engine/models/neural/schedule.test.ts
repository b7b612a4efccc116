import { strict as assert } from 'node:assert';
import { rateFactor } from '../../../../src/engine/models/neural/schedule';

describe('learning rate schedules', () => {
  it('rise linearly at first', () => {
    const spec = { kind: 'constant', warmUpEpochs: 4, epochs: 10 } as const;
    assert.deepEqual([0, 1, 2, 4, 9].map((epoch) => rateFactor(spec, epoch, 0)), [0, 0.25, 0.5, 1, 1]);
  });

  it('fall along half a cosine to zero', () => {
    const spec = { kind: 'cosine', warmUpEpochs: 0, epochs: 8 } as const;
    [1, 0.5 * (1 + Math.SQRT1_2), 0.5, 0.5 * (1 - Math.SQRT1_2), 0].forEach((expected, at) =>
      assert.ok(Math.abs(rateFactor(spec, 2 * at, 0) - expected) < 1e-15));
  });

  it('fall to a tenth after each third, and by half at each plateau', () => {
    const step = { kind: 'step', warmUpEpochs: 0, epochs: 9 } as const;
    assert.deepEqual([0, 2.9, 3, 6].map((epoch) => rateFactor(step, epoch, 0)), [1, 1, 0.1, 0.1 ** 2]);
    assert.equal(rateFactor({ kind: 'reduceOnPlateau', warmUpEpochs: 0, epochs: 9 }, 5, 3), 0.125);
  });
});
