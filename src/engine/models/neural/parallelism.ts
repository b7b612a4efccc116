import type { TrainingGraph } from './network';

/**
 * How training steps use two threads: not at all, by cutting each operator's work in two, or by cutting the batch in two, with a
 * thread of its own for each half.
 */
export type Parallelism = 'none' | 'operators' | 'halves';

/** Below so many multiplications a run, handing work to a second thread costs more than it saves. */
const multiplyAddsForThreads = 4e6;
/** Fewer multiplications for each parameter aren't worth carrying parameters and gradients between threads. */
const multiplyAddsPerParameter = 1000;
const fewestRows = 16;

/**
 * That depends on the graph alone, never on the machine: sums that are cut differently round differently, which would make
 * results depend on it. Batch normalisation needs the whole batch in one place.
 */
export function parallelismFor({ multiplyAdds, parameters, statistics }: TrainingGraph, rows: number): Parallelism {
  if (multiplyAdds < multiplyAddsForThreads) {
    return 'none';
  }
  const size = parameters.reduce((sum, parameter) => sum + parameter.size, 0);
  return rows >= fewestRows && statistics.length === 0 && multiplyAdds >= multiplyAddsPerParameter * size ? 'halves' : 'operators';
}

/** How many threads ONNX Runtime gets for a graph of so many multiplications. */
export function threadsFor(multiplyAdds: number): number {
  return multiplyAdds < multiplyAddsForThreads ? 1 : 2;
}
