import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import type { BenchData } from './dataSets';
import type { Contest } from './contests';
import type { Measurement } from './measure';

/** A Python with peers. */
export interface NamedPython {
  readonly command: string;
  /** The year of its packages, where they are older than those of bench/requirements.txt. */
  readonly year?: number;
}

/**
 * The Pythons that the environment names: TRAINYARD_BENCH_PYTHON (else `python3` of the PATH) with the packages of
 * bench/requirements.txt, and TRAINYARD_BENCH_PYTHON_2023, if set, with those that the goals were set against (bench/requirements2023.txt).
 */
export function namedPythons(): NamedPython[] {
  const old = process.env['TRAINYARD_BENCH_PYTHON_2023'];
  return [{ command: process.env['TRAINYARD_BENCH_PYTHON'] ?? 'python3' }, ...(old === undefined ? [] : [{ command: old, year: 2023 }])];
}

/** Runs scikit-learn and its like in one Python process that stays warm. */
export class PythonPeers {
  private readonly answers: AsyncIterator<string>;

  private constructor(private readonly child: ChildProcessWithoutNullStreams, readonly year: number | undefined) {
    this.answers = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.resume();
  }

  /** @returns undefined when it lacks scikit-learn. */
  static start({ command, year }: NamedPython, threads: number): PythonPeers | undefined {
    if (spawnSync(command, ['-c', 'import sklearn']).status !== 0) {
      return undefined;
    }
    return new PythonPeers(spawn(command, [path.join(__dirname, 'peers.py'), String(threads)]), year);
  }

  /** Whether a peer is among those that it is compared with: of an older year LightGBM has no goal. */
  has(peer: string): boolean {
    return this.year === undefined || peer !== 'lightgbm';
  }

  /** What the table calls a peer of this Python. */
  nameOf(peer: string): string {
    return this.year === undefined ? peer : `${peer} of ${this.year}`;
  }

  /** Names and versions of the packages that are there. */
  async versions(): Promise<string> {
    return (await this.ask({ peer: 'versions' })) as string;
  }

  /** @returns what was measured, or why nothing could be. */
  async measure(peer: string, contest: Contest, data: BenchData): Promise<Measurement | { readonly error: string }> {
    const request = {
      peer, folder: data.folder, columns: contest.columns, classes: data.classCount, timed: contest.timed,
      settings: contest.peerSettings ?? {},
    };
    return (await this.ask(request)) as Measurement | { readonly error: string };
  }

  private async ask(request: { readonly peer: string }): Promise<unknown> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.answers.next();
    if (answer.done === true) {
      throw new Error(`bench/peers.py ended at ${request.peer}: run it by hand to see why.`);
    }
    return JSON.parse(answer.value);
  }

  close(): void {
    this.child.stdin.end();
  }
}
