import type { JobQueue } from './jobQueue';

/** An experiment that waits to be trained. */
export interface WaitingExperiment {
  /** Absolute path of the workspace folder. */
  readonly root: string;
  /** The experiment's file relative to `root`. */
  readonly experimentPath: string;
}

/** What a window leaves behind for the one after it. */
export interface LeftBehind {
  readonly waiting: readonly WaitingExperiment[];
  /** When it was written, in milliseconds since 1970. */
  readonly time: number;
}

/** Keeps a value beyond the life of this window. */
export interface Keeper {
  get(): LeftBehind | undefined;
  set(value: LeftBehind | undefined): unknown;
}

/**
 * Notes which experiments wait in the queue, so that a window reload doesn't lose them: running ones go on in processes of
 * their own, but a waiting one is nowhere but in the window.
 *
 * @returns what an earlier window left, for the caller to take up.
 */
export function rememberWaiting(queue: JobQueue, keeper: Keeper): LeftBehind | undefined {
  const left = keeper.get();
  let noted = '[]';
  const note = () => {
    const waiting = queue.jobs.flatMap(({ subject: { root, experimentPath }, progress, outcome }) =>
      progress.state === 'queued' && outcome === undefined && experimentPath !== undefined ? [{ root, experimentPath }] : []);
    const text = JSON.stringify(waiting);
    if (text !== noted) {
      noted = text;
      keeper.set(waiting.length === 0 ? undefined : { waiting, time: Date.now() });
    }
  };
  queue.on('added', note);
  queue.on('changed', note);
  if (left !== undefined) {
    keeper.set(undefined);
  }
  return left;
}
