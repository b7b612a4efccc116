import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import { installNpmPeers } from '../npmPeers';
import type { Contestant, Entry, Learned, Opening } from './contest';
import { accuracyToLearn, curveSteps, learnTask, testPlace } from './contest';

/** What a program is asked: a line of JSON on its standard input. It answers with a line; `{"error": …}` when it can't. */
export type Request =
  | { readonly kind: 'versions' }
  | { readonly kind: 'open'; readonly entry: Entry; readonly batch: number; readonly steps: number }
  | { readonly kind: 'time'; readonly seconds: number }
  | { readonly kind: 'learn'; readonly entry: Entry; readonly batch: number; readonly task: Omit<typeof learnTask, 'accuracy'> & { readonly accuracy: number; readonly testPlace: number } };

interface Program {
  readonly name: string;
  readonly command: string;
  readonly programArguments: readonly string[];
  /** Microseconds: it isn't asked to learn where a step takes longer. */
  readonly slowestStepToLearn?: number;
}

/** A program of the contest, in a process that stays warm. */
export class ProcessPeer implements Contestant {
  readonly name: string;
  readonly slowestStepToLearn: number | undefined;
  private readonly answers: AsyncIterator<string>;
  private readonly child: ChildProcessWithoutNullStreams;
  private lastError = '';

  constructor({ name, command, programArguments, slowestStepToLearn }: Program, threads: number) {
    this.name = name;
    this.slowestStepToLearn = slowestStepToLearn;
    const count = String(threads);
    this.child = spawn(command, [...programArguments, count], { env: { ...process.env, OMP_NUM_THREADS: count, MKL_NUM_THREADS: count } });
    this.answers = readline.createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.child.stderr.on('data', (text: Buffer) => (this.lastError = `${this.lastError}${text.toString()}`.slice(-2000)));
  }

  async versions(): Promise<string> {
    return (await this.ask({ kind: 'versions' })) as string;
  }

  async open(entry: Entry, batch: number): Promise<Opening> {
    return (await this.ask({ kind: 'open', entry, batch, steps: curveSteps })) as Opening;
  }

  async time(seconds: number): Promise<number> {
    return (await this.ask({ kind: 'time', seconds })) as number;
  }

  async learn(entry: Entry, batch: number): Promise<Learned> {
    return (await this.ask({ kind: 'learn', entry, batch, task: { ...learnTask, accuracy: accuracyToLearn(entry), testPlace } })) as Learned;
  }

  close(): void {
    this.child.stdin.end();
  }

  private async ask(request: Request): Promise<unknown> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await this.answers.next();
    if (line.done === true) {
      throw new Error(`${this.name} ended: ${this.lastError}`);
    }
    const answer: unknown = JSON.parse(line.value);
    if (typeof answer === 'object' && answer !== null && 'error' in answer) {
      throw new PeerCannot(String(answer.error));
    }
    return answer;
  }
}

/** A program goes on, but can't do what it was asked. */
export class PeerCannot extends Error {}

/** @returns nothing when that Python lacks the package. */
export function pythonPeer({ name, python, script, needs }: { readonly name: string; readonly python: string; readonly script: string; readonly needs: string }, threads: number): ProcessPeer[] {
  const isThere = spawnSync(python, ['-c', `import importlib.util, sys; sys.exit(importlib.util.find_spec('${needs}') is None)`]).status === 0;
  return isThere ? [new ProcessPeer({ name, command: python, programArguments: [path.join(__dirname, script)] }, threads)] : [];
}

/** Installs TensorFlow.js when it isn't there. Where a step takes longer than 20 ms, learning would take too long. */
export function tensorFlowJsPeer(threads: number): ProcessPeer {
  installNpmPeers();
  const programArguments = [...process.execArgv, path.join(__dirname, 'tensorflowJs', 'program.ts')];
  return new ProcessPeer({ name: 'TensorFlow.js', command: process.execPath, programArguments, slowestStepToLearn: 20_000 }, threads);
}
