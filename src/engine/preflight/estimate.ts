import type { Experiment } from '../../schema/experiment';
import type { PlannedNetwork, Preflight, RunEstimate } from '../../schema/preflight';
import { requireAlgorithm } from '../checkExperiment';
import type { ImportanceShape } from '../evaluate/permutationImportance';
import { importancePredictions, importanceRows } from '../evaluate/permutationImportance';
import type { FitCost, FitShape } from '../models/cost';
import type { DataFacts } from './dataFacts';
import type { EarlierRuns } from './earlierRuns';
import type { Machine } from './machine';

/** Rates measured with two threads of a server's processor. */
const readBytesPerSecond = 1.5e8;
const secondsPerPreparedCell = 8e-9;
const secondsPerColumnCell = 6e-8;
const secondsToStart = 0.5;
const usualThreads = 2;
/** A process that has done nothing yet, with its threads and kernels. */
const processBytes = 180e6;

/** What is to be estimated. */
export interface RunShape {
  readonly experiment: Experiment;
  readonly facts: DataFacts;
  readonly rows: Preflight['rows'];
  readonly classes: number;
  /** Of the prepared training rows. */
  readonly features: number;
  /** For each feature of category codes how many there will be, about; 0 for a number. */
  readonly categoryCounts?: readonly number[] | undefined;
  /** Columns that become features. */
  readonly columns: number;
  /** True when the table lies in memory already. */
  readonly isRead: boolean;
}

/** What of it a fit depends on. */
export type FittedShape = Pick<RunShape, 'experiment' | 'classes' | 'features' | 'categoryCounts'>;

/** What a prediction takes on a usual machine, in seconds: the same wherever it is asked. */
export function usualPrediction(shape: FittedShape & { readonly rows: Pick<RunShape['rows'], 'train'> }): number {
  return fitCost(shape, shape.rows.train, usualThreads)?.secondsPerPrediction ?? 0;
}

/** What fitting some rows takes; undefined for an algorithm that doesn't say. @throws UserError when the algorithm can't be fitted to such rows. */
export function fitCost(shape: FittedShape, rows: number, threads: number): FitCost | undefined {
  const { algorithm, task, hyperparameters } = shape.experiment;
  return requireAlgorithm(algorithm).cost?.(fitShape(shape, rows, threads), task, hyperparameters);
}

/** The network that fitting the training rows builds; undefined for algorithms that are none. @throws UserError when the rows can't be laid out for it. */
export function plannedNetwork(shape: RunShape): PlannedNetwork | undefined {
  const { algorithm, hyperparameters } = shape.experiment;
  return requireAlgorithm(algorithm).plan?.(fitShape(shape, shape.rows.train, 1), hyperparameters);
}

function fitShape({ experiment, classes, features, categoryCounts }: FittedShape, rows: number, threads: number): FitShape {
  const { algorithm, hyperparameters } = experiment;
  return {
    rows, features, classes, threads, categoryCounts,
    ...(requireAlgorithm(algorithm).declaration.preparation.windows === true ? { steps: Number(hyperparameters['window']) } : {}),
  };
}

/** What a run takes, roughly, and what that rests on. */
export function estimateRun(shape: RunShape, machine: Machine, earlier: EarlierRuns): RunEstimate | null {
  const { experiment: { validation }, facts, rows, features, columns, classes, isRead } = shape;
  const cost = fitCost(shape, rows.train, machine.threads);
  if (cost === undefined) {
    return null;
  }
  const { factor } = earlier;
  const predicting = (count: number): number => count * cost.secondsPerPrediction * factor;
  const folds = validation.method === 'none' ? 0 : validation.folds * validation.repeats;
  const inFold = folds === 0 ? undefined : fitCost(shape, rows.train * (1 - 1 / validation.folds), machine.threads);
  const cells = (rows.train + rows.test) * features;
  const prepare = cells * secondsPerPreparedCell + rows.train * columns * secondsPerColumnCell;
  const explained: ImportanceShape = { features, columns, secondsPerPrediction: usualPrediction(shape) };
  const shuffled = importancePredictions(Math.min(rows.test, importanceRows(explained)), explained);
  const held = processBytes + tableBytes(facts);
  const steps = {
    read: isRead ? 0 : secondsToStart + facts.bytes / readBytesPerSecond,
    prepare,
    fit: cost.seconds * factor,
    crossValidation: inFold === undefined ? 0 : folds * (inFold.seconds * factor + prepare) + predicting(rows.train * validation.repeats),
    evaluate: predicting(rows.test + shuffled) + 0.1,
  };
  return {
    seconds: Object.values(steps).reduce((sum, seconds) => sum + seconds, 0),
    steps,
    bytes: held + cells * 8 + cost.bytes + rows.test * Math.max(1, classes) * 8,
    // What is held already is no longer among what is free.
    availableBytes: machine.availableBytes + (isRead ? held : 0),
    basis: earlier.basis,
  };
}

/** The most that the columns take in memory: 8 bytes a number or date, 4 a category, 4 a row for its line. Most take less, which only reading tells. */
export function tableBytes({ rows, columns }: Pick<DataFacts, 'rows' | 'columns'>): number {
  return columns.reduce((sum, { type }) => sum + rows * (type === 'integer' || type === 'numeric' || type === 'dateTime' ? 8 : 4), rows * 4);
}

/** "under a second", "about 20 s", "about 3 min", "about 2 h", "about 4 days": no more exact than an estimate is. */
export function aboutTime(seconds: number): string {
  const units: readonly (readonly [unit: string, seconds: number, most: number])[] = [['s', 1, 90], ['min', 60, 90], ['h', 3600, 48], ['days', 86_400, Number.POSITIVE_INFINITY]];
  if (seconds < 1) {
    return 'under a second';
  }
  const [unit, size] = units.find(([, length, most]) => seconds / length < most) ?? units[0];
  return `about ${rounded(seconds / size)} ${unit}`;
}

/** "about 300 MB", "about 2.5 GB". */
export function aboutBytes(bytes: number): string {
  return bytes < 0.95e9 ? `about ${rounded(bytes / 1e6)} MB` : `about ${Number((bytes / 1e9).toPrecision(2))} GB`;
}

/** Two amounts that are compared, with as many digits as it takes to tell them apart: "about 21.3 GB" and "21.1 GB". */
export function comparedBytes(bytes: number, others: number): readonly [bytes: string, others: string] {
  const digits = [2, 3, 4, 5, 6].find((count) => bytes.toPrecision(count) !== others.toPrecision(count)) ?? 6;
  if (digits === 2) {
    return [aboutBytes(bytes), aboutBytes(others).replace('about ', '')];
  }
  const [unit, size] = Math.min(bytes, others) < 0.95e9 ? ['MB', 1e6] : ['GB', 1e9];
  const exactly = (amount: number): string => `${Number((amount / size).toPrecision(digits))} ${unit}`;
  return [`about ${exactly(bytes)}`, exactly(others)];
}

/** One digit below 10, two below 100, all of a larger one's first two. */
function rounded(value: number): string {
  return value < 10 ? String(Math.max(1, Math.round(value))) : String(Math.round(Number(value.toPrecision(2))));
}
