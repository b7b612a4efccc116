import type { FitContext } from './estimator';

/** Ends work whose result isn't wanted any more since the user has asked to stop. */
class AbandonedError extends Error {
  override readonly name = 'AbandonedError';
}

/**
 * Does work that is given up, unfinished, once the user has asked to stop.
 *
 * @returns undefined when it was given up.
 */
export async function unlessStopped<Result>(context: FitContext, work: (context: FitContext) => Promise<Result>): Promise<Result | undefined> {
  // Work within work may be given up too: each knows its own.
  const abandoned = new AbandonedError();
  const throwIfCancelled = (): void => {
    context.throwIfCancelled();
    if (context.stopRequested?.() === true) {
      throw abandoned;
    }
  };
  try {
    return await work({
      threads: context.threads,
      report: (fraction, message) => context.report(fraction, message),
      log: (level, message) => context.log?.(level, message),
      throwIfCancelled,
    });
  } catch (error) {
    if (error === abandoned) {
      return undefined;
    }
    throw error;
  }
}
