import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunRecord } from '../../schema/run';
import { runFiles } from '../../schema/runLayout';
import { isRunningHere } from '../runs/processAlive';
import { actualState, endRun, readRunRecord } from '../runs/runRecord';
import { errorCode, isMissing, sentenceFor } from '../userError';
import type { JobDriver, JobOutcome, JobReport, StopSource } from './job';

const pollMilliseconds = 300;
/** A process that hasn't stopped this long after it was asked to is ended by force. */
const cancelPatienceMilliseconds = 5000;

/**
 * Follows a run whose process somebody else started: an earlier window, or the command line. Everything comes from the
 * run folder: the log is tailed, `run.json` says the end, and files ask the engine to cancel or to stop.
 */
export class ReattachDriver implements JobDriver {
  private forceAt = Infinity;
  private isToAskForStop = false;

  constructor(
    private readonly runDir: string,
    private readonly name: string,
  ) {}

  async run(report: JobReport, signal: AbortSignal, stops: StopSource): Promise<JobOutcome> {
    const { EventTail } = await import('../runs/eventTail');
    stops.on('stop', () => (this.isToAskForStop = true));
    const tail = new EventTail(path.join(this.runDir, runFiles.events));
    for (;;) {
      if (signal.aborted && this.forceAt === Infinity) {
        this.forceAt = Date.now() + cancelPatienceMilliseconds;
        await writeFile(path.join(this.runDir, runFiles.cancelRequest), '');
      }
      if (this.isToAskForStop) {
        this.isToAskForStop = false;
        await writeFile(path.join(this.runDir, runFiles.stopRequest), '');
      }
      let record: RunRecord;
      try {
        // The record before the log: when the record says that the run is over, the log is complete.
        record = await readRunRecord(this.runDir);
      } catch (error) {
        return isMissing(error instanceof Error ? error.cause : error)
          ? { kind: 'failed', message: `The folder of the running run "${this.name}" was deleted.` }
          : { kind: 'failed', message: sentenceFor(error) };
      }
      for (const event of await tail.read()) {
        report.event(event);
      }
      const outcome = await this.outcomeOf(record, signal.aborted);
      if (outcome !== undefined) {
        return outcome;
      }
      await delay(pollMilliseconds);
    }
  }

  private async outcomeOf(record: RunRecord, cancelled: boolean): Promise<JobOutcome | undefined> {
    if (record.state === 'running') {
      if (cancelled && Date.now() >= this.forceAt) {
        kill(record);
      }
      if ((await actualState(record, this.runDir)) === 'running') {
        return undefined;
      }
      const reason = 'The engine process ended before its work was done.';
      return this.outcomeOf(await endRun(this.runDir, cancelled ? 'cancelled' : 'failed', reason), cancelled);
    }
    switch (record.state) {
      case 'done':
        return { kind: 'done', runDir: this.runDir, result: record.result };
      case 'failed':
      case 'interrupted':
        return { kind: 'failed', message: record.error ?? 'The run did not say why it failed.' };
      case 'cancelled':
        return { kind: 'cancelled' };
    }
  }
}

/** Ends the process of a run that was seen alive under this id a moment ago. */
function kill(record: RunRecord): void {
  try {
    if (record.process !== undefined && isRunningHere(record)) {
      process.kill(record.process.pid, 'SIGKILL');
    }
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') {
      throw error;
    }
  }
}
