import { parentPort, workerData } from 'node:worker_threads';
import { hashHere } from '../fileHash';
import type { StoreTask } from './cachedTable';
import { storeHere } from './cachedTable';
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
      return parentPort?.postMessage(await hashHere(task.file));
    case 'store':
      return storeHere(task.task);
    case 'load':
      return loadAhead(task.plan);
  }
}

void main();
