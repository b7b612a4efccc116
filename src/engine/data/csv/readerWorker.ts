import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import type { StoreTask } from '../cache/cachedTable';
import { storeHere } from '../cache/cachedTable';
import type { LoadPlan } from '../cache/lazySections';
import { loadAhead } from '../cache/lazySections';
import { hashHere } from '../fileHash';
import type { ReadJob } from './readBlocks';
import type { DictionaryPart } from './kernel';
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
  const dictionaries = packed(part.dictionaries);
  const buffers = new Set(dictionaries.flatMap((dictionary) => (dictionary === null ? [] : [dictionary.bytes.buffer, dictionary.ends.buffer, dictionary.rows.buffer])));
  port.once('message', ({ maps }: ToReader) => {
    reader.renameCodes(maps);
    port.postMessage({ kind: 'renamed' } satisfies FromReader);
    port.close();
  });
  port.postMessage({ kind: 'read', part: { ...part, dictionaries } } satisfies FromReader, [...buffers] as ArrayBuffer[]);
}

/** More dictionaries than this travel in common buffers: Node takes time that grows as the square of their number to hand them over. */
const mostOwnBuffers = 256;

function packed(dictionaries: readonly (DictionaryPart | null)[]): readonly (DictionaryPart | null)[] {
  const present = dictionaries.filter((dictionary) => dictionary !== null);
  if (present.length <= mostOwnBuffers) {
    return dictionaries;
  }
  const all = {
    bytes: new Uint8Array(present.reduce((sum, { bytes }) => sum + bytes.length, 0)),
    ends: new Uint32Array(present.reduce((sum, { ends }) => sum + ends.length, 0)),
    rows: new Uint32Array(present.reduce((sum, { rows }) => sum + rows.length, 0)),
  };
  let [byte, text] = [0, 0];
  return dictionaries.map((dictionary) => {
    if (dictionary === null) {
      return null;
    }
    const [firstByte, firstText] = [byte, text];
    byte += dictionary.bytes.length;
    text += dictionary.ends.length;
    all.bytes.set(dictionary.bytes, firstByte);
    all.ends.set(dictionary.ends, firstText);
    all.rows.set(dictionary.rows, firstText);
    return { bytes: all.bytes.subarray(firstByte, byte), ends: all.ends.subarray(firstText, text), rows: all.rows.subarray(firstText, text) };
  });
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
