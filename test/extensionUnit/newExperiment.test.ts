import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { createExperimentFile, listExperiments } from '../../src/extension/experiments/experimentFiles';
import { experimentName, newExperiment, uniqueName } from '../../src/extension/experiments/newExperiment';
import { UserError } from '../../src/extension/userError';
import type { Profile } from '../../src/schema/profile';
import { useTemporaryFolder, writeFiles } from './temporaryFolder';

const profile: Profile = {
  version: 1, path: 'a.csv', bytes: 1, delimiter: ',', rows: 10, columns: [], findings: [], likelyTarget: 'y',
  suggestedExclusions: [{ column: 'id', reason: 'an id' }, { column: 'y', reason: 'constant' }],
};

describe('newExperiment', () => {
  it('holds only what differs from the defaults, and never excludes its own target', () => {
    assert.deepEqual(newExperiment('data/a.csv', 'y', profile), { version: 1, data: { path: 'data/a.csv' }, target: 'y', features: { exclude: ['id'] } });
    assert.deepEqual(newExperiment('data/a.csv', 'y', { ...profile, suggestedExclusions: [] }), { version: 1, data: { path: 'data/a.csv' }, target: 'y' });
  });
});

describe('experimentName', () => {
  it('is made of data and target', () => {
    assert.equal(experimentName('data/penguins.csv', 'species'), 'penguins-species');
    assert.equal(experimentName('Verkäufe 2024.csv', 'Umsatz (€)'), 'verkaufe-2024-umsatz');
    assert.equal(experimentName('売上.csv', '金額'), '売上-金額');
    assert.equal(experimentName('???.csv', '!'), 'experiment');
  });

  it('is always good as a file name', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (data, target) => {
      assert.match(experimentName(`x/${data}.csv`, target), /^[\p{Letter}\p{Number}_-]+$/u);
    }));
  });
});

describe('uniqueName', () => {
  it('counts up from the first free one, whatever the case', () => {
    assert.equal(uniqueName('a', []), 'a');
    assert.equal(uniqueName('a', ['A']), 'a-2');
    assert.equal(uniqueName('a', ['a', 'a-2', 'a-3']), 'a-4');
    assert.equal(uniqueName('a-2', ['a', 'a-2']), 'a-3');
  });
});

describe('createExperimentFile', () => {
  const folder = useTemporaryFolder();
  const experiment = newExperiment('a.csv', 'y', { ...profile, suggestedExclusions: [] });

  it('writes canonical JSON under the first free name', async () => {
    const first = await createExperimentFile(folder(), 'a-y', experiment);
    const second = await createExperimentFile(folder(), 'a-y', experiment);
    assert.equal(path.relative(folder(), first), path.join('trainyard', 'experiments', 'a-y.experiment.json'));
    assert.equal(path.basename(second), 'a-y-2.experiment.json');
    assert.equal(readFileSync(first, 'utf8'), '{\n  "data": {\n    "path": "a.csv"\n  },\n  "target": "y",\n  "version": 1\n}\n');
  });

  it('never overwrites, even when many are made at once', async () => {
    const files = await Promise.all(Array.from({ length: 10 }, () => createExperimentFile(folder(), 'a-y', experiment)));
    assert.equal(new Set(files).size, 10);
    assert.ok(files.every((file) => existsSync(file)));
  });

  it('says in one sentence why it can\'t', async () => {
    writeFileSync(path.join(folder(), 'trainyard'), 'a file');
    await assert.rejects(createExperimentFile(folder(), 'a-y', experiment), (error) => error instanceof UserError && /is a file/.test(error.message));
  });
});

describe('listExperiments', () => {
  const folder = useTemporaryFolder();

  it('lists good and bad ones by name, and nothing where there is no folder', async () => {
    assert.deepEqual(await listExperiments(folder()), []);
    writeFiles(folder(), {
      'trainyard/experiments/b-10.experiment.json': '{"data": {"path": "a.csv"}, "target": "y"}',
      'trainyard/experiments/b-9.experiment.json': '{"data": {"path": "a.csv"}, "target": "y", "name": "a"}',
      'trainyard/experiments/c.experiment.json': '{',
      'trainyard/experiments/notes.txt': '',
    });
    const entries = await listExperiments(folder());
    assert.deepEqual(entries.map(({ name, file }) => [name, file === null]), [['a', false], ['b-10', false], ['c', true]]);
  });
});
