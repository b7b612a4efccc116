import type { Hyperparameters, Task } from '../../schema/algorithm';
import type { PlannedNetwork } from '../../schema/preflight';

/** The training rows that an algorithm is to be fitted to, and what it may use for it. */
export interface FitShape {
  readonly rows: number;
  readonly features: number;
  /** 0 for regression. */
  readonly classes: number;
  readonly threads: number;
  /** Rows in a window, where each row is one. */
  readonly steps?: number;
  /** For each feature of category codes how many there will be, about; 0 for a number. Absent: all are numbers. */
  readonly categoryCounts?: readonly number[] | undefined;
}

/**
 * What a fit takes, roughly: right within a factor of two or three for data of the usual kind. Constants were measured with two
 * threads of a server's processor (2.5 GHz class); earlier runs on the same machine put them right.
 */
export interface FitCost {
  /** Wall time of the fit. */
  readonly seconds: number;
  /** Wall time of a prediction, a row. */
  readonly secondsPerPrediction: number;
  /** Memory beyond the training matrix. */
  readonly bytes: number;
}

/** Foresees a fit from the shape of its data. */
export type CostModel = (shape: FitShape, task: Task, hyperparameters: Hyperparameters) => FitCost;

/** Tells of the network that a fit would build. @throws UserError when the data can't be laid out for it. */
export type PlanModel = (shape: FitShape, hyperparameters: Hyperparameters) => PlannedNetwork;

const measuredThreads = 2;
/** Beyond, memory is what limits most kernels. */
const mostUsefulThreads = 8;

/** Seconds measured with two threads, with another number of them. */
export function atThreads(seconds: number, threads: number): number {
  return (seconds * measuredThreads) / Math.max(1, Math.min(mostUsefulThreads, threads));
}
