import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OnnxRuntime } from '../../../src/engine/compute/onnxRuntime';
import type { ExportResult } from '../../../src/schema/protocol';
import { useTemporaryFolder } from '../temporaryFolder';
import { generatedCsv, lastLine, runCommand } from './commandLine';

describe('trainyard export', function () {
  this.timeout(120_000);
  const folder = useTemporaryFolder();

  async function train(target: string, algorithm: string, ...settings: string[]): Promise<string> {
    writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(300));
    const trained = await runCommand(folder(), 'train', 'data.csv', '--target', target, '--algorithm', algorithm, ...settings.flatMap((setting) => ['--set', setting]), '--json');
    assert.equal(trained.code, 0, trained.stderr);
    return (JSON.parse(trained.stdout) as { runDir: string }).runDir;
  }

  for (const [algorithm, target, output, width] of [['mlp', 'kind', 'probabilities', 3], ['mlp', 'size', 'values', 1], ['lstm', 'size', 'values', 1]] as const) {
    it(`writes the network of ${algorithm} for ${target}, checked, and says what it expects`, async () => {
      const runDir = await train(target, algorithm, 'epochs=3', ...(algorithm === 'lstm' ? ['window=4'] : []));
      const exported = await runCommand(folder(), 'export', runDir, '--format', 'onnx', '--out', 'network.onnx', '--json');
      assert.equal(exported.code, 0, exported.stderr);
      const result = JSON.parse(exported.stdout) as ExportResult;
      assert.ok(result.parity.fromData && result.parity.rows > 200 && result.parity.difference <= result.parity.tolerance && result.parity.tolerance <= 1e-4);
      assert.match(result.input, /^"features": float32 \[rows, \d+\], .* run's own preparation/);
      const bytes = readFileSync(path.join(folder(), 'network.onnx'));
      assert.equal(bytes.length, result.bytes);
      const features = Number(/\[rows, (\d+)\]/.exec(result.input)?.[1]);
      const session = await (await OnnxRuntime.load('wasm')).createSession(bytes, { threads: 1 });
      const answer = new Float32Array(2 * width);
      await session.bind(
        [{ name: 'features', data: new Float32Array(2 * features), shape: [2, features] }],
        [{ name: output, data: answer, shape: [2, width] }],
      )();
      assert.ok(answer.every(Number.isFinite));
      await session.dispose();
    });
  }

  it('says when it had to draw the rows that it checks', async () => {
    const runDir = await train('kind', 'mlp', 'epochs=2');
    renameSync(path.join(folder(), 'data.csv'), path.join(folder(), 'moved.csv'));
    const { stdout, code } = await runCommand(folder(), 'export', runDir, '--format', 'onnx', '--out', 'network.onnx');
    assert.equal(code, 0);
    assert.match(stdout, /on 1000 drawn rows \(the data was not found\): the largest difference is \S+, within the tolerance of 0\.0001\./);
  });

  it('refuses what it can\'t export, and writes nothing', async () => {
    const runDir = await train('kind', 'randomForest', 'nEstimators=5');
    const refused = await runCommand(folder(), 'export', runDir, '--format', 'onnx', '--out', 'forest.onnx');
    assert.equal(refused.code, 1);
    assert.match(lastLine(refused), /Models of "randomForest" can't be exported as ONNX yet; networks can: mlp, cnn/);
    assert.equal((await runCommand(folder(), 'export', runDir, '--format', 'pmml', '--out', 'forest.pmml')).code, 2);
    assert.equal((await runCommand(folder(), 'export', 'nowhere', '--format', 'onnx', '--out', 'x.onnx')).code, 1);
    assert.deepEqual(readdirSync(folder()).filter((name) => /onnx|pmml/.test(name)), []);
  });

  it('trains on the processor where the GPU can\'t be had, and says so once', async () => {
    writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(301));
    const args = ['train', 'data.csv', '--target', 'kind', '--algorithm', 'mlp', '--set', 'epochs=2', '--json'];
    const plain = await runCommand(folder(), ...args);
    // No platform has both: one of them is sure to fail.
    const gpu = process.platform === 'darwin' ? 'directml' : 'coreml';
    const fallen = await runCommand(folder(), ...args, '--gpu', gpu);
    assert.equal(fallen.code, 0, fallen.stderr);
    const said = fallen.stderr.match(/The GPU \(\w+\) can't be used, so the processor computes: .*/g) ?? [];
    assert.equal(said.length, 1, fallen.stderr);
    const metrics = ({ stdout }: { stdout: string }): unknown => (JSON.parse(stdout) as { metrics: unknown }).metrics;
    assert.deepEqual(metrics(fallen), metrics(plain));
    const { runDir } = JSON.parse(fallen.stdout) as { runDir: string };
    assert.ok(existsSync(runDir) && readFileSync(path.join(runDir, 'events.jsonl'), 'utf8').includes('can\'t be used, so the processor computes'));
    assert.equal((await runCommand(folder(), ...args, '--gpu', 'abacus')).code, 2);
  });
});
