import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { entryPoint } from '../entryPoints';

/** Files from this size on are hashed by a thread of their own. */
const threadBytes = 16 * 1024 * 1024;

/** The SHA-256 of a file, hexadecimal. Large files don't keep the calling thread busy. */
export async function hashFile(file: string, size: number): Promise<string> {
  return size < threadBytes ? hashHere(file) : hashInThread(file);
}

/** Hashes on the calling thread. */
export async function hashHere(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

function hashInThread(file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(entryPoint('cacheWorker'), { workerData: { kind: 'hash', file } });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The hashing thread ended early.')));
  });
}
