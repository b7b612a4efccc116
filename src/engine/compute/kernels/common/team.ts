/**
 * A team of threads in one shared memory.
 *
 * Each thread has its own instance of the module, hence its own copy of the globals below, and all import one memory.
 * Every thread calls the same exported function; the functions meet at `barrier()`.
 *
 * Memory, bytes (fixed; TypeScript's plans start behind them, see compute/memoryPlan.ts):
 *
 *     0      not used, so that address 0 is nobody's
 *     64     i32  threads that have arrived at the barrier
 *     128    i32  generation: how many barriers the team has passed
 *     192    i32  sleepers: threads that wait in the system rather than spin
 *     256    i32  aborted: not 0 once a thread has failed, so that the others do not wait for it forever
 *     1024   constants of the module
 *     4096   the plan's regions
 *
 * The barrier is the sense-reversing central barrier of Mellor-Crummey, Scott: "Algorithms for scalable synchronization
 * on shared-memory multiprocessors", ACM TOCS 9(1), 1991, with a counter for the sense. Threads spin first, because the
 * others are usually microseconds away, and sleep when that lasts.
 */

const arrivedAt: usize = 64;
const generationAt: usize = 128;
const sleepersAt: usize = 192;
const abortedAt: usize = 256;

/** Turns of the waiting loop before a thread sleeps: about 50 to 100 microseconds. */
const spinTurns: i32 = 40000;

/** This thread's number, 0 … threadCount − 1. */
export let threadIndex: i32 = 0;
export let threadCount: i32 = 1;

/** Says which thread of how many this instance is. */
export function joinTeam(index: i32, count: i32): void {
  threadIndex = index;
  threadCount = count;
}

/** Returns once every thread of the team has called it; what they wrote before is then seen by all. */
export function barrier(): void {
  if (threadCount == 1) return;
  const generation = atomic.load<i32>(generationAt);
  if (atomic.add<i32>(arrivedAt, 1) == threadCount - 1) {
    atomic.store<i32>(arrivedAt, 0);
    atomic.store<i32>(generationAt, generation + 1);
    if (atomic.load<i32>(sleepersAt) != 0) atomic.notify(generationAt, threadCount);
    return;
  }
  for (let turn = 0; turn < spinTurns; turn++) {
    if (atomic.load<i32>(generationAt) != generation) return;
  }
  atomic.add<i32>(sleepersAt, 1);
  while (atomic.load<i32>(generationAt) == generation) {
    if (atomic.load<i32>(abortedAt) != 0) unreachable();
    atomic.wait<i32>(generationAt, generation, -1);
  }
  atomic.sub<i32>(sleepersAt, 1);
}

/** First item of a thread's share of `count` items; the shares differ by at most one item. */
export function shareOf(count: i32, thread: i32): i32 {
  return <i32>((<i64>count * thread) / threadCount);
}

/** First item of this thread's share of `count` items. */
export function shareBegin(count: i32): i32 {
  return shareOf(count, threadIndex);
}

/** The item after this thread's share of `count` items. */
export function shareEnd(count: i32): i32 {
  return shareOf(count, threadIndex + 1);
}
