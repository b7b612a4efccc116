import { dialectOf } from '../../schema/dialect';
import type { Profile } from '../../schema/profile';
import { engineMethods, type DataDialect, type ProfileParams, type RequestProgress } from '../../schema/protocol';
import { stampOf } from '../fileStamp';
import type { Owned } from '../lifecycle';
import type { QuestionEngine } from './questionEngine';

/** Told how far a profile is. */
export type ProgressListener = (progress: RequestProgress) => void;

/** A profile that has just been made. */
export interface MadeProfile {
  /** Absolute path of the data file. */
  readonly file: string;
  readonly dialect: DataDialect;
  readonly profile: Profile;
}

/** A profile in the making or made, good for one state of its file. */
interface Entry {
  readonly stamp: string;
  readonly abort: AbortController;
  readonly promise: Promise<Profile>;
  readonly listeners: Set<ProgressListener>;
  waiting: number;
  settled: boolean;
}

const maximumEntries = 16;

/**
 * Profiles of data files, made by the engine. They are remembered as long as size and time of their file stay the same;
 * callers that ask for the same one share the work.
 */
export class ProfileService implements Owned {
  private readonly entries = new Map<string, Entry>();

  private readonly profiled = new Set<(made: MadeProfile) => void>();

  constructor(private readonly engine: QuestionEngine) {}

  /** Tells of each profile that is made, but not of those that are remembered. */
  onDidProfile(listener: (made: MadeProfile) => void): Owned {
    this.profiled.add(listener);
    return { dispose: () => this.profiled.delete(listener) };
  }

  /**
   * @param file absolute path. @param dialect how it is written, as far as the user says.
   * @throws AbortError when `signal` aborts; the work itself stops once nobody waits for it.
   */
  async profile(file: string, dialect: DataDialect | undefined, signal: AbortSignal, onProgress?: ProgressListener): Promise<Profile> {
    const stamp = await stampOf(file);
    signal.throwIfAborted();
    const key = JSON.stringify([file, dialectOf(dialect ?? {})]);
    let entry = this.entries.get(key);
    if (entry === undefined || entry.stamp !== stamp) {
      entry = this.start(key, stamp, { file, ...dialect });
    } else {
      // Most recently used last, so that the first is the one to forget.
      this.entries.delete(key);
      this.entries.set(key, entry);
    }
    if (onProgress !== undefined) {
      entry.listeners.add(onProgress);
    }
    try {
      return await waitFor(entry, signal);
    } finally {
      if (onProgress !== undefined) {
        entry.listeners.delete(onProgress);
      }
      if (entry.waiting === 0 && !entry.settled) {
        // Nobody wants it any more; who comes next must not share a cancelled request.
        entry.abort.abort();
        this.forget(key, entry);
      }
    }
  }

  dispose(): void {
    for (const entry of this.entries.values()) {
      entry.abort.abort();
    }
    this.entries.clear();
  }

  private start(key: string, stamp: string, params: ProfileParams): Entry {
    const abort = new AbortController();
    const listeners = new Set<ProgressListener>();
    const tell: ProgressListener = (progress) => listeners.forEach((listener) => listener(progress));
    const promise = this.engine.use((engine) => engine.request<Profile>(engineMethods.profile, params, abort.signal, tell));
    const entry: Entry = { stamp, abort, promise, listeners, waiting: 0, settled: false };
    this.entries.set(key, entry);
    const made = { file: params.file, dialect: dialectOf(params) };
    entry.promise.then(
      (profile) => {
        entry.settled = true;
        this.profiled.forEach((listener) => listener({ ...made, profile }));
      },
      () => {
        // A failure is not remembered: what caused it may be mended without a change to the file.
        entry.settled = true;
        this.forget(key, entry);
      },
    );
    const [oldest] = this.entries.keys();
    if (this.entries.size > maximumEntries && oldest !== undefined) {
      this.entries.delete(oldest);
    }
    return entry;
  }

  private forget(key: string, entry: Entry): void {
    if (this.entries.get(key) === entry) {
      this.entries.delete(key);
    }
  }
}

async function waitFor(entry: Entry, signal: AbortSignal): Promise<Profile> {
  entry.waiting += 1;
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('Cancelled.'));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([entry.promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    aborted.catch(() => undefined);
    entry.waiting -= 1;
  }
}
