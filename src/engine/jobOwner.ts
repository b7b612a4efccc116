import { totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import { CancelledError, UserError } from './errors';
import { entryPoint } from './entryPoints';
import { errorCode } from './fileErrors';
import type { JobData, JobFailure, JobMessage, JobRequest, JobResults } from './jobMessages';
import { jobRequests } from './jobMessages';

/** How long a cancelled job may take to stop by itself before its thread is ended. */
const cancelGrace = 800;
const mebibyte = 1024 * 1024;

/** Work that goes on in a thread of its own. */
export interface Job<Result> {
  /** @throws UserError, CancelledError or JobError. */
  readonly result: Promise<Result>;
  /** Settles when its thread has ended, which may be some time after the result. Never rejected. */
  readonly ended: Promise<void>;
  /** Asks it to stop, and ends its thread when it doesn't within 0.8 seconds. */
  cancel(): void;
}

/** A job that fits a model. */
export interface FittingJob<Result> extends Job<Result> {
  /** Asks it to stop fitting and to keep the best model so far; one whose algorithm can't goes on. */
  stop(): void;
}

/** A defect, or a resource that ran out, in a job. The message is one sentence for the user. */
export class JobError extends Error {
  override readonly name = 'JobError';
}

/** A job's failure together with what its owner needs to know to tidy up. */
export interface JobEnd {
  readonly error: Error;
  readonly failure: JobFailure;
}

/**
 * Starts a job in a thread.
 *
 * @param onMessage told what the job reports on its way.
 * @returns its result, or its failure; the promise itself is never rejected.
 */
export function startJob<Kind extends keyof JobResults>(
  request: Extract<JobRequest, { kind: Kind }>,
  onMessage: (message: Extract<JobMessage, { kind: 'event' | 'progress' }>) => void,
): FittingJob<{ readonly result: JobResults[Kind] } | JobEnd> {
  const flag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(entryPoint('job'), {
    workerData: { request, flag } satisfies JobData,
    resourceLimits: { maxOldGenerationSizeMb: heapLimit() },
  });
  const result = new Promise<{ readonly result: JobResults[Kind] } | JobEnd>((resolve) => {
    const fail = (failure: JobFailure): void => resolve({ failure, error: toError(failure) });
    worker.on('message', (message: JobMessage) => {
      switch (message.kind) {
        case 'event':
        case 'progress':
          onMessage(message);
          break;
        case 'done':
          // The thread was given a request of this kind.
          resolve({ result: message.result as JobResults[Kind] });
          break;
        case 'finished':
          void worker.terminate();
          break;
        case 'failed':
          fail(message.failure);
          void worker.terminate();
          break;
      }
    });
    worker.on('error', (error) => fail(crashOf(error)));
    worker.on('exit', (code) => fail(
      Atomics.load(flag, 0) === jobRequests.cancel
        ? { reason: 'cancelled', message: new CancelledError().message, fitted: true }
        : { reason: 'internal', message: `The job stopped unexpectedly (exit code ${code}); start it again.`, fitted: true },
    ));
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  return {
    result,
    ended,
    cancel: () => {
      if (Atomics.exchange(flag, 0, jobRequests.cancel) !== jobRequests.cancel) {
        const timer = setTimeout(() => void worker.terminate(), cancelGrace);
        void ended.finally(() => clearTimeout(timer));
      }
    },
    stop: () => void Atomics.compareExchange(flag, 0, jobRequests.goOn, jobRequests.stopAndKeep),
  };
}

/** A job without anything to tidy up. */
export async function resultOf<Result>(ended: Promise<{ readonly result: Result } | JobEnd>): Promise<Result> {
  const end = await ended;
  if ('error' in end) {
    throw end.error;
  }
  return end.result;
}

function toError({ reason, message, stack }: JobFailure): Error {
  const error = reason === 'cancelled' ? new CancelledError() : reason === 'userError' ? new UserError(message) : new JobError(message);
  error.stack = stack ?? error.stack;
  return error;
}

function crashOf(error: Error): JobFailure {
  const message = errorCode(error) === 'ERR_WORKER_OUT_OF_MEMORY'
    ? 'The job ran out of memory and was stopped; use fewer rows or columns, or a simpler model.'
    : `The job crashed: ${error.message}`;
  return { reason: 'internal', message, stack: error.stack, fitted: true };
}

/** Three quarters of the machine's memory (or of what this process may use of it), in MiB. */
function heapLimit(): number {
  const constrained = process.constrainedMemory();
  const total = totalmem();
  const available = constrained > 0 && constrained < total ? constrained : total;
  return Math.max(256, Math.floor((available * 0.75) / mebibyte));
}
