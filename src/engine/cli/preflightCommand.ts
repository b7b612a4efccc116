import path from 'node:path';
import type { Preflight } from '../../schema/preflight';
import { UserError } from '../errors';
import { resultOf, startJob } from '../jobOwner';
import { preflightRequest } from '../preflight/preflightRequest';
import { summarizePreflight } from '../preflight/summary';
import { resolveInside } from '../runs/paths';
import { cancellable } from './jobs';
import { formatTable, print, ProgressDisplay } from './terminal';
import { readExperiment } from './trainCommand';

/** `trainyard preflight EXPERIMENT.json`. @throws UserError when the experiment can't run. */
export async function preflightCommand(file: string, { json }: { readonly json?: boolean }): Promise<void> {
  const { root, name, experiment } = await readExperiment(file);
  const { path: dataPath, ...dialect } = experiment.data;
  const display = new ProgressDisplay();
  const job = startJob({ kind: 'profile', params: { file: await resolveInside(root, dataPath), name: dataPath, ...dialect } }, (message) => {
    if (message.kind === 'progress') {
      display.update('profile', message.fraction, message.message);
    }
  });
  const profile = await cancellable({ result: resultOf(job.result), cancel: () => job.cancel() }).finally(() => display.clear());
  const checked = await preflightRequest({ root, name, experiment, profile });
  print(json === true ? JSON.stringify(checked) : describe(checked, path.basename(file)));
  const [first] = checked.issues;
  if (checked.verdict === 'blocked' && first !== undefined) {
    throw new UserError(first.message);
  }
}

function describe(checked: Preflight, name: string): string {
  const { columns, issues } = checked;
  const kept = columns.filter(({ role }) => role !== 'excluded');
  return [
    `${name}: ${summarizePreflight(checked)}`,
    ...(issues.length === 0 ? [] : ['']),
    ...issues.map(({ severity, message }) => `  ${severity.padEnd(7)}  ${message}`),
    ...(kept.length === 0 ? [] : ['', formatTable([['column', 'type', 'what will be done'], ...kept.map(({ column, type, role, steps }) =>
      [column, type, role === 'target' ? 'the target' : steps.length === 0 ? 'used as it is' : steps.join('; ')])])]),
  ].join('\n');
}
