import type { ExperimentFile } from '../../schema/experiment';
import type { Preflight } from '../../schema/preflight';
import type { Profile } from '../../schema/profile';
import { engineMethods, type PreflightParams } from '../../schema/protocol';
import type { QuestionEngine } from '../engineClient/questionEngine';
import { Debouncer, Disposables } from '../lifecycle';

/** Keeps the preflight of an experiment: asks for a new one a moment after the experiment or its data's profile has changed. */
export class PreflightWatch extends Disposables {
  private latest: Preflight | null = null;
  private key: string | undefined;
  private wanted: { readonly experiment: ExperimentFile; readonly profile: Profile } | undefined;
  private abort = new AbortController();
  private readonly soon = this.track(new Debouncer(() => void this.ask(), 150, 1000));

  /**
   * @param root absolute path of the workspace folder. @param name the experiment's name when its file gives none.
   * @param changed called when there is something new to show. @param failed told why there is nothing.
   */
  constructor(
    private readonly root: string,
    private readonly name: string,
    private readonly questions: QuestionEngine,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {
    super();
    this.track({ dispose: () => this.abort.abort() });
  }

  /** Of the latest experiment that has been looked at; null when there is none. */
  get state(): Preflight | null {
    return this.latest;
  }

  /** Names the experiment to look at; null when it can't be looked at for now. */
  set(experiment: ExperimentFile | null, profile: Profile | undefined): void {
    if (experiment === null || profile === undefined) {
      this.forget();
      return;
    }
    const key = JSON.stringify(experiment);
    if (key !== this.key || profile !== this.wanted?.profile) {
      this.key = key;
      this.wanted = { experiment, profile };
      this.soon.call();
    }
  }

  private forget(): void {
    this.key = undefined;
    this.wanted = undefined;
    this.latest = null;
    this.abort.abort();
  }

  private async ask(): Promise<void> {
    this.abort.abort();
    const abort = new AbortController();
    this.abort = abort;
    if (this.wanted === undefined || this.disposed) {
      return;
    }
    const params: PreflightParams = { root: this.root, name: this.name, ...this.wanted };
    try {
      const answer = await this.questions.use((engine) => engine.request<Preflight>(engineMethods.preflight, params, abort.signal));
      if (!abort.signal.aborted) {
        this.latest = answer;
        this.changed();
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        this.latest = null;
        this.failed(error);
        this.changed();
      }
    }
  }
}
