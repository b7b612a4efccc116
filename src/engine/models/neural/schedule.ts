export type ScheduleName = 'constant' | 'step' | 'cosine' | 'reduceOnPlateau';

/** How the learning rate changes while training goes on. */
export interface ScheduleSpec {
  readonly kind: ScheduleName;
  /** Epochs in which it first rises from 0 to its full value. */
  readonly warmUpEpochs: number;
  /** All epochs, at most: where cosine ends. */
  readonly epochs: number;
}

/** `step` multiplies by this after each third of the epochs. */
const stepFactor = 0.1;
/** `reduceOnPlateau` multiplies by this after so many epochs without a better validation loss. */
export const plateauFactor = 0.5;
export const plateauPatience = 5;

/**
 * The factor on the learning rate at a moment.
 *
 * @param epoch epochs done so far, with the share of the current one as fraction.
 * @param reductions how often a plateau has reduced it.
 */
export function rateFactor({ kind, warmUpEpochs, epochs }: ScheduleSpec, epoch: number, reductions: number): number {
  // Goyal et al.: "Accurate, large minibatch SGD", 2017, section 2.2: a linear rise.
  const warmUp = epoch < warmUpEpochs ? epoch / warmUpEpochs : 1;
  switch (kind) {
    case 'constant':
      return warmUp;
    case 'step':
      return warmUp * stepFactor ** Math.floor((3 * epoch) / epochs);
    case 'cosine': {
      // Loshchilov, Hutter: "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, equation 5, one period.
      const progress = Math.max(0, epoch - warmUpEpochs) / Math.max(1, epochs - warmUpEpochs);
      return warmUp * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
    }
    case 'reduceOnPlateau':
      return warmUp * plateauFactor ** reductions;
  }
}
