import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { RandomStream } from '../../../src/engine/compute/random';
import { UserError } from '../../../src/engine/errors';
import type { Groups } from '../../../src/engine/evaluate/groupSplitters';
import { groupKFold, groupShuffleSplit, groupsOf, stratifiedGroupKFold } from '../../../src/engine/evaluate/groupSplitters';
import type { Split } from '../../../src/engine/evaluate/splitters';
import { kFold, timeSeriesFolds, trainTestSplit } from '../../../src/engine/evaluate/splitters';
import { validationFolds } from '../../../src/engine/evaluate/validationFolds';
import { experimentOf } from '../experiments';
import { categoricalColumn, numericColumn, tableOf } from '../tables';
import { fixture } from '../models/fitting';

type SplitterCase =
  | { kind: 'stratified' | 'random'; counts: number[]; testSize: number; train: number[]; test: number[] }
  | { kind: 'folds'; counts: number[]; folds: number; stratified: number[][]; plain: number[] }
  | { kind: 'time'; rows: number; folds: number; gap: number; splits: { train: [number, number]; test: [number, number] }[] }
  | { kind: 'groups'; folds: number; groups: number[]; target: number[]; group: number[]; stratifiedGroup: number[]; testGroups: number };

const stream = (seed = 42): RandomStream => RandomStream.fromSeed(seed);

function classesOf(counts: readonly number[]): Float64Array {
  return Float64Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
}

function countsOf(target: Float64Array, rows: Uint32Array, classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(0);
  rows.forEach((row) => counts[target[row]]++);
  return counts;
}

describe('splitters give each part as many rows of each class as scikit-learn (test/fixtures/sklearn/splitters.py)', () => {
  for (const reference of fixture<SplitterCase>('splitters')) {
    if (reference.kind === 'time' || reference.kind === 'groups') {
      continue;
    }
    const target = classesOf(reference.counts);
    const rows = target.length;
    if (reference.kind === 'folds') {
      it(`${reference.folds} folds of ${reference.counts.join(' + ')} rows`, () => {
        const stratified = kFold({ folds: reference.folds, rows, target, stratified: true }, stream());
        assert.deepEqual(stratified.map(({ test }) => countsOf(target, test, reference.counts.length)), reference.stratified);
        const plain = kFold({ folds: reference.folds, rows, stratified: false }, stream());
        assert.deepEqual(plain.map(({ test }) => test.length), reference.plain);
      });
      continue;
    }
    it(`${reference.kind}, ${reference.testSize} of ${reference.counts.join(' + ')} rows`, () => {
      const split = trainTestSplit({ method: reference.kind, testSize: reference.testSize, rows, target }, stream());
      if (reference.kind === 'random') {
        assert.deepEqual([[split.train.length], [split.test.length]], [reference.train, reference.test]);
        return;
      }
      const classCount = reference.counts.length;
      assert.deepEqual(countsOf(target, split.train, classCount), reference.train);
      assert.deepEqual(countsOf(target, split.test, classCount), reference.test);
    });
  }
});

/** The fold that tests each row. */
function foldOfRow(splits: readonly Split[], rows: number): number[] {
  const folds = new Array<number>(rows).fill(-1);
  splits.forEach(({ test }, fold) => test.forEach((row) => (folds[row] = fold)));
  return folds;
}

function groupsFrom(values: readonly number[]): Groups {
  const rows = Uint32Array.from(values.keys());
  return groupsOf(tableOf(numericColumn('group', values)), 'group', rows);
}

describe('folds in time and of groups are scikit-learn\'s (test/fixtures/sklearn/splitters.py)', () => {
  for (const reference of fixture<SplitterCase>('splitters')) {
    if (reference.kind === 'time') {
      it(`TimeSeriesSplit: ${reference.folds} folds of ${reference.rows} rows, gap ${reference.gap}`, () => {
        const ends = (rows: Uint32Array): [number, number] => {
          assert.ok(rows.every((row, i) => i === 0 || row === rows[i - 1] + 1), 'rows in one piece');
          return [rows[0], rows[rows.length - 1]];
        };
        const splits = timeSeriesFolds(reference.rows, reference.folds, reference.gap);
        assert.deepEqual(splits.map(({ train, test }) => ({ train: ends(train), test: ends(test) })), reference.splits);
      });
    }
    if (reference.kind === 'groups') {
      const groups = groupsFrom(reference.groups);
      it(`GroupKFold and StratifiedGroupKFold: ${reference.folds} folds of ${groups.count} groups`, () => {
        assert.deepEqual(foldOfRow(groupKFold(groups, reference.folds), reference.groups.length), reference.group);
        const stratified = stratifiedGroupKFold(groups, Float64Array.from(reference.target), reference.folds);
        assert.deepEqual(foldOfRow(stratified, reference.groups.length), reference.stratifiedGroup);
        const { test } = groupShuffleSplit(groups, 0.3, stream());
        assert.equal(new Set(Array.from(test, (row) => reference.groups[row])).size, reference.testGroups);
      });
    }
  }
});

