import { dataFileTypeOf, dataFileTypes } from '../../schema/dataFiles';

const listedEndings = dataFileTypes.filter(({ listed }) => listed).map(({ ending }) => ending);

/** Files that count as data sets, as VS Code's globs say it; its globs mind case. */
export const datasetGlob = `**/*.{${[...listedEndings, ...listedEndings.map((ending) => ending.toUpperCase())].join(',')}}`;

/** Never looked into: packages, git's own files, and the predictions of runs. */
export const datasetExcludeGlob = '**/{node_modules,.git,trainyard/runs}/**';

const excludedPattern = /(?:^|\/)(?:node_modules|\.git|trainyard\/runs)\//;

/** True for a path (relative, / between folders) that the globs above would find. */
export function isDatasetPath(relative: string): boolean {
  return dataFileTypeOf(relative)?.listed === true && !excludedPattern.test(relative);
}

/**
 * Whether `files.exclude` hides a path, as far as that can be told without VS Code's own matching.
 *
 * @param excludes the setting's value. @param relative the path below the workspace folder, / between folders.
 * @returns undefined when a pattern is more than a name, an ending or a plain path.
 */
export function isHiddenBy(excludes: Readonly<Record<string, unknown>>, relative: string): boolean | undefined {
  const parts = relative.split('/');
  let hidden = false;
  for (const [pattern, condition] of Object.entries(excludes)) {
    if (condition === false) {
      continue;
    }
    const ending = /^\*\*\/\*(\.[^*?[\]{}/]+)$/.exec(pattern)?.[1];
    const name = pattern.replace(/^\*\*\//, '');
    if (condition === true && ending !== undefined) {
      hidden ||= parts.some((part) => part.endsWith(ending));
    } else if (condition !== true || /[*?[\]{}]/.test(name) || (name.includes('/') && name !== pattern)) {
      return undefined;
    } else {
      hidden ||= name === pattern ? `${relative}/`.startsWith(`${name.replace(/\/$/, '')}/`) : parts.includes(name);
    }
  }
  return hidden;
}

/**
 * Paths of data sets with a count per folder, so that "was this deleted folder one that holds data sets?" takes one look-up
 * however many files the repository has.
 */
export class DatasetPaths {
  private readonly paths = new Set<string>();
  private readonly perFolder = new Map<string, number>();

  constructor(paths: Iterable<string> = []) {
    for (const path of paths) {
      this.add(path);
    }
  }

  get size(): number {
    return this.paths.size;
  }

  has(path: string): boolean {
    return this.paths.has(path);
  }

  /** True for a folder that holds data sets, at any depth. */
  hasFolder(path: string): boolean {
    return this.perFolder.has(path);
  }

  /** Sorted by folder and name, numbers by value. */
  sorted(): string[] {
    const { compare } = new Intl.Collator('en', { numeric: true });
    return [...this.paths].sort(compare);
  }

  add(path: string): void {
    if (!this.paths.has(path)) {
      this.paths.add(path);
      this.count(path, 1);
    }
  }

  /**
   * Takes away a file, or everything below a folder.
   *
   * @returns whether there was anything to take away.
   */
  delete(path: string): boolean {
    if (this.paths.delete(path)) {
      this.count(path, -1);
      return true;
    }
    if (!this.perFolder.has(path)) {
      return false;
    }
    for (const file of [...this.paths].filter((candidate) => candidate.startsWith(`${path}/`))) {
      this.paths.delete(file);
      this.count(file, -1);
    }
    return true;
  }

  private count(path: string, change: number): void {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      const count = (this.perFolder.get(folder) ?? 0) + change;
      if (count === 0) {
        this.perFolder.delete(folder);
      } else {
        this.perFolder.set(folder, count);
      }
    }
  }
}
