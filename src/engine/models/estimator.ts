import type { AlgorithmDeclaration, Hyperparameters, Task } from '../../schema/algorithm';
import type { JsonObject } from '../../schema/json';
import type { GpuProvider } from '../../schema/protocol';
import type { Matrix } from '../compute/matrix';
import type { OnnxModel } from '../compute/onnx/model';
import type { RandomStream } from '../compute/random';
import type { SequenceLayout } from '../prepare/windows';
import type { CostModel, PlanModel } from './cost';

/** What an estimator may know of the world while it works. */
export interface FitContext {
  /** @param fraction share of this fit that is done, 0 to 1. @param message what was just done ("tree 12 of 100"). */
  report(fraction: number, message: string): void;
  /** Throws CancelledError once the user has cancelled. Call it at least every 50 ms; it costs one atomic load. */
  throwIfCancelled(): void;
  /** How many threads may be used; results must not depend on it. */
  readonly threads: number;
  /** Says that an epoch of a network is done: a point of its learning curves. */
  reportEpoch?(report: EpochReport): void;
  /** Something that the user should know, and that doesn't stop the work. */
  log?(level: 'info' | 'warning', message: string): void;
  /** True once the user has asked to stop here and keep the best so far. */
  stopRequested?(): boolean;
  /**
   * Says how far a fit came that was stopped so, in its own unit ("37 of 100 trees").
   *
   * @param planned undefined where nobody knows how many it would have taken.
   * @param converged false where the fit looks for an optimum that it has not come to.
   */
  stoppedAfter?(done: number, planned: number | undefined, unit: string, converged?: false): void;
  /** Where the work so far is kept, to go on after a cancel, a crash or a restart. */
  readonly checkpoints?: CheckpointStore;
  /** The GPU that networks may use, where the user has asked for one. */
  readonly gpu?: GpuProvider;
}

/** How training stands after an epoch. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  /** The most there will be. */
  readonly epochs: number;
  readonly learningRate: number;
  /** `loss` of the training rows; where rows are watched: `validationLoss`, and `validationAccuracy` or `validationMae`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The epoch whose model would be kept if training stopped now. */
  readonly bestEpoch?: number;
  readonly secondsLeft?: number;
}

/** Keeps one checkpoint, the latest. */
export interface CheckpointStore {
  /** The checkpoint to go on from, if there is one. */
  load(): SavedModel | undefined;
  save(checkpoint: SavedModel): void;
}

/** Training rows after preparation. */
export interface TrainingData {
  /** rows × features, no missing values. */
  readonly features: Matrix;
  readonly featureNames: readonly string[];
  /** Class codes 0 … classCount − 1 for classification, values for regression; one a row. */
  readonly target: Float64Array;
  /** 0 for regression. */
  readonly classCount: number;
  /**
   * One a feature, for estimators that take categories as they are: how many codes 0 … n − 1 a feature of category codes
   * has (where the estimator takes missing values, they are NaN or −1), 0 for a number. Absent: every feature is a number.
   */
  readonly categoryCounts?: readonly number[];
  /** How a row is laid out when it is a window of the rows before it; such rows are in the order of time. */
  readonly sequence?: SequenceLayout;
}

/** Learns a model from training data: scikit-learn's `fit`. Holds hyper-parameters only, never fitted state. */
export interface Estimator {
  fit(data: TrainingData, random: RandomStream, context: FitContext): Promise<Model>;
}

/** What a model may know of the world while it answers for many rows. */
export interface PredictContext {
  /** @param fraction share of the rows that is done, 0 to 1. */
  report(fraction: number, message: string): void;
  /** Throws CancelledError once the user has cancelled. Call it at least every 50 ms. */
  throwIfCancelled(): void;
}

/** What an estimator has learned. */
export interface Model {
  /** Predicted class codes or values, one a row. Models that run outside JavaScript answer later. */
  predict(features: Matrix, context?: PredictContext): Float64Array | Promise<Float64Array>;
  /** Classification only: rows × classes probabilities; each row sums to one. */
  predictProba?(features: Matrix, context?: PredictContext): Matrix | Promise<Matrix>;
  /** Classifiers without probabilities: rows × classes, larger the more a row is like a class; rows are ranked by it. */
  decisionValues?(features: Matrix, context?: PredictContext): Matrix | Promise<Matrix>;
  /** True when `predict` gives the most probable class of `predictProba`, the first of equals: then one of them says all. */
  readonly predictsMostProbable?: boolean;
  /**
   * Keeps what predictions have to set up first (threads, training rows in a kernel's memory) from one to the next, for whoever makes many;
   * answers stay the same. Absent where there is nothing to set up.
   *
   * @returns how to let go of it: whoever calls this calls that once, in a `finally`.
   */
  keepReady?(): () => void;
  save(): SavedModel;
  /** From prepared features to `probabilities` or `values`, for any number of rows; absent for models that have no such form yet. */
  toOnnx?(): OnnxModel;
  /** Linear models: what they multiply features with. */
  fittedCoefficients?(): FittedCoefficients;
  /** Forests that were asked for it: how good they are on the rows that their trees did not see. */
  readonly outOfBag?: OutOfBagScore;
}

/** A forest's score on rows each of which only those trees judge that were not grown on it. */
export interface OutOfBagScore {
  /** Accuracy or R²; null when no row was left out by any tree. */
  readonly score: number | null;
  /** Training rows that at least one tree was not grown on. */
  readonly rows: number;
}

/** The coefficients of a linear model. */
export interface FittedCoefficients {
  /** outputs × features; one output for regression and two classes. */
  readonly coefficients: Float64Array;
  /** One an output. */
  readonly intercepts: Float64Array;
  /** Class codes that the outputs speak for: the second one of two classes; empty for regression. */
  readonly classes: Int32Array;
  /** How far they may be trusted; a sentence that says why that isn't known, where it isn't. */
  readonly inference: Inference | string;
}

/** How far a linear model's coefficients may be trusted. */
export interface Inference {
  /** Of the residuals; null where estimates are normal for large numbers of rows only (maximum likelihood). */
  readonly degreesOfFreedom: number | null;
  /** Least squares: the errors' standard deviation. */
  readonly residualStandardError?: number;
  /** One a feature; NaN where other features can stand in for it. */
  readonly standardErrors: Float64Array;
  /** NaN likewise, and without an intercept. */
  readonly interceptError: number;
  /** How many features are independent of each other. */
  readonly rank: number;
}

/** A model as data: small facts as JSON, large arrays apart. Never code. */
export interface SavedModel {
  readonly parameters: JsonObject;
  readonly arrays: Readonly<Record<string, Float64Array | Float32Array | Int32Array | Uint8Array>>;
}

/** An entry of the registry: its declaration, how to make its estimator, how to read its models back. */
export interface Algorithm {
  readonly declaration: AlgorithmDeclaration;
  /** @param hyperparameters complete and checked against the declaration. */
  createEstimator(task: Task, hyperparameters: Hyperparameters): Estimator;
  /** Foresees what a fit takes, for those who ask before it starts. */
  readonly cost?: CostModel;
  /** Networks: tells which layers a fit would build, and whether they fit together. */
  readonly plan?: PlanModel;
  loadModel(task: Task, saved: SavedModel): Model;
}
