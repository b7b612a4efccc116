import { parentPort, workerData } from 'node:worker_threads';
import type { FromReader, ToReader } from './readColumns';
import type { ReadJob } from './readBlocks';
import { BlockReader } from './readBlocks';

/** A thread that takes part in reading one file: reads its blocks, tells what it found, renames its codes, and ends. */
function main(): void {
  const port = parentPort;
  if (port === null) {
    throw new Error('This program is a worker thread of the reader.');
  }
  const reader = new BlockReader(workerData as ReadJob);
  const part = reader.read();
  const transfer = part.dictionaries.flatMap((dictionary) =>
    dictionary === null ? [] : [dictionary.bytes.buffer as ArrayBuffer, dictionary.ends.buffer as ArrayBuffer, dictionary.rows.buffer as ArrayBuffer]);
  port.once('message', ({ maps }: ToReader) => {
    reader.renameCodes(maps);
    port.postMessage({ kind: 'renamed' } satisfies FromReader);
    port.close();
  });
  port.postMessage({ kind: 'read', part } satisfies FromReader, transfer);
}

main();
