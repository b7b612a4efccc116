import { engineErrorCodes, engineMethods, type RunStarted, type StopParams, type TrainParams, type TrainResult } from '../../schema/protocol';
import type { RunEvent } from '../../schema/run';
import { EngineEndedError } from '../engineClient/engineEnd';
import type { EngineProcess } from '../engineClient/engineProcess';
import { endRun, readRunRecord } from '../runs/runRecord';
import { sentenceFor } from '../userError';
import type { JobDriver, JobOutcome, JobReport, StopSource } from './job';

/** An engine that hasn't stopped this long after it was asked to is ended by force. */
const cancelPatienceMilliseconds = 5000;

/** Trains in an engine process of its own, which outlives this window if the window is reloaded. */
export class EngineDriver implements JobDriver {
  constructor(
    private readonly startEngine: () => Promise<EngineProcess>,
    private readonly params: TrainParams,
  ) {}

  async run(report: JobReport, signal: AbortSignal, stops: StopSource): Promise<JobOutcome> {
    const engine = await this.startEngine();
    let runDir: string | undefined;
    engine.onNotification<RunStarted>(engineMethods.runStarted, (started) => {
      runDir = started.runDir;
      report.started(runDir);
    });
    engine.onNotification<RunEvent>(engineMethods.event, (event) => report.event(event));
    let forced: NodeJS.Timeout | undefined;
    const onAbort = () => {
      forced = setTimeout(() => engine.kill(), cancelPatienceMilliseconds);
    };
    const onStop = () => {
      if (runDir !== undefined) {
        // A run that is over meanwhile needs no stopping.
        engine.request(engineMethods.stop, { runDir } satisfies StopParams, signal).catch(() => undefined);
      }
    };
    signal.addEventListener('abort', onAbort, { once: true });
    stops.on('stop', onStop);
    try {
      const result = await engine.request<TrainResult>(engineMethods.train, this.params, signal);
      const { result: summary } = await readRunRecord(result.runDir);
      return { kind: 'done', runDir: result.runDir, result: summary };
    } catch (error) {
      return await explain(error, runDir, signal.aborted);
    } finally {
      signal.removeEventListener('abort', onAbort);
      stops.off('stop', onStop);
      clearTimeout(forced);
      engine.release();
    }
  }
}

async function explain(error: unknown, runDir: string | undefined, cancelled: boolean): Promise<JobOutcome> {
  if (error instanceof EngineEndedError) {
    // The engine can't write its own end any more.
    if (runDir !== undefined) {
      await endRun(runDir, cancelled ? 'cancelled' : 'failed', error.message);
    }
    return cancelled ? { kind: 'cancelled' } : { kind: 'failed', message: error.message };
  }
  if (cancelled || responseCode(error) === engineErrorCodes.cancelled) {
    return { kind: 'cancelled' };
  }
  return { kind: 'failed', message: sentenceFor(error) };
}

/** The code of an error that the engine answered with. */
function responseCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
