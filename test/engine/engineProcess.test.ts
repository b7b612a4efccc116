import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CancellationTokenSource, ResponseError } from 'vscode-jsonrpc/node';
import type { TrainParams } from '../../src/schema/protocol';
import { engineErrorCodes, engineMethods } from '../../src/schema/protocol';
import type { RunState } from '../../src/schema/run';
import { runRecordSchema, runEventSchema } from '../../src/schema/run';
import { generatedCsv } from './cli/commandLine';
import { EnginePeer } from './enginePeer';
import { useTemporaryFolder } from './temporaryFolder';

describe('the engine process', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  let engine: EnginePeer;

  beforeEach(() => {
    writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(4000));
    engine = new EnginePeer();
  });
  afterEach(() => void engine.process.kill('SIGKILL'));

  function params(experiment: Partial<TrainParams['experiment']> = {}): TrainParams {
    return {
      root: folder(),
      name: 'kinds',
      experimentPath: 'trainyard/experiments/kinds.experiment.json',
      experiment: { data: { path: 'data.csv' }, target: 'kind', algorithm: 'logisticRegression', ...experiment },
    };
  }

  /** So many trees take minutes. */
  const endless = { target: 'size', algorithm: 'randomForest', hyperparameters: { nEstimators: 10_000 } };
  const fitting = (notification: EnginePeer['notifications'][number]): boolean =>
    'event' in notification && notification.event.kind === 'progress' && notification.event.step === 'fit';

  async function assertFails(work: Promise<unknown>, code: number, message: RegExp): Promise<void> {
    await assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof ResponseError, String(error));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      return true;
    });
  }

  function stateOf(runDir: string): RunState {
    return runRecordSchema.parse(JSON.parse(readFileSync(path.join(runDir, 'run.json'), 'utf8'))).state;
  }

  function startedRun(): string {
    const first = engine.notifications.at(0);
    assert.ok(first !== undefined && 'started' in first, 'the first notification tells the run folder');
    return first.started;
  }

  it('profiles', async () => {
    const profile = await engine.profile({ file: path.join(folder(), 'data.csv') });
    assert.equal(profile.rows, 4000);
    assert.equal(profile.path, 'data.csv');
    await assertFails(engine.profile({ file: path.join(folder(), 'gone.csv') }), engineErrorCodes.userError, /^"gone\.csv" doesn't exist/);
    await assertFails(engine.request('trainyard/nonsense'), -32601, /knows no request "trainyard\/nonsense"/);
  });

  it('trains, tells the run folder first, then the very events of its log', async () => {
    const result = await engine.train(params());
    assert.equal(startedRun(), result.runDir);
    assert.equal(path.dirname(result.runDir), path.join(folder(), 'trainyard', 'runs', 'kinds'));
    const told = engine.notifications.flatMap((notification) => ('event' in notification ? [notification.event] : []));
    const logged = readFileSync(path.join(result.runDir, 'events.jsonl'), 'utf8').trimEnd().split('\n').map((line) => runEventSchema.parse(JSON.parse(line)));
    assert.deepEqual(told, logged.slice(0, -1));
    assert.ok(told.length > 8);
  });

  it('answers with a sentence that the user can act on, and goes on working', async () => {
    await assertFails(engine.train(params({ target: 'kinds' })), engineErrorCodes.userError, /Did you mean "kind"\?/);
    await assertFails(engine.train(params({ data: { path: '../data.csv' } })), engineErrorCodes.userError, /outside the workspace folder/);
    assert.deepEqual(readdirSync(folder()), ['data.csv']);
    assert.equal((await engine.train(params())).task, 'classification');
  });

  it('cancels, while it answers other requests', async () => {
    const source = new CancellationTokenSource();
    const training = engine.train(params(endless), source.token);
    await engine.notified(fitting);
    assert.equal((await engine.profile({ file: path.join(folder(), 'data.csv') })).rows, 4000);
    source.cancel();
    await assertFails(training, engineErrorCodes.cancelled, /^Cancelled\.$/);
    assert.equal(stateOf(startedRun()), 'cancelled');
  });

  it('stops a training with the best model so far', async () => {
    const training = engine.train(params({ target: 'kind', algorithm: 'mlp', hyperparameters: { epochs: 100_000, patience: 0 } }));
    await engine.notified((notification) => 'event' in notification && notification.event.kind === 'epoch' && notification.event.epoch >= 2);
    assert.equal(await engine.request(engineMethods.stop, { runDir: startedRun() }), null);
    const { runDir } = await training;
    assert.equal(stateOf(runDir), 'done');
    await assertFails(engine.request(engineMethods.stop, { runDir }), engineErrorCodes.userError, /not under way any more/);
  });

  it('cancels when it is asked to end', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const training = engine.train(params(endless));
    await engine.notified(fitting);
    engine.process.kill('SIGTERM');
    await assertFails(training, engineErrorCodes.cancelled, /^Cancelled\.$/);
    assert.equal(await engine.exited, 0);
    assert.equal(stateOf(startedRun()), 'cancelled');
  });

  it('goes on to the end of a run when its parent goes away, and then exits', async () => {
    engine.train(params({ algorithm: 'randomForest', hyperparameters: { nEstimators: 60 } })).catch(() => undefined);
    await engine.notified(fitting);
    engine.leave();
    assert.equal(await engine.exited, 0);
    assert.equal(stateOf(startedRun()), 'done');
  });

  it('exits when its parent goes away and nothing is to do', async () => {
    await engine.profile({ file: path.join(folder(), 'data.csv') });
    engine.leave();
    assert.equal(await engine.exited, 0);
  });
});
