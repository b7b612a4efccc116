import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The file to start for a process or thread of the engine: a bundle beside the running one, or in `dist/` when this runs
 * from source, as tests do.
 */
export function entryPoint(name: 'cli' | 'engine' | 'job' | 'treeWorker' | 'compute'): string {
  const beside = path.join(__dirname, `${name}.js`);
  return existsSync(beside) ? beside : path.join(__dirname, '..', '..', 'dist', `${name}.js`);
}
