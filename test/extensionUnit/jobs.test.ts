import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineProcess } from '../../src/extension/engineClient/engineProcess';
import { EngineDriver } from '../../src/extension/jobs/engineDriver';
import { Job, type JobDriver, type JobOutcome, type JobReport } from '../../src/extension/jobs/job';
import { JobQueue } from '../../src/extension/jobs/jobQueue';
import { ReattachDriver } from '../../src/extension/jobs/reattachDriver';
import { rememberWaiting, type LeftBehind } from '../../src/extension/jobs/waitingJobs';
import { readRunRecord } from '../../src/extension/runs/runRecord';
import type { TrainParams } from '../../src/schema/protocol';
import type { RunEvent } from '../../src/schema/run';
import { runRecord } from './runRecords';
import { useTemporaryFolder } from './temporaryFolder';

/** A driver that ends when the test says so. */
class HeldDriver implements JobDriver {
  started = false;
  end: (outcome: JobOutcome) => void = () => undefined;

  run(_report: unknown, signal: AbortSignal): Promise<JobOutcome> {
    this.started = true;
    return new Promise((resolve) => {
      this.end = resolve;
      signal.addEventListener('abort', () => resolve({ kind: 'cancelled' }));
    });
  }
}

describe('JobQueue', () => {
  const make = (name: string) => {
    const driver = new HeldDriver();
    return { driver, job: new Job({ name, root: '/w', experimentPath: `${name}.experiment.json` }, driver) };
  };
  const done: JobOutcome = { kind: 'done', runDir: '/r', result: undefined };

  it('runs so many at once and the others in their order', async () => {
    const queue = new JobQueue(() => 1);
    const [a, b, c] = [make('a'), make('b'), make('c')];
    [a, b, c].forEach(({ job }) => queue.submit(job));
    assert.deepEqual([a, b, c].map(({ driver }) => driver.started), [true, false, false]);
    assert.deepEqual([a, b, c].map(({ job }) => job.progress.state), ['running', 'queued', 'queued']);
    a.driver.end(done);
    await delay(1);
    assert.deepEqual([b, c].map(({ driver }) => driver.started), [true, false]);
    assert.deepEqual(queue.jobs, [b.job, c.job]);
  });

  it('gives up a waiting job at once when it is cancelled', async () => {
    const queue = new JobQueue(() => 1);
    const [a, b, c] = [make('a'), make('b'), make('c')];
    [a, b, c].forEach(({ job }) => queue.submit(job));
    b.job.cancel();
    assert.deepEqual(await b.job.finished, { kind: 'cancelled' });
    a.driver.end(done);
    await delay(1);
    assert.deepEqual([b, c].map(({ driver }) => driver.started), [false, true]);
  });

  it('starts more as soon as the setting allows it', () => {
    let maximum = 1;
    const queue = new JobQueue(() => maximum);
    const [a, b] = [make('a'), make('b')];
    [a, b].forEach(({ job }) => queue.submit(job));
    maximum = 2;
    queue.startNext();
    assert.equal(b.driver.started, true);
  });

  it('counts runs that it was given while they ran, and never makes them wait', () => {
    const queue = new JobQueue(() => 1);
    const [a, b, c] = [make('a'), make('b'), make('c')];
    queue.attach(a.job);
    queue.attach(b.job);
    queue.submit(c.job);
    assert.deepEqual([a, b, c].map(({ driver }) => driver.started), [true, true, false]);
  });

  it('tells the jobs of an experiment and of a run', () => {
    const queue = new JobQueue(() => 1);
    const { job } = make('a');
    queue.submit(job);
    assert.deepEqual(queue.jobsOfExperiment('/w', 'a.experiment.json'), [job]);
    assert.deepEqual(queue.jobsOfExperiment('/other', 'a.experiment.json'), []);
    assert.equal(queue.jobOfRun('/r'), undefined);
  });

  it('turns a driver\'s defect into a failed job and goes on', async () => {
    const queue = new JobQueue(() => 1);
    const broken = new Job({ name: 'x', root: '/w' }, { run: () => Promise.reject(new Error('a defect')) });
    const next = make('b');
    queue.submit(broken);
    queue.submit(next.job);
    assert.deepEqual(await broken.finished, { kind: 'failed', message: 'a defect' });
    await delay(1);
    assert.equal(next.driver.started, true);
  });
});

