import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeEnd, EngineEndedError } from '../../src/extension/engineClient/engineEnd';
import { EngineLauncher } from '../../src/extension/engineClient/engineLauncher';
import { EngineProcess } from '../../src/extension/engineClient/engineProcess';
import { ProfileService } from '../../src/extension/engineClient/profileService';
import { QuestionEngine } from '../../src/extension/engineClient/questionEngine';
import { TableClient } from '../../src/extension/engineClient/tableClient';
import { engineMethods } from '../../src/schema/protocol';
import { eventually } from './eventually';
import { useTemporaryFolder } from './temporaryFolder';

const script = path.join(__dirname, 'fakeEngine.js');
const never = new AbortController().signal;

describe('describeEnd', () => {
  it('gives the reason in one sentence', () => {
    const end = (code: number | null, signal: NodeJS.Signals | null, stderr = '') => describeEnd({ code, signal, stderr });
    assert.match(end(134, null, 'x\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n'), /ran out of memory/);
    assert.equal(end(7, null, 'TypeError: no\n  at x'), 'The engine process ended unexpectedly with exit code 7: TypeError: no.');
    assert.match(end(null, 'SIGKILL'), /was killed \(SIGKILL\), which is also what the system does when memory runs out\.$/);
    assert.match(end(null, 'SIGSEGV'), /ended by the signal SIGSEGV\.$/);
    assert.equal(end(0, null), 'The engine process ended before its work was done.');
  });
});

describe('EngineProcess', () => {
  const folder = useTemporaryFolder();
  const processes: EngineProcess[] = [];
  const start = (file = script) => {
    const engine = new EngineProcess({ script: file, stderrFolder: path.join(folder(), 'logs') }, { detached: false });
    processes.push(engine);
    return engine;
  };
  afterEach(async () => {
    processes.forEach((engine) => engine.kill());
    await Promise.all(processes.splice(0).map(({ ended }) => ended));
  });

  it('answers requests', async () => {
    const answer = await start().request<{ calls: number }>(engineMethods.profile, { file: 'ok' }, never);
    assert.equal(answer.calls, 1);
  });

  it('passes the engine\'s own errors on', async () => {
    await assert.rejects(start().request(engineMethods.profile, { file: 'bad' }, never), { code: 1, message: 'The file is empty.' });
  });

  it('says how the process ended when it ends before it answers, and cleans up', async () => {
    const engine = start();
    await assert.rejects(engine.request(engineMethods.profile, { file: 'crash' }, never), (error) => {
      assert.ok(error instanceof EngineEndedError);
      assert.equal(error.end.code, 7);
      assert.match(error.message, /exit code 7: TypeError: the sky fell\./);
      return true;
    });
    assert.equal(engine.running, false);
    assert.deepEqual(readdirSync(path.join(folder(), 'logs')), []);
  });

  it('rejects requests to a process that is gone already', async () => {
    const engine = start();
    engine.kill();
    await engine.ended;
    await assert.rejects(engine.request(engineMethods.profile, { file: 'ok' }, never), EngineEndedError);
  });

  it('says that a script is missing', async () => {
    await assert.rejects(start(path.join(folder(), 'gone.cjs')).request(engineMethods.profile, { file: 'ok' }, never), /Cannot find module/);
  });

  it('cancels', async () => {
    const file = path.join(folder(), 'slow');
    const abort = new AbortController();
    const answer = start().request(engineMethods.profile, { file }, abort.signal);
    setTimeout(() => abort.abort(), 100);
    await assert.rejects(answer, { code: 2 });
    assert.equal(existsSync(`${file}.cancelled`), true);
  });

  it('lets a process go that isn\'t needed any more', async () => {
    const engine = start();
    await engine.request(engineMethods.profile, { file: 'ok' }, never);
    engine.release();
    assert.equal((await engine.ended).code, 0);
  });
});

describe('EngineLauncher', () => {
  const folder = useTemporaryFolder();

  it('knows its own processes, and lets training yield to the editor', async () => {
    const launcher = new EngineLauncher({ script, stderrFolder: path.join(folder(), 'logs') });
    const [run, questions] = [await launcher.startForRun(), await launcher.startForQuestions()];
    assert.ok(run.pid !== undefined && questions.pid !== undefined);
    assert.deepEqual([run.pid, questions.pid, process.pid].map((pid) => launcher.owns(pid)), [true, true, false]);
    assert.ok(getPriority(run.pid) > getPriority(questions.pid), `${getPriority(run.pid)} against ${getPriority(questions.pid)}`);
    for (const engine of [run, questions]) {
      engine.kill();
      await engine.ended;
    }
    assert.equal(launcher.owns(run.pid), false);
  });
});

