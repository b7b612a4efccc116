import type { TrainParams } from '../schema/protocol';
import type { FitContext } from './models/estimator';
import type { RunProgress } from './runProgress';
import { checkpointFile } from './runs/checkpointFile';
import type { RunFolder } from './runs/runFolder';

/** What only the fit of the run's own model may do: tell of epochs, keep checkpoints, be stopped with the best so far. */
export type EpochHooks = Pick<FitContext, 'reportEpoch' | 'log' | 'stopRequested' | 'stoppedAfter' | 'checkpoints' | 'gpu'>;

/** @param stopRequested true once the user has asked to stop and keep the best so far. @param stoppedAfter told how far the fit came then. */
export function epochHooks(run: RunFolder, progress: RunProgress, { resumeFrom, gpu }: TrainParams, stopRequested: () => boolean, stoppedAfter: NonNullable<FitContext['stoppedAfter']>): EpochHooks {
  return {
    reportEpoch: (report) => progress.epoch(report),
    log: (level, message) => progress.log(level, message),
    stopRequested,
    stoppedAfter,
    checkpoints: checkpointFile(run.path, resumeFrom),
    gpu,
  };
}
