import type { FitContext } from './estimator';

/** A part of a fit that consists of several. */
export interface FitPart {
  /** Share of the fit that is done before the part. */
  readonly from: number;
  /** Share that is done after it. */
  readonly to: number;
  /** What it is, said before each of its own messages. */
  readonly label: string;
}

/** The context of a part of a fit, which can be cancelled and tells how far it is, and nothing else of what the whole may do. */
export function partOfFit(context: FitContext, { from, to, label }: FitPart): FitContext {
  return {
    threads: context.threads,
    throwIfCancelled: () => context.throwIfCancelled(),
    report: (fraction, message) => context.report(from + fraction * (to - from), `${label}: ${message}`),
  };
}
