import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { version } from '../../../package.json';
import type { RunRecord } from '../../schema/run';
import { runFiles } from '../../schema/runLayout';
import { UserError } from '../errors';
import { readingError } from '../fileErrors';
import { readRecord } from '../runs/runFolder';
import { placeData } from './arguments';
import { print } from './terminal';
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
  const then = await readText(path.join(runDir, runFiles.evaluation));
  const data = options.data ?? findData(path.resolve(runDir), record);
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

/** The data file: its relative path tried from every folder above the run. */
function findData(runDir: string, record: RunRecord): string {
  const relative = record.experiment.data.path;
  for (let folder = path.dirname(runDir); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, relative);
    if (existsSync(candidate)) {
      return candidate;
    }
    if (path.dirname(folder) === folder) {
      throw new UserError(`The run's data, "${relative}", is in no folder above the run; name the file with --data.`);
    }
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw readingError(error, file);
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
