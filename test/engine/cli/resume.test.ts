import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunRecord } from '../../../src/schema/run';
import { runEventSchema, runRecordSchema } from '../../../src/schema/run';
import { useTemporaryFolder } from '../temporaryFolder';
import { lastLine, runCommand, startCommand } from './commandLine';

const epochs = 40;

/** Pictures of 4 × 4 cells in rows: a bar that stands or lies, under noise; always the same. */
function pictures(rows: number): string {
  let state = 7;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const names = Array.from({ length: 16 }, (_, cell) => `cell${cell}`);
  const lines = Array.from({ length: rows }, () => {
    const [stands, place] = [next() < 0.5, Math.floor(next() * 4)];
    const cells = names.map((_, cell) => (2 * next() + ((stands ? cell % 4 : Math.floor(cell / 4)) === place ? 1 : 0)).toFixed(3));
    return [...cells, stands ? 'stands' : 'lies'].join(',');
  });
  return `${names.join(',')},bar\n${lines.join('\n')}\n`;
}

/** A wave under a trend, one row a time. */
function series(rows: number): string {
  return `value\n${Array.from({ length: rows }, (_, time) => (0.05 * time + 3 * Math.sin(time / 3) + Math.sin(time * 1.7)).toFixed(4)).join('\n')}\n`;
}

const networks = [
  { algorithm: 'mlp', data: () => pictures(3000), target: 'bar', settings: ['hiddenUnits=256', 'batchSize=16'] },
  { algorithm: 'cnn', data: () => pictures(600), target: 'bar', settings: ['filters=16'] },
  { algorithm: 'lstm', data: () => series(1200), target: 'value', settings: ['units=16'] },
];

