import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import type { BenchData } from './dataSets';
import type { Contest } from './contests';
import type { Measurement } from './measure';

/** Runs scikit-learn and its like in one Python process that stays warm. */
export class PythonPeers {
  private readonly answers: AsyncIterator<string>;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.answers = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.resume();
  }

  /** Python is that of the variable TRAINYARD_BENCH_PYTHON, else `python3` of the PATH; undefined when it lacks scikit-learn. */
  static start(threads: number): PythonPeers | undefined {
    const python = process.env['TRAINYARD_BENCH_PYTHON'] ?? 'python3';
    if (spawnSync(python, ['-c', 'import sklearn']).status !== 0) {
      return undefined;
    }
    return new PythonPeers(spawn(python, [path.join(__dirname, 'peers.py'), String(threads)]));
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
