import path from 'node:path';
import type { ExperimentFile } from '../../schema/experiment';
import type { Profile } from '../../schema/profile';

/**
 * The experiment file for a data set and a target: only what differs from the defaults, so that it reads at a glance and
 * follows better defaults of later versions.
 *
 * @param dataPath relative to the workspace folder, / between folders.
 */
export function newExperiment(dataPath: string, target: string, profile: Profile): ExperimentFile {
  const exclude = profile.suggestedExclusions.map(({ column }) => column).filter((column) => column !== target);
  return {
    version: 1,
    data: { path: dataPath },
    target,
    ...(exclude.length === 0 ? {} : { features: { exclude } }),
  };
}

/** A name for an experiment, made of its data and target: "penguins-species". */
export function experimentName(dataPath: string, target: string): string {
  const data = path.posix.basename(dataPath).replace(/\.[^.]+$/, '');
  return [data, target].map(slug).filter((part) => part !== '').join('-') || 'experiment';
}

/**
 * The first of NAME, NAME-2, NAME-3 … that isn't taken. Case doesn't count: on many file systems both would be one file.
 */
export function uniqueName(name: string, taken: Iterable<string>): string {
  const used = new Set([...taken].map((other) => other.toLowerCase()));
  const base = name.replace(/-\d+$/, '');
  if (!used.has(name.toLowerCase())) {
    return name;
  }
  let number = 2;
  while (used.has(`${base}-${number}`.toLowerCase())) {
    number += 1;
  }
  return `${base}-${number}`;
}

/** Letters, digits, _ and - only, so that the name is good for files on every system and for the command line. */
function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^\p{Letter}\p{Number}_]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 60);
}
