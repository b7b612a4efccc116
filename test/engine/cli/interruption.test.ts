import { strict as assert } from 'node:assert';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { evaluationSchema } from '../../../src/schema/evaluation';
import type { RunRecord } from '../../../src/schema/run';
import { runEventSchema, runRecordSchema } from '../../../src/schema/run';
import { useTemporaryFolder } from '../temporaryFolder';
import { bundle, generatedCsv, lastLine, runCommand, startCommand } from './commandLine';

/** So many trees take minutes, so a run that ends sooner was stopped. */
const endless = ['train', 'data.csv', '--target', 'size', '--algorithm', 'randomForest', '--set', 'nEstimators=10000', '--json'];
/** Windows knows no signals: ending a process there is always sudden. */
const signals = process.platform !== 'win32';

describe('a run that is stopped', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();

  beforeEach(() => writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(20_000)));

  function onlyRun(): { runDir: string; record: RunRecord } {
    const runs = path.join(folder(), 'trainyard', 'runs', 'data');
    const [id, ...others] = readdirSync(runs);
    assert.deepEqual(others, []);
    const runDir = path.join(runs, id);
    return { runDir, record: runRecordSchema.parse(JSON.parse(readFileSync(path.join(runDir, 'run.json'), 'utf8'))) };
  }

  /** Resolves once the only run's log holds the text. */
  async function logged(text: string | RegExp): Promise<void> {
    for (const end = Date.now() + 40_000; ; await delay(20)) {
      const runs = path.join(folder(), 'trainyard', 'runs', 'data');
      const file = existsSync(runs) ? path.join(runs, readdirSync(runs)[0] ?? '', 'events.jsonl') : '';
      const log = existsSync(file) ? readFileSync(file, 'utf8') : '';
      if (typeof text === 'string' ? log.includes(text) : text.test(log)) {
        return;
      }
      assert.ok(Date.now() < end, `The log never said "${String(text)}":\n${log}`);
    }
  }

  function assertCancelled(): void {
    const { runDir, record } = onlyRun();
    assert.equal(record.state, 'cancelled');
    assert.ok(record.finishedAt !== undefined);
    assert.equal(record.data?.rows, 20_000, 'what was known is kept');
    const events = readFileSync(path.join(runDir, 'events.jsonl'), 'utf8').trimEnd().split('\n').map((line) => runEventSchema.parse(JSON.parse(line)));
    assert.ok(events.length > 3);
    const last = events.at(-1);
    assert.ok(last?.kind === 'state' && last.state === 'cancelled');
    assert.deepEqual(readdirSync(runDir).sort(), ['events.jsonl', 'run.json']);
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`is cancelled by ${signal}, with exit code 130 and its log kept`, async function () {
      if (!signals) {
        this.skip();
      }
      const command = startCommand(folder(), endless);
      await command.said('fitting');
      command.process.kill(signal);
      const finished = await command.finished;
      assert.equal(finished.code, 130, finished.stderr);
      assert.equal(lastLine(finished), 'Cancelled.');
      assert.equal(finished.stdout, '');
      assertCancelled();
    });
  }

  const target = (classification: boolean): string[] => ['--target', classification ? 'kind' : 'size', '--exclude', classification ? 'size' : 'kind'];
  const long: readonly { readonly algorithm: string; readonly args: readonly string[]; readonly at: string; readonly unit: string; readonly planned?: number; readonly converged?: false }[] = [
    { algorithm: 'randomForest', args: [...target(false), '--set', 'nEstimators=10000'], at: 'tree ', unit: 'trees', planned: 10_000 },
    { algorithm: 'gradientBoosting', args: [...target(false), '--set', 'maxIter=100000', '--set', 'earlyStopping=off'], at: 'iteration ', unit: 'iterations', planned: 100_000 },
    { algorithm: 'svm', args: [...target(false), '--set', 'C=1000000', '--set', 'tol=1e-12', '--set', 'epsilon=0'], at: 'from the optimum', unit: 'steps', converged: false },
    { algorithm: 'voting', args: [...target(false), '--set', 'svm=true'], at: 'Support vector machine: ', unit: 'members', planned: 4 },
    { algorithm: 'stacking', args: [...target(true), '--set', 'folds=100'], at: 'out of fold: fold ', unit: 'fits of its members', planned: 303 },
  ];
  for (const { algorithm, args, at, unit, planned, converged } of long) {
    it(`keeps what is trained so far by a request in its folder: ${algorithm}`, async () => {
      const command = startCommand(folder(), ['train', 'data.csv', '--algorithm', algorithm, ...args, '--json']);
      await logged(at);
      writeFileSync(path.join(onlyRun().runDir, 'stop.request'), '');
      const finished = await command.finished;
      assert.equal(finished.code, 0, finished.stderr);
      const { runDir, record } = onlyRun();
      const { stoppedAfter } = record;
      assert.ok(stoppedAfter !== undefined);
      assert.deepEqual([record.state, record.stoppedEarly, stoppedAfter.unit, stoppedAfter.planned, stoppedAfter.converged], ['done', true, unit, planned, converged]);
      assert.ok(stoppedAfter.done > 0 && stoppedAfter.done < (planned ?? Infinity));
      assert.match(readFileSync(path.join(runDir, 'events.jsonl'), 'utf8'), new RegExp(`stopped early, after [0-9\u202f]+ (of [0-9\u202f]+ )?${unit}${converged === false ? '; it had not converged' : ''}\\.`));
      assert.match(finished.stderr, /Its training was stopped early/);
      const { value, baseline } = record.result ?? {};
      assert.ok(typeof value === 'number' && (algorithm === 'svm' || value > Number(baseline)), `${value} against ${baseline} of the baseline`);
      const reproduced = await runCommand(folder(), 'reproduce', runDir);
      assert.match(lastLine(reproduced), /was stopped early by its user/);
    });
  }

  it('skips the folds that are left, and then the rest of the fit, by two requests in its folder', async () => {
    const command = startCommand(folder(), ['train', 'data.csv', ...target(false), '--algorithm', 'randomForest', '--set', 'nEstimators=300', '--folds', '20', '--json']);
    await logged(/Fold \d+ of 20: R²/);
    writeFileSync(path.join(onlyRun().runDir, 'stop.request'), '');
    await command.said('Its cross-validation was stopped');
    writeFileSync(path.join(onlyRun().runDir, 'stop.request'), '');
    const finished = await command.finished;
    assert.equal(finished.code, 0, finished.stderr);
    const { runDir, record } = onlyRun();
    const { foldsStoppedAfter, stoppedAfter, stoppedEarly } = record;
    assert.ok(foldsStoppedAfter !== undefined && foldsStoppedAfter.done >= 1 && foldsStoppedAfter.done < 20);
    assert.deepEqual([stoppedEarly, stoppedAfter?.planned], [true, 300]);
    const { crossValidation } = evaluationSchema.parse(JSON.parse(readFileSync(path.join(runDir, 'evaluation.json'), 'utf8')));
    assert.deepEqual([crossValidation?.folds, crossValidation?.rows?.length, crossValidation?.metrics['r2'].values.length], [20, foldsStoppedAfter.done, foldsStoppedAfter.done]);
  });

  it('is cancelled by a request in its folder', async () => {
    const command = startCommand(folder(), endless);
    await command.said('fitting');
    writeFileSync(path.join(onlyRun().runDir, 'cancel.request'), '');
    assert.equal((await command.finished).code, 130);
    assertCancelled();
  });

  it('shows as interrupted after a sudden end, and the next run works', async () => {
    const command = startCommand(folder(), endless);
    await command.said('fitting');
    const running = JSON.parse((await runCommand(folder(), 'list', '--json')).stdout) as RunRecord[];
    assert.deepEqual(running.map(({ state }) => state), ['running']);
    command.process.kill('SIGKILL');
    await command.finished;
    assert.equal(onlyRun().record.state, 'running', 'nobody was left to write more');
    const listed = JSON.parse((await runCommand(folder(), 'list', '--json')).stdout) as RunRecord[];
    assert.deepEqual(listed.map(({ state }) => state), ['interrupted']);
    const next = await runCommand(folder(), 'train', 'data.csv', '--target', 'size', '--algorithm', 'linearRegression', '--json');
    assert.equal(next.code, 0, next.stderr);
    const list = await runCommand(folder(), 'list', '--json');
    const compared = await runCommand(folder(), 'compare', onlyRunDirOfState(list.stdout, 'interrupted'));
    assert.match(lastLine(compared), /is interrupted, so it has no results to compare/);
  });

  function onlyRunDirOfState(list: string, state: string): string {
    const runs = (JSON.parse(list) as (RunRecord & { runDir: string })[]).filter((run) => run.state === state);
    assert.equal(runs.length, 1);
    return runs[0].runDir;
  }

  it('needs no one to listen', async () => {
    const command = startCommand(folder(), ['train', 'data.csv', '--target', 'size', '--algorithm', 'linearRegression']);
    command.process.stdout?.destroy();
    command.process.stderr?.destroy();
    assert.equal((await command.finished).code, 0);
    assert.equal(onlyRun().record.state, 'done');
  });
});