describe('rememberWaiting', () => {
  const waiting = (name: string) => ({ root: '/w', experimentPath: `${name}.experiment.json` });
  const job = (name: string, driver = new HeldDriver()) => new Job({ name, ...waiting(name) }, driver);

  it('notes what waits, and hands over what an earlier window noted', async () => {
    const kept: LeftBehind[] = [{ waiting: [waiting('old')], time: 1 }];
    const names = () => kept.flatMap((left) => left.waiting.map(({ experimentPath }) => experimentPath));
    const queue = new JobQueue(() => 1);
    const left = rememberWaiting(queue, { get: () => kept[0], set: (value) => kept.splice(0, 1, ...(value === undefined ? [] : [value])) });
    assert.deepEqual(left, { waiting: [waiting('old')], time: 1 });
    assert.deepEqual(names(), []);
    const running = new HeldDriver();
    const [a, b, c] = [job('a', running), job('b'), job('c')];
    [a, b, c].forEach((each) => queue.submit(each));
    queue.submit(new Job({ name: 'no file', root: '/w' }, new HeldDriver()));
    assert.deepEqual(names(), ['b.experiment.json', 'c.experiment.json']);
    b.cancel();
    assert.deepEqual(names(), ['c.experiment.json']);
    running.end({ kind: 'cancelled' });
    await delay(1);
    assert.deepEqual(names(), []);
  });
});

