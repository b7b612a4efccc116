import type { TrainParams } from '../schema/protocol';
import type { FitContext } from './models/estimator';
import type { RunProgress } from './runProgress';
import { checkpointFile } from './runs/checkpointFile';
import type { RunFolder } from './runs/runFolder';

/** What only the fit of the run's own model may do: tell of epochs, keep checkpoints, be stopped with the best so far. */
export type EpochHooks = Pick<FitContext, 'reportEpoch' | 'log' | 'stopRequested' | 'stoppedAfter' | 'checkpoints' | 'gpu'>;

/** @param stops how a fit that may be stopped looks for that, and tells how far it came. */
export function epochHooks(run: RunFolder, progress: RunProgress, { resumeFrom, gpu }: TrainParams, stops: Pick<FitContext, 'stopRequested' | 'stoppedAfter'>): EpochHooks {
  return {
    reportEpoch: (report) => progress.epoch(report),
    log: (level, message) => progress.log(level, message),
    ...stops,
    checkpoints: checkpointFile(run.path, resumeFrom),
    gpu,
  };
}
