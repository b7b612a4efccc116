import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { profileColumn } from '../../../src/engine/data/columnStatistics';
import { findDuplicateRows } from '../../../src/engine/data/duplicateRows';
import { isIdLike } from '../../../src/engine/data/findings';
import { leakageTest } from '../../../src/engine/data/leakage';
import { profileTable } from '../../../src/engine/data/profile';
import { readTable } from '../../../src/engine/data/readTable';
import { silentContext } from '../../../src/engine/stepContext';
import type { Profile } from '../../../src/schema/profile';
import { profileSchema } from '../../../src/schema/profile';
import { assertClose } from '../closeness';
import { sharedData } from '../sharedData';
import { categoricalColumn, numericColumn, tableOf } from '../tables';
import { useTemporaryFolder } from '../temporaryFolder';
import { allNumbers } from '../../../src/engine/data/numbers';

/** Made by test/fixtures/sklearn/columnStatistics.py. */
interface Fixture {
  readonly cases: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
    readonly missing: number;
    readonly distinct: number;
    readonly minimum: number;
    readonly maximum: number;
    readonly mean: number;
    readonly std: number | null;
    readonly quartiles: readonly number[];
  }[];
}

async function profileFile(file: string): Promise<Profile> {
  return profileTable(await readTable(file, {}, silentContext), path.basename(file), silentContext);
}

describe('profileColumn', () => {
  const fixture = JSON.parse(readFileSync(path.join(__dirname, '..', '..', 'fixtures', 'sklearn', 'columnStatistics.json'), 'utf8')) as Fixture;
  for (const { name, values, missing, distinct, minimum, maximum, mean, std, quartiles } of fixture.cases) {
    it(`equals pandas: ${name}`, () => {
      const profile = profileColumn(numericColumn(name, values));
      assert.equal(profile.missing, missing);
      assert.equal(profile.distinct, distinct);
      const own = profile.numeric;
      assert.ok(own !== undefined);
      assert.equal(own.minimum, minimum);
      assert.equal(own.maximum, maximum);
      assertClose([own.mean, ...own.quartiles], [mean, ...quartiles], 1e-12, name);
      if (std === null) {
        assert.equal(own.std, null);
      } else {
        assertClose([own.std ?? Number.NaN], [std], 1e-9, `${name}, standard deviation`);
      }
    });
  }

  it('counts values, the most frequent first, ties in order of appearance', () => {
    const profile = profileColumn(categoricalColumn('c', ['b', 'a', 'a', null, 'c', 'b', 'd']));
    assert.deepEqual(profile.topValues, [
      { value: 'b', count: 2 }, { value: 'a', count: 2 }, { value: 'c', count: 1 }, { value: 'd', count: 1 },
    ]);
    assert.equal(profile.missing, 1);
    assert.equal(profile.distinct, 4);
    assert.deepEqual(profileColumn(numericColumn('n', [3, 1, 3], 'integer')).topValues, [{ value: '3', count: 2 }, { value: '1', count: 1 }]);
    assert.equal(profileColumn(numericColumn('n', [])).numeric, undefined);
  });
});

describe('findDuplicateRows', () => {
  it('finds as many as a comparison of all rows', () => {
    const cell = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constant(null));
    fc.assert(fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 }), (rows) => {
      const table = tableOf(
        numericColumn('n', rows.map(([n]) => n)),
        categoricalColumn('c', rows.map(([, c]) => (c === null ? null : `c${c}`))),
      );
      const distinct = new Set(rows.map((row) => JSON.stringify(row))).size;
      const found = findDuplicateRows(table);
      assert.equal(found.count, rows.length - distinct);
      if (found.first !== undefined) {
        assert.deepEqual(rows[found.first.row], rows[found.first.original]);
        assert.ok(found.first.original < found.first.row);
      }
    }));
  });
});

describe('isIdLike', () => {
  const rows = 250_000;
  const judge = (name: string, valueOf: (row: number) => number | null) => {
    const column = numericColumn(name, Array.from({ length: rows }, (_, row) => valueOf(row)), 'integer');
    return isIdLike(profileColumn(column), column, rows);
  };

  it('looks at all of many rows where those that were counted are distinct', () => {
    assert.ok(judge('row', (row) => row + 1));
    assert.ok(judge('row', (row) => (row * 7919) % rows), 'in any order');
    assert.ok(!judge('row', (row) => (row === 249_999 ? 0 : row)), 'a repeated one');
    assert.ok(!judge('amount', (row) => row * 3), 'neither counts nor is called so');
    assert.ok(judge('customer_id', (row) => row * 3));
    assert.ok(!judge('customer_id', (row) => (row === 100_001 ? 0 : row * 3)));
    assert.ok(judge('customer_id', (row) => (row % 50 === 0 ? null : row * 100_003)), 'far apart, some missing');
    assert.ok(!judge('customer_id', (row) => (row === 100_001 ? 100_003 : row * 100_003)));
  });
});

