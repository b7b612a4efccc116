import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import type { StoreTask } from '../cache/cachedTable';
import { storeHere } from '../cache/cachedTable';
import type { LoadPlan } from '../cache/lazySections';
import { loadAhead } from '../cache/lazySections';
import { hashHere } from '../fileHash';
import type { ReadJob } from './readBlocks';
import { BlockReader } from './readBlocks';
import type { FromReader, ToReader } from './readColumns';

/** What a thread of the reader does. */
export type ReaderTask =
  | { readonly kind: 'read'; readonly job: ReadJob }
  | { readonly kind: 'hash'; readonly file: string }
  | { readonly kind: 'store'; readonly task: StoreTask }
  | { readonly kind: 'load'; readonly plan: LoadPlan };

/** Reads this thread's blocks, tells what it found, renames its codes, and ends. */
function read(job: ReadJob, port: MessagePort): void {
  const reader = new BlockReader(job);
  const part = reader.read();
  const transfer = part.dictionaries.flatMap((dictionary) =>
    dictionary === null ? [] : [dictionary.bytes.buffer, dictionary.ends.buffer, dictionary.rows.buffer] as ArrayBuffer[]);
  port.once('message', ({ maps }: ToReader) => {
    reader.renameCodes(maps);
    port.postMessage({ kind: 'renamed' } satisfies FromReader);
    port.close();
  });
  port.postMessage({ kind: 'read', part } satisfies FromReader, transfer);
}

async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) {
    throw new Error('This program is a worker thread of the reader.');
  }
  const task = workerData as ReaderTask;
  switch (task.kind) {
    case 'read':
      return read(task.job, port);
    case 'hash':
      return port.postMessage(await hashHere(task.file));
    case 'store':
      return storeHere(task.task);
    case 'load':
      return loadAhead(task.plan);
  }
}

void main();
