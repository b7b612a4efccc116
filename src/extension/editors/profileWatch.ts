import path from 'node:path';
import type { ExperimentFile } from '../../schema/experiment';
import { dialectOf } from '../../schema/dialect';
import type { ExperimentFormState } from '../../schema/messages';
import { ChangingState } from '../changingState';
import type { ProfileService } from '../engineClient/profileService';
import { FolderWatch } from '../folderWatch';
import { Debouncer, Disposables } from '../lifecycle';
import { resolveInside } from '../safePath';
import { sentenceFor } from '../userError';

type DataState = ExperimentFormState['data'];

/** Keeps the profile of an experiment's data: makes a new one when the experiment names other data or the file changes. */
export class ProfileWatch extends Disposables {
  private readonly current: ChangingState<DataState>;
  private key: string | undefined;
  private abort = new AbortController();
  private watcher = this.track(new Disposables());
  private readonly reload = this.track(new Debouncer(() => this.start(), 500, 5000));

  /** @param root absolute path of the workspace folder. @param changed called when there is something new to show. */
  constructor(
    private readonly root: string,
    private readonly profiles: ProfileService,
    changed: () => void,
  ) {
    super();
    this.current = new ChangingState<DataState>({ status: 'loading' }, changed);
    this.track({ dispose: () => this.abort.abort() });
  }

  get state(): DataState {
    return this.current.value;
  }

  /** Absolute path of the data, once its path has been found good. */
  file: string | undefined;

  /** What the experiment says of its data. */
  data: ExperimentFile['data'] | undefined;

  /** Names the data to watch; the same data again costs nothing. */
  setData({ sampleRows: _sampleRows, ...data }: ExperimentFile['data']): void {
    const key = JSON.stringify(data);
    if (key !== this.key) {
      if (data.path !== this.data?.path) {
        // What was found in other data says nothing of this.
        this.current.set({ status: 'loading' });
      }
      this.key = key;
      this.data = data;
      this.start();
    }
  }

  private start(): void {
    this.abort.abort();
    this.abort = new AbortController();
    if (this.data !== undefined && !this.disposed) {
      void this.load(this.data, this.abort.signal);
    }
  }

  private async load(data: ExperimentFile['data'], signal: AbortSignal): Promise<void> {
    const { value } = this.current;
    this.current.set(value.status === 'ready' ? { ...value, isOutdated: true } : { status: 'loading' });
    let file: string;
    try {
      file = await resolveInside(this.root, data.path);
    } catch (error) {
      if (!signal.aborted) {
        this.file = undefined;
        this.current.set({ status: 'failed', message: sentenceFor(error) });
      }
      return;
    }
    if (signal.aborted) {
      return;
    }
    this.file = file;
    this.watch(file);
    try {
      const profile = await this.profiles.profile(file, dialectOf(data), signal);
      if (!signal.aborted) {
        this.current.set({ status: 'ready', profile });
      }
    } catch (error) {
      if (!signal.aborted) {
        this.current.set({ status: 'failed', message: sentenceFor(error) });
      }
    }
  }

  private watch(file: string): void {
    this.watcher.dispose();
    this.watcher = this.track(new Disposables());
    try {
      this.watcher.track(new FolderWatch(path.dirname(file), (name) => {
        if (name === undefined || name === path.basename(file)) {
          this.reload.call();
        }
      }));
    } catch {
      // The folder isn't there, as the profile will say; saving the experiment anew looks again.
    }
  }
}