describe('leakageTest', () => {
  const classes = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 'a' : 'b'));
  const target = categoricalColumn('y', classes);

  it('sees a column that repeats the classes under other names', () => {
    assert.ok(leakageTest(target, true)(categoricalColumn('x', classes.map((label) => (label === 'a' ? 'yes' : 'no')))));
    assert.ok(leakageTest(target, true)(categoricalColumn('x', classes.map((label, i) => `${label}${i % 4}`))));
  });

  it('sees numbers of which each class has a range of its own', () => {
    assert.ok(leakageTest(target, true)(numericColumn('x', classes.map((label, i) => (label === 'a' ? i : 100 + i)))));
    assert.ok(!leakageTest(target, true)(numericColumn('x', classes.map((label, i) => (label === 'a' ? i : 50 + i)))));
  });

  it('is not deceived by columns that single rows out, or by one exception', () => {
    assert.ok(!leakageTest(target, true)(categoricalColumn('x', classes.map((_, i) => `row ${i}`))));
    assert.ok(!leakageTest(target, true)(categoricalColumn('x', classes.map((label, i) => (i === 7 ? 'a' : label)))));
  });

  it('sees a number that is the target in other units', () => {
    const price = numericColumn('y', Array.from({ length: 50 }, (_, i) => (i * 37) % 50));
    assert.ok(leakageTest(price, false)(numericColumn('x', Array.from(allNumbers(price.numbers), (value) => 1.1 * value + 3))));
    assert.ok(!leakageTest(price, false)(numericColumn('x', Array.from(allNumbers(price.numbers), (value, i) => value + (i % 5)))));
  });
});

describe('profileTable', () => {
  const folder = useTemporaryFolder();

  async function profile(text: string, name = 'data.csv'): Promise<Profile> {
    const file = path.join(folder(), name);
    writeFileSync(file, text);
    return profileFile(file);
  }

  it('finds what is odd about columns', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => [
      `k${i}`, i + 1, 'same', '', i % 4 === 0 ? '' : i / 7, i === 50 ? 'n/k' : 1000 + ((i * 7) % 90), `c${i % 55}`, i < 3 ? 'rare' : 'usual',
    ].join(','));
    const { findings, suggestedExclusions, likelyTarget } = await profile(`key,id,constant,empty,gaps,mixed,many,label\n${rows.join('\n')}\n`);
    const found = findings.map(({ code, column }) => `${code} ${column ?? ''}`);
    for (const expected of [
      'idLikeColumn key', 'idLikeColumn id', 'constantColumn constant', 'emptyColumn empty', 'missingValues gaps', 'mixedTypes mixed',
      'highCardinality many', 'classImbalance label',
    ]) {
      assert.ok(found.includes(expected), `${expected} among ${found.join(', ')}`);
    }
    const mixed = findings.find(({ code }) => code === 'mixedTypes');
    assert.match(mixed?.message ?? '', /1 of its values is not a number, such as "n\/k" on line 52/);
    assert.equal(likelyTarget, 'label');
    assert.deepEqual(suggestedExclusions.map(({ column }) => column).slice(0, 4), ['key', 'id', 'constant', 'empty']);
  });

  it('reports duplicate rows with their lines', async () => {
    const { findings } = await profile('a,b\n1,x\n2,y\n1,x\n');
    assert.match(findings.find(({ code }) => code === 'duplicateRows')?.message ?? '', /line 4 repeats line 2/);
  });

  const expectations: readonly (readonly [file: string, rows: number, columns: number, target: string, excluded: readonly string[]])[] = [
    ['iris.csv', 150, 5, 'species', []],
    ['penguins.csv', 344, 7, 'species', []],
    ['titanic.csv', 891, 15, 'survived', ['alive']],
    ['diamonds.csv', 53_940, 10, 'price', []],
    ['mpg.csv', 398, 9, 'mpg', []],
    ['digits.csv', 1797, 65, 'digit', ['pixel_0_0', 'pixel_4_0', 'pixel_4_7']],
    ['airline-passengers.csv', 144, 2, 'Passengers', []],
    ['pollution.csv', 43_824, 13, 'pm2.5', ['No']],
  ];
  for (const [file, rows, columns, target, excluded] of expectations) {
    it(`knows ${file}`, async function () {
      const found = profileSchema.parse(await profileFile(sharedData(this, file)));
      assert.equal(found.rows, rows);
      assert.equal(found.columns.length, columns);
      assert.equal(found.likelyTarget, target);
      assert.deepEqual(found.suggestedExclusions.map(({ column }) => column), excluded);
    });
  }
});
