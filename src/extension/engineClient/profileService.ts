import type { Profile } from '../../schema/profile';
import { engineMethods, type ProfileParams } from '../../schema/protocol';
import { stampOf } from '../fileStamp';
import type { Owned } from '../lifecycle';
import type { EngineProcess } from './engineProcess';

/** A profile in the making or made, good for one state of its file. */
interface Entry {
  readonly stamp: string;
  readonly abort: AbortController;
  readonly promise: Promise<Profile>;
  waiting: number;
  settled: boolean;
}

const maximumEntries = 16;

/**
 * Profiles of data files, made by one engine process that is kept for a while and then let go. Profiles are remembered
 * as long as size and time of their file stay the same; callers that ask for the same one share the work.
 */
export class ProfileService implements Owned {
  private readonly entries = new Map<string, Entry>();
  private engine: EngineProcess | undefined;
  private starting: Promise<EngineProcess> | undefined;
  private isDisposed = false;
  private idle: NodeJS.Timeout | undefined;
  private pending = 0;

  constructor(
    private readonly startEngine: () => Promise<EngineProcess>,
    private readonly idleMilliseconds = 60_000,
  ) {}

  /**
   * @param file absolute path.
   * @throws AbortError when `signal` aborts; the work itself stops once nobody waits for it.
   */
  async profile(file: string, delimiter: string | undefined, signal: AbortSignal): Promise<Profile> {
    const stamp = await stampOf(file);
    signal.throwIfAborted();
    const key = JSON.stringify([file, delimiter ?? null]);
    let entry = this.entries.get(key);
    if (entry === undefined || entry.stamp !== stamp) {
      entry = this.start(key, stamp, delimiter === undefined ? { file } : { file, delimiter });
    } else {
      // Most recently used last, so that the first is the one to forget.
      this.entries.delete(key);
      this.entries.set(key, entry);
    }
    try {
      return await waitFor(entry, signal);
    } finally {
      if (entry.waiting === 0 && !entry.settled) {
        // Nobody wants it any more; who comes next must not share a cancelled request.
        entry.abort.abort();
        this.forget(key, entry);
      }
    }
  }

  /** True while an engine process is kept for questions. */
  get active(): boolean {
    return this.engine?.running === true;
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.idle);
    for (const entry of this.entries.values()) {
      entry.abort.abort();
    }
    this.entries.clear();
    this.letGo();
  }

  private start(key: string, stamp: string, params: ProfileParams): Entry {
    const abort = new AbortController();
    const entry: Entry = { stamp, abort, promise: this.request(params, abort.signal), waiting: 0, settled: false };
    this.entries.set(key, entry);
    entry.promise.then(
      () => {
        entry.settled = true;
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

  private async request(params: ProfileParams, signal: AbortSignal): Promise<Profile> {
    clearTimeout(this.idle);
    this.pending += 1;
    try {
      const engine = await this.runningEngine();
      return await engine.request<Profile>(engineMethods.profile, params, signal);
    } finally {
      this.pending -= 1;
      if (this.pending === 0) {
        this.idle = setTimeout(() => this.letGo(), this.idleMilliseconds);
        this.idle.unref();
      }
    }
  }

  private async runningEngine(): Promise<EngineProcess> {
    if (this.engine?.running === true) {
      return this.engine;
    }
    // Requests that come at the same time share the start.
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
