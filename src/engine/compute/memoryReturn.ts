import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';

/** Hands buffers' memory back to the system at once; they are empty afterwards. */
export type MemoryReturn = (buffers: readonly ArrayBuffer[]) => void;

/**
 * For large buffers that are waste as soon as they are made: left to the garbage collector they pile up, and what is made next comes from
 * memory that no cache holds.
 *
 * JavaScript can't free memory, but it can give it away: what is transferred through a message port whose other end has closed is dropped.
 */
export async function memoryReturn(): Promise<MemoryReturn> {
  const { port1, port2 } = new MessageChannel();
  // Until it knows that nobody listens any more, the port would keep what it is given.
  const closed = once(port1, 'close');
  port1.ref();
  port2.close();
  await closed;
  return (buffers) => port1.postMessage(undefined, buffers);
}
