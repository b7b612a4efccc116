import type { Owned } from '../lifecycle';

/**
 * How long no row may have been read before VS Code is told of changes. Longer than the 200 ms for which VS Code gathers
 * changes after it was told of some, so that it acts on the next at once, and long enough for its window to take in rows.
 */
const pauseMilliseconds = 250;
/** How soon after a refresh VS Code reads a tree that is in view, on a slow machine. */
const answerMilliseconds = 1500;
const maximumRepeats = 3;

/**
 * Tells VS Code that rows of a tree have changed, at moments when it can take it.
 *
 * A refresh of the whole tree makes VS Code's extension host forget all rows at once, throwing away what it is reading at that
 * moment. Its window, when it is still taking in the rows that it asked for before, takes those for the answer and doesn't ask
 * again: it then shows rows that the extension host doesn't know, which unfold to nothing and whose menus do nothing
 * (`ExtHostTreeView._addAllToClear` in src/vs/workbench/api/common/extHostTreeViews.ts, `AsyncDataTree.doGetChildren` in
 * src/vs/base/browser/ui/tree/asyncDataTree.ts). So a refresh waits for a pause in the reading, and is repeated when the tree
 * is in view and wasn't read after it.
 */
export class TreeRefresh<Node> implements Owned {
  private whole = false;
  private readonly nodes = new Set<Node>();
  private reading = 0;
  private timer: NodeJS.Timeout | undefined;
  /** When rows were read last, or VS Code was told of changes, by the clock of `performance.now`. */
  private last = -Infinity;
  private visible = false;
  private answerTimer: NodeJS.Timeout | undefined;
  private repeats = 0;
  private disposed = false;

  /** @param refresh tells VS Code of changed rows, or of the whole tree by undefined. */
  constructor(private readonly refresh: (nodes: Node[] | undefined) => void) {}

  /** Asks for a refresh of a row and what is below it; of the whole tree without a row. */
  request(node?: Node): void {
    if (node === undefined) {
      this.whole = true;
    } else {
      this.nodes.add(node);
    }
    this.schedule();
  }

  /** Only a tree in view is read after a refresh. */
  setVisible(visible: boolean): void {
    this.visible = visible;
  }

  /** Runs what answers VS Code's question for the rows below one, or for those of the first level. */
  whileReadingBelow<Answer>(node: Node | undefined, answer: () => Promise<Answer>): Promise<Answer> {
    if (node === undefined) {
      clearTimeout(this.answerTimer);
      this.repeats = 0;
    }
    return this.whileReading(answer);
  }

  /** Runs what answers any other question of VS Code about rows. */
  async whileReading<Answer>(answer: () => Promise<Answer>): Promise<Answer> {
    this.reading++;
    try {
      return await answer();
    } finally {
      this.reading--;
      this.last = performance.now();
      this.schedule();
    }
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    clearTimeout(this.answerTimer);
  }

  private schedule(): void {
    if (this.timer === undefined && !this.disposed && this.reading === 0 && (this.whole || this.nodes.size > 0)) {
      this.timer = setTimeout(() => this.act(), Math.max(0, this.last + pauseMilliseconds - performance.now()));
    }
  }

  private act(): void {
    this.timer = undefined;
    if (this.reading > 0 || performance.now() < this.last + pauseMilliseconds - 1) {
      this.schedule();
      return;
    }
    const { whole, nodes } = this;
    const changed = whole ? undefined : [...nodes];
    this.whole = false;
    nodes.clear();
    this.last = performance.now();
    if (whole) {
      clearTimeout(this.answerTimer);
      this.answerTimer = setTimeout(() => this.repeat(), answerMilliseconds);
    }
    this.refresh(changed);
  }

  private repeat(): void {
    if (this.visible && this.repeats < maximumRepeats) {
      this.repeats++;
      this.request();
    }
  }
}
