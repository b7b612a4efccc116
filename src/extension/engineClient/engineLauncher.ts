import type { EngineLocation, EngineProcess } from './engineProcess';

/** Starts engine processes and remembers which are this window's own. */
export class EngineLauncher {
  private readonly own = new Set<number>();

  constructor(private readonly location: EngineLocation) {}

  /** A process for one training run; it outlives this window. */
  startForRun(): Promise<EngineProcess> {
    return this.start(true);
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
