import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { RandomStream } from '../../../src/engine/compute/random';
import { UserError } from '../../../src/engine/errors';
import type { Split } from '../../../src/engine/evaluate/splitters';
import { kFold, trainTestSplit } from '../../../src/engine/evaluate/splitters';
import { fixture } from '../models/fitting';

type SplitterCase =
  | { kind: 'stratified' | 'random'; counts: number[]; testSize: number; train: number[]; test: number[] }
  | { kind: 'folds'; counts: number[]; folds: number; stratified: number[][]; plain: number[] };

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
