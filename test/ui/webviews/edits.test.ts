import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { AlgorithmDeclaration } from '../../../src/schema/algorithm';
import type { ExperimentFile } from '../../../src/schema/experiment';
import type { JsonValue } from '../../../src/schema/json';
import { changeAlgorithm } from '../../../src/webviews/experiment/changes';
import { applyEdits, EditBatch, valueAt } from '../../../src/webviews/experiment/edits';
import type { Path } from '../../../src/webviews/experiment/edits';
import { formModel } from '../../../src/webviews/experiment/formModel';
import { PendingEdits } from '../../../src/webviews/experiment/pendingEdits';
import { formState, penguinsProfile } from './fixtures/experiments';

const base: ExperimentFile = { data: { path: 'data.csv' }, target: 'y' };

describe('EditBatch', () => {
  it('sets a value at the shortest path and skips what is there already', () => {
    const file: ExperimentFile = { ...base, split: { testSize: 0.3 } };
    assert.deepEqual(new EditBatch(file).set(['split', 'method'], 'random').edits, [{ path: ['split', 'method'], value: 'random' }]);
    assert.deepEqual(new EditBatch(file).set(['split', 'testSize'], 0.3).edits, []);
  });

  it('removes a value that equals its default, with the objects that become empty', () => {
    const file: ExperimentFile = { ...base, prepare: { numeric: { impute: 'mean' } } };
    assert.deepEqual(new EditBatch(file).set(['prepare', 'numeric', 'impute'], 'median', 'median').edits, [{ path: ['prepare'] }]);
  });

  it('keeps siblings of what it removes', () => {
    const file: ExperimentFile = { ...base, prepare: { numeric: { impute: 'mean' }, categorical: { encode: 'ordinal' } } };
    const batch = new EditBatch(file).remove(['prepare', 'numeric', 'impute']);
    assert.deepEqual(batch.edits, [{ path: ['prepare', 'numeric'] }]);
    assert.deepEqual(batch.result, { ...base, prepare: { categorical: { encode: 'ordinal' } } });
  });

  it('does nothing for the default of a key that the file lacks', () => {
    assert.deepEqual(new EditBatch(base).set(['seed'], 42, 42).edits, []);
    assert.deepEqual(new EditBatch(base).remove(['seed']).edits, []);
  });

  it('tells null, a value, from absence', () => {
    const batch = new EditBatch(base).set(['hyperparameters', 'maxDepth'], null, 5);
    assert.deepEqual(batch.edits, [{ path: ['hyperparameters', 'maxDepth'], value: null }]);
    assert.equal(valueAt(batch.result, ['hyperparameters', 'maxDepth']), null);
  });

  it('always leaves the file that its edits make, without empty objects', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const action = fc.record({ path: fc.array(names, { minLength: 1, maxLength: 3 }), value: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }) });
    fc.assert(fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
      const batch = new EditBatch(base);
      for (const { path, value } of actions) {
        // A path through a number can't be meant: the form only sets leaves of the file's own shape.
        const blocked = path.some((_, depth) => depth > 0 && typeof valueAt(batch.result, path.slice(0, depth)) === 'number') || typeof valueAt(batch.result, path) === 'object';
        if (!blocked) {
          if (value === undefined) {
            batch.remove(path);
          } else {
            batch.set(path, value, 0);
          }
        }
      }
      assert.deepEqual(applyEdits(base, batch.edits), batch.result);
      assert.deepEqual(emptyObjects(batch.result as JsonValue, []), []);
    }));
  });
});

function emptyObjects(value: JsonValue, path: Path): Path[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [];
  }
  const entries = Object.entries(value);
  return entries.length === 0 ? [path] : entries.flatMap(([key, child]) => emptyObjects(child, [...path, key]));
}

describe('changeAlgorithm', () => {
  it('takes constant columns back in for an algorithm whose columns are cells', () => {
    const state = formState();
    const profile = { ...penguinsProfile, columns: penguinsProfile.columns.map((column) => (column.name === 'island' ? { ...column, distinct: 1 } : column)) };
    const file: ExperimentFile = { ...base, target: 'species', features: { exclude: ['island', 'sex'] } };
    const algorithm = (id: string, keepConstant: boolean): AlgorithmDeclaration =>
      ({ id, label: id, summary: '', tasks: ['classification'], preparation: { scale: 'none', encode: 'ordinal', keepConstant }, hyperparameters: [] });
    const model = formModel({ ...state, data: { status: 'ready', profile }, algorithms: [algorithm('cells', true), algorithm('other', false)] }, file);
    assert.deepEqual(changeAlgorithm(model, 'cells').result.features, { exclude: ['sex'] });
    assert.deepEqual(changeAlgorithm(model, 'other').result.features, { exclude: ['island', 'sex'] });
  });
});

describe('PendingEdits', () => {
  const seed = (value: number) => [{ path: ['seed'], value }];

  it('shows what was sent until a snapshot holds it', () => {
    const pending = new PendingEdits();
    pending.add(seed(1), 0);
    pending.add([{ path: ['target'], value: 'z' }], 10);
    assert.deepEqual(pending.applyTo(base, 20), { ...base, seed: 1, target: 'z' });
    pending.confirm({ ...base, seed: 1 }, 30);
    assert.deepEqual(pending.applyTo({ ...base, seed: 1 }, 30), { ...base, seed: 1, target: 'z' });
    pending.confirm({ ...base, seed: 1, target: 'z' }, 40);
    assert.deepEqual(pending.applyTo(base, 40), base);
  });

  it('takes an edit for refused when no snapshot shows it for a while', () => {
    const pending = new PendingEdits();
    pending.add(seed(1), 0);
    assert.deepEqual(pending.applyTo(base, 1000), { ...base, seed: 1 });
    assert.deepEqual(pending.applyTo(base, 5000), base);
  });

  it('lets an undo in the editor win over an older edit', () => {
    const pending = new PendingEdits();
    pending.add(seed(1), 0);
    pending.confirm({ ...base, seed: 1 }, 20);
    pending.confirm(base, 40);
    assert.deepEqual(pending.applyTo(base, 40), base);
  });
});
