import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { DatasetPaths, isDatasetPath, isHiddenBy } from '../../src/extension/datasets/datasetPaths';

describe('isDatasetPath', () => {
  it('takes CSV and TSV files in any case, but neither packages nor predictions', () => {
    const paths = ['a.csv', 'a/b.TSV', 'z.csv.gz', 'a.txt', 'node_modules/x/a.csv', 'a/node_modules/a.csv', 'trainyard/runs/n/id/predictions.csv', 'runs/a.csv', '.git/a.csv', 'csv'];
    assert.deepEqual(paths.filter(isDatasetPath), ['a.csv', 'a/b.TSV', 'z.csv.gz', 'runs/a.csv']);
  });
});

describe('isHiddenBy', () => {
  it('understands names anywhere and plain paths, as VS Code\'s defaults have them', () => {
    const excludes = { '**/.git': true, '**/.DS_Store': true, '**/hidden': true, 'build/out': true, 'shown': false, '**/*.off': false, '**/*.old': true };
    const paths = ['data/a.csv', 'x/hidden/a.csv', 'hidden/a.csv', 'nothidden/a.csv', 'build/out/a.csv', 'build/outer/a.csv', 'x/build/out/a.csv', 'shown/a.csv', 'a.old/b.csv', 'a.older/b.csv'];
    assert.deepEqual(paths.filter((path) => isHiddenBy(excludes, path) === true), ['x/hidden/a.csv', 'hidden/a.csv', 'build/out/a.csv', 'a.old/b.csv']);
    assert.equal(isHiddenBy({}, 'a.csv'), false);
  });

  it('gives no answer where it would have to guess', () => {
    for (const excludes of [{ '**/a*': true }, { 'a/**': true }, { '**/a/b': true }, { '**/a.csv': { when: '$(basename).ts' } }, { '{a,b}': true }]) {
      assert.equal(isHiddenBy(excludes, 'a/b.csv'), undefined, JSON.stringify(excludes));
    }
  });
});

describe('DatasetPaths', () => {
  it('takes away all that lay below a deleted folder', () => {
    const paths = new DatasetPaths(['a/x.csv', 'a/b/y.csv', 'ab/z.csv', 'w.csv']);
    assert.equal(paths.delete('a'), true);
    assert.deepEqual(paths.sorted(), ['ab/z.csv', 'w.csv']);
    assert.equal(paths.delete('a'), false);
    assert.equal(paths.delete('elsewhere'), false);
  });

  it('sorts numbers by value', () => {
    assert.deepEqual(new DatasetPaths(['part-10.csv', 'part-9.csv']).sorted(), ['part-9.csv', 'part-10.csv']);
  });

  it('says the same as a plain set after any additions and deletions', () => {
    const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const file = path.map((folder) => `${folder}/x.csv`);
    const step = fc.oneof(fc.record({ add: file }), fc.record({ remove: fc.oneof(file, path) }));
    fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const paths = new DatasetPaths();
      let plain = new Set<string>();
      for (const one of steps) {
        if ('add' in one) {
          paths.add(one.add);
          plain.add(one.add);
        } else {
          const rest = new Set([...plain].filter((each) => each !== one.remove && !each.startsWith(`${one.remove}/`)));
          assert.equal(paths.delete(one.remove), rest.size < plain.size);
          plain = rest;
        }
        assert.deepEqual(paths.sorted(), [...plain].sort());
      }
    }));
  });
});
