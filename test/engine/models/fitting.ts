import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { HyperparameterValue, Task } from '../../../src/schema/algorithm';
import { checkHyperparameter, hyperparametersFor } from '../../../src/schema/hyperparameters';
import type { Matrix } from '../../../src/engine/compute/matrix';
import { zeros } from '../../../src/engine/compute/matrix';
import { RandomStream } from '../../../src/engine/compute/random';
import type { Algorithm, FitContext, Model, TrainingData } from '../../../src/engine/models/estimator';
import { findAlgorithm } from '../../../src/engine/models/registry';

/** A context that nobody watches, on one thread. */
export const quietContext: FitContext = { report: () => undefined, throwIfCancelled: () => undefined, threads: 1 };

export function algorithmNamed(id: string): Algorithm {
  const algorithm = findAlgorithm(id);
  if (algorithm === undefined) {
    throw new Error(`No algorithm ${id} is registered.`);
  }
  return algorithm;
}

/** Declared defaults with some values changed; complains about values that the declaration refuses. */
export function complete(
  algorithm: Algorithm,
  task: Task,
  changes: Readonly<Record<string, HyperparameterValue>> = {},
): Record<string, HyperparameterValue> {
  const declarations = hyperparametersFor(algorithm.declaration, task);
  for (const [name, value] of Object.entries(changes)) {
    const declaration = declarations.find((candidate) => candidate.name === name);
    const problem = declaration === undefined ? `${name} is not declared` : checkHyperparameter(declaration, value);
    if (problem !== undefined) {
      throw new Error(problem);
    }
  }
  return { ...Object.fromEntries(declarations.map(({ name, default: value }) => [name, value])), ...changes };
}

export interface FitOptions {
  readonly hyperparameters?: Readonly<Record<string, HyperparameterValue>>;
  readonly seed?: number;
  readonly context?: FitContext;
}

/** Fits an algorithm of the registry; the task follows from `classCount`. */
export async function fit(id: string, data: TrainingData, options: FitOptions = {}): Promise<Model> {
  const task = taskOf(data);
  const algorithm = algorithmNamed(id);
  const estimator = algorithm.createEstimator(task, complete(algorithm, task, options.hyperparameters));
  return estimator.fit(data, RandomStream.fromSeed(options.seed ?? 42), options.context ?? quietContext);
}

export function taskOf(data: TrainingData): Task {
  return data.classCount > 0 ? 'classification' : 'regression';
}

export function matrixOf(rows: readonly (readonly number[])[]): Matrix {
  const matrix = zeros(rows.length, rows[0]?.length ?? 0);
  rows.forEach((row, i) => matrix.values.set(row, i * matrix.columns));
  return matrix;
}

export function trainingData(features: Matrix, target: Float64Array, classCount = 0): TrainingData {
  return { features, featureNames: Array.from({ length: features.columns }, (_, j) => `x${j}`), target, classCount };
}

/** Probabilities of a model that must have them. */
export async function probabilitiesOf(model: Model, features: Matrix): Promise<Matrix> {
  const probabilities = await model.predictProba?.(features);
  if (probabilities === undefined) {
    throw new Error('The model gives no probabilities.');
  }
  return probabilities;
}

/** The cases of a reference file made by the program of the same name beside it. */
export function fixture<Case>(name: string): Case[] {
  const file = path.join(__dirname, '../../fixtures/sklearn', `${name}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases;
}
