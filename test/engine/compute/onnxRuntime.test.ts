import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { OnnxModel } from '../../../src/engine/compute/onnx/model';
import { encodeOnnxModel } from '../../../src/engine/compute/onnx/model';
import { OnnxRuntime } from '../../../src/engine/compute/onnxRuntime';

/** y = x + [1, 2], rows free. */
const model: OnnxModel = {
  graph: {
    name: 'sum',
    inputs: [{ name: 'x', type: 'float', shape: ['rows', 2] }],
    outputs: [{ name: 'y', type: 'float', shape: ['rows', 2] }],
    constants: [{ name: 'c', shape: [2], data: Float32Array.of(1, 2) }],
    nodes: [{ operator: 'Add', inputs: ['x', 'c'], outputs: ['y'], attributes: {} }],
  },
  operatorSets: { '': 20 },
  metadata: { source: 'é' },
};

describe('ONNX models and their runtime', () => {
  for (const kind of ['native', 'wasm'] as const) {
    it(`runs what it wrote, reading and writing the caller's memory (${kind})`, async () => {
      const session = await (await OnnxRuntime.load(kind)).createSession(model, { threads: 1 });
      const input = Float32Array.of(0, 0, 10, 20);
      const output = new Float32Array(4);
      const run = session.bind([{ name: 'x', data: input, shape: [2, 2] }], [{ name: 'y', data: output, shape: [2, 2] }]);
      await run();
      assert.deepEqual(Array.from(output), [1, 2, 11, 22]);
      input[0] = 5;
      await run();
      assert.deepEqual(Array.from(output), [6, 2, 11, 22]);
      await session.dispose();
    });
  }

  it('keeps the memory of large outputs and gives back the copies of them', async () => {
    const size = 1_000_000;
    const large: OnnxModel = {
      ...model,
      graph: {
        ...model.graph,
        inputs: [{ name: 'x', type: 'float', shape: [size] }],
        outputs: [{ name: 'y', type: 'float', shape: [size] }],
        constants: [{ name: 'c', shape: [1], data: Float32Array.of(1) }],
      },
    };
    const session = await (await OnnxRuntime.load('native')).createSession(large, { threads: 1 });
    const output = new Float32Array(size);
    const run = session.bind([{ name: 'x', data: new Float32Array(size).fill(2), shape: [size] }], [{ name: 'y', data: output, shape: [size] }]);
    await run();
    const before = process.memoryUsage().arrayBuffers;
    for (let times = 0; times < 10; times++) {
      await run();
    }
    assert.ok(process.memoryUsage().arrayBuffers - before < 2 * output.byteLength);
    assert.equal(output.length, size);
    assert.equal(output[size - 1], 3);
    await session.dispose();
  });

  it('takes the WebAssembly build where the native one does not exist', () => {
    const module = path.join(__dirname, '../../../src/engine/compute/onnxRuntime.ts');
    const script = `
      Object.defineProperty(process, 'platform', { value: 'haiku' });
      const { OnnxRuntime } = require(${JSON.stringify(module)});
      OnnxRuntime.load().then(({ kind }) => console.log(kind));
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--require', 'tsx/cjs', '-e', script], { encoding: 'utf8' });
    assert.equal(stdout.trim(), 'wasm', stderr);
  });

  it('computes on the processor, and says why, where the GPU can not be had', async () => {
    const sentences: string[] = [];
    const session = await (await OnnxRuntime.load('native')).createSession(model, { threads: 1, gpu: 'dml', onFallback: (sentence) => sentences.push(sentence) });
    const output = new Float32Array(2);
    await session.bind([{ name: 'x', data: Float32Array.of(1, 1), shape: [1, 2] }], [{ name: 'y', data: output, shape: [1, 2] }])();
    assert.deepEqual(Array.from(output), [2, 3]);
    if (process.platform !== 'win32') {
      assert.match(sentences.join(), /^The GPU \(dml\) can't be used, so the processor computes: /);
    }
  });

  it('writes fields as the wire format says', () => {
    const [versionTag, version, producerTag, length, ...rest] = encodeOnnxModel(model);
    assert.deepEqual([versionTag, version, producerTag, length], [0x08, 9, 0x12, 9]);
    assert.equal(Buffer.from(rest.slice(0, 9)).toString(), 'Trainyard');
  });
});
