import { setTimeout as delay } from 'node:timers/promises';

/** Waits until a look succeeds; fails with what it threw last. */
export async function eventually<T>(look: () => T | Promise<T>, milliseconds = 10_000): Promise<T> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
    await delay(20);
  }
}