describe('questions to the engine', () => {
  const folder = useTemporaryFolder();
  const owned: { dispose(): void }[] = [];
  let started = 0;
  const createEngine = (idle = 60_000) => {
    started = 0;
    const engine = new QuestionEngine(async () => {
      started += 1;
      return new EngineProcess({ script, stderrFolder: path.join(folder(), 'logs') }, { detached: false });
    }, idle);
    owned.push(engine);
    return engine;
  };
  const create = (idle?: number) => {
    const service = new ProfileService(createEngine(idle));
    owned.push(service);
    return service;
  };
  /** What the fake engine answers: which process it is, and how often it was asked. */
  const ask = async (service: ProfileService, name: string) =>
    (await service.profile(path.join(folder(), name), undefined, never)) as unknown as { pid: number; calls: number };
  afterEach(() => owned.splice(0).forEach((each) => each.dispose()));

  it('asks one process, and not twice for the same state of a file', async () => {
    const service = create();
    writeFileSync(path.join(folder(), 'a.csv'), '1');
    assert.equal((await ask(service, 'a.csv')).calls, 1);
    assert.equal((await ask(service, 'a.csv')).calls, 1);
    writeFileSync(path.join(folder(), 'a.csv'), '12');
    assert.equal((await ask(service, 'a.csv')).calls, 2);
    assert.equal((await ask(service, 'b.csv')).calls, 3);
    assert.equal(started, 1);
  });

  it('shares work between callers that ask at the same time', async () => {
    const service = create();
    const answers = await Promise.all([ask(service, 'a.csv'), ask(service, 'a.csv')]);
    assert.deepEqual(answers.map(({ calls }) => calls), [1, 1]);
  });

  it('tries again after a failure, in a new process after a crash', async () => {
    const service = create();
    await assert.rejects(ask(service, 'bad'), { message: 'The file is empty.' });
    await assert.rejects(ask(service, 'crash'), EngineEndedError);
    assert.equal((await ask(service, 'a.csv')).calls, 1);
    assert.equal(started, 2);
  });

  it('lets the process go when it has been idle for a while', async () => {
    const service = create(50);
    const { pid } = await ask(service, 'a.csv');
    await eventually(() => assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }));
    assert.equal((await ask(service, 'b.csv')).calls, 1);
    assert.equal(started, 2);
  });

  it('stops the work once nobody waits for it', async () => {
    const service = create();
    const file = path.join(folder(), 'slow');
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [first, second].map(({ signal }) => service.profile(file, undefined, signal));
    const rejected = answers.map((answer) => assert.rejects(answer));
    setTimeout(() => first.abort(), 100);
    await rejected[0];
    await delay(100);
    assert.equal(existsSync(`${file}.cancelled`), false, 'cancelled although somebody still waits');
    second.abort();
    await rejected[1];
    await eventually(() => assert.equal(existsSync(`${file}.cancelled`), true));
  });

  it('passes on how far a profile is to everybody who waits for it', async () => {
    const service = create();
    const told: unknown[][] = [[], []];
    await Promise.all(told.map((list) => service.profile(path.join(folder(), 'progress'), undefined, never, (progress) => list.push(progress))));
    assert.deepEqual(told, [0, 1].map(() => [{ fraction: 0.25, message: 'read 1 of 4 MB' }, { fraction: 0.5, message: 'read 2 of 4 MB' }]));
  });

  it('keeps the process while a table is open, and closes the table with its client', async () => {
    const engine = createEngine(30);
    const table = new TableClient(engine, { file: path.join(folder(), 'a.csv') });
    assert.equal((await table.open()).id, 1);
    await delay(120);
    assert.equal(engine.active, true, 'let go although a table is open');
    assert.deepEqual(await table.rows({ count: 1, firstColumn: 0, lastColumn: 1 }), { rowCount: 1, from: 0, lines: [2], cells: [['of table 1']] });
    table.dispose();
    await eventually(() => assert.equal(existsSync(path.join(folder(), 'a.csv.closed')), true));
    await eventually(() => assert.equal(engine.active, false));
  });

  it('opens a table anew when the process that had it open has died', async () => {
    const table = new TableClient(createEngine(), { file: path.join(folder(), 'a.csv') });
    owned.push(table);
    await table.open();
    assert.deepEqual((await table.rows({ from: 666, count: 1, firstColumn: 0, lastColumn: 1 })).from, 666);
    assert.equal(started, 2);
  });
});
