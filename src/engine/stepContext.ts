import type { FitContext } from './models/estimator';

/** What a step that doesn't fit may know of the world: how to say how far it is, and when to stop. */
export type StepContext = Omit<FitContext, 'threads'>;

/** For work that nobody watches. */
export const silentContext: StepContext = {
  report: () => undefined,
  throwIfCancelled: () => undefined,
};

/** The context of a part of a step, which lies between two shares of it. */
export function partOfStep(context: StepContext, from: number, to: number): StepContext {
  return { ...context, report: (fraction, message) => context.report(from + fraction * (to - from), message) };
}
