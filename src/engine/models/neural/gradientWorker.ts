import { workerData } from 'node:worker_threads';
import { errorMessage } from '../../compute/errorMessage';
import { OnnxRuntime } from '../../compute/onnxRuntime';
import { BatchGradient } from './batchGradient';
import type { GradientWorkerData } from './gradientHelper';
import { SharedBatch } from './sharedBatch';

/*
 * The entry of the thread that computes half of each batch; see gradientHelper.ts.
 */

async function work({ spec, loss, batchRows, runtime }: GradientWorkerData, shared: SharedBatch): Promise<void> {
  const gradient = new BatchGradient({ spec, loss, batchRows, runtime: await OnnxRuntime.load(runtime), threads: 1 });
  await gradient.prepare(batchRows);
  shared.ready();
  for (let turn = shared.awaitTurn(0); turn !== undefined; turn = shared.awaitTurn(turn.turn)) {
    gradient.parameters.set(shared.parameters);
    gradient.features.set(shared.features);
    gradient.targets.set(shared.targets);
    gradient.weights.set(shared.weights);
    shared.loss[0] = await gradient.compute(turn.rows, turn.maskKey);
    shared.gradients.set(gradient.gradients);
    shared.finish(turn.turn);
  }
  await gradient.dispose();
}

const given = workerData as GradientWorkerData;
const shared = new SharedBatch(given.buffer, given.sizes, given.spinTurns);
work(given, shared).catch((error: unknown) => shared.fail(errorMessage(error)));
