import { constants, setPriority } from 'node:os';
import type { EngineLocation, EngineProcess } from './engineProcess';

/** Starts engine processes and remembers which are this window's own. */
export class EngineLauncher {
  private readonly own = new Set<number>();

  constructor(private readonly location: EngineLocation) {}

  /** A process for one training run; it outlives this window. */
  async startForRun(): Promise<EngineProcess> {
    const engine = await this.start(true);
    yieldToEditor(engine);
    return engine;
  }

  /** A process for short questions; it ends with this window. */
  startForQuestions(): Promise<EngineProcess> {
    return this.start(false);
  }

  /** True for a process that this window started and that still runs. */
  owns(pid: number): boolean {
    return this.own.has(pid);
  }

  private async start(detached: boolean): Promise<EngineProcess> {
    // The protocol's library is loaded with the first process, not with the extension.
    const { EngineProcess } = await import('./engineProcess');
    const engine = new EngineProcess(this.location, { detached });
    const { pid } = engine;
    if (pid !== undefined) {
      this.own.add(pid);
      void engine.ended.then(() => this.own.delete(pid));
    }
    return engine;
  }
}

/** Training takes all cores it can get, but never from the editor that somebody is typing in. */
function yieldToEditor({ pid }: EngineProcess): void {
  try {
    if (pid !== undefined) {
      setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
    }
  } catch {
    // The process has gone already, or the system doesn't allow it: training works all the same.
  }
}
