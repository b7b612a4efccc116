import { parentPort, workerData } from 'node:worker_threads';
import type { StoreTask } from './cachedTable';
import type { LoadPlan } from './lazySections';
import { loadAhead } from './lazySections';

/** What a thread beside the reader's does. */
export type CacheTask =
  | { readonly kind: 'hash'; readonly file: string }
  | { readonly kind: 'store'; readonly task: StoreTask }
  | { readonly kind: 'load'; readonly plan: LoadPlan };

async function main(): Promise<void> {
  const task = workerData as CacheTask;
  switch (task.kind) {
    case 'hash':
      return parentPort?.postMessage(await (await import('../fileHash.js')).hashHere(task.file));
    case 'store': {
      // What it needs would keep a thread that reads ahead from starting at once.
      const { storeHere } = await import('./cachedTable.js');
      return storeHere(task.task);
    }
    case 'load':
      return loadAhead(task.plan);
  }
}

void main();
