import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Task } from '../../schema/algorithm';
import { defaultAlgorithmId } from '../../schema/defaultAlgorithm';
import { describeStops } from '../../schema/describeStops';
import { gpuChoices, gpuProvider } from '../../schema/gpu';
import type { ExperimentFile } from '../../schema/experiment';
import { classificationMetricNames, regressionMetricNames } from '../../schema/metrics';
import type { TrainParams, TrainResult } from '../../schema/protocol';
import { runFiles } from '../../schema/runLayout';
import { parseExperimentFile } from '../checkExperiment';
import { UserError } from '../errors';
import { readableCount } from '../export/format';
import { findAlgorithm } from '../models/registry';
import { isInside, relativePath } from '../runs/paths';
import { readRecord } from '../runs/runFolder';
import { startTraining } from '../trainOwner';
import {
  algorithmArgument, choiceArgument, hyperparameterArguments, listArgument, numberArgument, placeData, prepareArguments, runsFolderArgument,
} from './arguments';
import { dialectArguments } from './dialectArguments';
import type { DivisionOptions } from './divisionArguments';
import { divisionArguments } from './divisionArguments';
import { cancellable, showEvent } from './jobs';
import { formatNumber, formatTable, print, ProgressDisplay } from './terminal';
import { readText } from './textFile';

const experimentSuffix = '.experiment.json';

export interface TrainOptions extends DivisionOptions {
  readonly target: string;
  readonly task?: string;
  readonly algorithm?: string;
  readonly set: readonly string[];
  readonly seed?: string;
  readonly exclude?: string;
  readonly sampleRows?: string;
  readonly delimiter?: string;
  readonly encoding?: string;
  readonly out?: string;
  readonly gpu?: string;
  readonly json?: boolean;
}

/** `trainyard train DATA --target COL …` */
export async function trainCommand(data: string, options: TrainOptions): Promise<void> {
  const runsFolder = runsFolderArgument(options.out);
  const settings = experimentSettings(options);
  const { root, relative } = await placeData(data, runsFolder);
  const experiment: ExperimentFile = {
    ...settings,
    data: {
      path: relative,
      ...dialectArguments(options),
      ...(options.sampleRows === undefined ? {} : {
        sampleRows: numberArgument('--sample-rows', options.sampleRows, 'a whole number, at least 10', (value) => Number.isInteger(value) && value >= 10),
      }),
    },
  };
  const name = path.basename(data).replace(/(?<=.)\.[^.]*$/, '');
  await runTraining({ root, name, experiment, runsFolder, ...gpuArgument(options.gpu) }, options.json === true);
}

export interface RunOptions {
  readonly out?: string;
  readonly gpu?: string;
  readonly json?: boolean;
}

/** `trainyard run EXPERIMENT.json` */
export async function runCommand(file: string, options: RunOptions): Promise<void> {
  await runTraining({
    ...await readExperiment(file),
    ...(options.out === undefined ? {} : { runsFolder: path.resolve(options.out) }),
    ...gpuArgument(options.gpu),
  }, options.json === true);
}

/** An experiment file and the workspace that it belongs to. @throws UserError when it is none. */
export async function readExperiment(file: string): Promise<Pick<TrainParams, 'root' | 'name' | 'experiment' | 'experimentPath'>> {
  const absolute = path.resolve(file);
  const experiment = parseExperimentFile(await readJsonFile(file), `"${file}"`);
  const root = workspaceOf(absolute, experiment.data.path);
  return {
    root,
    name: path.basename(absolute).replace(experimentSuffix, '').replace(/\.json$/, ''),
    experiment,
    ...(isInside(root, absolute) ? { experimentPath: relativePath(root, absolute) } : {}),
  };
}

function gpuArgument(choice: string | undefined): Pick<TrainParams, 'gpu'> {
  const gpu = choice === undefined ? undefined : gpuProvider(choiceArgument('--gpu', choice, gpuChoices), process.platform);
  return gpu === undefined ? {} : { gpu };
}

/** Trains with progress on stderr. */
export async function trainWithProgress(params: TrainParams): Promise<TrainResult> {
  const display = new ProgressDisplay();
  try {
    const job = await startTraining(params, {
      runStarted: () => undefined,
      event: (event) => showEvent(event, display),
    });
    return await cancellable(job);
  } finally {
    display.clear();
  }
}

/** Trains with progress on stderr and prints the result. */
export async function runTraining(params: TrainParams, json: boolean): Promise<void> {
  const result = await trainWithProgress(params);
  print(json ? JSON.stringify(result) : describe(result, params, describeStops(await readRecord(result.runDir), readableCount)));
}

function experimentSettings(options: TrainOptions): Omit<ExperimentFile, 'data'> {
  const algorithm = algorithmArgument(options.algorithm ?? defaultAlgorithmId);
  const task = options.task === undefined ? undefined : choiceArgument<Task>('--task', options.task, ['classification', 'regression']);
  const { seed, exclude } = options;
  const prepare = prepareArguments(options.set);
  return {
    target: options.target,
    algorithm: algorithm.declaration.id,
    hyperparameters: hyperparameterArguments(options.set, algorithm, task),
    ...(task === undefined ? {} : { task }),
    ...(prepare === undefined ? {} : { prepare }),
    ...(exclude === undefined ? {} : { features: { exclude: listArgument(exclude) } }),
    ...divisionArguments(options),
    ...(seed === undefined ? {} : {
      seed: numberArgument('--seed', seed, 'a whole number from 0 to 4294967295', (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32),
    }),
  };
}

async function readJsonFile(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UserError(`"${file}" is no valid JSON (${error instanceof Error ? error.message : String(error)}); mend it there.`, { cause: error });
  }
}

/**
 * The workspace folder that an experiment's paths are relative to: the folder that holds `trainyard/experiments`; elsewhere the
 * nearest folder above the file from which its data is found.
 */
function workspaceOf(experimentFile: string, dataPath: string): string {
  const folder = path.dirname(experimentFile);
  if (path.basename(folder) === 'experiments' && path.basename(path.dirname(folder)) === 'trainyard') {
    return path.dirname(path.dirname(folder));
  }
  for (let root = folder; ; root = path.dirname(root)) {
    if (existsSync(path.join(root, dataPath))) {
      return root;
    }
    if (path.dirname(root) === root) {
      return folder;
    }
  }
}

/** @param stops what the user's stop has left out, a sentence each. */
function describe(result: TrainResult, { experiment, name }: TrainParams, stops: readonly string[]): string {
  const label = findAlgorithm(result.algorithm)?.declaration.label ?? result.algorithm;
  const names = result.task === 'classification' ? classificationMetricNames : regressionMetricNames;
  const validated = result.crossValidation;
  const rows = names.map((metric) => [
    metric,
    formatNumber(result.metrics[metric]),
    formatNumber(result.baseline[metric]),
    ...(validated === null ? [] : [Object.hasOwn(validated, metric) ? `${formatNumber(validated[metric].mean)} ± ${formatNumber(validated[metric].std)}` : '–']),
  ]);
  const header = ['test rows', 'model', 'baseline', ...(validated === null ? [] : ['cross-validation'])];
  const relative = (file: string): string => path.relative(process.cwd(), file) || file;
  return [
    `${label} predicts "${experiment.target}" of ${experiment.name ?? name} (${result.task}), in ${result.seconds.total.toFixed(1)} s`,
    ...stops,
    '',
    formatTable([header, ...rows], [1, 2, 3]),
    '',
    formatTable([
      ['Run folder', relative(result.runDir)],
      ['Report', relative(path.join(result.runDir, runFiles.report))],
    ]),
  ].join('\n');
}
