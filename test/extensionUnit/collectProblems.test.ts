import { strict as assert } from 'node:assert';
import { collectProblems } from '../../src/extension/problems/collectProblems';
import type { Finding } from '../../src/schema/profile';

describe('collectProblems', () => {
  const findings: Finding[] = [
    { code: 'missingValues', severity: 'warning', column: 'a', message: '3 of 9 values of "a" are missing.', lines: [2, 5, 6] },
    { code: 'outliers', severity: 'info', column: 'a', message: 'One value lies far away.', lines: [7, 9] },
    {
      code: 'mixedTypes', severity: 'warning', column: 'b', message: 'Read as words.', meaning: 'Numbers lose their order.', lines: [4],
      mend: { label: 'Count "x" as missing', change: { kind: 'addMissing', texts: ['x'] } },
    },
    { code: 'duplicateRows', severity: 'info', message: 'Rows repeat.', lines: [12] },
  ];

  it('takes what has a place, most serious first, with a sentence for the place', () => {
    assert.deepEqual(collectProblems({ findings }, 100).map(({ code, line, column, message }) => [code, line, column, message]), [
      ['mixedTypes', 4, 'b', 'This value is not a number, but most values of "b" are. Numbers lose their order.'],
      ['outliers', 7, 'a', 'This value lies far from the other values of "a".'],
      ['outliers', 9, 'a', 'This value lies far from the other values of "a".'],
      ['duplicateRows', 12, undefined, 'This row repeats an earlier one.'],
    ]);
    assert.deepEqual(collectProblems({ findings }, 100)[0]?.mend, findings[2]?.mend);
  });

  it('stops at the limit', () => {
    assert.deepEqual(collectProblems({ findings }, 2).map(({ line }) => line), [4, 7]);
    assert.deepEqual(collectProblems({ findings }, 0), []);
  });
});
