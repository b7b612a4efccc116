import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { HyperparameterDeclaration, HyperparameterValue, Task } from '../../schema/algorithm';
import { hyperparameterValueSchema } from '../../schema/algorithm';
import { checkHyperparameter } from '../../schema/hyperparameters';
import type { JsonValue } from '../../schema/json';
import type { PrepareFile } from '../../schema/prepareSchema';
import { prepareFileSchema } from '../../schema/prepareSchema';
import { checkHyperparameters } from '../checkExperiment';
import { UserError } from '../errors';
import { errorCode, readingError } from '../fileErrors';
import type { Algorithm } from '../models/estimator';
import { algorithms, findAlgorithm } from '../models/registry';
import { commonFolder, relativePath } from '../runs/paths';
import { didYouMean } from '../suggest';
import { UsageError } from './usageError';

/** @throws UsageError unless the text is a number for which `fits` holds. */
export function numberArgument(option: string, text: string, what: string, fits: (value: number) => boolean): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || !fits(value)) {
    throw new UsageError(`${option} must be ${what}, not "${text}".`);
  }
  return value;
}

/** @throws UsageError when there is no such algorithm. */
export function algorithmArgument(id: string): Algorithm {
  const algorithm = findAlgorithm(id);
  if (algorithm === undefined) {
    const ids = algorithms.map(({ declaration }) => declaration.id);
    throw new UsageError(`There is no algorithm "${id}".${didYouMean(id, ids)} Choose one of ${ids.join(', ')}.`);
  }
  return algorithm;
}

/** @throws UsageError when the text is not one of the choices. */
export function choiceArgument<Choice extends string>(option: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) {
    throw new UsageError(`${option} must be one of ${choices.join(', ')}, not "${text}".`);
  }
  return choice;
}

/** Column names between commas. */
export function listArgument(text: string): string[] {
  return text.split(',').map((name) => name.trim()).filter((name) => name !== '');
}

/** Settings of the preparation begin so in `--set`. */
const preparePrefix = 'prepare.';

/**
 * `prepare` out of `--set prepare.PART.SETTING=value`; with `prepare.columns.NAME.SETTING=value` for one column, whose name may
 * hold dots.
 *
 * @throws UsageError for a setting that there isn't, or a value that doesn't fit it.
 */
export function prepareArguments(settings: readonly string[]): PrepareFile | undefined {
  const prepare: { [key: string]: JsonValue } = {};
  for (const setting of settings.filter((text) => text.startsWith(preparePrefix))) {
    const [key, text] = keyAndValue(setting);
    const path = key.slice(preparePrefix.length).split('.');
    const steps = path[0] === 'columns' && path.length > 3 ? ['columns', path.slice(1, -1).join('.'), path[path.length - 1]] : path;
    let place = prepare;
    for (const step of steps.slice(0, -1)) {
      const inner = Object.hasOwn(place, step) ? place[step] : {};
      if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) {
        throw new UsageError(`--set ${key} is set twice in ways that don't go together.`);
      }
      place[step] = inner;
      place = inner;
    }
    const last = steps[steps.length - 1];
    place[last] = steps[0] === 'polynomial' && last === 'columns' ? listArgument(text) : plainValue(text);
  }
  if (Object.keys(prepare).length === 0) {
    return undefined;
  }
  const checked = prepareFileSchema.safeParse(prepare);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new UsageError(`--set ${[preparePrefix.slice(0, -1), ...issue.path].join('.')}: ${issue.message}.`);
  }
  return checked.data;
}

function keyAndValue(setting: string): [key: string, value: string] {
  const equals = setting.indexOf('=');
  if (equals < 1) {
    throw new UsageError(`--set needs key=value, not "${setting}".`);
  }
  return [setting.slice(0, equals), setting.slice(equals + 1)];
}

function plainValue(text: string): JsonValue {
  if (text === 'true' || text === 'false') {
    return text === 'true';
  }
  return text === 'null' ? null : text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

/**
 * Hyper-parameters out of `--set key=value`; settings of the preparation are passed over.
 *
 * @throws UsageError for an unknown key or a value that doesn't fit its declaration.
 */
export function hyperparameterArguments(
  settings: readonly string[],
  { declaration }: Algorithm,
  task: Task | undefined,
): Record<string, HyperparameterValue> {
  const own = settings.filter((setting) => !setting.startsWith(preparePrefix));
  const entries = own.map((setting): [string, HyperparameterValue] => {
    const [key, text] = keyAndValue(setting);
    // A name may be declared for each task apart; the first reading that fits is taken.
    const readings = declaration.hyperparameters
      .filter(({ name }) => name === key)
      .map((own) => ({ own, value: parseHyperparameter(own, text) }));
    const fitting = readings.find(({ own, value }) => checkHyperparameter(own, value) === undefined);
    const reading = fitting ?? readings.at(0);
    return [key, reading === undefined ? text : reading.value];
  });
  const given = Object.fromEntries(entries);
  try {
    checkHyperparameters(declaration, given, task);
  } catch (error) {
    throw error instanceof UserError ? new UsageError(error.message, { cause: error }) : error;
  }
  return given;
}

function parseHyperparameter(declaration: HyperparameterDeclaration, text: string): HyperparameterValue {
  switch (declaration.type) {
    case 'choice':
      return text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'columnDirections':
      return directionsOf(text);
    case 'layers':
      return layersOf(text);
    case 'integer':
    case 'number':
      if (/^(null|none)$/i.test(text)) {
        return null;
      }
      return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  }
}

/** JSON, or a number; what is neither stays text, which no declaration takes. */
function layersOf(text: string): HyperparameterValue {
  try {
    const value = hyperparameterValueSchema.safeParse(JSON.parse(text));
    return value.success ? value.data : text;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return text;
    }
    throw error;
  }
}

/** `age:1,price:-1`; what isn't written so stays text, which no declaration takes. */
function directionsOf(text: string): HyperparameterValue {
  const entries = text.split(',').filter((part) => part.trim() !== '').map((part) => /^\s*(.+):\s*([+-]?1)\s*$/.exec(part));
  return entries.every((entry) => entry !== null) ? Object.fromEntries(entries.map(([, column, direction]) => [column, direction === '-1' ? -1 : 1] as const)) : text;
}

/** Where a file given on the command line lies, and how a run records it. */
export interface DataPlace {
  /** The folder below which data and runs lie. */
  readonly root: string;
  /** The data file relative to it, with / between folders. */
  readonly relative: string;
}

/**
 * Finds the folder that holds both a data file and a folder of runs, so that a run can name its data by a relative path
 * wherever that lies.
 *
 * @throws UserError when the file doesn't exist.
 */
export async function placeData(data: string, runsFolder: string): Promise<DataPlace> {
  let real: string;
  try {
    real = await realpath(data);
  } catch (error) {
    throw readingError(error, data);
  }
  const root = commonFolder([path.dirname(real), await realFolder(runsFolder)]);
  if (root === undefined) {
    throw new UserError(`"${data}" lies on another drive than the folder of runs; choose one on the same drive with --out.`);
  }
  return { root, relative: relativePath(root, real) };
}

/** The real path of a folder that may not exist yet. */
async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    const parent = path.dirname(folder);
    if (errorCode(error) !== 'ENOENT' || parent === folder) {
      return folder;
    }
    return path.join(await realFolder(parent), path.basename(folder));
  }
}

/** The default folder of runs of the command line. */
export function runsFolderArgument(out: string | undefined): string {
  return path.resolve(out ?? path.join('trainyard', 'runs'));
}
