import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { evaluationSchema } from '../../../src/schema/evaluation';
import { runRecordSchema, type RunRecord } from '../../../src/schema/run';
import { absolute, eventually, extension, fileUri, outcomeOf, startAfresh, trainyard, untilFitting, write, writeSlowExperiment } from './trainyard';

const recordOf = (runDir: string): RunRecord => runRecordSchema.parse(JSON.parse(readFileSync(path.join(runDir, 'run.json'), 'utf8')));

describe('training', function () {
  this.timeout(90_000);
  beforeEach(startAfresh);
  after(startAfresh);

  it('goes from a data set to results', async () => {
    const api = await trainyard();
    const experiment = await api.createExperiment(fileUri('data/penguins.csv'), 'Species');
    assert.equal(vscode.workspace.asRelativePath(experiment), 'trainyard/experiments/penguins-species.experiment.json');
    assert.equal(readFileSync(experiment.fsPath, 'utf8'), '{\n  "data": {\n    "path": "data/penguins.csv"\n  },\n  "target": "Species",\n  "version": 1\n}\n');
    const job = await api.trainExperiment(experiment);
    const { runDir, result } = await outcomeOf(job, 'done');
    const record = recordOf(runDir);
    assert.equal(record.state, 'done');
    assert.equal(record.experimentPath, 'trainyard/experiments/penguins-species.experiment.json');
    const { metrics, baseline } = evaluationSchema.parse(JSON.parse(readFileSync(path.join(runDir, 'evaluation.json'), 'utf8')));
    assert.equal(result?.value, metrics['accuracy']);
    assert.ok((metrics['accuracy'] ?? 0) > (baseline.metrics['accuracy'] ?? 1));
    assert.deepEqual(api.services.queue.jobs, []);
    await eventually(() => {
      const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ input }) => input);
      assert.ok(inputs.some((input) => input instanceof vscode.TabInputCustom && input.viewType === 'trainyard.results' && input.uri.fsPath === path.join(runDir, 'run.json')));
    });
  });

  it('makes a second experiment beside the first', async () => {
    const api = await trainyard();
    await api.createExperiment(fileUri('data/penguins.csv'), 'Species');
    const second = await api.createExperiment(fileUri('data/penguins.csv'), 'Species');
    assert.equal(path.basename(second.fsPath), 'penguins-species-2.experiment.json');
  });

  it('runs one at a time and the other after it', async () => {
    const api = await trainyard();
    const experiment = await api.createExperiment(fileUri('data/penguins.csv'), 'Species');
    const [first, second] = [await api.trainExperiment(experiment), await api.trainExperiment(experiment)];
    assert.deepEqual([first, second].map(({ progress }) => progress.state), ['running', 'queued']);
    const [one, two] = [await outcomeOf(first, 'done'), await outcomeOf(second, 'done')];
    assert.notEqual(one.runDir, two.runDir);
    assert.equal(readFileSync(path.join(one.runDir, 'evaluation.json'), 'utf8'), readFileSync(path.join(two.runDir, 'evaluation.json'), 'utf8'));
  });

  it('is cancelled', async () => {
    const job = await (await trainyard()).trainExperiment(writeSlowExperiment('slow'));
    const runDir = await untilFitting(job);
    job.cancel();
    await outcomeOf(job, 'cancelled');
    assert.equal(recordOf(runDir).state, 'cancelled');
  });

  it('survives that its engine is killed: the run is marked failed, the next one works', async () => {
    const api = await trainyard();
    const job = await api.trainExperiment(writeSlowExperiment('slow'));
    const runDir = await untilFitting(job);
    const { process: engine } = recordOf(runDir);
    assert.ok(engine !== undefined && engine.pid !== process.pid);
    process.kill(engine.pid, 'SIGKILL');
    const { message } = await outcomeOf(job, 'failed');
    assert.match(message, /SIGKILL/);
    const record = recordOf(runDir);
    assert.equal(record.state, 'failed');
    assert.equal(record.error, message);
    assert.equal(existsSync(path.join(runDir, 'evaluation.json')), false);
    const next = await api.trainExperiment(await api.createExperiment(fileUri('data/penguins.csv'), 'Species'));
    await outcomeOf(next, 'done');
  });

  it('finds a run that was started outside, and can cancel it', async () => {
    const { services } = await trainyard();
    const experiment = writeSlowExperiment('outside');
    const cli = path.join(extension().extensionPath, 'dist', 'cli.js');
    const child = spawn(process.execPath, [cli, 'run', experiment.fsPath], { cwd: absolute('.'), stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
    try {
      const job = await eventually(() => {
        const [found] = services.queue.jobs;
        assert.equal(found?.subject.name, 'outside', said);
        return found;
      }, 30_000);
      assert.equal(job.subject.found, 'outside');
      const runDir = await untilFitting(job);
      job.cancel();
      await outcomeOf(job, 'cancelled');
      assert.equal(recordOf(runDir).state, 'cancelled');
    } finally {
      child.kill('SIGKILL');
    }
  });

  const refused: Record<string, { file: string; sentence: RegExp }> = {
    'data outside of the workspace': { file: '{"data": {"path": "../secret.csv"}, "target": "y"}', sentence: /"\.\.\/secret\.csv" leads out of the workspace folder/ },
    'data that is gone': { file: '{"data": {"path": "data/gone.csv"}, "target": "y"}', sentence: /"data\/gone\.csv" doesn't exist/ },
    'a file that is no experiment': { file: '{"target": 1}', sentence: /can't be trained: "data": / },
  };
  for (const [name, { file, sentence }] of Object.entries(refused)) {
    it(`is refused for ${name}, and leaves nothing behind`, async () => {
      write('trainyard/experiments/bad.experiment.json', file);
      await assert.rejects((await trainyard()).trainExperiment(fileUri('trainyard/experiments/bad.experiment.json')), sentence);
      assert.deepEqual(readdirSync(absolute('trainyard')), ['experiments']);
    });
  }
});
