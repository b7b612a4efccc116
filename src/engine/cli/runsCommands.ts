import path from 'node:path';
import type { Evaluation } from '../../schema/evaluation';
import { evaluationSchema } from '../../schema/evaluation';
import type { Experiment } from '../../schema/experiment';
import { runFiles } from '../../schema/runLayout';
import { UserError } from '../errors';
import type { ListedRun } from '../runs/listRuns';
import { listRuns, withActualState } from '../runs/listRuns';
import { readRecord } from '../runs/runFolder';
import { runsFolderArgument } from './arguments';
import { formatNumber, formatTable, print } from './terminal';
import { readText } from './textFile';

export interface ListOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/** `trainyard list` */
export async function listCommand(options: ListOptions): Promise<void> {
  const folder = runsFolderArgument(options.out);
  const runs = await listRuns(folder, (message) => process.stderr.write(`warning: ${message}\n`));
  if (options.json === true) {
    print(JSON.stringify(runs.map(({ runDir, record }) => ({ runDir, ...record }))));
    return;
  }
  if (runs.length === 0) {
    print(`There are no runs in ${path.relative(process.cwd(), folder) || folder} yet.`);
    return;
  }
  const header = ['state', 'experiment', 'algorithm', 'metric', 'value', 'baseline', 'started', 'run folder'];
  print(formatTable([header, ...runs.map(listedRow)], [4, 5]));
}

function listedRow({ runDir, record }: ListedRun): string[] {
  return [
    record.state,
    record.experiment.name,
    record.experiment.algorithm,
    record.result?.metric ?? '–',
    formatNumber(record.result?.value),
    formatNumber(record.result?.baseline),
    record.startedAt.slice(0, 19).replace('T', ' '),
    path.relative(process.cwd(), runDir) || runDir,
  ];
}

/** `trainyard compare RUN_DIR RUN_DIR…` */
export async function compareCommand(runDirs: readonly string[], options: { readonly json?: boolean }): Promise<void> {
  const runs = await Promise.all(runDirs.map(async (runDir) => {
    const record = await withActualState(await readRecord(path.resolve(runDir)), path.resolve(runDir));
    if (record.state !== 'done') {
      throw new UserError(`The run in "${runDir}" is ${record.state}, so it has no results to compare; choose a finished one.`);
    }
    return { runDir, record, evaluation: await readEvaluation(runDir) };
  }));
  if (options.json === true) {
    print(JSON.stringify(runs.map(({ runDir, record, evaluation }) => ({
      runDir: path.resolve(runDir), experiment: record.experiment, metrics: evaluation.metrics, baseline: evaluation.baseline.metrics,
    }))));
    return;
  }
  const names = [...new Set(runs.flatMap(({ evaluation }) => Object.keys(evaluation.metrics)))];
  const header = ['', ...runs.map(({ record }) => record.id)];
  const metrics = names.map((name) => [name, ...runs.map(({ evaluation }) => formatNumber(evaluation.metrics[name]))]);
  const settings = differences(runs.map(({ record }) => record.experiment));
  const right = runs.map((_, i) => i + 1);
  print(formatTable([header, ...settings, ['', ...runs.map(() => '')], ...metrics], right));
  if (new Set(runs.map(({ record }) => record.data?.sha256)).size > 1) {
    process.stderr.write('warning: These runs used different data, so their metrics say little about each other.\n');
  }
}

/** One row for each setting that isn't the same in all experiments. */
function differences(experiments: readonly Experiment[]): string[][] {
  const flat = experiments.map((experiment) => flatten(experiment));
  const keys = [...new Set(flat.flatMap((settings) => [...settings.keys()]))];
  return keys
    .filter((key) => new Set(flat.map((settings) => settings.get(key))).size > 1)
    .map((key) => [key, ...flat.map((settings) => settings.get(key) ?? '–')]);
}

function flatten(value: object, prefix = ''): Map<string, string> {
  const result = new Map<string, string>();
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      flatten(inner, `${prefix}${key}.`).forEach((text, path) => result.set(path, text));
    } else {
      result.set(`${prefix}${key}`, typeof inner === 'string' ? inner : JSON.stringify(inner));
    }
  }
  return result;
}

/** @throws UserError when the run has no readable evaluation. */
export async function readEvaluation(runDir: string): Promise<Evaluation> {
  const file = path.join(runDir, runFiles.evaluation);
  const text = await readText(file);
  try {
    return evaluationSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`"${file}" is damaged or of a newer version; restore it from git or train again.`, { cause: error });
  }
}
