import { availableParallelism } from 'node:os';
import { describeStops } from '../schema/describeStops';
import type { Evaluation } from '../schema/evaluation';
import type { Experiment } from '../schema/experiment';
import { mainMetric } from '../schema/metrics';
import type { RunRecord } from '../schema/run';
import { requireAlgorithm } from './checkExperiment';
import type { RandomStream } from './compute/random';
import { crossValidate } from './evaluate/crossValidate';
import type { CrossValidated } from './evaluate/foldJob';
import { estimatorOf } from './evaluate/foldJob';
import type { EpochHooks } from './epochHooks';
import { metricLabels, readableCount, readableNumber } from './export/format';
import type { FitContext, Model, TrainingData } from './models/estimator';
import type { RunProgress } from './runProgress';
import type { StepContext } from './stepContext';
import type { StopRequests } from './stopRequests';

/** What the step that fits works on. */
export interface FitTask {
  readonly experiment: Experiment;
  /** What folds are made of. */
  readonly divided: CrossValidated;
  /** What the run's own model learns from. */
  readonly training: TrainingData;
}

/** What a run lacks because its user stopped it on the way. */
type Stopped = Pick<RunRecord, 'stoppedEarly' | 'stoppedAfter' | 'foldsStoppedAfter'>;

export interface Fitted {
  readonly model: Model;
  readonly baseline: Model;
  readonly crossValidation: Evaluation['crossValidation'];
  readonly stopped: Stopped;
}

/**
 * Cross-validates where that is asked for, then fits the model and the baseline on all training rows. When the user asks to stop while folds
 * are scored, those that are done count, those under way are given up, and the fit of the model follows; another request ends that fit early,
 * where the algorithm can.
 *
 * @param hooksFor what only the fit of the run's own model may do.
 */
export async function fitModels(
  task: FitTask,
  random: RandomStream,
  context: StepContext,
  progress: RunProgress,
  stops: StopRequests,
  hooksFor: (stops: Pick<FitContext, 'stopRequested' | 'stoppedAfter'>) => EpochHooks,
): Promise<Fitted> {
  const { validation } = task.experiment;
  const folds = validation.method === 'none' ? 0 : validation.folds * validation.repeats;
  // Each fold is taken to last as long as the fit of the model.
  const share = folds / (folds + 1);
  const part = (from: number, to: number): FitContext => ({
    report: (fraction, message) => context.report(from + (to - from) * fraction, message),
    throwIfCancelled: context.throwIfCancelled,
    threads: availableParallelism(),
  });
  const validated = folds === 0 ? undefined : await validate(task, random.split('crossValidation'), part(0, share), progress, stops);
  const stoppedFolds: Stopped = validated !== undefined && validated.done < folds ? { foldsStoppedAfter: { done: validated.done, planned: folds } } : {};
  tellOf(stoppedFolds, progress);
  const fitted = await fit(task, random, part(share, 1), hooksFor, stops);
  tellOf(fitted.stopped, progress);
  return { ...fitted, crossValidation: validated?.scores ?? null, stopped: { ...stoppedFolds, ...fitted.stopped } };
}

function tellOf(stopped: Stopped, progress: RunProgress): void {
  describeStops(stopped, readableCount).forEach((sentence) => progress.log('info', sentence, 'stop'));
}

async function validate(
  { experiment, divided, training }: FitTask,
  random: RandomStream,
  context: FitContext,
  progress: RunProgress,
  stops: StopRequests,
): Promise<{ readonly scores: Evaluation['crossValidation']; readonly done: number }> {
  progress.enter('crossValidation', 'dividing the training rows into folds');
  const validated = await crossValidate(divided, experiment, random, {
    ...context, stopRequested: () => stops.isStopRequested(), log: (level, message) => progress.log(level, message),
  }, training.features.columns);
  stops.goOn();
  progress.enter(undefined, 'fitting');
  if (validated.scores !== null) {
    progress.log('info', describeFolds(validated.scores, experiment));
  }
  return validated;
}

async function fit(
  { experiment, training }: FitTask,
  random: RandomStream,
  context: FitContext,
  hooksFor: (stops: Pick<FitContext, 'stopRequested' | 'stoppedAfter'>) => EpochHooks,
  stops: StopRequests,
): Promise<Pick<Fitted, 'model' | 'baseline' | 'stopped'>> {
  const stopped: { stoppedEarly?: true; stoppedAfter?: RunRecord['stoppedAfter'] } = {};
  const hooks = hooksFor({
    stopRequested: () => {
      if (stops.isStopRequested()) {
        stopped.stoppedEarly = true;
      }
      return stopped.stoppedEarly === true;
    },
    stoppedAfter: (done, planned, unit, converged) => {
      stopped.stoppedAfter = { done, unit, ...(planned === undefined ? {} : { planned }), ...(converged === undefined ? {} : { converged }) };
    },
  });
  const model = await estimatorOf(experiment).fit(training, random.split('fit'), { ...context, ...hooks });
  const silent = { ...context, report: () => undefined };
  const baseline = await requireAlgorithm('baseline').createEstimator(experiment.task, {}).fit(training, random.split('baseline'), silent);
  return { model, baseline, stopped };
}

function describeFolds({ metrics, rows }: NonNullable<Evaluation['crossValidation']>, { task }: Experiment): string {
  const name = mainMetric(task);
  const score = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  const folds = `cross-validation over ${rows?.length ?? 0} folds`;
  return score === undefined
    ? `${metricLabels[name]} is not defined in every fold of the ${folds}.`
    : `${metricLabels[name]} is ${readableNumber(score.mean)} ± ${readableNumber(score.std)} in ${folds} of the training rows.`;
}
