import type { Evaluation } from '../../schema/evaluation';
import type { Experiment } from '../../schema/experiment';
import type { Metrics } from '../../schema/run';
import type { RandomStream } from '../compute/random';
import type { Table } from '../data/table';
import type { FitContext, Estimator } from '../models/estimator';
import { FittedPipeline } from '../prepare/pipeline';
import { pipelineNeeds } from '../checkExperiment';
import { predictWith, scoreMetrics } from './evaluate';
import { kFold, timeSeriesFolds } from './splitters';

export interface CrossValidated {
  readonly table: Table;
  /** The training rows, as rows of the table. */
  readonly rows: Uint32Array;
  /** Class codes or numbers, one for each of `rows`. */
  readonly target: Float64Array;
  /** Labels by class code; empty for regression. */
  readonly classes: readonly string[];
}

/**
 * k-fold cross-validation on the training rows: preparation and model are fitted anew on each fold's own training part. The
 * standard deviation is over the folds (divided by n, as scikit-learn users take it from `cross_val_score`).
 */
export async function crossValidate(
  { table, rows, target, classes }: CrossValidated,
  experiment: Experiment,
  estimator: Estimator,
  random: RandomStream,
  context: FitContext,
): Promise<NonNullable<Evaluation['crossValidation']>> {
  const { folds } = experiment.validation;
  const stratified = experiment.split.method === 'stratified';
  const splits = experiment.split.method === 'timeOrdered'
    ? timeSeriesFolds(rows.length, folds)
    : kFold({ folds, rows: rows.length, target, stratified }, random.split('folds'));
  const scores: Metrics[] = [];
  for (const [fold, { train, test }] of splits.entries()) {
    const inTrain = train.map((i) => rows[i]);
    const inFold = { rows: inTrain, target: Float64Array.from(train, (i) => target[i]), classes };
    const { pipeline, rows: trainRows, features: trainFeatures } = FittedPipeline.fitTransform(
      table, inFold, experiment, random.split('prepare', fold), pipelineNeeds(experiment),
    );
    const valueOf = new Map(Array.from(rows, (row, i) => [row, target[i]] as const));
    const targetOf = (chosen: Uint32Array): Float64Array => Float64Array.from(chosen, (row) => valueOf.get(row) ?? NaN);
    const model = await estimator.fit(
      {
        features: trainFeatures,
        featureNames: pipeline.featureNames,
        target: targetOf(trainRows),
        classCount: classes.length,
        categoryCounts: pipeline.categoryCounts,
        sequence: pipeline.sequence,
      },
      random.split('fit', fold),
      {
        ...context,
        report: (fraction, message) => context.report((fold + fraction) / folds, `fold ${fold + 1} of ${folds}: ${message}`),
      },
    );
    const testRows = pipeline.usableRows(table, test.map((i) => rows[i]));
    const features = pipeline.transform(table, testRows);
    scores.push(scoreMetrics(targetOf(testRows), await predictWith(model, features, experiment.task)));
    context.throwIfCancelled();
  }
  return { folds, metrics: summarize(scores) };
}

/** Mean, deviation and values of each metric that every fold defines. */
function summarize(scores: readonly Metrics[]): NonNullable<Evaluation['crossValidation']>['metrics'] {
  const summary: NonNullable<Evaluation['crossValidation']>['metrics'] = {};
  for (const name of Object.keys(scores[0])) {
    const values = scores.map((score) => score[name]).filter((value) => value !== null);
    if (values.length === scores.length) {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      summary[name] = { mean, std: Math.sqrt(variance), values };
    }
  }
  return summary;
}
