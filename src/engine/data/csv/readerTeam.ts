import { availableParallelism } from 'node:os';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { entryPoint } from '../../entryPoints';
import type { Finish, ReadJob, ReadPart } from './readBlocks';
import { BlockReader } from './readBlocks';

/** What a thread is asked: to read its part of a file, then to finish its rows. */
export type ToReader =
  | { readonly kind: 'read'; readonly job: ReadJob }
  | { readonly kind: 'finish'; readonly finish: Finish };

export type FromReader = { readonly kind: 'read'; readonly part: ReadPart } | { readonly kind: 'finished' };

/** Who reads a file's blocks. */
export interface Readers {
  /**
   * Each reader's part, in the order of `finish`.
   *
   * @param look called now and then by a reader that keeps the calling thread busy, which so learns of a cancel.
   */
  read(job: ReadJob, look: () => void): Promise<ReadPart[]>;
  /** @param wanted for each reader what is left to do; null where that is nothing. */
  finish(wanted: readonly (Finish | null)[]): Promise<void>;
  /** Lets go of the threads; once it returns none of them touches the file any more. */
  end(): Promise<void>;
}

export interface ReaderWishes {
  /** At most so many threads; the machine's when absent. */
  readonly threads?: number;
  /** Up to how many bytes the calling thread reads alone: worker threads would cost more than they save. */
  readonly inlineBytes?: number;
  /** Whether the calling thread reads too; else it stays free to answer. */
  readonly callerReads?: boolean;
}

const defaultInlineBytes = 12 * 1024 * 1024;

/**
 * Readers for a text of so many bytes. Threads take some 30 ms to start: whoever asks early has them start while it looks at the file.
 *
 * @param blocks how many pieces there are to share.
 */
export function startReaders(bytes: number, blocks: number, { threads = availableParallelism(), inlineBytes = defaultInlineBytes, callerReads = false }: ReaderWishes): Readers {
  const count = Math.min(threads, blocks);
  if (bytes <= inlineBytes) {
    return new ReaderTeam([new CallingReader()]);
  }
  const others = Array.from({ length: callerReads ? count - 1 : count }, () => new ReaderThread());
  return new ReaderTeam(callerReads ? [...others, new CallingReader()] : others);
}

interface Reader {
  read(job: ReadJob, look: () => void): Promise<ReadPart>;
  finish(wanted: Finish): Promise<void>;
  end(): Promise<void>;
}

/** Threads that read one file together; the calling one comes last, so that the others are at work when it begins. */
class ReaderTeam implements Readers {
  constructor(private readonly members: readonly Reader[]) {}

  async read(job: ReadJob, look: () => void): Promise<ReadPart[]> {
    return Promise.all(this.members.map((member) => member.read(job, look)));
  }

  async finish(wanted: readonly (Finish | null)[]): Promise<void> {
    await Promise.all(this.members.map(async (member, i) => {
      const own = wanted[i];
      if (own !== null) {
        await member.finish(own);
      }
    }));
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map((member) => member.end()));
  }
}

/** The calling thread. */
class CallingReader implements Reader {
  private reader: BlockReader | undefined;

  async read(job: ReadJob, look: () => void): Promise<ReadPart> {
    this.reader = new BlockReader(job);
    return Promise.resolve(this.reader.read(look));
  }

  async finish(wanted: Finish): Promise<void> {
    return Promise.resolve(this.reader?.finish(wanted));
  }

  async end(): Promise<void> {
    // Nothing to end.
  }
}

/** One worker thread, which answers one question at a time. */
class ReaderThread implements Reader {
  private readonly worker = new Worker(entryPoint('readerWorker'), { env: SHARE_ENV });
  private waiting: { readonly resolve: (answer: FromReader) => void; readonly reject: (error: Error) => void } | undefined;
  private failure: Error | undefined;

  constructor() {
    this.worker.on('message', (answer: FromReader) => {
      const { waiting } = this;
      this.waiting = undefined;
      waiting?.resolve(answer);
    });
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', (code) => this.fail(new Error(`A reader thread ended early with code ${code}.`)));
  }

  async read(job: ReadJob): Promise<ReadPart> {
    const answer = await this.ask({ kind: 'read', job });
    if (answer.kind !== 'read') {
      throw new TypeError('A reader thread answered another question.');
    }
    return answer.part;
  }

  async finish(wanted: Finish): Promise<void> {
    await this.ask({ kind: 'finish', finish: wanted });
  }

  private async ask(question: ToReader): Promise<FromReader> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      this.waiting = { resolve, reject };
      this.worker.postMessage(question);
    });
  }

  /** A thread that has answered holds nothing any more, so nobody needs to wait for its end. */
  async end(): Promise<void> {
    const ended = this.worker.terminate();
    if (this.waiting !== undefined) {
      await ended;
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.waiting?.reject(error);
  }
}
