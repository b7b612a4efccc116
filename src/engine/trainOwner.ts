import path from 'node:path';
import type { TrainParams, TrainResult } from '../schema/protocol';
import type { RunEvent } from '../schema/run';
import { parseExperimentFile, provisionalExperiment } from './checkExperiment';
import type { FittingJob, JobEnd } from './jobOwner';
import { JobError, startJob } from './jobOwner';
import { removeCheckpoint } from './runs/checkpointFile';
import { RunFolder } from './runs/runFolder';

/** How often the run folder is looked at for requests, in milliseconds. */
const pollInterval = 250;

export interface RunObserver {
  /** The run folder exists from now on. */
  runStarted(runDir: string): void;
  event(event: RunEvent): void;
}

/**
 * Trains in a thread of its own and answers for the run folder: makes it, watches for requests to cancel or to stop in it, and marks how
 * the run ended if the thread can't. What fails before anything was fitted leaves nothing behind.
 *
 * @throws UserError when the experiment can't be run at all; then there is no folder either.
 */
export async function startTraining(params: TrainParams, observer: RunObserver): Promise<FittingJob<TrainResult>> {
  const experiment = parseExperimentFile(params.experiment, params.experimentPath ?? 'The experiment');
  const runsFolder = params.runsFolder ?? path.join(params.root, 'trainyard', 'runs');
  const run = await RunFolder.create(runsFolder, provisionalExperiment(experiment, params.name), params.experimentPath);
  observer.runStarted(run.path);
  const job = startJob({ kind: 'train', params: { ...params, experiment }, runDir: run.path }, (message) => {
    if (message.kind === 'event') {
      observer.event(message.event);
    }
  });
  const poll = setInterval(() => {
    if (run.cancelRequested) {
      job.cancel();
    } else if (run.takeStopRequest()) {
      job.stop();
    }
  }, pollInterval);
  const result = job.result
    .then(async (end) => {
      if ('error' in end) {
        throw await tidyUp(run, end);
      }
      return end.result;
    })
    .finally(() => clearInterval(poll));
  return { ...job, result };
}

/** @returns the error to report: the job's own, with a word more when not even the run's end could be noted. */
async function tidyUp(run: RunFolder, { failure, error }: JobEnd): Promise<Error> {
  try {
    if (failure.reason === 'cancelled') {
      await run.finish('cancelled');
    } else if (failure.reason === 'userError' && !failure.fitted) {
      await run.remove();
    } else {
      if (failure.reason === 'userError') {
        // Going on would only come to the same error again.
        removeCheckpoint(run.path);
      }
      await run.finish('failed', failure.message);
    }
    return error;
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : String(problem);
    return new JobError(`${error.message} The run's end could not be noted in its folder either: ${why}`, { cause: problem });
  }
}
