import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { evaluationSchema } from '../../schema/evaluation';
import type { RunRecord } from '../../schema/run';
import { runFiles, runIdPattern } from '../../schema/runLayout';
import { requireAlgorithm } from '../checkExperiment';
import { UserError } from '../errors';
import { errorCode } from '../fileErrors';
import type { FitShape } from '../models/cost';
import { readRecord } from '../runs/runFolder';

/** How fast this machine turned out to be. */
export interface EarlierRuns {
  /** Seconds that fits took for each foreseen one. */
  readonly factor: number;
  /** What an estimate by it rests on. */
  readonly basis: string;
}

/** Nothing is known of this machine. */
export const noEarlierRuns: EarlierRuns = { factor: 1, basis: 'typical speeds' };

/** Only so many of the newest runs are looked at, and so many of the same algorithm compared. */
const mostLooked = 60;
const mostCompared = 5;
/** Shorter fits are mostly their own beginning. */
const shortestSeconds = 0.3;
/** More than this is no machine's speed, but another cause. */
const mostFactor = 10;

/** Compares what finished runs of an algorithm took with what was foreseen for them. Runs that can't be read don't count. */
export async function earlierRuns(runsFolder: string, algorithm: string, threads: number): Promise<EarlierRuns> {
  const ratios: number[] = [];
  for (const runDir of (await newestRuns(runsFolder)).slice(0, mostLooked)) {
    const ratio = await ratioOf(runDir, algorithm, threads);
    if (ratio !== undefined) {
      ratios.push(ratio);
    }
    if (ratios.length >= mostCompared) {
      break;
    }
  }
  if (ratios.length === 0) {
    return noEarlierRuns;
  }
  const median = ratios.sort((a, b) => a - b)[ratios.length >> 1];
  return {
    factor: Math.min(mostFactor, Math.max(1 / mostFactor, median)),
    basis: ratios.length === 1 ? 'an earlier run here' : `${ratios.length} earlier runs here`,
  };
}

async function ratioOf(runDir: string, algorithm: string, threads: number): Promise<number | undefined> {
  try {
    const record = await readRecord(runDir);
    if (record.state !== 'done' || record.experiment.algorithm !== algorithm || record.experiment.validation.method !== 'none' || !Object.hasOwn(record.seconds, 'fit')) {
      return undefined;
    }
    const foreseen = await foreseenSeconds(runDir, record, threads);
    const { fit } = record.seconds;
    return foreseen === undefined || Math.max(foreseen, fit) < shortestSeconds ? undefined : fit / foreseen;
  } catch (error) {
    if (error instanceof UserError) {
      return undefined;
    }
    throw error;
  }
}

/** What this very estimate would have said of a run. */
async function foreseenSeconds(runDir: string, { experiment }: RunRecord, threads: number): Promise<number | undefined> {
  const parsed = evaluationSchema.safeParse(JSON.parse(await readFile(path.join(runDir, runFiles.evaluation), 'utf8')));
  if (!parsed.success) {
    return undefined;
  }
  const { rows, classes = [], preparation } = parsed.data;
  const { declaration, cost } = requireAlgorithm(experiment.algorithm);
  const perStep = preparation.reduce((sum, { outputs }) => sum + outputs.length, 0);
  const steps = declaration.preparation.windows === true ? Number(experiment.hyperparameters['window']) : undefined;
  const shape: FitShape = {
    rows: rows.train, features: steps === undefined ? perStep : steps * (perStep + (classes.length === 0 ? 1 : 0)), classes: classes.length, threads,
    ...(steps === undefined ? {} : { steps }),
  };
  return cost?.(shape, experiment.task, experiment.hyperparameters).seconds;
}

/** Folders of runs, newest first: their names begin with the time. */
async function newestRuns(runsFolder: string): Promise<string[]> {
  const runs = (await foldersIn(runsFolder)).map(async (experiment) =>
    (await foldersIn(path.join(runsFolder, experiment))).filter((id) => runIdPattern.test(id)).map((id) => ({ id, runDir: path.join(runsFolder, experiment, id) })));
  return (await Promise.all(runs)).flat().sort((a, b) => (a.id < b.id ? 1 : -1)).map(({ runDir }) => runDir);
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries: Dirent[] = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR' || errorCode(error) === 'EACCES') {
      return [];
    }
    throw error;
  }
}
