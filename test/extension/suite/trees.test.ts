import { strict as assert } from 'node:assert';
import { renameSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExperimentTreeNode } from '../../../src/extension/views/experimentNodes';
import { absolute, eventually, fileUri, outcomeOf, remove, startAfresh, trainyard, untilFitting, write, writeSlowExperiment } from './trainyard';

describe('the Datasets view', () => {
  const rows = async () => {
    const { datasetsTree } = await trainyard();
    return (await datasetsTree.getChildren()).map((node) => (node.kind === 'dataset' ? node.relative : node.kind));
  };
  const shows = (...expected: string[]) => eventually(async () => assert.deepEqual((await rows()).filter((row) => row.startsWith('tree/')), expected));

  before(startAfresh);
  afterEach(() => {
    remove('tree');
    remove('.gitignore');
  });

  it('lists CSV and TSV files, but neither packages, ignored files nor predictions', async () => {
    write('.gitignore', 'tree/raw/\n');
    for (const name of ['a.csv', 'b.TSV', 'c.txt', 'raw/d.csv', 'node_modules/e.csv', 'sub/f.csv', 'trainyard/runs/n/i/predictions.csv']) {
      write(`tree/${name}`, 'x\n1\n');
    }
    write('tree/sub/.gitignore', 'g.csv\n');
    write('tree/sub/g.csv', 'x\n1\n');
    await shows('tree/a.csv', 'tree/b.TSV', 'tree/sub/f.csv');
    assert.ok((await rows()).includes('data/penguins.csv'));
  });

  it('follows the file system: files, folders, renames, ignore files', async () => {
    await rows();
    write('tree/a.csv', 'x\n1\n');
    write('tree/sub/b.csv', 'x\n1\n');
    await shows('tree/a.csv', 'tree/sub/b.csv');
    renameSync(absolute('tree/a.csv'), absolute('tree/c.csv'));
    await shows('tree/c.csv', 'tree/sub/b.csv');
    write('tree/.gitignore', 'c.csv\n');
    await shows('tree/sub/b.csv');
    remove('tree/sub');
    await shows();
  });

  it('follows a folder that is moved', async () => {
    write('tree/sub/b.csv', 'x\n1\n');
    await shows('tree/sub/b.csv');
    renameSync(absolute('tree/sub'), absolute('tree/moved'));
    await shows('tree/moved/b.csv');
    await vscode.workspace.fs.rename(fileUri('tree/moved'), fileUri('tree/again'));
    await shows('tree/again/b.csv');
  });

  it('follows a folder that is deleted and made anew at once', async () => {
    write('tree/sub/a.csv', 'x\n1\n');
    await shows('tree/sub/a.csv');
    remove('tree');
    write('tree/sub/b.csv', 'x\n1\n');
    await shows('tree/sub/b.csv');
  });

  it('honours files.exclude, and lists ignored files when told to', async () => {
    write('tree/.gitignore', 'raw/\n');
    write('tree/raw/a.csv', 'x\n1\n');
    write('tree/hidden/b.csv', 'x\n1\n');
    const settings = vscode.workspace.getConfiguration();
    try {
      await shows('tree/hidden/b.csv');
      await settings.update('files.exclude', { '**/hidden': true }, vscode.ConfigurationTarget.Workspace);
      await shows();
      await settings.update('trainyard.datasets.useIgnoreFiles', false, vscode.ConfigurationTarget.Workspace);
      await shows('tree/raw/a.csv');
    } finally {
      await settings.update('files.exclude', undefined, vscode.ConfigurationTarget.Workspace);
      await settings.update('trainyard.datasets.useIgnoreFiles', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it('shows many files a page at a time', async () => {
    for (let index = 0; index < 230; index += 1) {
      write(`tree/part-${index}.csv`, 'x\n1\n');
    }
    const { datasetsTree } = await trainyard();
    const more = await eventually(async () => {
      const last = (await datasetsTree.getChildren()).at(-1);
      assert.ok(last?.kind === 'more' && last.hidden >= 30, JSON.stringify(last));
      return last;
    });
    await vscode.commands.executeCommand('trainyard.showMoreDatasets', more);
    await shows(...Array.from({ length: 230 }, (_value, index) => `tree/part-${index}.csv`));
  });
});

describe('the Experiments view', function () {
  this.timeout(60_000);
  const item = async (node: ExperimentTreeNode) => {
    const { label, description, contextValue } = await (await trainyard()).experimentsTree.getTreeItem(node);
    return { label, description: String(description), contextValue };
  };
  const children = async (node?: ExperimentTreeNode) => (await trainyard()).experimentsTree.getChildren(node);
  const labels = async () => Promise.all((await children()).map(async (node) => (await item(node)).label));

  beforeEach(startAfresh);
  after(startAfresh);

  it('follows experiment files', async () => {
    assert.deepEqual(await labels(), []);
    write('trainyard/experiments/b.experiment.json', '{"data": {"path": "a.csv"}, "target": "y"}');
    write('trainyard/experiments/a.experiment.json', '{');
    await eventually(async () => assert.deepEqual(await labels(), ['a', 'b']));
    remove('trainyard/experiments/a.experiment.json');
    await eventually(async () => assert.deepEqual(await labels(), ['b']));
  });

  it('tells its own listeners when files change', async () => {
    write('trainyard/experiments/first.experiment.json', '{}');
    await delay(1000);
    const { experimentsTree } = await trainyard();
    let told = 0;
    const listener = experimentsTree.onDidChangeTreeData(() => { told += 1; });
    try {
      for (const change of [
        () => write('trainyard/experiments/new.experiment.json', '{}'),
        () => write('trainyard/runs/new/20260101T000000Z-aaaa/run.json', '{}'),
        () => remove('trainyard/runs/new/20260101T000000Z-aaaa'),
        () => remove('trainyard/experiments/new.experiment.json'),
      ]) {
        told = 0;
        change();
        await eventually(() => assert.ok(told > 0, change.toString()));
        await delay(700);
      }
      told = 0;
      write('elsewhere/x.json', '{}');
      await delay(1200);
      assert.equal(told, 0, 'a change elsewhere must not stir the view');
    } finally {
      listener.dispose();
      remove('elsewhere');
    }
  });

  it('shows a run with its progress, and its result when it is done', async () => {
    const api = await trainyard();
    const job = await api.trainExperiment(writeSlowExperiment('slow'));
    await untilFitting(job);
    const [experiment] = await children();
    assert.ok(experiment !== undefined);
    assert.deepEqual(await item(experiment), { label: 'slow', description: 'training', contextValue: 'experiment active' });
    await eventually(async () => {
      const [run] = await children(experiment);
      assert.ok(run?.kind === 'run');
      const running = await item(run);
      assert.match(running.description, /^\d+ % · tree \d+ of 5000$/);
      assert.match(running.contextValue ?? '', /^run running/);
    });
    job.cancel();
    await outcomeOf(job, 'cancelled');
    await eventually(async () => {
      const [run] = await children(experiment);
      assert.ok(run?.kind === 'run');
      assert.deepEqual(await item(run), { label: 'Random forest', description: 'cancelled · just now', contextValue: 'run cancelled' });
    });

    const quick = await api.trainExperiment(await api.createExperiment(fileUri('data/penguins.csv'), 'Species'));
    await outcomeOf(quick, 'done');
    await eventually(async () => {
      const node = (await children()).find((each) => each.kind === 'experiment' && each.entry?.name === 'penguins-species');
      assert.ok(node !== undefined);
      assert.match((await item(node)).description, /^accuracy 0\.9\d\d$/);
    });
  });

  it('shows queued runs', async () => {
    const api = await trainyard();
    const experiment = writeSlowExperiment('slow');
    const first = await api.trainExperiment(experiment);
    await untilFitting(first);
    await api.trainExperiment(experiment);
    const [node] = await children();
    assert.ok(node !== undefined);
    assert.deepEqual((await Promise.all((await children(node)).map(item))).map(({ label }) => label), ['Queued', 'Random forest']);
  });

  it('shows runs whose experiment file is gone', async () => {
    write('trainyard/runs/lost/20260101T000000Z-aaaa/run.json', '{}');
    const node = await eventually(async () => {
      const [only] = await children();
      assert.ok(only !== undefined);
      return only;
    });
    assert.deepEqual(await item(node), { label: 'lost', description: 'no experiment file', contextValue: 'orphan' });
    const [run] = await children(node);
    assert.ok(run !== undefined);
    assert.equal((await item(run)).contextValue, 'run failed');
  });
});
