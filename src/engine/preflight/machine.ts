import { availableParallelism } from 'node:os';
import { availableMemory } from '../compute/memoryPlan';

/** What a run may use. */
export interface Machine {
  readonly availableBytes: number;
  readonly threads: number;
}

/** This machine, as it is now. */
export function thisMachine(): Machine {
  return { availableBytes: availableMemory(), threads: availableParallelism() };
}