describe('drivers', () => {
  const folder = useTemporaryFolder();
  const engines: EngineProcess[] = [];
  const runDir = () => path.join(folder(), '20260314T150926Z-a1b2');
  const start = (detached: boolean) => {
    const engine = new EngineProcess({ script: path.join(__dirname, 'fakeEngine.js'), stderrFolder: path.join(folder(), 'logs') }, { detached });
    engines.push(engine);
    return engine;
  };
  const params = (name: string) => ({ root: folder(), runsFolder: folder(), name, experiment: { record: runRecord() } }) as unknown as TrainParams;
  const train = (name: string) => new Job({ name, root: folder() }, new EngineDriver(async () => start(false), params(name)));
  const begin = async (job: Job) => {
    void job.start();
    while (job.progress.fraction === 0) {
      await delay(10);
    }
  };
  afterEach(async () => {
    engines.forEach((engine) => engine.kill());
    await Promise.all(engines.splice(0).map(({ ended }) => ended));
  });

  describe('EngineDriver', () => {
    it('trains: progress on the way, the result at the end', async () => {
      const job = train('good');
      const seen: string[] = [];
      job.on('changed', () => seen.push(`${job.progress.state} ${job.progress.fraction}`));
      void job.start();
      const outcome = await job.finished;
      assert.deepEqual(outcome, { kind: 'done', runDir: runDir(), result: { metric: 'accuracy', value: 0.9, baseline: 0.5, metrics: {} } });
      assert.ok(seen.includes('running 0.5'), seen.join());
      assert.equal(job.runDir, runDir());
    });

    it('says the sentence of an engine that refuses', async () => {
      const job = train('refuses');
      void job.start();
      assert.deepEqual(await job.finished, { kind: 'failed', message: 'The target has one class only.' });
    });

    for (const [name, reason] of [['killed', /SIGKILL/], ['crashes', /ran out of memory/]] as const) {
      it(`marks a run failed whose engine was ${name}, with the reason`, async () => {
        const job = train(name);
        void job.start();
        const outcome = await job.finished;
        assert.equal(outcome.kind, 'failed');
        assert.match(outcome.message, reason);
        const record = await readRunRecord(runDir());
        assert.equal(record.state, 'failed');
        assert.equal(record.error, outcome.message);
        assert.equal(existsSync(`${runDir()}/run.json.tmp`), false);
      });
    }

    it('cancels', async () => {
      const job = train('cancels');
      await begin(job);
      job.cancel();
      assert.equal(job.progress.state, 'cancelling');
      assert.deepEqual(await job.finished, { kind: 'cancelled' });
      assert.equal((await readRunRecord(runDir())).state, 'cancelled');
    });

    it('stops training with the best model so far, and takes its result', async () => {
      const job = train('stops');
      await begin(job);
      job.stop();
      assert.equal(job.progress.state, 'stopping');
      const outcome = await job.finished;
      assert.equal(outcome.kind, 'done');
      assert.equal(existsSync(path.join(runDir(), 'stop.request')), false, 'the request goes through the protocol');
    });

    it('ends an engine by force that doesn\'t hear', async () => {
      const job = train('deaf');
      await begin(job);
      job.cancel();
      assert.deepEqual(await job.finished, { kind: 'cancelled' });
      assert.equal((await readRunRecord(runDir())).state, 'cancelled');
    });
  });

  it('may be stopped once while folds are scored, and once more while the model is fitted', async () => {
    const progress = (message: string, stage?: 'crossValidation'): RunEvent => ({ kind: 'progress', time: 't', step: 'fit', fraction: 0.5, message, ...(stage === undefined ? {} : { stage }) });
    let report: JobReport | undefined;
    let [asked, end]: [number, () => void] = [0, () => undefined];
    const job = new Job({ name: 'folds', root: folder() }, {
      run: (own, _signal, stops) => {
        report = own;
        stops.on('stop', () => asked++);
        return new Promise((resolve) => (end = () => resolve({ kind: 'cancelled' })));
      },
    });
    void job.start();
    report?.event(progress('fold 1 of 5: tree 3 of 100', 'crossValidation'));
    job.stop();
    job.stop();
    assert.deepEqual([asked, job.progress.state, job.progress.message], [1, 'stopping', 'Skipping the remaining folds']);
    report?.event(progress('fold 2 of 5: tree 9 of 100', 'crossValidation'));
    assert.equal(job.progress.state, 'stopping');
    report?.event(progress('fitting'));
    assert.equal(job.progress.state, 'running', 'the folds are over');
    job.stop();
    report?.event(progress('tree 4 of 100'));
    assert.deepEqual([asked, job.progress.state], [2, 'stopping']);
    end();
    await job.finished;
  });

  describe('ReattachDriver', () => {
    const stay = process.env['TRAINYARD_FAKE_STAY'];
    /** An engine that trains on although the window that started it has gone. */
    const leaveBehind = async (name: string): Promise<EngineProcess> => {
      process.env['TRAINYARD_FAKE_STAY'] = __filename;
      const engine = start(true);
      const started = new Promise<void>((resolve) => engine.onNotification('trainyard/event', () => resolve()));
      engine.request('trainyard/train', params(name), new AbortController().signal).catch(() => undefined);
      await started;
      return engine;
    };
    const attach = () => new Job({ name: 'long', root: folder(), found: 'afterReload' }, new ReattachDriver(runDir(), 'long'), runDir());
    afterEach(() => {
      if (stay === undefined) {
        delete process.env['TRAINYARD_FAKE_STAY'];
      }
    });

    it('finds the progress of a run again and sees it end', async () => {
      await leaveBehind('long');
      const job = attach();
      await begin(job);
      assert.equal(job.progress.message, 'tree 50 of 100');
      writeFileSync(path.join(runDir(), 'finish'), '');
      const outcome = await job.finished;
      assert.equal(outcome.kind, 'done');
      assert.equal(outcome.result?.value, 0.9);
    });

    it('cancels by the run folder', async () => {
      await leaveBehind('long');
      const job = attach();
      await begin(job);
      job.cancel();
      assert.deepEqual(await job.finished, { kind: 'cancelled' });
    });

    it('stops by the run folder', async () => {
      await leaveBehind('long');
      const job = attach();
      await begin(job);
      job.stop();
      assert.equal((await job.finished).kind, 'done');
    });

    it('marks a run failed whose process is killed meanwhile', async () => {
      const engine = await leaveBehind('long');
      const job = attach();
      await begin(job);
      engine.kill();
      const outcome = await job.finished;
      assert.equal(outcome.kind, 'failed');
      assert.equal((await readRunRecord(runDir())).state, 'failed');
      assert.match(readFileSync(path.join(runDir(), 'events.jsonl'), 'utf8'), /"state":"failed"/);
    });
  });
});
