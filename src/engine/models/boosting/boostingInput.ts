import type { Matrix } from '../../compute/matrix';
import type { BoostedTrees } from './boostedTrees';
import type { BoostingLoss } from './boostingLosses';

/** Hyper-parameters of a fit; names as in scikit-learn's HistGradientBoosting. */
export interface BoostingOptions {
  readonly loss: BoostingLoss;
  /** The quantile, or the share of residuals that Huber's loss takes as no outliers. */
  readonly lossParameter: number;
  readonly learningRate: number;
  readonly maxIter: number;
  readonly maxLeaves: number;
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
  readonly l2: number;
  readonly maxBins: number;
  /** Share of the features that each split may choose from. */
  readonly maxFeatures: number;
  /** Share of the rows that each iteration's trees are grown on. */
  readonly subsample: number;
  readonly earlyStopping?: { readonly validationFraction: number | null; readonly rounds: number; readonly tol: number };
  /** −1, 0 or 1 a feature: the prediction may only fall or rise with it. */
  readonly monotonic?: Int8Array;
}

export interface BoostingInput {
  readonly features: Matrix;
  /** Values, or codes 0 … outputs − 1. */
  readonly target: Float64Array;
  /** 1 for regression and two classes, else the number of classes. */
  readonly outputs: number;
  readonly classWeights?: Float64Array;
  readonly categoryCounts?: readonly number[];
}

export interface BoostingResult {
  readonly trees: BoostedTrees;
  readonly baseline: Float64Array;
  /** Loss by iteration on the rows held back for early stopping; empty without it. */
  readonly validationLosses: readonly number[];
}
