import path from 'node:path';
import { resultOf, startJob } from '../jobOwner';
import { readRecord } from '../runs/runFolder';
import { cancellable } from './jobs';
import { print, ProgressDisplay } from './terminal';
import { UserError } from '../errors';

export interface PredictOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** `trainyard predict RUN_DIR DATA --out FILE` */
export async function predictCommand(runDir: string, data: string, options: PredictOptions): Promise<void> {
  const { state } = await readRecord(path.resolve(runDir));
  if (state !== 'done') {
    throw new UserError(`The run in "${runDir}" is ${state}, so it has no model; choose a finished one.`);
  }
  const display = new ProgressDisplay();
  const params = { runDir: path.resolve(runDir), file: path.resolve(data), name: data, out: path.resolve(options.out) };
  const job = startJob({ kind: 'predict', params }, (message) => {
    if (message.kind === 'progress') {
      display.update('predict', message.fraction, message.message);
    }
  });
  const { rows } = await cancellable({ result: resultOf(job.result), cancel: () => job.cancel() }).finally(() => display.clear());
  print(options.json === true
    ? JSON.stringify({ out: params.out, rows })
    : `Wrote ${rows === 1 ? '1 prediction' : `${rows} predictions`} to ${options.out}`);
}
