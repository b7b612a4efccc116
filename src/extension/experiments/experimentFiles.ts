import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExperimentFile } from '../../schema/experiment';
import { toCanonicalJson } from '../../schema/json';
import { experimentFileSuffix } from '../../schema/resolveExperiment';
import { runFolderName } from '../../schema/runLayout';
import { errorCode, isMissing, UserError } from '../userError';
import type { Problem } from './experimentText';
import { uniqueName } from './newExperiment';

/** Where a workspace folder keeps its experiments and their runs. */
export const experimentsFolder = 'trainyard/experiments';
export const runsFolder = 'trainyard/runs';

/** An experiment file of a workspace folder. */
export interface ExperimentEntry {
  /** Absolute path of the workspace folder. */
  readonly root: string;
  /** Absolute path of the file. */
  readonly path: string;
  /** The name that its runs go by: the one in the file, or the file's own. */
  readonly name: string;
  /** Null for a file that can't be read as an experiment. */
  readonly file: ExperimentFile | null;
  readonly problems: readonly Problem[];
}

/** The experiment files of a workspace folder, sorted by name; none when there is no such folder. */
export async function listExperiments(root: string): Promise<ExperimentEntry[]> {
  const folder = path.join(root, experimentsFolder);
  const names = (await listFolder(folder)).filter((name) => name.endsWith(experimentFileSuffix));
  const entries = await Promise.all(names.map((name) => readExperiment(root, path.join(folder, name))));
  return entries.flatMap((entry) => (entry === undefined ? [] : [entry])).sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** Reads one; undefined when it has gone meanwhile. */
export async function readExperiment(root: string, file: string): Promise<ExperimentEntry | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
  // The schema is loaded with the first experiment, not with the extension.
  const { parseExperimentText } = await import('./experimentText');
  const parsed = parseExperimentText(text);
  return { root, path: file, name: parsed.file?.name ?? fileStem(file), ...parsed };
}

/** The name of an experiment file without its ending. */
export function fileStem(file: string): string {
  return path.basename(file, experimentFileSuffix);
}

/** Absolute path of the folder that holds the runs of an experiment. */
export function runsFolderOf(root: string, experimentName: string): string {
  return path.join(root, runsFolder, runFolderName(experimentName));
}

/**
 * Writes a new experiment file under the first free name.
 *
 * @returns its absolute path.
 * @throws UserError when the folder can't be written.
 */
export async function createExperimentFile(root: string, name: string, experiment: ExperimentFile): Promise<string> {
  const folder = path.join(root, experimentsFolder);
  try {
    await mkdir(folder, { recursive: true });
    const taken = (await readdir(folder)).map(fileStem);
    for (;;) {
      const free = uniqueName(name, taken);
      const file = path.join(folder, free + experimentFileSuffix);
      try {
        await writeFile(file, toCanonicalJson(experiment), { flag: 'wx' });
        return file;
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') {
          throw error;
        }
        taken.push(free);
      }
    }
  } catch (error) {
    throw writingError(error, folder);
  }
}

/** The names in a folder; none when it doesn't exist. */
export async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) {
      return [];
    }
    throw error;
  }
}

function writingError(error: unknown, folder: string): unknown {
  switch (errorCode(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new UserError(`The experiment can't be saved, because "${folder}" can't be written for lack of permission; change its permissions and try again.`, { cause: error });
    case 'ENOSPC':
    case 'EDQUOT':
      return new UserError(`The experiment can't be saved, because the disk is full; free some space and try again.`, { cause: error });
    case 'EEXIST':
    case 'ENOTDIR':
      return new UserError(`The experiment can't be saved, because "${folder}" or a folder above it is a file; rename that file and try again.`, { cause: error });
    default:
      return error;
  }
}
