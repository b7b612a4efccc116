import type { RunEvent, RunStage, RunStep } from '../schema/run';
import { runSteps } from '../schema/runLayout';
import type { EpochReport } from './models/estimator';
import type { StepContext } from './stepContext';

/** What share of a run's time each step usually takes. */
const weights: Readonly<Record<RunStep, number>> = {
  read: 0.15, profile: 0.02, split: 0.01, prepare: 0.05, fit: 0.55, evaluate: 0.05, explain: 0.15, write: 0.02,
};
const leastAdvance = 0.005;
const leastInterval = 100;
const longestSilence = 1000;
/** More points than a chart has pixels help nobody, and the log is kept in the repository. */
const epochsToldInFull = 500;

/**
 * Follows a run through its steps: turns what they report into events with the share of the whole run that is done, few
 * enough for a log, and takes the time of each step.
 */
export class RunProgress {
  /** Seconds by step, of the steps that are over. */
  readonly seconds: Record<string, number> = {};
  private current: RunStep = 'read';
  private stage: RunStage | undefined;
  private lastFraction = -1;
  private lastTime = Number.NEGATIVE_INFINITY;
  private readonly startedAt = performance.now();
  private epochsToldOf = 0;
  /** The latest epoch that was passed over. */
  private untold: EpochReport | undefined;

  constructor(
    private readonly emit: (event: RunEvent) => void,
    private readonly throwIfCancelled: () => void,
  ) {}

  /** The step that runs now. */
  get step(): RunStep {
    return this.current;
  }

  /** Seconds since the run began. */
  get total(): number {
    return (performance.now() - this.startedAt) / 1000;
  }

  /** Runs a step. Each step runs once, in the order of `runSteps`. */
  async during<Result>(step: RunStep, work: (context: StepContext) => Result | Promise<Result>): Promise<Result> {
    this.throwIfCancelled();
    this.current = step;
    const begun = performance.now();
    this.report(step, 0, stepMessages[step], true);
    const result = await work({
      report: (fraction, message) => this.report(step, fraction, message, false),
      throwIfCancelled: this.throwIfCancelled,
    });
    if (this.untold !== undefined) {
      this.emitEpoch(this.untold);
    }
    this.seconds[step] = (performance.now() - begun) / 1000;
    return result;
  }

  /** Says what the current step is at, until it is at nothing in particular again. */
  enter(stage: RunStage | undefined, message: string): void {
    this.stage = stage;
    this.report(this.current, 0, message, true);
  }

  log(level: 'info' | 'warning' | 'error', message: string, about?: 'preflight' | 'stop'): void {
    this.emit({ kind: 'log', time: new Date().toISOString(), level, message, ...(about === undefined ? {} : { about }) });
  }

  /**
   * A point of the learning curves. Every epoch up to 500 is told, then every second one, after 250 of these every fourth and so on: a
   * log of ten thousand epochs has some 1,600 of them. The last one always is.
   */
  epoch(report: EpochReport): void {
    const level = Math.max(0, Math.ceil((this.epochsToldOf + 1 - epochsToldInFull) / (epochsToldInFull / 2)));
    if (report.epoch % 2 ** level === 0) {
      this.emitEpoch(report);
    } else {
      this.untold = report;
    }
  }

  private emitEpoch({ epoch, epochs, learningRate, metrics, bestEpoch, secondsLeft }: EpochReport): void {
    this.epochsToldOf++;
    this.untold = undefined;
    this.emit({
      kind: 'epoch', time: new Date().toISOString(), epoch, epochs, learningRate, metrics: { ...metrics },
      ...(bestEpoch === undefined ? {} : { bestEpoch }),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
    });
  }

  private report(step: RunStep, fractionOfStep: number, message: string, always: boolean): void {
    const before = runSteps.slice(0, runSteps.indexOf(step)).reduce((sum, earlier) => sum + weights[earlier], 0);
    const fraction = Math.max(this.lastFraction, before + weights[step] * Math.min(1, Math.max(0, fractionOfStep)));
    const now = performance.now();
    const silence = now - this.lastTime;
    const due = (fraction - this.lastFraction >= leastAdvance && silence >= leastInterval) || silence >= longestSilence;
    if (always || due) {
      this.lastFraction = fraction;
      this.lastTime = now;
      this.emit({
        kind: 'progress', time: new Date().toISOString(), step, fraction: Math.round(Math.min(1, fraction) * 1e4) / 1e4, message,
        ...(this.stage === undefined ? {} : { stage: this.stage }),
      });
    }
  }
}

const stepMessages: Readonly<Record<RunStep, string>> = {
  read: 'reading the data',
  profile: 'checking the data',
  split: 'splitting rows into training and test',
  prepare: 'preparing columns',
  fit: 'fitting',
  evaluate: 'evaluating on the test rows',
  explain: 'measuring how much each column matters',
  write: 'writing the results',
};
