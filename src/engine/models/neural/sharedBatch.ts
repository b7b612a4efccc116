/** How many values the parts of a shared batch have. */
export interface SharedBatchSizes {
  readonly parameters: number;
  readonly features: number;
  readonly outputs: number;
}

/** Words of the control block. */
const word = { turn: 0, finished: 1, failed: 2, stopped: 3, rows: 4, maskKey: 5, errorLength: 6, ready: 7 } as const;
const errorAt = 64;
const maximumErrorBytes = 1024;
const valuesAt = errorAt + maximumErrorBytes;
/** Longest sleep of a thread that waits, in milliseconds, before it looks whether the other still lives. */
const longestSleep = 50;

/**
 * What two threads share that compute one batch's gradient: parameters and the second part of the batch go over, its gradient comes
 * back. They talk by atomic operations, since a step takes less time than a message.
 */
export class SharedBatch {
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  readonly features: Float32Array;
  readonly targets: Float32Array;
  readonly weights: Float32Array;
  readonly loss: Float32Array;
  private readonly words: Int32Array;

  /** @param spinTurns turns of a waiting loop before the thread sleeps: none where threads share a processor. */
  constructor(readonly buffer: SharedArrayBuffer, { parameters, features, outputs }: SharedBatchSizes, private readonly spinTurns: number) {
    this.words = new Int32Array(buffer, 0, errorAt / Int32Array.BYTES_PER_ELEMENT);
    let at = valuesAt;
    const next = (length: number): Float32Array => {
      const view = new Float32Array(buffer, at, length);
      at += length * Float32Array.BYTES_PER_ELEMENT;
      return view;
    };
    this.parameters = next(parameters);
    this.gradients = next(parameters);
    this.features = next(features);
    this.targets = next(outputs);
    this.weights = next(outputs);
    this.loss = next(1);
  }

  static bytesFor({ parameters, features, outputs }: SharedBatchSizes): number {
    return valuesAt + (2 * parameters + features + 2 * outputs + 1) * Float32Array.BYTES_PER_ELEMENT;
  }

  /** The leader's: lets the helper begin with what is in the views. */
  begin(rows: number, maskKey: number): void {
    Atomics.store(this.words, word.rows, rows);
    Atomics.store(this.words, word.maskKey, maskKey);
    this.nextTurn();
  }

  /** The leader's: whether the helper has finished its turn; sleeps for a moment when it hasn't. @throws Error when the helper failed. */
  awaitFinished(): boolean {
    const turn = Atomics.load(this.words, word.turn);
    const isFinished = this.waitFor(word.finished, (value) => value === turn);
    this.throwIfFailed();
    return isFinished;
  }

  /** The leader's: whether the helper could begin at once. @throws Error when the helper failed. */
  isReady(): boolean {
    this.throwIfFailed();
    return Atomics.load(this.words, word.ready) !== 0;
  }

  /** The helper's: has loaded what it needs. */
  ready(): void {
    Atomics.store(this.words, word.ready, 1);
  }

  /** The leader's: sends the helper home. */
  stop(): void {
    Atomics.store(this.words, word.stopped, 1);
    this.nextTurn();
  }

  /** The helper's: waits for a turn after the one given. @returns its number, rows and mask key; undefined when it is to go home. */
  awaitTurn(last: number): { readonly turn: number; readonly rows: number; readonly maskKey: number } | undefined {
    while (!this.waitFor(word.turn, (value) => value !== last)) {
      // Asleep until the leader has something to do.
    }
    return Atomics.load(this.words, word.stopped) !== 0
      ? undefined
      : { turn: Atomics.load(this.words, word.turn), rows: Atomics.load(this.words, word.rows), maskKey: Atomics.load(this.words, word.maskKey) };
  }

  /** The helper's: hands the turn's gradient and loss back. */
  finish(turn: number): void {
    Atomics.store(this.words, word.finished, turn);
    Atomics.notify(this.words, word.finished);
  }

  /** The helper's: keeps the error for the leader. */
  fail(message: string): void {
    const text = new TextEncoder().encode(message).subarray(0, maximumErrorBytes);
    new Uint8Array(this.buffer, errorAt).set(text);
    Atomics.store(this.words, word.errorLength, text.length);
    Atomics.store(this.words, word.failed, 1);
    this.finish(Atomics.load(this.words, word.turn));
  }

  private throwIfFailed(): void {
    if (Atomics.load(this.words, word.failed) !== 0) {
      const bytes = new Uint8Array(this.buffer, errorAt, Atomics.load(this.words, word.errorLength));
      throw new Error(`The thread that computes half of each batch failed: ${new TextDecoder().decode(bytes.slice())}`);
    }
  }

  private nextTurn(): void {
    Atomics.add(this.words, word.turn, 1);
    Atomics.notify(this.words, word.turn);
  }

  private waitFor(index: number, isReached: (value: number) => boolean): boolean {
    for (let turn = 0; turn < this.spinTurns; turn++) {
      if (isReached(Atomics.load(this.words, index))) {
        return true;
      }
    }
    const current = Atomics.load(this.words, index);
    if (isReached(current)) {
      return true;
    }
    Atomics.wait(this.words, index, current, longestSleep);
    return isReached(Atomics.load(this.words, index));
  }
}
