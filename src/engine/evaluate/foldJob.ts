import type { Experiment } from '../../schema/experiment';
import type { Metrics } from '../../schema/run';
import { pipelineNeeds, requireAlgorithm } from '../checkExperiment';
import type { RandomStream } from '../compute/random';
import type { Table } from '../data/table';
import type { Estimator, FitContext } from '../models/estimator';
import { FittedPipeline } from '../prepare/pipeline';
import { predictWith, scoreMetrics } from './evaluate';
import type { Split } from './splitters';

/** What is cross-validated. */
export interface CrossValidated {
  readonly table: Table;
  /** The training rows, as rows of the table. */
  readonly rows: Uint32Array;
  /** Class codes or numbers, one for each of `rows`. */
  readonly target: Float64Array;
  /** Labels by class code; empty for regression. */
  readonly classes: readonly string[];
}

/** How a fold went. */
export interface FoldScore {
  readonly train: number;
  readonly test: number;
  readonly metrics: Metrics;
}

/** Shares of a fold's work that are done after each of its steps, about. */
const [preparedAt, fittedAt, answeringAt] = [0.1, 0.85, 0.87];

function partOf(context: FitContext, from: number, to: number): FitContext {
  return { ...context, report: (fraction, message) => context.report(from + fraction * (to - from), message) };
}

/** The estimator that an experiment asks for. */
export function estimatorOf({ task, algorithm, hyperparameters }: Experiment): Estimator {
  return requireAlgorithm(algorithm).createEstimator(task, hyperparameters);
}

/** Fits preparation and model anew on a fold's own training part, and scores them on its test part. */
export async function runFold(
  { table, rows, target, classes }: CrossValidated,
  experiment: Experiment,
  { train, test }: Split,
  random: RandomStream,
  context: FitContext,
  estimator = estimatorOf(experiment),
): Promise<FoldScore> {
  const targetOfRow = new Float64Array(table.rowCount);
  rows.forEach((row, i) => (targetOfRow[row] = target[i]));
  const targetOf = (chosen: Uint32Array): Float64Array => Float64Array.from(chosen, (row) => targetOfRow[row]);
  const inTrain = train.map((i) => rows[i]);
  const { pipeline, rows: trainRows, features } = FittedPipeline.fitTransform(
    table, { rows: inTrain, target: Float64Array.from(train, (i) => target[i]), classes }, experiment, random.split('prepare'), pipelineNeeds(experiment),
    partOf(context, 0, preparedAt),
  );
  const { featureNames, categoryCounts, sequence } = pipeline;
  const model = await estimator.fit(
    { features, featureNames, target: targetOf(trainRows), classCount: classes.length, categoryCounts, sequence },
    random,
    partOf(context, preparedAt, fittedAt),
  );
  context.throwIfCancelled();
  const testRows = pipeline.usableRows(table, test.map((i) => rows[i]));
  const testFeatures = pipeline.transform(table, testRows, partOf(context, fittedAt, answeringAt));
  const predictions = await predictWith(model, testFeatures, experiment.task, partOf(context, answeringAt, 1));
  return { train: trainRows.length, test: testRows.length, metrics: scoreMetrics(targetOf(testRows), predictions) };
}