describe('a network training that is broken off', function () {
  this.timeout(180_000);
  const folder = useTemporaryFolder();
  const runs = (): string => path.join(folder(), 'trainyard', 'runs', 'data');
  const runDirs = (): string[] => (existsSync(runs()) ? readdirSync(runs()).sort().map((id) => path.join(runs(), id)) : []);
  const recordOf = (runDir: string): RunRecord => runRecordSchema.parse(JSON.parse(readFileSync(path.join(runDir, 'run.json'), 'utf8')));
  const eventsOf = (runDir: string) => readFileSync(path.join(runDir, 'events.jsonl'), 'utf8').trimEnd().split('\n').map((line) => runEventSchema.parse(JSON.parse(line)));
  const epochsOf = (runDir: string) => eventsOf(runDir).flatMap((event) => (event.kind === 'epoch' ? [event] : []));
  const results = ['evaluation.json', 'predictions.csv', 'model/model.json', 'model/arrays.bin'];

  function train({ algorithm, target, settings }: (typeof networks)[number]): string[] {
    const all = [...settings, `epochs=${epochs}`, 'patience=0', 'checkpointEvery=3'];
    return ['train', 'data.csv', '--target', target, '--algorithm', algorithm, ...all.flatMap((setting) => ['--set', setting]), '--json'];
  }

  /** The run that began after the known ones; the names of runs of the same second don't tell which is the latest. */
  const newRun = (known: readonly string[]): string | undefined => runDirs().find((runDir) => !known.includes(runDir));

  /** Waits until a run beside the known ones has a checkpoint and so many epochs. */
  async function underWay(epochCount: number, known: readonly string[] = []): Promise<string> {
    for (;;) {
      const runDir = newRun(known);
      if (runDir !== undefined && existsSync(path.join(runDir, 'checkpoint.bin')) && epochsOf(runDir).length >= epochCount) {
        return runDir;
      }
      await delay(10);
    }
  }

  for (const network of networks) {
    it(`goes on to the very result of an uninterrupted one: ${network.algorithm}`, async () => {
      writeFileSync(path.join(folder(), 'data.csv'), network.data());
      const whole = await runCommand(folder(), ...train(network));
      assert.equal(whole.code, 0, whole.stderr);
      const [reference] = runDirs();
      assert.equal(existsSync(path.join(reference, 'checkpoint.bin')), false, 'a finished run keeps no checkpoint');

      const killed = startCommand(folder(), train(network));
      const runDir = await underWay(4, [reference]);
      killed.process.kill('SIGKILL');
      await killed.finished;
      assert.equal(recordOf(runDir).state, 'running', 'nobody was left to write more');
      const reached = epochsOf(runDir).length;
      assert.ok(reached < epochs, 'it was broken off on the way');

      // What goes on is broken off too, this time by a cancel.
      const cancelled = startCommand(folder(), ['resume', runDir]);
      const second = await underWay(reached + 1, [reference, runDir]);
      writeFileSync(path.join(second, 'cancel.request'), '');
      assert.equal((await cancelled.finished).code, 130);
      assert.equal(recordOf(second).state, 'cancelled');
      assert.ok(epochsOf(second).length < epochs, 'it was broken off on the way');

      const resumed = await runCommand(folder(), 'resume', second, '--json');
      assert.equal(resumed.code, 0, resumed.stderr);
      const { runDir: last } = JSON.parse(resumed.stdout) as { runDir: string };
      assert.equal(recordOf(last).resumedFrom, path.basename(second));
      for (const name of results) {
        assert.ok(readFileSync(path.join(last, name)).equals(readFileSync(path.join(reference, name))), `${name} is the same byte by byte`);
      }
      const points = (run: string) => epochsOf(run).map(({ epoch, learningRate, metrics }) => ({ epoch, learningRate, metrics }));
      assert.deepEqual(points(last), points(reference), 'the curves are whole');
      assert.deepEqual([last, second].map((each) => existsSync(path.join(each, 'checkpoint.bin'))), [false, false]);
      assert.match(lastLine(await runCommand(folder(), 'resume', second)), /has no checkpoint to go on from; train again instead/);
      assert.match(lastLine(await runCommand(folder(), 'resume', last)), /is finished; there is nothing to resume/);
    });
  }

  it('stops with the best network so far when asked to, and says so', async () => {
    const [network] = networks;
    writeFileSync(path.join(folder(), 'data.csv'), network.data());
    const command = startCommand(folder(), [...train(network), '--set', 'epochs=100000']);
    const runDir = await underWay(3);
    writeFileSync(path.join(runDir, 'stop.request'), '');
    const { code, stdout, stderr } = await command.finished;
    assert.equal(code, 0, stderr);
    assert.equal((JSON.parse(stdout) as { runDir: string }).runDir, runDir);
    const record = recordOf(runDir);
    assert.deepEqual([record.state, record.stoppedEarly], ['done', true]);
    assert.ok(eventsOf(runDir).some((event) => event.kind === 'log' && /^Its training was stopped early, with the best model so far\.$/.test(event.message)));
    assert.deepEqual(readdirSync(runDir).filter((name) => /request|checkpoint/.test(name)), []);
    const { parameters } = JSON.parse(readFileSync(path.join(runDir, 'model', 'model.json'), 'utf8')) as { parameters?: { bestEpoch?: number } };
    assert.equal(parameters?.bestEpoch ?? epochsOf(runDir).at(-1)?.bestEpoch, epochsOf(runDir).at(-1)?.bestEpoch);
    assert.match(lastLine(await runCommand(folder(), 'reproduce', runDir)), /was stopped early by its user/);
  });

  it('starts from the beginning when the data is not the same any more, and says so', async () => {
    const network = networks[1];
    writeFileSync(path.join(folder(), 'data.csv'), network.data());
    const killed = startCommand(folder(), train(network));
    const runDir = await underWay(4);
    killed.process.kill('SIGKILL');
    await killed.finished;
    writeFileSync(path.join(folder(), 'data.csv'), pictures(500));
    const resumed = await runCommand(folder(), 'resume', runDir, '--json');
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stderr, /belongs to other data or settings than these, so training starts from the beginning/);
  });

  it('leaves nothing to go on from after it has diverged, and says what to try', async () => {
    const [network] = networks;
    writeFileSync(path.join(folder(), 'data.csv'), network.data());
    const diverged = await runCommand(folder(), ...train(network), '--set', 'optimizer=sgd', '--set', 'learningRate=10', '--set', 'checkpointEvery=1');
    assert.equal(diverged.code, 1);
    assert.match(lastLine(diverged), /^Training diverged in epoch \d+: the loss is no longer a number\. Try a learningRate of 1 instead of 10, gradient clipping \(clipNorm 1\), or scaled features\.$/);
    const [runDir] = runDirs();
    assert.equal(recordOf(runDir).state, 'failed');
    assert.equal(recordOf(runDir).error, lastLine(diverged));
    assert.equal(existsSync(path.join(runDir, 'checkpoint.bin')), false);
  });
});
