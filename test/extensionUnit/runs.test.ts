import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { collectResultsState, readRunContent } from '../../src/extension/results/resultsState';
import { EventTail, readLastEvents } from '../../src/extension/runs/eventTail';
import { isProcessAlive } from '../../src/extension/runs/processAlive';
import { RunReader } from '../../src/extension/runs/runList';
import { parseRunRecord } from '../../src/extension/runs/parseRunRecord';
import { actualState, endRun, readRunRecord } from '../../src/extension/runs/runRecord';
import { ageText, metricText, runDescription } from '../../src/extension/runs/runText';
import { summarizeRun } from '../../src/extension/runs/runSummary';
import { UserError } from '../../src/extension/userError';
import { toCanonicalJson } from '../../src/schema/json';
import type { RunEvent, RunRecord } from '../../src/schema/run';
import { eventually } from './eventually';
import { runRecord } from './runRecords';
import { useTemporaryFolder, writeFiles } from './temporaryFolder';

const here = { pid: process.pid, host: hostname() };
/** A process id that was in use a moment ago and is free now. */
const gonePid = (): number => spawnSync(process.execPath, ['-e', '']).pid;
const progress = (fraction: number): RunEvent => ({ kind: 'progress', time: new Date().toISOString(), step: 'fit', fraction, message: `tree ${fraction}` });
const line = (event: RunEvent) => `${JSON.stringify(event)}\n`;

describe('isProcessAlive', () => {
  it('knows a living process from one that is gone', () => {
    assert.equal(isProcessAlive(here, new Date().toISOString()), true);
    assert.equal(isProcessAlive({ pid: gonePid(), host: hostname() }, new Date().toISOString()), false);
  });

  it('knows that a process has ended although its parent takes no note', async function () {
    if (process.platform !== 'linux') {
      console.log('      only Linux keeps the ids of ended processes');
      this.skip();
    }
    // The shell starts a child, says its id, and becomes a program that never waits for it.
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data: Buffer) => resolve(Number(data))));
      await eventually(() => assert.equal(isProcessAlive({ pid, host: hostname() }, new Date().toISOString()), false));
      process.kill(pid, 0);
    } finally {
      parent.kill();
    }
  });

  it('trusts no process id from before this machine started', () => {
    assert.equal(isProcessAlive(here, '2001-01-01T00:00:00Z'), false);
  });

  it('knows nothing about other machines', () => {
    assert.equal(isProcessAlive({ pid: 1, host: `not-${hostname()}` }, new Date().toISOString()), undefined);
  });
});

