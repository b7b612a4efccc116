import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Evaluation } from '../../src/schema/evaluation';
import { evaluationSchema } from '../../src/schema/evaluation';
import type { RunRecord } from '../../src/schema/run';
import { runRecordSchema } from '../../src/schema/run';
import { repositoryRoot } from '../rig/paths';

/** A throw-away folder to open, with the sample data in `data/`. */
export class ScratchWorkspace {
  private constructor(readonly folder: string) {}

  /** @param files further files by their path in it. */
  static create(files: Readonly<Record<string, string | Buffer>> = {}): ScratchWorkspace {
    const workspace = new ScratchWorkspace(path.join(mkdtempSync(path.join(os.tmpdir(), 'trainyard-workspace-')), 'penguin-study'));
    mkdirSync(workspace.folder);
    cpSync(path.join(repositoryRoot, 'dist', 'sample'), workspace.resolve('data'), { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      workspace.write(name, content);
    }
    return workspace;
  }

  resolve(name: string): string {
    return path.join(this.folder, ...name.split('/'));
  }

  write(name: string, content: string | Buffer): void {
    mkdirSync(path.dirname(this.resolve(name)), { recursive: true });
    writeFileSync(this.resolve(name), content);
  }

  exists(name: string): boolean {
    return existsSync(this.resolve(name));
  }

  read(name: string): string {
    return readFileSync(this.resolve(name), 'utf8');
  }

  /** Names in a folder, sorted; none when it isn't there. */
  list(name: string): string[] {
    return this.exists(name) ? readdirSync(this.resolve(name)).sort() : [];
  }

  /** Run folders, oldest first, as paths in the workspace. */
  runs(): RunFolder[] {
    return this.list('trainyard/runs')
      .flatMap((experiment) => this.list(`trainyard/runs/${experiment}`).map((id) => `trainyard/runs/${experiment}/${id}`))
      .filter((folder) => this.exists(`${folder}/run.json`))
      .sort((a, b) => path.posix.basename(a).localeCompare(path.posix.basename(b)))
      .map((folder) => new RunFolder(this, folder));
  }

  /**
   * Waits until so many runs are there and the last one fits.
   *
   * @throws Error that says what is there instead when the time is up.
   */
  async waitForRun(count: number, fits: (record: RunRecord) => boolean, timeout = 30_000): Promise<RunFolder> {
    const deadline = Date.now() + timeout;
    for (;;) {
      const runs = this.runs();
      const last = runs.at(-1);
      if (runs.length === count && last !== undefined && fits(last.record)) {
        return last;
      }
      if (Date.now() > deadline) {
        const found = runs.map(({ record }) => `${record.id} ${record.state} ${record.error ?? ''}`);
        throw new Error(`Expected ${count} runs, the last one fitting, within ${timeout / 1000} s; there are: ${found.join('; ') || 'none'}`);
      }
      await sleep(50);
    }
  }

  remove(): void {
    rmSync(path.dirname(this.folder), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** A run as it lies on disk. */
export class RunFolder {
  constructor(
    private readonly workspace: ScratchWorkspace,
    /** Its path in the workspace. */
    readonly path: string,
  ) {}

  get record(): RunRecord {
    return runRecordSchema.parse(JSON.parse(this.workspace.read(`${this.path}/run.json`)));
  }

  get evaluation(): Evaluation {
    return evaluationSchema.parse(JSON.parse(this.workspace.read(`${this.path}/evaluation.json`)));
  }

  get files(): string[] {
    return this.workspace.list(this.path);
  }
}
