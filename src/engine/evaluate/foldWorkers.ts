import { Worker } from 'node:worker_threads';
import type { Experiment } from '../../schema/experiment';
import { entryPoint } from '../entryPoints';
import { UserError } from '../errors';
import type { FitContext } from '../models/estimator';
import type { CrossValidated, FoldScore } from './foldJob';
import type { Split } from './splitters';

/** What a fold worker is started with. */
export interface FoldWorkerData {
  readonly data: CrossValidated;
  readonly experiment: Experiment;
  readonly splits: readonly Split[];
  /** Key of each fold's random stream. */
  readonly keys: readonly (readonly number[])[];
  /** Threads that each worker may use. */
  readonly threads: number;
  /** One shared number: the next fold to score. */
  readonly next: Int32Array;
}

/** What a fold worker tells. */
export type FoldMessage =
  | { readonly kind: 'progress'; readonly fold: number; readonly fraction: number; readonly message: string }
  | { readonly kind: 'scored'; readonly fold: number; readonly score: FoldScore }
  | { readonly kind: 'failed'; readonly byUser: boolean; readonly message: string; readonly stack: string | undefined };

/** How often a cancel is noticed while workers are at it. */
const cancelInterval = 50;
/** What a thread with all algorithms and a small model takes. */
const baseBytes = 150e6;
/** Copies of the features that a fold holds at its height: training and test rows, and what a kernel makes of them. */
const copies = 3;
/** The part of the free memory that folds may fill. */
const usableShare = 0.7;

export interface FoldPlan {
  /** Folds that are scored at once; 1: in the calling thread. */
  readonly workers: number;
  /** Threads for each of them. */
  readonly threads: number;
}

/**
 * How many folds are scored at once: as many as there are threads and as memory has room for.
 *
 * @param cells rows × features of all rows. @param available free memory in bytes.
 */
export function planFolds(folds: number, threads: number, cells: number, available: number): FoldPlan {
  const bytes = baseBytes + copies * cells * Float64Array.BYTES_PER_ELEMENT;
  const workers = Math.max(1, Math.min(folds, threads, Math.floor((available * usableShare) / bytes)));
  return { workers, threads: Math.max(1, Math.floor(threads / workers)) };
}

/**
 * Scores folds in worker threads. Each fold has a random stream of its own and every fit is the same for any number of threads, so
 * are the scores.
 *
 * @param onScore told each fold's score as it comes. @param onProgress told how far each fold is.
 * @throws UserError as a fit does, and Error for a defect; CancelledError within 50 ms of a cancel.
 */
export async function scoreOnThreads(
  work: Omit<FoldWorkerData, 'threads' | 'next'>,
  { workers: count, threads }: FoldPlan,
  context: Pick<FitContext, 'throwIfCancelled'>,
  { onScore, onProgress }: {
    readonly onScore: (fold: number, score: FoldScore) => void;
    readonly onProgress: (fold: number, fraction: number, message: string) => void;
  },
): Promise<void> {
  const next = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: FoldWorkerData = { ...work, threads, next };
  const workers = Array.from({ length: count }, () => new Worker(entryPoint('foldWorker'), { workerData }));
  let timer: NodeJS.Timeout | undefined;
  try {
    const cancelled = new Promise<never>((_, reject) => {
      timer = setInterval(() => {
        try {
          context.throwIfCancelled();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      }, cancelInterval);
    });
    const finished = workers.map((worker) => new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FoldMessage) => {
        switch (message.kind) {
          case 'progress':
            return onProgress(message.fold, message.fraction, message.message);
          case 'scored':
            return onScore(message.fold, message.score);
          case 'failed':
            return reject(errorOf(message));
        }
      });
      worker.on('error', reject);
      worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A thread of the cross-validation ended with exit code ${code}.`))));
    }));
    await Promise.race([Promise.all(finished), cancelled]);
  } finally {
    clearInterval(timer);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function errorOf({ byUser, message, stack }: Extract<FoldMessage, { kind: 'failed' }>): Error {
  const error = byUser ? new UserError(message) : new Error(message);
  error.stack = stack ?? error.stack;
  return error;
}
