import { strict as assert } from 'node:assert';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isFolderWithDatasets } from '../../src/extension/datasets/newFolders';
import { ExperimentWatch } from '../../src/extension/experiments/experimentWatch';
import { eventually } from './eventually';
import { useTemporaryFolder, writeFiles } from './temporaryFolder';

describe('ExperimentWatch', () => {
  const root = useTemporaryFolder();
  let changes = 0;
  let found: string[] = [];
  let problems: string[] = [];
  let watch: ExperimentWatch | undefined;

  const start = () => {
    [changes, found, problems] = [0, [], []];
    watch = new ExperimentWatch(root(), {
      changed: () => { changes += 1; },
      runFound: (folder) => found.push(path.relative(root(), folder)),
      problem: (message) => problems.push(message),
    });
  };
  /** Does something and waits until the watch has told of it. */
  const tells = async (act: () => void) => {
    await delay(300);
    changes = 0;
    act();
    await eventually(() => assert.ok(changes > 0, act.toString()));
  };
  const write = (name: string, content = '{}') => writeFiles(root(), { [name]: content });
  afterEach(() => {
    watch?.dispose();
    assert.deepEqual(problems, []);
  });

  it('tells of files in folders that came into being all at once', async () => {
    start();
    await tells(() => write('trainyard/experiments/a.experiment.json'));
    await tells(() => write('trainyard/experiments/b.experiment.json'));
    await tells(() => write('trainyard/experiments/b.experiment.json', '{"changed": true}'));
    await tells(() => rmSync(path.join(root(), 'trainyard/experiments/a.experiment.json')));
  });

  it('tells of runs that appear and go', async () => {
    start();
    await tells(() => write('trainyard/runs/a/20260101T000000Z-aaaa/run.json'));
    await eventually(() => assert.ok(found.includes(path.join('trainyard', 'runs', 'a')), found.join()));
    await tells(() => write('trainyard/runs/a/20260102T000000Z-aaaa/run.json'));
    await eventually(() => assert.ok(found.includes(path.join('trainyard', 'runs', 'a', '20260102T000000Z-aaaa')), found.join()));
    await tells(() => rmSync(path.join(root(), 'trainyard/runs/a/20260102T000000Z-aaaa'), { recursive: true }));
    await tells(() => rmSync(path.join(root(), 'trainyard/runs/a'), { recursive: true }));
  });

  it('goes on when everything was deleted and made anew', async () => {
    write('trainyard/experiments/a.experiment.json');
    start();
    await tells(() => rmSync(path.join(root(), 'trainyard'), { recursive: true }));
    await tells(() => write('trainyard/experiments/a.experiment.json'));
    await tells(() => write('trainyard/experiments/b.experiment.json'));
    await tells(() => {
      renameSync(path.join(root(), 'trainyard'), path.join(root(), 'old'));
      mkdirSync(path.join(root(), 'trainyard', 'experiments'), { recursive: true });
    });
    await tells(() => write('trainyard/experiments/c.experiment.json'));
  });

  it('is not stirred by anything else in the repository', async () => {
    write('trainyard/runs/a/20260101T000000Z-aaaa/run.json');
    start();
    await delay(200);
    changes = 0;
    write('data/a.csv', 'x');
    writeFileSync(path.join(root(), 'README.md'), '');
    write('trainyard/runs/a/20260101T000000Z-aaaa/events.jsonl', 'x');
    await delay(400);
    assert.equal(changes, 0);
  });

  it('is silent once disposed', async () => {
    start();
    watch?.dispose();
    write('trainyard/experiments/a.experiment.json');
    await delay(300);
    assert.equal(changes, 0);
  });
});

describe('isFolderWithDatasets', () => {
  const root = useTemporaryFolder();
  const look = (name: string) => isFolderWithDatasets(root(), path.join(root(), name));

  it('looks into folders, but not into what is never listed', async () => {
    writeFiles(root(), { 'a/b/c/x.csv': '', 'n/node_modules/x.csv': '', 'p/x.txt': '', 'q.csv': '', 't/trainyard/runs/r/i/predictions.csv': '' });
    assert.deepEqual(await Promise.all(['a', 'a/b', 'n', 'p', 'q.csv', 't', 'gone'].map(look)), [true, true, false, false, false, false, false]);
  });

  it('takes a folder with very many entries for one with data', async () => {
    writeFiles(root(), Object.fromEntries(Array.from({ length: 2001 }, (_value, index) => [`many/${index}.txt`, ''])));
    assert.equal(await look('many'), true);
  });
});
