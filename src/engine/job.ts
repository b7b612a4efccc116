/**
 * The entry of the thread that does one job: a run, a profile, predictions. Its owner stays free to answer and to cancel it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { RunEvent } from '../schema/run';
import { profileTable } from './data/profile';
import { profileCached } from './data/cache/cachedProfile';
import { CancelledError, UserError } from './errors';
import type { JobData, JobFailure, JobMessage, JobRequest, JobResults, ProfileJob } from './jobMessages';
import { jobRequests } from './jobMessages';
import { exportOnnx } from './exportModel';
import { predictFile } from './predictFile';
import { RunProgress } from './runProgress';
import { RunFolder } from './runs/runFolder';
import type { StepContext } from './stepContext';
import type { StopRequests } from './stopRequests';
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

const stops: StopRequests = {
  isStopRequested: () => Atomics.load(flag, 0) === jobRequests.stopAndKeep,
  goOn: () => void Atomics.compareExchange(flag, 0, jobRequests.stopAndKeep, jobRequests.goOn),
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
      return train(job.params, run, progress, stops, afterwards);
    }
    case 'profile':
      return profile(job.params);
    case 'predict':
      return predictFile(job.params, context, afterwards);
    case 'export':
      return exportOnnx(job.params, context, afterwards);
  }
}

function profile({ file, ...options }: ProfileJob): Promise<JobResults['profile']> {
  const part = (from: number, to: number): StepContext => ({
    ...context,
    report: (fraction, message) => context.report(from + fraction * (to - from), message),
  });
  return profileCached(
    file, { ...options, allowUnknownTypes: true }, options.name, { read: part(0, 0.8), profile: part(0.8, 1) },
    (read, own) => profileTable(read, options.name, own), afterwards,
  );
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

/** Work that may wait until the result is known, such as filling the cache. */
const waiting: (() => Promise<void>)[] = [];

function afterwards(task: () => Promise<void>): void {
  waiting.push(task);
}

async function main(): Promise<void> {
  try {
    post({ kind: 'done', result: await work(request) });
  } catch (error) {
    post({ kind: 'failed', failure: failureOf(error) });
    return;
  }
  for (const task of waiting) {
    await task();
  }
  post({ kind: 'finished' });
}

void main();