describe('run records', () => {
  const folder = useTemporaryFolder();
  const write = (record: RunRecord) => writeFileSync(path.join(folder(), 'run.json'), toCanonicalJson(record));

  it('are interrupted when they say running although their process is gone', async () => {
    assert.equal(await actualState(runRecord({ process: here }), folder()), 'running');
    assert.equal(await actualState(runRecord({ process: { ...here, pid: gonePid() } }), folder()), 'interrupted');
    assert.equal(await actualState(runRecord(), folder()), 'interrupted');
    assert.equal(await actualState(runRecord({ state: 'done', process: { ...here, pid: gonePid() } }), folder()), 'done');
  });

  it('of another machine run while their log grows', async () => {
    const elsewhere = runRecord({ process: { pid: 1, host: `not-${hostname()}` } });
    const log = path.join(folder(), 'events.jsonl');
    writeFileSync(log, line(progress(0.1)));
    assert.equal(await actualState(elsewhere, folder()), 'running');
    const before = new Date(Date.now() - 10 * 60_000);
    utimesSync(log, before, before);
    assert.equal(await actualState(elsewhere, folder()), 'interrupted');
  });

  it('get their end written at once, in the log too', async () => {
    write(runRecord({ process: here }));
    writeFileSync(path.join(folder(), 'cancel.request'), '');
    const ended = await endRun(folder(), 'failed', 'It was killed.');
    assert.deepEqual(await readRunRecord(folder()), ended);
    assert.equal(ended.state, 'failed');
    assert.equal(ended.error, 'It was killed.');
    assert.ok(ended.finishedAt !== undefined);
    assert.equal(ended.process, undefined);
    assert.deepEqual(readdirSync(folder()).sort(), ['events.jsonl', 'run.json']);
    const [last] = await readLastEvents(path.join(folder(), 'events.jsonl'), 1);
    assert.deepEqual(last, { kind: 'state', time: ended.finishedAt, state: 'failed', message: 'It was killed.' });
  });

  it('that are final are never changed', async () => {
    write(runRecord({ state: 'done' }));
    const before = readFileSync(path.join(folder(), 'run.json'), 'utf8');
    assert.equal((await endRun(folder(), 'failed', 'late')).state, 'done');
    assert.equal(readFileSync(path.join(folder(), 'run.json'), 'utf8'), before);
  });

  it('say in one sentence what is wrong with them', async () => {
    await assert.rejects(readRunRecord(path.join(folder(), 'gone')), (error) => error instanceof UserError && /deleted or moved/.test(error.message));
    assert.throws(() => parseRunRecord('{', 'x'), /isn't valid JSON/);
    assert.throws(() => parseRunRecord('{"version": 1}', 'x'), /isn't a run record at "id"/);
  });
});

describe('EventTail', () => {
  const folder = useTemporaryFolder();
  const log = () => path.join(folder(), 'events.jsonl');

  it('gives each line once it is complete, and once only', async () => {
    const tail = new EventTail(log());
    assert.deepEqual(await tail.read(), []);
    const first = progress(0.1);
    const second: RunEvent = { kind: 'log', time: 't', level: 'info', message: 'größer → 你好' };
    appendFileSync(log(), line(first));
    assert.deepEqual(await tail.read(), [first]);
    const bytes = Buffer.from(line(second));
    for (const [start, end] of [[0, 62], [62, 64], [64, bytes.length]] as const) {
      assert.deepEqual(await tail.read(), []);
      appendFileSync(log(), bytes.subarray(start, end));
    }
    assert.deepEqual(await tail.read(), [second]);
    assert.deepEqual(await tail.read(), []);
  });

  it('passes over lines that are no events', async () => {
    writeFileSync(log(), `not json\n{"kind":"other"}\n\n${line(progress(0.5))}`);
    assert.equal((await new EventTail(log()).read()).length, 1);
  });
});

describe('readLastEvents', () => {
  const folder = useTemporaryFolder();

  it('reads the end of a long log', async () => {
    const log = path.join(folder(), 'events.jsonl');
    const events = Array.from({ length: 5000 }, (_value, index) => progress(index / 5000));
    writeFileSync(log, events.map(line).join(''));
    assert.deepEqual(await readLastEvents(log, 3), events.slice(-3));
    assert.deepEqual(await readLastEvents(path.join(folder(), 'none'), 3), []);
  });
});

describe('RunReader', () => {
  const folder = useTemporaryFolder();
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z').replace(/[-:]/g, '');
  const runs = () => path.join(folder(), 'trainyard', 'runs', 'a');

  it('lists runs newest first and leaves out what is no run', async () => {
    writeFiles(runs(), { '20260101T000000Z-aaaa/run.json': '', '20260102T000000Z-aaaa/run.json': '', 'notes/x': '', '20260103T000000Z-aaaa.tmp/run.json': '' });
    assert.deepEqual(await new RunReader().listIds(runs()), ['20260102T000000Z-aaaa', '20260101T000000Z-aaaa']);
    assert.deepEqual(await new RunReader().listIds(path.join(folder(), 'nowhere')), []);
  });

  it('finds the runs that are under way', async () => {
    writeFiles(runs(), {
      [`${now}-0001/run.json`]: JSON.stringify(runRecord({ process: here })),
      [`${now}-0002/run.json`]: JSON.stringify(runRecord({ process: { ...here, pid: gonePid() } })),
      [`${now}-0003/run.json`]: JSON.stringify(runRecord({ state: 'done' })),
      [`${now}-0004/run.json`]: '{',
    });
    const running = await new RunReader().listRunning(folder());
    assert.deepEqual(running.map(({ id }) => id), [`${now}-0001`]);
  });

  it('sees that a run has ended', async () => {
    writeFiles(runs(), { 'x/run.json': JSON.stringify(runRecord({ process: here })) });
    const reader = new RunReader();
    assert.equal((await reader.read(path.join(runs(), 'x'))).state, 'running');
    writeFiles(runs(), { 'x/run.json': JSON.stringify(runRecord({ state: 'cancelled' })) });
    assert.equal((await reader.read(path.join(runs(), 'x'))).state, 'cancelled');
  });

  it('lists a damaged run with the reason', async () => {
    writeFiles(runs(), { 'x/run.json': '{' });
    const entry = await new RunReader().read(path.join(runs(), 'x'));
    assert.equal(entry.record, null);
    assert.match(entry.problem ?? '', /isn't valid JSON/);
    assert.equal(summarizeRun(entry, 'file:///x'), undefined);
  });
});

describe('texts of runs', () => {
  it('say ages as short as a tree needs', () => {
    const now = Date.parse('2026-03-14T12:00:00Z');
    const ages = ['2026-03-14T11:59:50Z', '2026-03-14T11:55:00Z', '2026-03-14T09:00:00Z', '2026-03-12T12:00:00Z', '2026-02-20T12:00:00Z', '2025-11-01T12:00:00Z', '2020-03-14T12:00:00Z', '2026-03-15T12:00:00Z', 'nonsense'];
    assert.deepEqual(ages.map((from) => ageText(from, now)), ['just now', '5m ago', '3h ago', '2d ago', '3w ago', '4mo ago', '5y ago', 'just now', '']);
  });

  it('show metrics so that they say something', () => {
    assert.deepEqual([0.97412, 1, 0, 0.00001234, 12345678, null].map(metricText), ['0.974', '1.000', '0.000', '1.23e-5', '1.23e+7', 'not defined']);
  });

  it('describe a run by its result or its state, and its age', () => {
    const now = Date.now();
    const record = runRecord({ state: 'done', startedAt: new Date(now - 3_600_000).toISOString(), result: { metric: 'r2', value: 0.5, baseline: 0, metrics: {} } });
    const entry = { runDir: '/r', id: 'i', state: 'done', record } as const;
    assert.equal(runDescription(entry, now), 'R² 0.500 · 1h ago');
    assert.equal(runDescription({ ...entry, state: 'failed' }, now), 'failed · 1h ago');
    assert.equal(runDescription({ ...entry, state: 'failed', record: null }, now), 'failed');
  });
});

describe('readRunContent', () => {
  const folder = useTemporaryFolder();

  it('gives a running run without an evaluation, with its log and files', async () => {
    writeFiles(folder(), { 'run.json': JSON.stringify(runRecord({ process: here })), 'events.jsonl': line(progress(0.5)), 'x.tmp': '' });
    const content = await readRunContent(folder());
    assert.equal(content.run.state, 'running');
    assert.equal(content.evaluation, null);
    assert.equal(content.events.length, 1);
    assert.deepEqual(content.files, ['events.jsonl', 'run.json']);
    const state = collectResultsState(content, { job: null, algorithms: [], experimentExists: false, trainBlocked: null, curves: null });
    assert.equal(state.algorithmLabel, 'randomForest');
  });

  it('says that a finished run lacks its evaluation', async () => {
    writeFiles(folder(), { 'run.json': JSON.stringify(runRecord({ state: 'done' })) });
    await assert.rejects(readRunContent(folder()), (error) => error instanceof UserError && /has no evaluation.json/.test(error.message));
    writeFiles(folder(), { 'evaluation.json': '{}' });
    await assert.rejects(readRunContent(folder()), (error) => error instanceof UserError && /can't be read/.test(error.message));
    assert.equal(existsSync(path.join(folder(), 'run.json')), true);
  });
});
