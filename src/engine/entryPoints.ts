import { existsSync } from 'node:fs';
import path from 'node:path';

/** The built programs that others start. */
export type EntryPoint = 'cli' | 'engine' | 'job' | 'treeWorker' | 'foldWorker' | 'compute' | 'readerWorker' | 'cacheWorker' | 'gradientWorker';

/** The path of a built program. */
export function entryPoint(name: EntryPoint): string {
  return path.join(distFolder(), `${name}.js`);
}

/** The folder that holds what the build makes: where the running bundle lies, or `dist` above the sources in tests. */
export function distFolder(): string {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    if (path.basename(folder) === 'dist') {
      return folder;
    }
    const dist = path.join(folder, 'dist');
    if (existsSync(path.join(folder, 'package.json')) && existsSync(dist)) {
      return dist;
    }
    if (folder === path.dirname(folder)) {
      throw new Error('The build is missing: run "npm run build" first.');
    }
  }
}