const groupedRows = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 3 })), { minLength: 5, maxLength: 150 });

describe('splits by group', () => {
  it('never have a group on both sides, and test every row once', () => {
    fc.assert(fc.property(groupedRows, fc.integer({ min: 2, max: 5 }), fc.boolean(), fc.boolean(), fc.nat(), (rows, folds, stratified, drawn, seed) => {
      const groups = groupsFrom(rows.map(([group]) => group));
      fc.pre(groups.count >= folds);
      const random = drawn ? stream(seed) : undefined;
      const target = Float64Array.from(rows, ([, label]) => label);
      const splits = stratified ? stratifiedGroupKFold(groups, target, folds, random) : groupKFold(groups, folds, random);
      const held = groupShuffleSplit(groups, 0.3, stream(seed));
      for (const { train, test } of [...splits, held]) {
        assert.equal(train.length + test.length, rows.length);
        const learned = new Set(Array.from(train, (row) => groups.codes[row]));
        assert.ok(test.every((row) => !learned.has(groups.codes[row])), 'a group lies on both sides');
      }
      assert.ok(!foldOfRow(splits, rows.length).includes(-1), 'every row is tested');
      assert.equal(splits.reduce((sum, { test }) => sum + test.length, 0), rows.length);
    }));
  });

  it('takes rows without a value for one group, and texts in the order of their characters', () => {
    const table = tableOf(categoricalColumn('who', ['b', null, 'a', 'b', null]));
    assert.deepEqual(groupsOf(table, 'who', Uint32Array.of(0, 1, 2, 3, 4)), { codes: Uint32Array.of(1, 2, 0, 1, 2), count: 3 });
    assert.throws(() => groupsOf(table, 'whom', Uint32Array.of(0)), /^UserError: The data has no column "whom" to group rows by/);
  });

  it('refuse more folds than groups, and a test without groups to learn from', () => {
    const groups = groupsFrom([1, 1, 2, 2]);
    assert.throws(() => groupKFold(groups, 3), /^UserError: 2 groups can't be cut into 3 folds\./);
    assert.throws(() => groupShuffleSplit(groups, 0.9, stream()), /^UserError: A test size of 0\.9 leaves no training group out of 2\./);
  });
});

describe('folds in time', () => {
  it('learn from earlier rows only, leaving the gap out, whatever order the rows come in', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 12, maxLength: 80 }), fc.integer({ min: 2, max: 4 }), fc.integer({ min: 0, max: 2 }), (times, folds, gap) => {
      const table = tableOf(numericColumn('time', times), categoricalColumn('group', times.map((_, row) => (row % 3 === 0 ? 'a' : 'b'))));
      const rows = Uint32Array.from(times.keys());
      const experiment = experimentOf({ split: { method: 'timeOrdered', orderBy: 'time', groupBy: 'group' }, validation: { method: 'auto', folds, gap } });
      assert.equal(experiment.validation.method, 'timeOrdered');
      const splits = validationFolds(table, rows, new Float64Array(rows.length), experiment, stream(), false);
      assert.equal(splits.length, folds);
      for (const { train, test } of splits) {
        const latest = Math.max(...Array.from(train, (row) => times[row]));
        assert.ok(test.every((row) => times[row] >= latest), 'a tested row lies before a learned one');
        const between = times.filter((_, row) => !train.includes(row) && !test.includes(row));
        const first = Math.min(...Array.from(test, (row) => times[row]));
        assert.ok(between.filter((time) => time >= latest && time <= first).length >= gap, 'the gap is missing');
      }
    }));
  });

  it('refuse a gap that leaves nothing to learn from', () => {
    assert.throws(() => timeSeriesFolds(20, 3, 6), /^UserError: A gap of 6 rows leaves nothing to learn from/);
  });
});

