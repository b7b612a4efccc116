import type { ProfilingState } from '../../schema/datasetView';
import type { Profile } from '../../schema/profile';
import { ChangingState } from '../changingState';
import type { ProfileService } from '../engineClient/profileService';
import type { Owned } from '../lifecycle';
import { sentenceFor } from '../userError';

/** Makes the profile of one file, tells how far it is, and can be stopped and begun anew. */
export class DatasetProfiling implements Owned {
  private readonly current: ChangingState<ProfilingState>;
  private made: Profile | undefined;
  private abort = new AbortController();

  /** @param file absolute path. @param changed called when there is something new to show. */
  constructor(
    private readonly file: string,
    private readonly profiles: ProfileService,
    changed: () => void,
  ) {
    this.current = new ChangingState<ProfilingState>({ status: 'waiting' }, changed);
  }

  get state(): ProfilingState {
    return this.current.value;
  }

  /** The profile of the whole file, once it is made. */
  get profile(): Profile | undefined {
    return this.made;
  }

  start(): void {
    this.stop();
    this.abort = new AbortController();
    this.made = undefined;
    this.current.set({ status: 'running', fraction: 0, message: '' });
    void this.load(this.abort.signal);
  }

  cancel(): void {
    if (this.current.value.status === 'running') {
      this.stop();
      this.current.set({ status: 'cancelled' });
    }
  }

  dispose(): void {
    this.stop();
  }

  private stop(): void {
    this.abort.abort();
  }

  private async load(signal: AbortSignal): Promise<void> {
    try {
      const profile = await this.profiles.profile(this.file, undefined, signal, ({ fraction, message }) => {
        if (!signal.aborted) {
          this.current.set({ status: 'running', fraction, message });
        }
      });
      if (!signal.aborted) {
        this.made = profile;
        this.current.set({ status: 'done' });
      }
    } catch (error) {
      if (!signal.aborted) {
        this.current.set({ status: 'failed', message: sentenceFor(error) });
      }
    }
  }
}
