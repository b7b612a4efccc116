/**
 * The entry of the engine process, which the extension forks: answers JSON-RPC requests over the process's IPC channel and
 * does the work in threads. When its parent goes away (a window is reloaded), a job in progress goes on to its end; an idle
 * engine exits.
 */
import path from 'node:path';
import type { CancellationToken } from 'vscode-jsonrpc/node';
import { createMessageConnection, ErrorCodes, IPCMessageReader, IPCMessageWriter, ProgressType, ResponseError } from 'vscode-jsonrpc/node';
import type {
  ExportParams, LocateParams, OpenTableParams, PreflightParams, ProfileParams, RequestProgress, RunStarted, StopParams, TableParams, TableRowsParams, TrainParams,
  TrainResult,
} from '../schema/protocol';
import { engineErrorCodes, engineMethods } from '../schema/protocol';
import { CancelledError, UserError } from './errors';
import { locateCells } from './data/locateCells';
import type { FittingJob, Job } from './jobOwner';
import { JobError, resultOf, startJob } from './jobOwner';
import { preflightRequest } from './preflight/preflightRequest';
import { TableService } from './tableService';
import { startTraining } from './trainOwner';

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
/** Milliseconds that an answer may take to go out. */
const answerTime = 50;
let connected = true;
let stopping = false;
/** Requests that aren't answered yet. */
let jobs = 0;
const running = new Set<Pick<Job<unknown>, 'cancel'>>();

/** Sends unless the parent is gone; then there is nobody to tell, and the run's log says it all. */
function notify(method: string, params: object): void {
  if (connected) {
    connection.sendNotification(method, params).catch(() => undefined);
  }
}

function exitWhenIdle(): void {
  if ((stopping || !connected) && jobs === 0) {
    process.exit(0);
  }
}

/** Waits for a job, cancels it when the client asks, and turns its errors into the protocol's. */
async function answer<Result>(start: () => Promise<Job<Result>>, token: CancellationToken): Promise<Result> {
  jobs++;
  let started: Job<Result> | undefined;
  try {
    const job = await start();
    started = job;
    running.add(job);
    if (stopping || token.isCancellationRequested) {
      job.cancel();
    }
    token.onCancellationRequested(() => job.cancel());
    return await job.result;
  } catch (error) {
    throw responseError(error);
  } finally {
    const job = started;
    // A job may still have something to tidy away once its result is known.
    void (job?.ended ?? Promise.resolve()).then(() => {
      jobs--;
      if (job !== undefined) {
        running.delete(job);
      }
      setTimeout(exitWhenIdle, answerTime);
    });
  }
}

function responseError(error: unknown): ResponseError<{ stack?: string }> {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  const code = error instanceof UserError
    ? engineErrorCodes.userError
    : error instanceof CancelledError ? engineErrorCodes.cancelled : engineErrorCodes.internal;
  const said = code === engineErrorCodes.internal && !(error instanceof JobError) ? `Something went wrong inside Trainyard: ${message}` : message;
  return new ResponseError(code, said, { stack });
}

const requestProgress = new ProgressType<RequestProgress>();

/** Tells who gave a token how far its request is. */
function report(progressToken: number | undefined, { fraction, message }: RequestProgress): void {
  if (progressToken !== undefined && connected) {
    connection.sendProgress(requestProgress, progressToken, { fraction, message }).catch(() => undefined);
  }
}

connection.onRequest(engineMethods.profile, ({ progressToken, ...params }: ProfileParams, token: CancellationToken) =>
  answer(async () => {
    const job = startJob({ kind: 'profile', params: { ...params, name: path.basename(params.file) } }, (message) => {
      if (message.kind === 'progress') {
        report(progressToken, message);
      }
    });
    return { ...job, result: resultOf(job.result) };
  }, token));

const tables = new TableService();

connection.onRequest(engineMethods.openTable, (params: OpenTableParams) => answerAtOnce(() => tables.open(params)));
connection.onRequest(engineMethods.countRows, ({ id }: TableParams) => answerAtOnce(() => tables.count(id)));
connection.onRequest(engineMethods.tableRows, (params: TableRowsParams) => answerAtOnce(() => tables.rows(params)));
connection.onNotification(engineMethods.closeTable, ({ id }: TableParams) => tables.close(id));

/** Answers what needs no job; errors become the protocol's. */
async function answerAtOnce<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw responseError(error);
  }
}

connection.onRequest(engineMethods.preflight, (params: PreflightParams) => answerAtOnce(() => preflightRequest(params)));
connection.onRequest(engineMethods.locateCells, (params: LocateParams) => answerAtOnce(() => locateCells(params)));

/** Trainings at work, by their run folder. */
const trainings = new Map<string, FittingJob<TrainResult>>();

connection.onRequest(engineMethods.train, async (params: TrainParams, token: CancellationToken) => {
  let own: string | undefined;
  try {
    return await answer(async () => {
      const job = await startTraining(params, {
        runStarted: (runDir) => {
          own = runDir;
          notify(engineMethods.runStarted, { runDir } satisfies RunStarted);
        },
        event: (event) => notify(engineMethods.event, event),
      });
      if (own !== undefined) {
        trainings.set(own, job);
      }
      return job;
    }, token);
  } finally {
    trainings.delete(own ?? '');
  }
});

connection.onRequest(engineMethods.exportOnnx, (params: ExportParams, token: CancellationToken) =>
  answer(async () => {
    const job = startJob({ kind: 'export', params }, () => undefined);
    return { ...job, result: resultOf(job.result) };
  }, token));

connection.onRequest(engineMethods.stop, ({ runDir }: StopParams) => {
  const job = trainings.get(runDir);
  if (job === undefined) {
    throw new ResponseError(engineErrorCodes.userError, 'The run is not under way any more.');
  }
  job.stop();
  return null;
});

// Whoever stops the process wants its runs cancelled, not broken off.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopping = true;
    running.forEach((job) => job.cancel());
    exitWhenIdle();
  });
}
// A terminal that closes is a parent that goes away.
process.on('SIGHUP', () => undefined);

connection.onRequest((method) => {
  throw new ResponseError(ErrorCodes.MethodNotFound, `The engine knows no request "${method}".`);
});

process.on('disconnect', () => {
  connected = false;
  connection.dispose();
  tables.closeAll();
  exitWhenIdle();
});
// A parent that is gone takes its ends of the pipes along; writing to them must not end a run.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => undefined);
}

connection.listen();
