/**
 * The entry of the thread that does one job: a run, a profile, predictions. Its owner stays free to answer and to cancel it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { RunEvent } from '../schema/run';
import { profileTable } from './data/profile';
import { readTable } from './data/readTable';
import { CancelledError, UserError } from './errors';
import type { JobData, JobFailure, JobMessage, JobRequest, JobResults, ProfileJob } from './jobMessages';
import { jobRequests } from './jobMessages';
import { exportOnnx } from './exportModel';
import { predictFile } from './predictFile';
import { RunProgress } from './runProgress';
import { RunFolder } from './runs/runFolder';
import type { StepContext } from './stepContext';
import { train } from './train';

const { request, flag } = workerData as JobData;

/** The step that a run has come to; a job of another kind fits nothing. */
let progress: RunProgress | undefined;

function post(message: JobMessage): void {
  parentPort?.postMessage(message);
}

function throwIfCancelled(): void {
  if (Atomics.load(flag, 0) === jobRequests.cancel) {
    throw new CancelledError();
  }
}

const context: StepContext = {
  report: (fraction, message) => post({ kind: 'progress', fraction, message }),
  throwIfCancelled,
};

async function work(job: JobRequest): Promise<JobResults[keyof JobResults]> {
  switch (job.kind) {
    case 'train': {
      const run = new RunFolder(job.runDir);
      const emit = (event: RunEvent): void => {
        run.append(event);
        post({ kind: 'event', event });
      };
      progress = new RunProgress(emit, throwIfCancelled);
      return train(job.params, run, progress, () => Atomics.load(flag, 0) === jobRequests.stopAndKeep);
    }
    case 'profile':
      return profile(job.params);
    case 'predict':
      return predictFile(job.params, context);
    case 'export':
      return exportOnnx(job.params, context);
  }
}

async function profile({ file, ...options }: ProfileJob): Promise<JobResults['profile']> {
  const read = await readTable(file, { ...options, allowUnknownTypes: true }, {
    ...context,
    report: (fraction, message) => context.report(fraction * 0.8, message),
  });
  return profileTable(read, options.name, { ...context, report: (fraction, message) => context.report(0.8 + fraction * 0.2, message) });
}

function failureOf(error: unknown): JobFailure {
  const fitted = progress !== undefined && !['read', 'profile', 'split', 'prepare'].includes(progress.step);
  const stack = error instanceof Error ? error.stack : undefined;
  if (error instanceof CancelledError) {
    return { reason: 'cancelled', message: error.message, fitted };
  }
  if (error instanceof UserError) {
    return { reason: 'userError', message: error.message, stack, fitted };
  }
  if (error instanceof RangeError && /allocation failed|invalid (typed )?array length|out of memory/i.test(error.message)) {
    return { reason: 'internal', message: outOfMemory, stack, fitted };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { reason: 'internal', message: `Something went wrong inside Trainyard: ${message}`, stack, fitted };
}

const outOfMemory = 'The memory of this machine does not suffice; use fewer rows or columns, or a simpler model.';

work(request).then(
  (result) => post({ kind: 'done', result }),
  (error: unknown) => post({ kind: 'failed', failure: failureOf(error) }),
);
