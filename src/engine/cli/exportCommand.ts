import path from 'node:path';
import { resultOf, startJob } from '../jobOwner';
import { choiceArgument } from './arguments';
import { cancellable } from './jobs';
import { print } from './terminal';

export interface ExportOptions {
  readonly format: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `trainyard export RUN_DIR --format onnx --out FILE` */
export async function exportCommand(runDir: string, options: ExportOptions): Promise<void> {
  choiceArgument('--format', options.format, ['onnx']);
  const job = startJob({ kind: 'export', params: { runDir: path.resolve(runDir), out: path.resolve(options.out) } }, () => undefined);
  const result = await cancellable({ result: resultOf(job.result), cancel: () => job.cancel() });
  const { parity: { rows, fromData, difference, tolerance } } = result;
  print(options.json === true ? JSON.stringify(result) : [
    `Wrote ${options.out} (${result.bytes} bytes).`,
    `Input ${result.input}.`,
    `Output ${result.output}.`,
    `Checked by ONNX Runtime's WebAssembly build on ${rows} ${fromData ? 'rows of the data' : 'drawn rows (the data was not found)'}: the largest difference is ${difference.toExponential(1)}, within the tolerance of ${tolerance}.`,
  ].join('\n'));
}
