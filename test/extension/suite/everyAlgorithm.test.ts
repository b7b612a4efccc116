import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { AlgorithmDeclaration, HyperparameterValue, Task } from '../../../src/schema/algorithm';
import { evaluationSchema } from '../../../src/schema/evaluation';
import { runRecordSchema } from '../../../src/schema/run';
import { fileUri, outcomeOf, startAfresh, trainyard, write } from './trainyard';

const rows = 90;
/** Settings that make a fit short, for those algorithms that have them. */
const short: Readonly<Record<string, HyperparameterValue>> = { nEstimators: 5, epochs: 1, folds: 2, window: 3 };

/** Numbers in the order of time, a category, and a target of each kind. */
function writeData(): void {
  const lines = Array.from({ length: rows }, (_, i) => {
    const [a, b] = [Math.sin(i * 1.7), Math.cos(i * 0.6)];
    return `${i},${a.toFixed(4)},${b.toFixed(4)},${['red', 'green', 'blue'][i % 3]},${a + b > 0 ? 'high' : 'low'},${(2 * a - b).toFixed(4)}`;
  });
  write('data/small.csv', `time,a,b,colour,kind,size\n${lines.join('\n')}\n`);
}

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('trainyard');
}

function writeExperiment({ id, preparation, hyperparameters }: AlgorithmDeclaration, task: Task): vscode.Uri {
  const [target, other] = task === 'classification' ? ['kind', 'size'] : ['size', 'kind'];
  const chosen = Object.entries(short).filter(([name]) => hyperparameters.some((one) => one.name === name && (one.task ?? task) === task));
  const file = `trainyard/experiments/${id}-${task}.experiment.json`;
  write(file, JSON.stringify({
    data: { path: 'data/small.csv' }, task, target, algorithm: id, features: { exclude: [other] }, hyperparameters: Object.fromEntries(chosen),
    ...(preparation.windows === true ? { split: { method: 'timeOrdered', orderBy: 'time' } } : {}),
  }));
  return fileUri(file);
}

describe('every algorithm of the registry', function () {
  this.timeout(120_000);
  before(startAfresh);
  after(async () => {
    await settings().update('maxConcurrentRuns', undefined, vscode.ConfigurationTarget.Workspace);
    await startAfresh();
  });

  it('trains from the window, for each of its tasks, and its run is read back', async () => {
    const api = await trainyard();
    await settings().update('maxConcurrentRuns', 2, vscode.ConfigurationTarget.Workspace);
    writeData();
    const declarations = await api.services.algorithms.all();
    assert.ok(declarations.length > 15);
    const jobs = [];
    for (const declaration of declarations) {
      for (const task of declaration.tasks) {
        jobs.push({ declaration, task, job: await api.trainExperiment(writeExperiment(declaration, task)) });
      }
    }
    for (const { declaration: { id }, task, job } of jobs) {
      const { runDir, result } = await outcomeOf(job, 'done');
      const record = runRecordSchema.parse(JSON.parse(readFileSync(path.join(runDir, 'run.json'), 'utf8')));
      const evaluation = evaluationSchema.parse(JSON.parse(readFileSync(path.join(runDir, 'evaluation.json'), 'utf8')));
      assert.deepEqual([record.state, record.experiment.algorithm, evaluation.algorithm, evaluation.task], ['done', id, id, task]);
      assert.ok(typeof result?.value === 'number' && result.value === evaluation.metrics[result.metric], `${id}, ${task}`);
      assert.ok(existsSync(path.join(runDir, 'model', 'model.json')), `${id}, ${task}`);
    }
  });
});
