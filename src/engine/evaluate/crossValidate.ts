import type { Evaluation } from '../../schema/evaluation';
import type { Experiment } from '../../schema/experiment';
import { mainMetric } from '../../schema/metrics';
import { pipelineNeeds } from '../checkExperiment';
import { availableMemory } from '../compute/memoryPlan';
import type { RandomStream } from '../compute/random';
import { metricLabels, readableNumber } from '../export/format';
import type { FitContext } from '../models/estimator';
import { unlessStopped } from '../models/stopping';
import type { CrossValidated, FoldScore } from './foldJob';
import { runFold } from './foldJob';
import { planFolds, scoreOnThreads } from './foldWorkers';
import type { Split } from './splitters';
import { validationFolds } from './validationFolds';

type CrossValidation = NonNullable<Evaluation['crossValidation']>;

/** From so many rows × features on, folds go to threads at once; below, the first one shows whether that is worth it. */
const manyCells = 200_000;
/** With more folds than this their scores would fill the log. */
const mostToldFolds = 100;
/** Starting a thread takes about a tenth of a second. */
const worthThreads = 150;

/**
 * Cross-validation on the training rows: preparation and model are fitted anew on each fold's own training part. Folds are
 * scored side by side where there are threads and memory for it. The standard deviation is over the folds (divided by n, as
 * scikit-learn users take it from `cross_val_score`). When the user asks to stop, the folds under way are given up and only those
 * that are done count.
 *
 * @param featureCount about how many features the preparation makes.
 * @returns the scores, null when no fold was done; how many folds were.
 * @throws UserError when the rows can't be divided so, or a fold can't be fitted.
 */
export async function crossValidate(
  data: CrossValidated,
  experiment: Experiment,
  random: RandomStream,
  context: FitContext,
  featureCount: number,
): Promise<{ readonly scores: CrossValidation | null; readonly done: number }> {
  const { method, folds, repeats } = experiment.validation;
  const isWindowed = pipelineNeeds(experiment).windows !== undefined;
  const splits = validationFolds(data.table, data.rows, data.target, experiment, random, isWindowed);
  const scorer = new FoldScorer(data, experiment, splits, random, featureCount);
  await unlessStopped(context, (own) => scorer.run(own));
  const { scores } = scorer;
  const rows = scores.map(({ train, test }) => ({ train, test }));
  return { scores: scores.length === 0 ? null : { method, folds, repeats, rows, metrics: summarize(scores) }, done: scores.length };
}

class FoldScorer {
  private readonly byFold: FoldScore[] = [];
  private readonly fractions: Float64Array;

  constructor(
    private readonly data: CrossValidated,
    private readonly experiment: Experiment,
    private readonly splits: readonly Split[],
    private readonly random: RandomStream,
    private readonly featureCount: number,
  ) {
    this.fractions = new Float64Array(splits.length);
  }

  /** Of the folds that are done, in the order of all. */
  get scores(): FoldScore[] {
    // Without the holes that folds given up have left.
    return this.byFold.filter(() => true);
  }

  /** Scores all folds. @param context those of a cross-validation that may be given up on the way. */
  async run(context: FitContext): Promise<void> {
    const { splits, data } = this;
    const cells = data.rows.length * this.featureCount;
    const plan = planFolds(splits.length, context.threads, cells, availableMemory());
    const begun = performance.now();
    let here = 0;
    if (plan.workers < 2 || cells < manyCells) {
      await this.scoreHere(here++, context);
    }
    const isWorthThreads = here === 0 || performance.now() - begun > worthThreads;
    if (plan.workers > 1 && isWorthThreads && splits.length - here > 1) {
      await this.scoreOnThreads(here, cells, context);
      return;
    }
    while (here < splits.length) {
      await this.scoreHere(here++, context);
    }
  }

  private async scoreHere(fold: number, context: FitContext): Promise<void> {
    const { data, experiment, splits } = this;
    context.throwIfCancelled();
    this.byFold[fold] = await runFold(data, experiment, splits[fold], this.streamOf(fold), {
      threads: context.threads,
      throwIfCancelled: () => context.throwIfCancelled(),
      report: (fraction, message) => this.report(fold, fraction, message, context),
    });
    this.tellScore(fold, context);
  }

  /** Scores the folds from `first` on. */
  private async scoreOnThreads(first: number, cells: number, context: FitContext): Promise<void> {
    const { data, experiment, splits } = this;
    const rest = splits.slice(first);
    await scoreOnThreads(
      { data, experiment, splits: rest, keys: rest.map((_, fold) => this.streamOf(first + fold).toKey()) },
      planFolds(rest.length, context.threads, cells, availableMemory()),
      context,
      {
        onScore: (fold, score) => {
          this.byFold[first + fold] = score;
          this.tellScore(first + fold, context);
        },
        onProgress: (fold, fraction, message) => this.report(first + fold, fraction, message, context),
      },
    );
  }

  private streamOf(fold: number): RandomStream {
    return this.random.split('fit', fold);
  }

  private tellScore(fold: number, context: FitContext): void {
    this.report(fold, 1, 'scored', context);
    const name = mainMetric(this.experiment.task);
    if (this.splits.length <= mostToldFolds) {
      context.log?.('info', `Fold ${fold + 1} of ${this.splits.length}: ${metricLabels[name]} ${readableNumber(this.byFold[fold].metrics[name])}.`);
    }
  }

  private report(fold: number, fraction: number, message: string, context: FitContext): void {
    this.fractions[fold] = fraction;
    const done = this.fractions.reduce((sum, share) => sum + share, 0);
    context.report(done / this.splits.length, `fold ${fold + 1} of ${this.splits.length}: ${message}`);
  }
}

/** Mean, deviation and values of each metric that every fold defines. */
export function summarize(scores: readonly FoldScore[]): CrossValidation['metrics'] {
  const summary: CrossValidation['metrics'] = {};
  for (const name of Object.keys(scores[0].metrics)) {
    const values = scores.map(({ metrics }) => metrics[name]).filter((value) => value !== null);
    if (values.length === scores.length) {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      summary[name] = { mean, std: Math.sqrt(variance), values };
    }
  }
  return summary;
}
