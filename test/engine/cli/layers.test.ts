import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TrainResult } from '../../../src/schema/protocol';
import { hyperparameterArguments } from '../../../src/engine/cli/arguments';
import { UsageError } from '../../../src/engine/cli/usageError';
import { lstm } from '../../../src/engine/models/neural/sequenceEstimators';
import { mlp } from '../../../src/engine/models/neural/mlp';
import { runRecordSchema } from '../../../src/schema/run';
import { useTemporaryFolder } from '../temporaryFolder';
import { generatedCsv, lastLine, runCommand } from './commandLine';

describe('--set layers=…', () => {
  it('takes JSON, and a number where layers alike are a setting', () => {
    assert.deepEqual(hyperparameterArguments(['layers=[{"kind":"dense","units":8}]', 'epochs=3'], mlp, 'regression'), { layers: [{ kind: 'dense', units: 8 }], epochs: 3 });
    assert.deepEqual(hyperparameterArguments(['layers=2'], lstm, 'regression'), { layers: 2 });
  });

  for (const [text, message] of [
    ['[{"kind":"dense"}]', /^Hyper-parameter layers: layer 1 \(Dense\): units must be given\.$/],
    ['[{"kind":"dense","units":8}', /^Hyper-parameter layers must be a list of layers such as .*, not "\[\{/],
    ['3', /^Hyper-parameter layers must be a list of layers such as .*, not 3\.$/],
  ] as const) {
    it(`refuses ${text} in one sentence`, () => {
      assert.throws(() => hyperparameterArguments([`layers=${text}`], mlp, 'regression'), (error) => error instanceof UsageError && message.test(error.message));
    });
  }

  it('trains, keeps them in run and model, predicts, and refuses layers that don\'t fit before training', async function () {
    this.timeout(60_000);
    const folder = temporary();
    writeFileSync(path.join(folder, 'data.csv'), generatedCsv(120));
    const args = ['train', 'data.csv', '--target', 'kind', '--algorithm', 'mlp', '--set', 'epochs=2', '--json'];
    const layers = [{ kind: 'dense', units: 8, activation: 'tanh' }, { kind: 'residual', layers: [{ kind: 'dense', units: 8 }] }];
    const trained = await runCommand(folder, ...args, '--set', `layers=${JSON.stringify(layers)}`);
    assert.equal(trained.code, 0, trained.stderr);
    const { runDir } = JSON.parse(trained.stdout) as TrainResult;
    const record = runRecordSchema.parse(JSON.parse(readFileSync(path.join(runDir, 'run.json'), 'utf8')));
    assert.deepEqual([record.experiment.hyperparameters['layers'], record.experiment.hyperparameters['hiddenUnits']], [layers, undefined]);
    assert.match(readFileSync(path.join(runDir, 'card.md'), 'utf8'), /layers = dense\(activation=tanh, units=8\), residual\(dense\(units=8\)\)/);
    const predicted = await runCommand(folder, 'predict', runDir, 'data.csv', '--out', 'out.csv');
    assert.equal(predicted.code, 0, predicted.stderr);
    const again = await runCommand(folder, 'reproduce', runDir);
    assert.equal(again.code, 0, again.stderr);

    const misfit = await runCommand(folder, ...args, '--set', 'layers=[{"kind":"positionalEncoding"}]');
    assert.equal(misfit.code, 1);
    assert.match(lastLine(misfit), /^Layer 1 \(Positional encoding\) needs a sequence, but gets \d+ plain values: /);
  });
  const temporary = useTemporaryFolder();
});
