import type { Evaluation } from '../../schema/evaluation';
import type { Experiment } from '../../schema/experiment';
import { pipelineNeeds } from '../checkExperiment';
import { availableMemory } from '../compute/memoryPlan';
import type { RandomStream } from '../compute/random';
import type { FitContext } from '../models/estimator';
import type { CrossValidated, FoldScore } from './foldJob';
import { runFold } from './foldJob';
import { planFolds, scoreOnThreads } from './foldWorkers';
import type { Split } from './splitters';
import { validationFolds } from './validationFolds';

type CrossValidation = NonNullable<Evaluation['crossValidation']>;

/** From so many rows × features on, folds go to threads at once; below, the first one shows whether that is worth it. */
const manyCells = 200_000;
/** Starting a thread takes about a tenth of a second. */
const worthThreads = 150;

/**
 * Cross-validation on the training rows: preparation and model are fitted anew on each fold's own training part. Folds are
 * scored side by side where there are threads and memory for it. The standard deviation is over the folds (divided by n, as
 * scikit-learn users take it from `cross_val_score`).
 *
 * @param featureCount about how many features the preparation makes.
 * @throws UserError when the rows can't be divided so, or a fold can't be fitted.
 */
export async function crossValidate(
  data: CrossValidated,
  experiment: Experiment,
  random: RandomStream,
  context: FitContext,
  featureCount: number,
): Promise<CrossValidation> {
  const { method, folds, repeats } = experiment.validation;
  const isWindowed = pipelineNeeds(experiment).windows !== undefined;
  const splits = validationFolds(data.table, data.rows, data.target, experiment, random, isWindowed);
  const scores = await new FoldScorer(data, experiment, splits, random, context, featureCount).run();
  return {
    method, folds, repeats,
    rows: scores.map(({ train, test }) => ({ train, test })),
    metrics: summarize(scores),
  };
}

class FoldScorer {
  private readonly scores: FoldScore[] = [];
  private readonly fractions: Float64Array;

  constructor(
    private readonly data: CrossValidated,
    private readonly experiment: Experiment,
    private readonly splits: readonly Split[],
    private readonly random: RandomStream,
    private readonly context: FitContext,
    private readonly featureCount: number,
  ) {
    this.fractions = new Float64Array(splits.length);
  }

  async run(): Promise<FoldScore[]> {
    const { splits, context, data } = this;
    const cells = data.rows.length * this.featureCount;
    const plan = planFolds(splits.length, context.threads, cells, availableMemory());
    const begun = performance.now();
    let here = 0;
    if (plan.workers < 2 || cells < manyCells) {
      await this.scoreHere(here++);
    }
    const isWorthThreads = here === 0 || performance.now() - begun > worthThreads;
    if (plan.workers > 1 && isWorthThreads && splits.length - here > 1) {
      await this.scoreOnThreads(here, cells);
      return this.scores;
    }
    while (here < splits.length) {
      await this.scoreHere(here++);
    }
    return this.scores;
  }

  private async scoreHere(fold: number): Promise<void> {
    const { data, experiment, splits, context } = this;
    context.throwIfCancelled();
    this.scores[fold] = await runFold(data, experiment, splits[fold], this.streamOf(fold), {
      threads: context.threads,
      throwIfCancelled: () => context.throwIfCancelled(),
      report: (fraction, message) => this.report(fold, fraction, message),
    });
    this.report(fold, 1, 'scored');
  }

  /** Scores the folds from `first` on. */
  private async scoreOnThreads(first: number, cells: number): Promise<void> {
    const { data, experiment, splits, context } = this;
    const rest = splits.slice(first);
    await scoreOnThreads(
      { data, experiment, splits: rest, keys: rest.map((_, fold) => this.streamOf(first + fold).toKey()) },
      planFolds(rest.length, context.threads, cells, availableMemory()),
      context,
      {
        onScore: (fold, score) => {
          this.scores[first + fold] = score;
          this.report(first + fold, 1, 'scored');
        },
        onProgress: (fold, fraction, message) => this.report(first + fold, fraction, message),
      },
    );
  }

  private streamOf(fold: number): RandomStream {
    return this.random.split('fit', fold);
  }

  private report(fold: number, fraction: number, message: string): void {
    this.fractions[fold] = fraction;
    const done = this.fractions.reduce((sum, share) => sum + share, 0);
    this.context.report(done / this.splits.length, `fold ${fold + 1} of ${this.splits.length}: ${message}`);
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
