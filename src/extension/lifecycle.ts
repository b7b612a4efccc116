/** Anything that holds on to something until it is told to let go; `vscode.Disposable` and Node-side owners alike. */
export interface Owned {
  dispose(): unknown;
}

/** Owns other disposables and lets go of them, last first, when it is disposed itself. */
export class Disposables implements Owned {
  private readonly owned: Owned[] = [];
  private isDisposed = false;

  get disposed(): boolean {
    return this.isDisposed;
  }

  /** Takes ownership. What arrives after disposal is disposed at once, so that late asynchronous work can't leak. */
  track<T extends Owned>(owned: T): T {
    if (this.isDisposed) {
      owned.dispose();
    } else {
      this.owned.push(owned);
    }
    return owned;
  }

  dispose(): void {
    this.isDisposed = true;
    for (let next = this.owned.pop(); next !== undefined; next = this.owned.pop()) {
      next.dispose();
    }
  }
}

/** Runs an action once calls have stopped coming for `delay` milliseconds, but at the latest `latest` after the first. */
export class Debouncer implements Owned {
  private timer: NodeJS.Timeout | undefined;
  private firstCall = 0;

  constructor(
    private readonly action: () => void,
    private readonly delay: number,
    private readonly latest: number,
  ) {}

  call(): void {
    const now = Date.now();
    if (this.timer === undefined) {
      this.firstCall = now;
    } else {
      clearTimeout(this.timer);
    }
    const wait = Math.max(0, Math.min(this.delay, this.firstCall + this.latest - now));
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.action();
    }, wait);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
