import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { JobProgress } from '../../schema/messages';
import type { RunEvent, RunRecord } from '../../schema/run';
import { sentenceFor } from '../userError';

/** How a job ended. */
export type JobOutcome =
  | { readonly kind: 'done'; readonly runDir: string; readonly result: RunRecord['result'] }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'cancelled' };

/** What a driver tells of a job while it works. */
export interface JobReport {
  /** The run folder exists from now on. */
  started(runDir: string): void;
  event(event: RunEvent): void;
}

/** Does a job's work: in an engine process of its own, or by watching one that an earlier window started. */
export interface JobDriver {
  /**
   * Never rejects for a reason that the user should see; such reasons are the outcome.
   *
   * @param signal aborted when the job is cancelled.
   * @param stops tells each time that the user wants training to stop and the best model so far as its result.
   */
  run(report: JobReport, signal: AbortSignal, stops: StopSource): Promise<JobOutcome>;
}

/** Emits `stop` for each of the user's requests. */
export type StopSource = EventEmitter<{ stop: [] }>;

/** What a job is about. */
export interface JobSubject {
  /** The experiment's name. */
  readonly name: string;
  /** Absolute path of the workspace folder. */
  readonly root: string;
  /** The experiment's file relative to `root`, when it has one. */
  readonly experimentPath?: string;
  /** For a run that was under way already when it was found: left by an earlier window, or started outside of VS Code. */
  readonly found?: 'afterReload' | 'outside';
}

interface JobEvents {
  /** Anything about the job has changed. */
  changed: [];
  /** The run has written a line to its log. */
  event: [RunEvent];
}

/** One training run from the moment it is asked for until it has ended. */
export class Job extends EventEmitter<JobEvents> {
  readonly id = randomUUID();
  readonly finished: Promise<JobOutcome>;
  private readonly abort = new AbortController();
  private readonly stops: StopSource = new EventEmitter();
  private readonly resolveFinished: (outcome: JobOutcome) => void;
  private current: JobProgress = { state: 'queued', step: null, fraction: 0, message: 'Waiting for its turn' };
  private folder: string | undefined;
  private result: JobOutcome | undefined;

  constructor(
    readonly subject: JobSubject,
    private readonly driver: JobDriver,
    runDir?: string,
  ) {
    super();
    // Every open view listens to the jobs that it shows.
    this.setMaxListeners(0);
    this.folder = runDir;
    let resolveFinished: (outcome: JobOutcome) => void = () => undefined;
    this.finished = new Promise((resolve) => {
      resolveFinished = resolve;
    });
    this.resolveFinished = resolveFinished;
  }

  get progress(): JobProgress {
    return this.current;
  }

  /** Absolute path of the run folder, once it exists. */
  get runDir(): string | undefined {
    return this.folder;
  }

  /** True once this window asked for the end. */
  get cancelRequested(): boolean {
    return this.abort.signal.aborted;
  }

  /** Undefined while the job is not over. */
  get outcome(): JobOutcome | undefined {
    return this.result;
  }

  /** Starts the work. Called once, by the queue. */
  async start(): Promise<void> {
    if (this.result !== undefined) {
      return;
    }
    this.update({ state: 'running', message: 'Starting' });
    let outcome: JobOutcome;
    try {
      outcome = await this.driver.run(
        { started: (runDir) => this.onStarted(runDir), event: (event) => this.onEvent(event) },
        this.abort.signal,
        this.stops,
      );
    } catch (error) {
      outcome = { kind: 'failed', message: sentenceFor(error) };
    }
    this.finish(outcome);
  }

  /** Asks the job to stop; one that hasn't begun is over at once. */
  cancel(): void {
    if (this.result !== undefined || this.abort.signal.aborted) {
      return;
    }
    const waiting = this.current.state === 'queued';
    this.abort.abort();
    if (waiting) {
      this.finish({ kind: 'cancelled' });
    } else {
      this.update({ state: 'cancelling', message: 'Cancelling' });
    }
  }

  /**
   * Asks the job to stop training and to keep the best model so far; one that hasn't begun or can't goes on. While folds are scored, those that
   * are left are skipped and the fit follows, which may be stopped in turn.
   */
  stop(): void {
    if (this.result === undefined && this.current.state === 'running') {
      this.stops.emit('stop');
      const message = this.current.stage === 'crossValidation' ? 'Skipping the remaining folds' : 'Stopping with the best model so far';
      this.update({ state: 'stopping', message });
    }
  }

  private onStarted(runDir: string): void {
    this.folder = runDir;
    this.emit('changed');
  }

  private onEvent(event: RunEvent): void {
    this.emit('event', event);
    if (event.kind === 'progress' && (this.current.state === 'running' || this.current.state === 'stopping')) {
      const foldsAreOver = this.current.stage === 'crossValidation' && event.stage === undefined;
      this.update({
        step: event.step, stage: event.stage, fraction: Math.max(this.current.fraction, event.fraction), message: event.message,
        ...(foldsAreOver ? { state: 'running' } : {}),
      });
    }
  }

  private update(change: Partial<JobProgress>): void {
    this.current = { ...this.current, ...change };
    this.emit('changed');
  }

  private finish(outcome: JobOutcome): void {
    this.result = outcome;
    this.emit('changed');
    this.resolveFinished(outcome);
    this.removeAllListeners();
  }
}
