import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';
import { installNpmPeers } from '../npmPeers';
import type { NamedPython } from '../pythonPeers';

/** A program that reads a CSV file and says how long it took. */
export interface CsvReader {
  readonly name: string;
  /** Whether the goals are set against it. */
  readonly hasGoal?: boolean;
  readonly program: string;
  readonly programArguments: (file: string) => string[];
}

/** What a reader says of one run. */
export interface CsvReading {
  readonly seconds: number;
  readonly rows: number;
  /** Of its process, in MB (2^20 bytes). */
  readonly peak: number;
  readonly version?: string;
}

const root = path.join(__dirname, '..', '..');
const cache = path.join(root, '.cache', 'bench');
/** uDSV needs more than Node grants by itself. */
const heap = '--max-old-space-size=12288';

/** Our reader first, then the others. Builds their programs, and installs the npm packages that are missing. */
export async function csvReaders(threads: number, pythons: readonly NamedPython[]): Promise<CsvReader[]> {
  const program = async (name: string): Promise<string> => {
    const outfile = path.join(cache, `${name}.js`);
    await build({ entryPoints: [path.join(__dirname, `${name}.ts`)], outfile, bundle: true, platform: 'node', target: 'node20', logLevel: 'error', external: ['./libraries/*'] });
    return outfile;
  };
  const [own, npm] = [await program('ownReader'), await program('npmReader')];
  installNpmPeers();
  const ours: CsvReader = { name: 'ours', program: process.execPath, programArguments: (file) => [own, file, String(threads)] };
  const packages = ['papaparse', 'udsv', 'duckdb'].map((name): CsvReader => ({
    name, program: process.execPath, programArguments: (file) => [heap, npm, name, file, String(threads)],
  }));
  const libraries = pythons.flatMap(({ command, year }) => (year === undefined ? ['pandas', 'polars'] : ['pandas']).map((name): CsvReader => ({
    name: year === undefined ? name : `${name} of ${year}`, hasGoal: year !== undefined, program: command,
    programArguments: (file) => [path.join(__dirname, 'readCsv.py'), name, file, String(threads)],
  })));
  return [ours, ...packages, ...libraries];
}

/** Runs a reader once, in a process of its own. @returns what it measured, or why it could not. */
export function readOnce({ program, programArguments }: CsvReader, file: string): CsvReading | { readonly problem: string } {
  const { status, stdout, stderr, error } = spawnSync(program, programArguments(file), { cwd: root, encoding: 'utf8' });
  if (status !== 0) {
    return { problem: /Cannot find module|No module named/.test(stderr) ? 'not installed' : (error?.message ?? stderr.trim().split('\n').at(-1) ?? 'no answer') };
  }
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as CsvReading;
}
