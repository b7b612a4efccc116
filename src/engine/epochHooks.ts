import type { TrainParams } from '../schema/protocol';
import type { FitContext } from './models/estimator';
import type { RunProgress } from './runProgress';
import { checkpointFile } from './runs/checkpointFile';
import type { RunFolder } from './runs/runFolder';

/** What only the fit of the run's own model may do: tell of epochs, keep checkpoints, be stopped with the best so far. */
export type EpochHooks = Pick<FitContext, 'reportEpoch' | 'log' | 'stopRequested' | 'checkpoints' | 'gpu'>;

/** How often the run folder is looked at for a request to stop, in milliseconds. */
const stopPollInterval = 250;

export function epochHooks(run: RunFolder, progress: RunProgress, { resumeFrom, gpu }: TrainParams): EpochHooks {
  let lookedAt = performance.now();
  let stop = false;
  return {
    reportEpoch: (report) => progress.epoch(report),
    log: (level, message) => progress.log(level, message),
    stopRequested: () => {
      if (!stop && performance.now() - lookedAt >= stopPollInterval) {
        lookedAt = performance.now();
        stop = run.stopRequested;
      }
      return stop;
    },
    checkpoints: checkpointFile(run.path, resumeFrom),
    gpu,
  };
}
