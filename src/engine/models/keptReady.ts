import type { Model } from './estimator';

/** What costs time to set up, and memory or threads to keep. */
export interface SetUp {
  dispose(): void;
}

/**
 * What a model's predictions need: set up and disposed of for each by itself, or, while somebody asked to keep it, set up by the first of
 * them and disposed of when the last who asked lets go.
 */
export class KeptReady<T extends SetUp> {
  private keepers = 0;
  private kept: T | undefined;

  /** Does some work with what is kept, or with one of its own. What the work threw at is not used again. */
  use<Result>(setUp: () => T, work: (ready: T) => Result): Result {
    const ready = this.kept ?? setUp();
    let isSound = false;
    try {
      const result = work(ready);
      isSound = true;
      return result;
    } finally {
      if (isSound && this.keepers > 0) {
        this.kept = ready;
      } else {
        this.kept = undefined;
        ready.dispose();
      }
    }
  }

  /** @returns how to let go, to be called once, in a `finally`. */
  keep(): () => void {
    this.keepers++;
    return () => {
      this.keepers--;
      if (this.keepers === 0) {
        this.kept?.dispose();
        this.kept = undefined;
      }
    };
  }
}

/** Keeps models ready for a series of predictions; see Model.keepReady. */
export function keepAllReady(models: readonly Model[]): () => void {
  const releases = models.map((model) => model.keepReady?.());
  return () => releases.forEach((release) => release?.());
}
