import type { Owned } from '../lifecycle';
import type { EngineProcess } from './engineProcess';

/**
 * The one engine process that answers questions: it is started by the first, shared by all, and let go a while after nobody
 * needs it any more.
 */
export class QuestionEngine implements Owned {
  private engine: EngineProcess | undefined;
  private starting: Promise<EngineProcess> | undefined;
  private isDisposed = false;
  private idle: NodeJS.Timeout | undefined;
  /** How many questions are unanswered and how many tables open. */
  private needs = 0;

  constructor(
    private readonly startEngine: () => Promise<EngineProcess>,
    private readonly idleMilliseconds = 60_000,
  ) {}

  /** True while a process is kept. */
  get active(): boolean {
    return this.engine?.running === true;
  }

  /** Asks something; the process stays at least until it is answered. */
  async use<Result>(ask: (engine: EngineProcess) => Promise<Result>): Promise<Result> {
    const hold = this.hold();
    try {
      return await ask(await this.runningEngine());
    } finally {
      hold.dispose();
    }
  }

  /** Keeps the process, once there is one, until what is returned is disposed. */
  hold(): Owned {
    clearTimeout(this.idle);
    this.needs += 1;
    let held = true;
    return {
      dispose: () => {
        if (held) {
          held = false;
          this.needs -= 1;
          this.letGoLater();
        }
      },
    };
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.idle);
    this.letGo();
  }

  private letGoLater(): void {
    if (this.needs === 0) {
      this.idle = setTimeout(() => this.letGo(), this.idleMilliseconds);
      this.idle.unref();
    }
  }

  private async runningEngine(): Promise<EngineProcess> {
    if (this.engine?.running === true) {
      return this.engine;
    }
    // Questions that come at the same time share the start.
    this.starting ??= this.startEngine();
    try {
      const engine = await this.starting;
      this.engine = engine;
      if (this.isDisposed) {
        this.letGo();
      }
      return engine;
    } finally {
      this.starting = undefined;
    }
  }

  private letGo(): void {
    this.engine?.release();
    this.engine = undefined;
  }
}
