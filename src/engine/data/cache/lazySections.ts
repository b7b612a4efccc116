import { readFully } from './cacheFile';

/** One typed array of a table that is still in the file. */
export interface LazySection {
  /** Where the file has it. */
  readonly offset: number;
  /** Where it goes; all of it is filled. */
  readonly buffer: SharedArrayBuffer;
}

/** What threads share that fill the arrays of a table from a file. */
export interface LoadPlan {
  /** An open file; descriptors are the process's. */
  readonly file: number;
  readonly sections: readonly LazySection[];
  /** A `loadState` for each section, over shared memory. */
  readonly states: Int32Array;
}

const loadState = { waiting: 0, taken: 1, done: 2 } as const;
/** After so long another thread's section is read once more; it may have been ended in the middle. */
const patienceMilliseconds = 3000;

/** Fills a section unless another thread has or is about to; returns once it is filled. @throws CacheDamageError */
export function load(plan: LoadPlan, index: number): void {
  const { states } = plan;
  if (Atomics.compareExchange(states, index, loadState.waiting, loadState.taken) === loadState.waiting) {
    fill(plan, index);
    return;
  }
  while (Atomics.load(states, index) !== loadState.done) {
    if (Atomics.wait(states, index, loadState.taken, patienceMilliseconds) === 'timed-out') {
      fill(plan, index);
    }
  }
}

/** Fills what nobody has asked for yet, from the last section to the first: whoever asks begins at the first. */
export function loadAhead(plan: LoadPlan): void {
  for (let index = plan.sections.length - 1; index >= 0; index--) {
    if (Atomics.compareExchange(plan.states, index, loadState.waiting, loadState.taken) === loadState.waiting) {
      fill(plan, index);
    }
  }
}

export function isLoaded({ states }: LoadPlan): boolean {
  return states.every((_, index) => Atomics.load(states, index) === loadState.done);
}

function fill({ file, sections, states }: LoadPlan, index: number): void {
  const { offset, buffer } = sections[index];
  readFully(file, new Uint8Array(buffer), offset);
  Atomics.store(states, index, loadState.done);
  Atomics.notify(states, index);
}
