import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { version } from '../../../package.json';
import type { RunRecord } from '../../schema/run';
import { runFiles } from '../../schema/runLayout';
import { UserError } from '../errors';
import { readRecord } from '../runs/runFolder';
import { placeData } from './arguments';
import { print } from './terminal';
import { readText } from './textFile';
import { trainWithProgress } from './trainCommand';

const mostDifferences = 5;

export interface ReproduceOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** `trainyard reproduce RUN_DIR`: runs the same again and compares the evaluations byte by byte. */
export async function reproduceCommand(runDir: string, options: ReproduceOptions): Promise<void> {
  const record = await readRecord(path.resolve(runDir));
  if (record.state !== 'done') {
    throw new UserError(`The run in "${runDir}" is ${record.state}, so there is no result to reproduce; choose a finished one.`);
  }
  if (record.stoppedEarly === true) {
    throw new UserError(`The run in "${runDir}" was stopped early by its user, so running it again gives another result; choose one that went to its end.`);
  }
  if (record.foldsStoppedAfter !== undefined) {
    throw new UserError(`The cross-validation of the run in "${runDir}" was stopped early by its user, so running it again gives more folds; choose one that went to its end.`);
  }
  const then = await readText(path.join(runDir, runFiles.evaluation));
  const data = options.data ?? path.join(rootOfData(path.resolve(runDir), record.experiment.data.path), record.experiment.data.path);
  const scratch = await mkdtemp(path.join(tmpdir(), 'trainyard-reproduce-'));
  try {
    const { root, relative } = await placeData(data, scratch);
    const experiment = { ...record.experiment, data: { ...record.experiment.data, path: relative } };
    const result = await trainWithProgress({ root, name: record.experiment.name, experiment, runsFolder: scratch });
    const again = await readRecord(result.runDir);
    if (again.data?.sha256 !== record.data?.sha256) {
      throw new UserError(`"${data}" has changed since the run, so its result can't be reproduced; restore the file, or name the right one with --data.`);
    }
    report(then, await readText(path.join(result.runDir, runFiles.evaluation)), record, options.json === true);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The folder that the data's relative path starts from: the nearest one above the run where it leads to a file. */
export function rootOfData(runDir: string, relative: string): string {
  for (let folder = path.dirname(runDir); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, relative))) {
      return folder;
    }
    if (path.dirname(folder) === folder) {
      throw new UserError(`The run's data, "${relative}", is in no folder above the run; name the file with --data.`);
    }
  }
}

function report(then: string, now: string, record: RunRecord, json: boolean): void {
  const identical = then === now;
  const differences = identical ? [] : differencesOf(JSON.parse(then), JSON.parse(now), '');
  if (json) {
    print(JSON.stringify({ identical, differences }));
  } else if (identical) {
    print(`Reproduced: the same ${runFiles.evaluation}, byte by byte.`);
  }
  if (!identical) {
    const shown = differences.slice(0, mostDifferences).join('; ') || 'only its form';
    const more = differences.length > mostDifferences ? `; and ${differences.length - mostDifferences} more` : '';
    const made = record.versions.trainyard === version ? '' : ` The run was made with Trainyard ${record.versions.trainyard}, this is ${version}.`;
    throw new UserError(`The result differs: ${shown}${more}.${made}`);
  }
}

/** Where two JSON values differ, in words. */
function differencesOf(then: unknown, now: unknown, at: string): string[] {
  if (isContainer(then) && isContainer(now)) {
    const keys = [...new Set([...Object.keys(then), ...Object.keys(now)])];
    return keys.flatMap((key) => differencesOf(then[key], now[key], at === '' ? key : `${at}.${key}`));
  }
  return Object.is(then, now) ? [] : [`${at} was ${JSON.stringify(then) ?? 'absent'}, is ${JSON.stringify(now) ?? 'absent'}`];
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
