import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { readGitState } from '../../../src/engine/runs/git';
import { listRuns, withActualState } from '../../../src/engine/runs/listRuns';
import { commonFolder, resolveInside } from '../../../src/engine/runs/paths';
import { readRecord, RunFolder } from '../../../src/engine/runs/runFolder';
import { newRunId } from '../../../src/engine/runs/runId';
import { writeFileAtomically } from '../../../src/engine/runs/writeFile';
import { runEventSchema } from '../../../src/schema/run';
import type { RunRecord } from '../../../src/schema/run';
import { runFolderName, runIdPattern } from '../../../src/schema/runLayout';
import { experimentOf } from '../experiments';
import { useTemporaryFolder } from '../temporaryFolder';

const experiment = experimentOf({ name: 'birds' });

describe('RunFolder', () => {
  const folder = useTemporaryFolder();

  it('appears as running in this process', async () => {
    const run = await RunFolder.create(path.join(folder(), 'runs'), experiment, 'trainyard/experiments/birds.experiment.json');
    const record = await run.readRecord();
    assert.equal(record.state, 'running');
    assert.match(record.id, runIdPattern);
    assert.equal(run.path, path.join(folder(), 'runs', 'birds', record.id));
    assert.deepEqual(record.process, { pid: process.pid, host: hostname() });
    assert.deepEqual(readdirSync(run.path), ['run.json']);
  });

  it('notes how it ended, once, without the process', async () => {
    const run = await RunFolder.create(folder(), experiment, undefined);
    await run.finish('failed', 'It broke.');
    await run.finish('cancelled');
    const record = await run.readRecord();
    assert.equal(record.state, 'failed');
    assert.equal(record.error, 'It broke.');
    assert.equal(record.process, undefined);
    assert.ok(record.finishedAt !== undefined && record.seconds.total >= 0);
    const events = readFileSync(run.file('events.jsonl'), 'utf8').trimEnd().split('\n').map((line) => runEventSchema.parse(JSON.parse(line)));
    assert.deepEqual(events.map((event) => (event.kind === 'state' ? [event.state, event.message] : event)), [['failed', 'It broke.']]);
  });

  it('goes without a trace, with the folders made for it', async () => {
    const run = await RunFolder.create(path.join(folder(), 'trainyard', 'runs'), experiment, undefined);
    await run.remove();
    assert.deepEqual(readdirSync(folder()), []);
  });

  it('leaves folders that were there before, and other runs', async () => {
    const first = await RunFolder.create(path.join(folder(), 'runs'), experiment, undefined);
    const second = await RunFolder.create(path.join(folder(), 'runs'), experiment, undefined);
    assert.notEqual(first.path, second.path);
    await first.remove();
    assert.ok(existsSync(second.path));
    await second.remove();
    assert.ok(existsSync(path.join(folder(), 'runs', 'birds')), 'the first run made it, and it was not empty then');
  });

  it('says why it can not be made', async () => {
    writeFileSync(path.join(folder(), 'file'), '');
    await assert.rejects(RunFolder.create(path.join(folder(), 'file'), experiment, undefined), /^UserError: ".*file" can't be written because a folder on its way/);
  });

  it('refuses a folder that is no run, or a damaged one', async () => {
    await assert.rejects(readRecord(folder()), /is not a run folder: it holds no run\.json/);
    writeFileSync(path.join(folder(), 'run.json'), '{"version": 1');
    await assert.rejects(readRecord(folder()), /damaged or of a newer version/);
  });
});

describe('listRuns', () => {
  const folder = useTemporaryFolder();

  it('lists newest first and tells of what it can not read', async () => {
    const made = [];
    for (let i = 0; i < 3; i++) {
      made.push(await RunFolder.create(folder(), experimentOf({ name: `e${i}` }), undefined));
    }
    writeFileSync(made[1].file('run.json'), 'nonsense');
    mkdirSync(path.join(folder(), 'e0', 'notes'));
    const problems: string[] = [];
    const runs = await listRuns(folder(), (message) => problems.push(message));
    assert.equal(runs.length, 2);
    assert.ok(runs[0].record.startedAt >= runs[1].record.startedAt);
    assert.equal(problems.length, 1);
    assert.match(problems[0], /damaged/);
    assert.deepEqual(await listRuns(path.join(folder(), 'nowhere'), () => undefined), []);
  });

  it('knows a run whose process is gone', async () => {
    const run = await RunFolder.create(folder(), experiment, undefined);
    const record = await run.readRecord();
    assert.equal((await withActualState(record, run.path)).state, 'running');
    // A process that has ended: this one's child.
    const pid = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    const of = async (change: Partial<RunRecord>): Promise<RunRecord['state']> => (await withActualState({ ...record, ...change }, run.path)).state;
    assert.equal(await of({ process: { pid, host: hostname() } }), 'interrupted');
    assert.equal(await of({ process: { pid, host: 'another-machine' } }), 'interrupted', 'no log');
    run.append({ kind: 'log', time: new Date().toISOString(), level: 'info', message: 'still here' });
    assert.equal(await of({ process: { pid, host: 'another-machine' } }), 'running');
    utimesSync(run.file('events.jsonl'), new Date(0), new Date(0));
    assert.equal(await of({ process: { pid, host: 'another-machine' } }), 'interrupted', 'an old log');
    assert.equal(await of({ process: undefined }), 'interrupted');
    assert.equal(await of({ startedAt: '2001-01-01T00:00:00.000Z' }), 'interrupted', 'started before the machine was');
    assert.equal(await of({ state: 'done', process: undefined }), 'done');
  });
});

describe('writeFileAtomically', () => {
  const folder = useTemporaryFolder();

  it('replaces a file and leaves nothing beside it', async () => {
    const file = path.join(folder(), 'a.json');
    await writeFileAtomically(file, 'one');
    await writeFileAtomically(file, Uint8Array.of(116, 119, 111));
    assert.equal(readFileSync(file, 'utf8'), 'two');
    assert.deepEqual(readdirSync(folder()), ['a.json']);
  });

  it('leaves nothing behind when it fails', async () => {
    mkdirSync(path.join(folder(), 'taken', 'inside'), { recursive: true });
    await assert.rejects(writeFileAtomically(path.join(folder(), 'taken'), 'x'), /^UserError/);
    await assert.rejects(writeFileAtomically(path.join(folder(), 'no', 'folder'), 'x'), /^UserError/);
    assert.deepEqual(readdirSync(folder()), ['taken']);
  });
});

describe('names and paths', () => {
  const folder = useTemporaryFolder();

  it('makes ids that sort by time', () => {
    const ids = [new Date('2026-03-14T15:09:26.535Z'), new Date('2026-03-14T15:09:27Z'), new Date('2027-01-01T00:00:00Z')].map(newRunId);
    assert.match(ids[0], /^20260314T150926Z-[0-9a-f]{4}$/);
    assert.deepEqual(ids.slice().sort(), ids);
  });

  it('makes a single safe folder of any name', () => {
    assert.equal(runFolderName('penguins by species'), 'penguins by species');
    assert.equal(runFolderName('../../etc'), '-..-etc');
    assert.equal(runFolderName('con'), 'experiment-con');
    fc.assert(fc.property(fc.string(), (name) => {
      const made = runFolderName(name);
      assert.equal(path.basename(path.win32.basename(made)), made);
      assert.ok(made !== '' && made !== '.' && made !== '..');
      assert.equal(path.resolve('/runs', made), `/runs/${made}`);
    }));
  });

  it('keeps an experiment inside its root, through links too', async () => {
    const root = path.join(folder(), 'root');
    mkdirSync(path.join(root, 'data'), { recursive: true });
    writeFileSync(path.join(folder(), 'secret.csv'), '');
    writeFileSync(path.join(root, 'data', 'a.csv'), '');
    symlinkSync(path.join(folder(), 'secret.csv'), path.join(root, 'link.csv'));
    symlinkSync(path.join(root, 'data', 'a.csv'), path.join(root, 'inner.csv'));
    assert.equal(await resolveInside(root, 'data/a.csv'), path.join(root, 'data', 'a.csv'));
    assert.equal(await resolveInside(root, 'data/../inner.csv'), path.join(root, 'inner.csv'));
    await assert.rejects(resolveInside(root, 'link.csv'), /outside the workspace folder/);
    await assert.rejects(resolveInside(root, '../secret.csv'), /outside the workspace folder/);
    await assert.rejects(resolveInside(root, path.join(folder(), 'secret.csv')), /is an absolute path/);
    await assert.rejects(resolveInside(root, 'C:\\data.csv'), /is an absolute path/);
    await assert.rejects(resolveInside(root, 'gone.csv'), /doesn't exist/);
  });

  it('finds the folder that paths share', () => {
    assert.equal(commonFolder([path.resolve('/a/b/c'), path.resolve('/a/b/d/e')]), path.resolve('/a/b'));
    assert.equal(commonFolder([path.resolve('/a/b'), path.resolve('/a/bc')]), path.resolve('/a'));
    assert.equal(commonFolder([path.resolve('/a'), path.resolve('/b')]), path.resolve('/'));
  });
});

describe('readGitState', () => {
  const folder = useTemporaryFolder();

  it('knows commit, branch and changes; nothing outside a repository', async function () {
    const git = (...args: string[]): string => execFileSync('git', ['-C', folder(), '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      git('--version');
    } catch {
      console.log('      (skipped: git is not installed)');
      this.skip();
    }
    assert.equal(await readGitState(folder()), undefined);
    git('init', '-q', '-b', 'trunk');
    assert.equal(await readGitState(folder()), undefined, 'no commit yet');
    writeFileSync(path.join(folder(), 'a.txt'), '1');
    git('add', 'a.txt');
    git('commit', '-q', '-m', 'one');
    const commit = git('rev-parse', 'HEAD').trim();
    writeFileSync(path.join(folder(), 'untracked.txt'), '');
    assert.deepEqual(await readGitState(folder()), { commit, branch: 'trunk', dirty: false });
    writeFileSync(path.join(folder(), 'a.txt'), '2');
    assert.deepEqual(await readGitState(folder()), { commit, branch: 'trunk', dirty: true });
    git('checkout', '-q', '--detach');
    assert.deepEqual(await readGitState(folder()), { commit, dirty: true });
  });
});
