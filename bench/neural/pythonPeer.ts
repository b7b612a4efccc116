import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import type { Contestant, Entry, Learned } from './contest';
import { curveSteps, learnTask, testPlace } from './contest';

/** A Python program of the contest, in a process that stays warm. */
export class PythonPeer implements Contestant {
  private readonly answers: AsyncIterator<string>;
  private readonly child: ChildProcessWithoutNullStreams;
  private lastError = '';

  private constructor(readonly name: string, python: string, private readonly script: string, threads: number) {
    const count = String(threads);
    this.child = spawn(python, [path.join(__dirname, script), count], { env: { ...process.env, OMP_NUM_THREADS: count, MKL_NUM_THREADS: count } });
    this.answers = readline.createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.child.stderr.on('data', (text: Buffer) => (this.lastError = `${this.lastError}${text.toString()}`.slice(-2000)));
  }

  /** @returns undefined when that Python lacks the package. */
  static start({ name, python, script, needs }: { readonly name: string; readonly python: string; readonly script: string; readonly needs: string }, threads: number): PythonPeer | undefined {
    return spawnSync(python, ['-c', `import importlib.util, sys; sys.exit(importlib.util.find_spec('${needs}') is None)`]).status === 0
      ? new PythonPeer(name, python, script, threads)
      : undefined;
  }

  async versions(): Promise<string> {
    return (await this.ask({ kind: 'versions' })) as string;
  }

  async open(entry: Entry, batch: number): Promise<number[]> {
    return (await this.ask({ kind: 'open', entry, batch, steps: curveSteps })) as number[];
  }

  async time(seconds: number): Promise<number> {
    return (await this.ask({ kind: 'time', seconds })) as number;
  }

  async learn(entry: Entry, batch: number): Promise<Learned> {
    return (await this.ask({ kind: 'learn', entry, batch, task: { ...learnTask, testPlace } })) as Learned;
  }

  close(): void {
    this.child.stdin.end();
  }

  private async ask(request: object): Promise<unknown> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.answers.next();
    if (answer.done === true) {
      throw new Error(`bench/neural/${this.script} ended: ${this.lastError}`);
    }
    return JSON.parse(answer.value);
  }
}
