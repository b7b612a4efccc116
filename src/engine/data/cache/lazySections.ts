import { readFully } from './cacheFile';
import type { CodeForm, LineForm, NumberForm } from './columnForms';
import { unpackCodes, unpackNumbers } from './columnForms';

/** One typed array of a table that is still in the file. */
export interface LazySection {
  readonly kind: 'numbers' | 'codes' | 'lines';
  readonly form: NumberForm | CodeForm | LineForm;
  /** Where the file has it. */
  readonly offset: number;
  readonly bytes: number;
  /** The first line, of consecutive ones. */
  readonly firstLine: number;
  readonly rows: number;
  /** Where it goes. */
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
  const { kind, form, offset, bytes, firstLine, rows, buffer } = sections[index];
  if (form === 'consecutive') {
    const lines = new Uint32Array(buffer, 0, rows);
    for (let row = 0; row < rows; row++) {
      lines[row] = firstLine + row;
    }
  } else if (bytes === buffer.byteLength) {
    readFully(file, new Uint8Array(buffer), offset);
  } else {
    const packed = new Uint8Array(bytes);
    readFully(file, packed, offset);
    if (kind === 'numbers') {
      unpackNumbers(packed, form as Exclude<NumberForm, 'float64'>, new Float64Array(buffer));
    } else {
      unpackCodes(packed, form as Exclude<CodeForm, 'int32'>, new Int32Array(buffer));
    }
  }
  Atomics.store(states, index, loadState.done);
  Atomics.notify(states, index);
}