describe('permissions', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  const nobody = 65534;

  /** Root may do anything, so it becomes someone else. */
  function otherUser(): number | undefined {
    return process.getuid?.() === 0 ? nobody : undefined;
  }

  beforeEach(function () {
    if (!signals) {
      console.log('      (skipped: permissions work otherwise on Windows)');
      this.skip();
    }
    if (otherUser() !== undefined && !readableByAll(bundle('cli'))) {
      console.log('      (skipped: run by root from a folder that other users can\'t read)');
      this.skip();
    }
    chmodSync(folder(), 0o755);
  });

  it('refuses a data file that may not be read', async () => {
    writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(50));
    chmodSync(path.join(folder(), 'data.csv'), 0o000);
    mkdirSync(path.join(folder(), 'out'));
    chmodSync(path.join(folder(), 'out'), 0o777);
    const finished = await startCommand(folder(), ['train', 'data.csv', '--target', 'kind', '--out', 'out'], otherUser()).finished;
    assert.equal(finished.code, 1);
    assert.match(lastLine(finished), /^"data\.csv" can't be read for lack of permission; change its permissions/);
    assert.deepEqual(readdirSync(path.join(folder(), 'out')), []);
  });

  it('refuses a folder of runs that may not be written', async () => {
    writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(50));
    chmodSync(folder(), 0o555);
    const finished = await startCommand(folder(), ['train', 'data.csv', '--target', 'kind'], otherUser()).finished;
    chmodSync(folder(), 0o755);
    assert.equal(finished.code, 1);
    assert.match(lastLine(finished), /runs" can't be written for lack of permission; change its permissions or choose another folder\.$/);
    assert.deepEqual(readdirSync(folder()), ['data.csv']);
  });
});

/** True when users that own nothing of it may read the file and enter the folders above it. */
function readableByAll(file: string): boolean {
  for (let at = file; ; at = path.dirname(at)) {
    const needed = at === file ? 0o004 : 0o001;
    if ((statSync(at).mode & needed) === 0) {
      return false;
    }
    if (path.dirname(at) === at) {
      return true;
    }
  }
}
