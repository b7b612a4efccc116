import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { applyExperimentEdits, smallestReplacement } from '../../src/extension/experiments/experimentEdits';
import type { JsonValue } from '../../src/schema/json';
import { toCanonicalJson } from '../../src/schema/json';
import type { ExperimentEdit } from '../../src/schema/messages';

const formatting = { insertSpaces: true, tabSize: 2, eol: '\n' };
const edit = (text: string, ...edits: ExperimentEdit[]) => applyExperimentEdits(text, edits, formatting);
const plain = toCanonicalJson({ version: 1, data: { path: 'data/penguins.csv' }, target: 'species' });

describe('applyExperimentEdits', () => {
  it('puts a new key in its place in the alphabet, on a line of its own', () => {
    assert.equal(edit(plain, { path: ['algorithm'], value: 'knn' }), `{
  "algorithm": "knn",
  "data": {
    "path": "data/penguins.csv"
  },
  "target": "species",
  "version": 1
}
`);
  });

  it('makes the objects on the way', () => {
    assert.deepEqual(JSON.parse(edit(plain, { path: ['prepare', 'numeric', 'impute'], value: 'mean' })), {
      version: 1, data: { path: 'data/penguins.csv' }, target: 'species', prepare: { numeric: { impute: 'mean' } },
    });
  });

  it('writes what a file made at once would be: adding keys in any order ends in the canonical text', () => {
    const text = edit(plain, { path: ['split', 'testSize'], value: 0.3 }, { path: ['algorithm'], value: 'knn' }, { path: ['split', 'method'], value: 'random' },
      { path: ['features'], value: { types: { a: 'text' }, exclude: ['b', 'c'] } });
    assert.equal(text, toCanonicalJson(JSON.parse(text)));
  });

  it('takes away a key and the objects that held nothing else', () => {
    const text = edit(plain, { path: ['prepare', 'numeric', 'impute'], value: 'mean' }, { path: ['hyperparameters', 'nEstimators'], value: 10 });
    assert.equal(edit(text, { path: ['prepare', 'numeric', 'impute'] }, { path: ['hyperparameters', 'nEstimators'] }), plain);
  });

  it('leaves siblings alone when it takes away a key', () => {
    const text = edit(plain, { path: ['features'], value: { exclude: ['a'], types: { b: 'text' } } });
    assert.deepEqual(JSON.parse(edit(text, { path: ['features', 'types', 'b'] })), {
      version: 1, data: { path: 'data/penguins.csv' }, target: 'species', features: { exclude: ['a'] },
    });
  });

  it('does nothing for a key that is not there', () => {
    assert.equal(edit(plain, { path: ['seed'] }, { path: ['split', 'method'] }), plain);
  });

  it('knows null from absence', () => {
    const text = edit(plain, { path: ['hyperparameters', 'maxDepth'], value: null });
    assert.deepEqual((JSON.parse(text) as { hyperparameters: unknown }).hyperparameters, { maxDepth: null });
  });

  it('keeps the lines of a person\'s own order and layout that it does not touch', () => {
    const byHand = '{\n\t"target": "species",   "version": 1,\n\t"data": {"path": "a.csv"},\n\t"name": "mine"\n}';
    const text = applyExperimentEdits(byHand, [{ path: ['seed'], value: 7 }], { insertSpaces: false, tabSize: 4, eol: '\n' });
    assert.ok(text.startsWith('{\n\t"target": "species",   "version": 1,\n\t"data": {"path": "a.csv"},\n\t"name": "mine",\n\t"seed"'), text);
    assert.equal((JSON.parse(text) as { seed: number }).seed, 7);
  });

  it('keeps Windows line ends', () => {
    const text = applyExperimentEdits(plain.replaceAll('\n', '\r\n'), [{ path: ['seed'], value: 7 }], { ...formatting, eol: '\r\n' });
    assert.equal(text.replaceAll('\r\n', '').includes('\n'), false);
  });

  it('gives the same value as setting it in an object, for any edits', () => {
    const key = fc.constantFrom('seed', 'split', 'data', 'features', 'zeta');
    const inner = fc.constantFrom('method', 'path', 'types', 'a');
    const path: fc.Arbitrary<string[]> = fc.oneof(key.map((one) => [one]), fc.tuple(key, inner).map((parts) => [...parts]));
    const object: JsonValue = { b: 1, a: { c: [] } };
    const value: fc.Arbitrary<JsonValue> = fc.oneof(
      fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.integer(), { maxLength: 3 }), fc.constant(object),
    );
    fc.assert(fc.property(fc.array(fc.record({ path, value }), { maxLength: 6 }), (edits) => {
      let expected: Record<string, JsonValue> = { version: 1, data: { path: 'data/penguins.csv' }, target: 'species' };
      const possible: ExperimentEdit[] = [];
      for (const one of edits) {
        const [outer = '', child] = one.path;
        const present = expected[outer];
        const isObject = typeof present === 'object' && present !== null && !Array.isArray(present);
        if (child !== undefined && present !== undefined && !isObject) {
          continue;
        }
        possible.push(one);
        expected = { ...expected, [outer]: child === undefined ? one.value : { ...(isObject ? present : {}), [child]: one.value } };
      }
      const text = edit(plain, ...possible);
      assert.deepEqual(JSON.parse(text), expected);
      assert.equal(text, toCanonicalJson(expected), 'not the canonical text');
    }));
  });
});

describe('smallestReplacement', () => {
  it('finds nothing between equal texts', () => {
    assert.equal(smallestReplacement('abc', 'abc'), undefined);
  });

  it('touches only what differs', () => {
    assert.deepEqual(smallestReplacement('{"a": 1, "b": 2}', '{"a": 10, "b": 2}'), { offset: 7, length: 0, text: '0' });
  });

  it('turns any text into any other', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '\n') }), fc.string({ unit: fc.constantFrom('a', 'b', '\n') }), (before, after) => {
      const change = smallestReplacement(before, after);
      const changed = change === undefined ? before : before.slice(0, change.offset) + change.text + before.slice(change.offset + change.length);
      assert.equal(changed, after);
    }));
  });
});
