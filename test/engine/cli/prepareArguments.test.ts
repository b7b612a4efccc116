import { strict as assert } from 'node:assert';
import { prepareArguments } from '../../../src/engine/cli/arguments';
import { UsageError } from '../../../src/engine/cli/usageError';

describe('--set prepare.…', () => {
  it('sets parts, lists, numbers, switches and single columns', () => {
    assert.equal(prepareArguments(['nEstimators=5']), undefined);
    assert.deepEqual(prepareArguments([
      'nEstimators=5', 'prepare.numeric.impute=knn', 'prepare.numeric.neighbors=3', 'prepare.numeric.indicator=true', 'prepare.select.correlation=null',
      'prepare.polynomial.columns=a, b', 'prepare.categorical.smooth=2.5', 'prepare.columns.deck.encode=target', 'prepare.columns.a.b.scale=robust',
    ]), {
      numeric: { impute: 'knn', neighbors: 3, indicator: true },
      select: { correlation: null },
      polynomial: { columns: ['a', 'b'] },
      categorical: { smooth: 2.5 },
      columns: { deck: { encode: 'target' }, 'a.b': { scale: 'robust' } },
    });
  });

  it('says what doesn\'t fit', () => {
    for (const [setting, message] of [
      ['prepare.numeric.impute', /needs key=value/],
      ['prepare.numeric.impute=nearest', /^--set prepare\.numeric\.impute: /],
      ['prepare.numeric.inpute=mean', /^--set prepare\.numeric: .*inpute/],
      ['prepare.categorical.minFrequency=1.5', /share below 1 or a whole number/],
    ] as const) {
      assert.throws(() => prepareArguments([setting]), (error) => error instanceof UsageError && message.test(error.message), setting);
    }
  });
});
