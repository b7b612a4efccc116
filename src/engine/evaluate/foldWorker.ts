import { parentPort, workerData } from 'node:worker_threads';
import { RandomStream } from '../compute/random';
import { UserError } from '../errors';
import { runFold } from './foldJob';
import type { FoldMessage, FoldWorkerData } from './foldWorkers';

/*
 * The entry of a worker thread that scores folds until none is left; see foldWorkers.ts.
 */

const { data, experiment, splits, keys, threads, next } = workerData as FoldWorkerData;
const leastInterval = 100;

function post(message: FoldMessage): void {
  parentPort?.postMessage(message);
}

async function work(): Promise<void> {
  for (let fold = Atomics.add(next, 0, 1); fold < splits.length; fold = Atomics.add(next, 0, 1)) {
    let told = 0;
    const score = await runFold(data, experiment, splits[fold], RandomStream.fromKey(keys[fold]), {
      report: (fraction, message) => {
        if (performance.now() - told >= leastInterval) {
          told = performance.now();
          post({ kind: 'progress', fold, fraction, message });
        }
      },
      // Who is cancelled ends this thread.
      throwIfCancelled: () => undefined,
      threads,
    });
    post({ kind: 'scored', fold, score });
  }
}

work().catch((error: unknown) => post({
  kind: 'failed',
  byUser: error instanceof UserError,
  message: error instanceof Error ? error.message : String(error),
  stack: error instanceof Error ? error.stack : undefined,
}));
