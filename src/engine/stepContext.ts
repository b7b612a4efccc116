import type { FitContext } from './models/estimator';

/** What a step that doesn't fit may know of the world: how to say how far it is, and when to stop. */
export type StepContext = Omit<FitContext, 'threads'>;

/** For work that nobody watches. */
export const silentContext: StepContext = {
  report: () => undefined,
  throwIfCancelled: () => undefined,
};
