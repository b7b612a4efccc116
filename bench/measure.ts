import { RandomStream } from '../src/engine/compute/random';
import type { Estimator, Model } from '../src/engine/models/estimator';
import { findAlgorithm } from '../src/engine/models/registry';
import type { Hyperparameters } from '../src/schema/algorithm';
import { hyperparametersFor } from '../src/schema/hyperparameters';
import type { Contest } from './contests';
import type { BenchData } from './dataSets';
import { median } from './median';

/** A time, how well the result answers, and what else must agree for the comparison to be fair. */
export interface Measurement {
  readonly seconds: number;
  /** Accuracy, or R², on the test rows. */
  readonly score: number;
  /** What the method minimises, on the training rows: the same for both sides unless one stopped early. */
  readonly objective?: number;
  /** Nodes of a forest or support vectors: as much was learned. */
  readonly size?: number;
}

/** The estimator of an algorithm with its defaults and some settings. */
export function estimatorOf(id: string, classCount: number, settings: Hyperparameters): Estimator {
  const algorithm = findAlgorithm(id);
  if (algorithm === undefined) {
    throw new Error(`${id} is not in the registry.`);
  }
  const task = classCount > 0 ? 'classification' : 'regression';
  const defaults = hyperparametersFor(algorithm.declaration, task).map(({ name, default: value }) => [name, value] as const);
  return algorithm.createEstimator(task, { ...Object.fromEntries(defaults), ...settings });
}

/** Learns from the training rows, as a run does. */
export async function fitTo(estimator: Estimator, { train, trainTarget, classCount }: BenchData, threads: number): Promise<Model> {
  const featureNames = Array.from({ length: train.columns }, (_, j) => `x${j}`);
  return estimator.fit(
    { features: train, target: trainTarget, classCount, featureNames },
    RandomStream.fromSeed(1),
    { threads, report: () => undefined, throwIfCancelled: () => undefined },
  );
}

/** Short work is done again and again in each round and its median counts: the first time, caches hold what others left there, and cores have just been idle. */
const inARow = { seconds: 2, times: 15 };

export async function measureOurs(contest: Contest, data: BenchData, threads: number): Promise<Measurement> {
  const estimator = estimatorOf(contest.algorithm, data.classCount, contest.settings);
  const times: number[] = [];
  for (;;) {
    const start = performance.now();
    const model = await fitTo(estimator, data, threads);
    const fitted = performance.now();
    const predicted = await model.predict(data.test);
    times.push((contest.timed === 'fit' ? fitted - start : performance.now() - fitted) / 1000);
    if (times.length === inARow.times || times.reduce((sum, time) => sum + time, 0) >= inARow.seconds) {
      return { seconds: median(times), score: scoreOf(predicted, data), ...objectiveOf(contest, model, data), ...sizeOf(model) };
    }
  }
}

/** Accuracy or R² on the test rows. */
export function scoreOf(predicted: Float64Array, { test, testTarget, classCount }: BenchData): number {
  if (classCount > 0) {
    return predicted.reduce((right, label, row) => right + Number(label === testTarget[row]), 0) / test.rows;
  }
  const mean = testTarget.reduce((sum, value) => sum + value, 0) / test.rows;
  const sumOfSquares = (from: (row: number) => number) => testTarget.reduce((sum, value, row) => sum + (value - from(row)) ** 2, 0);
  return 1 - sumOfSquares((row) => predicted[row]) / sumOfSquares(() => mean);
}

/** Nodes of a forest or support vectors, as peers.py counts them. */
function sizeOf(model: Model): Pick<Measurement, 'size'> {
  const { parameters, arrays } = model.save();
  if ('nodeCounts' in arrays) {
    return { size: Array.from(arrays['nodeCounts']).reduce((sum, count) => sum + count, 0) };
  }
  const supportVectors = parameters['supportVectors'];
  return typeof supportVectors === 'number' ? { size: supportVectors } : {};
}

/** The penalised mean loss of linear models, as peers.py computes it. */
function objectiveOf({ algorithm }: Contest, model: Model, { train, trainTarget, classCount }: BenchData): Pick<Measurement, 'objective'> {
  const { coefficients, intercept, intercepts } = model.save().arrays;
  const penalty = { linearRegression: 0, ridge: 1, logisticRegression: 1 }[algorithm];
  if (penalty === undefined) {
    return {};
  }
  const { rows, columns, values } = train;
  const constants = intercepts ?? intercept;
  const outputs = constants.length;
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const sums = Array.from(constants, (constant, k) => {
      let sum = constant;
      for (let j = 0; j < columns; j++) {
        sum += coefficients[k * columns + j] * values[row * columns + j];
      }
      return sum;
    });
    loss += classCount === 0 ? (trainTarget[row] - sums[0]) ** 2 : logisticLoss(outputs === 1 ? [0, sums[0]] : sums, trainTarget[row]);
  }
  const squares = Array.from(coefficients).reduce((sum, value) => sum + value * value, 0);
  return { objective: (loss + (classCount === 0 ? penalty : penalty / 2) * squares) / rows };
}

function logisticLoss(logits: readonly number[], label: number): number {
  const largest = Math.max(...logits);
  return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)) + largest - logits[label];
}
