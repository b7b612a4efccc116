import { parentPort, workerData } from 'node:worker_threads';
import { RandomStream } from '../../compute/random';
import type { TreeWorkerData, TreeWorkerMessage } from './growForest';
import { treeStream } from './growForest';
import { TreeGrower } from './growTree';

/*
 * The entry of a worker thread that grows trees until none is left to grow; see growForest.ts.
 */

const { problem, options, randomKey, treeCount, next } = workerData as TreeWorkerData;
const random = RandomStream.fromKey(randomKey);
const grower = new TreeGrower(problem, options, () => undefined);
for (let index = Atomics.add(next, 0, 1); index < treeCount; index = Atomics.add(next, 0, 1)) {
  const tree = grower.grow(treeStream(random, index));
  const message: TreeWorkerMessage = { index, tree };
  parentPort?.postMessage(message, transferable([
    tree.features, tree.lower, tree.upper, tree.leaves.counts, tree.leaves.classes, tree.leaves.values,
  ]));
}

function transferable(arrays: readonly (Int32Array | Float32Array)[]): ArrayBuffer[] {
  return arrays.map(({ buffer }) => buffer as ArrayBuffer);
}