describe('repeated folds', () => {
  it('divide the rows anew each time', () => {
    const rows = Uint32Array.from({ length: 40 }, (_, row) => row);
    const target = Float64Array.from(rows, (row) => row % 2);
    const table = tableOf(numericColumn('group', Array.from(rows, (row) => row % 10)));
    for (const method of ['kFold', 'stratified', 'group', 'stratifiedGroup'] as const) {
      const experiment = experimentOf({ split: { groupBy: 'group' }, validation: { method, folds: 4, repeats: 3 } });
      const splits = validationFolds(table, rows, target, experiment, stream(), false);
      assert.equal(splits.length, 12);
      const divisions = [0, 4, 8].map((first) => foldOfRow(splits.slice(first, first + 4), rows.length));
      divisions.forEach((division) => assert.ok(!division.includes(-1), `${method}: every row is tested in each division`));
      assert.equal(new Set(divisions.map((division) => division.join(''))).size, 3, `${method}: divisions differ`);
    }
  });
});

/** Both parts ascend, and together they are all rows. */
function assertPartition({ train, test }: Split, rows: number): void {
  for (const part of [train, test]) {
    assert.ok(part.length > 0, 'a part is empty');
    assert.ok(part.every((row, i) => i === 0 || row > part[i - 1]), 'rows ascend');
  }
  assert.deepEqual([...train, ...test].sort((a, b) => a - b), Array.from({ length: rows }, (_, row) => row));
}

const targets = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 120 }).map((labels) => Float64Array.from(labels));

describe('trainTestSplit', () => {
  it('divides all rows in two', () => {
    fc.assert(fc.property(targets, fc.double({ min: 0.05, max: 0.6, noNaN: true }), fc.boolean(), fc.nat(), (target, testSize, stratify, seed) => {
      fc.pre(Math.ceil(testSize * target.length) < target.length);
      const method = stratify ? 'stratified' : 'random';
      assertPartition(trainTestSplit({ method, testSize, rows: target.length, target }, stream(seed)), target.length);
    }));
  });

  it('keeps each class\'s share to within one row, and every class among the training rows where there is room', () => {
    fc.assert(fc.property(targets, fc.nat(), (target, seed) => {
      const { train } = trainTestSplit({ method: 'stratified', testSize: 0.3, rows: target.length, target }, stream(seed));
      const all = countsOf(target, Uint32Array.from(target.keys()), 5);
      const own = countsOf(target, train, 5);
      const classCount = all.filter((count) => count > 0).length;
      all.forEach((count, label) => {
        const exact = (count / target.length) * train.length;
        const rescued = all.filter((other) => (other / target.length) * train.length < 1).length;
        assert.ok(Math.abs(own[label] - exact) < 1 + rescued, `class ${label}: ${own[label]} rows instead of ${exact}`);
        assert.ok(count === 0 || own[label] > 0 || train.length < classCount, `class ${label} is never trained on`);
      });
    }));
  });

  it('depends on the seed alone', () => {
    const options = { method: 'random', testSize: 0.2, rows: 1000 } as const;
    assert.deepEqual(trainTestSplit(options, stream(1)), trainTestSplit(options, stream(1)));
    assert.notDeepEqual(trainTestSplit(options, stream(1)), trainTestSplit(options, stream(2)));
  });

  it('refuses to leave a part empty', () => {
    assert.throws(
      () => trainTestSplit({ method: 'random', testSize: 0.9, rows: 3 }, stream()),
      (error) => error instanceof UserError && error.message === 'A test size of 0.9 leaves no training rows out of 3. Use more rows or another test size.',
    );
  });
});

describe('kFold', () => {
  it('tests every row exactly once', () => {
    fc.assert(fc.property(targets, fc.integer({ min: 2, max: 10 }), fc.boolean(), fc.nat(), (target, folds, stratified, seed) => {
      fc.pre(folds <= target.length);
      const splits = kFold({ folds, rows: target.length, target, stratified }, stream(seed));
      assert.equal(splits.length, folds);
      splits.forEach((split) => assertPartition(split, target.length));
      const tested = splits.flatMap(({ test }) => Array.from(test)).sort((a, b) => a - b);
      assert.deepEqual(tested, Array.from(target.keys()));
    }));
  });

  it('keeps folds level, and each class within them', () => {
    fc.assert(fc.property(targets, fc.integer({ min: 2, max: 10 }), fc.nat(), (target, folds, seed) => {
      fc.pre(folds <= target.length);
      const splits = kFold({ folds, rows: target.length, target, stratified: true }, stream(seed));
      const sizes = splits.map(({ test }) => test.length);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
      for (let label = 0; label < 5; label++) {
        const counts = splits.map(({ test }) => countsOf(target, test, 5)[label]);
        assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `class ${label}: ${counts.join(', ')}`);
      }
    }));
  });

  it('refuses more folds than rows', () => {
    assert.throws(() => kFold({ folds: 5, rows: 4, stratified: false }, stream()), UserError);
  });
});
