import type { RandomStream } from '../../compute/random';
import { CodeOrder, smallNode } from './codeOrder';
import type { LeafValues, TreeOptions, TreeProblem } from './growTree';

/** Cells of a histogram that may be scanned for each row of the node. */
const cellsPerRow = 8;

/**
 * Finds the split of a node that lowers the impurity most. The two kinds differ in what they sum up; both know two ways: a
 * histogram over codes, and the rows in the order of their codes, which is faster for few rows, many codes or many classes.
 */
export abstract class SplitSearch {
  /** The best split found so far in this node; feature −1 when there is none. */
  bestFeature = -1;
  /** Largest code on the left, smallest on the right: nothing lies between them. */
  bestLower = 0;
  bestUpper = 0;
  /** True when all rows of the node have the same target. */
  isPure = false;

  /** The node's rows, their codes of the feature at hand, and how much they count. */
  protected count = 0;
  protected readonly nodeRows: Uint32Array;
  protected readonly weights: Float64Array;
  /** Positions in `nodeRows` and their codes, in the order of codes. */
  protected readonly orderedSlots: Int32Array;
  protected readonly orderedCodes: Int32Array;
  protected bestScore = -Infinity;
  /** The score of a split that leaves both sides pure; set by `gather`. */
  protected perfectScore = Infinity;
  private readonly order: CodeOrder;

  /** @param cellsPerCode numbers that a histogram keeps for each code. */
  constructor(
    protected readonly problem: TreeProblem,
    protected readonly options: TreeOptions,
    private readonly cellsPerCode: number,
  ) {
    this.nodeRows = new Uint32Array(problem.rows);
    this.weights = new Float64Array(problem.rows);
    this.order = new CodeOrder(problem);
    this.orderedSlots = this.order.slots;
    this.orderedCodes = this.order.codes;
  }

  /** True once no other feature can do better: both sides are pure. */
  get isPerfect(): boolean {
    return this.bestScore >= this.perfectScore;
  }

  /** @param rowWeights how often each row of the problem counts in this tree. */
  abstract startTree(rowWeights: Float64Array): void;

  /** Turns to the node whose rows are `rows[start]` up to but without `rows[end]`. */
  startNode(rows: Uint32Array, start: number, end: number): void {
    this.bestFeature = -1;
    this.bestScore = -Infinity;
    this.count = end - start;
    for (let i = 0; i < this.count; i++) {
      this.nodeRows[i] = rows[start + i];
    }
    this.gather();
  }

  /**
   * Keeps the feature's best split if it beats the best so far. Returns false when the feature is constant here.
   *
   * @param _random for searches that leave something to chance.
   */
  tryFeature(feature: number, _random: RandomStream): boolean {
    const cells = this.problem.codeCount * this.cellsPerCode;
    const column = feature * this.problem.rows;
    const ordered = this.count <= smallNode || cells > cellsPerRow * this.count;
    if (ordered) {
      this.order.sort(column, this.nodeRows, this.count);
      if (this.orderedCodes[0] === this.orderedCodes[this.count - 1]) {
        return false;
      }
      this.scanOrdered(feature);
      return true;
    }
    return this.scanHistogram(feature, column);
  }

  /** Makes the node a leaf. */
  abstract addLeaf(): void;

  /** The leaves of the tree since `startTree`. */
  abstract takeLeaves(): LeafValues;

  /** Collects weights and sums of `nodeRows`. */
  protected abstract gather(): void;

  protected abstract scanOrdered(feature: number): void;

  /** Returns false when all rows have the same code. */
  protected abstract scanHistogram(feature: number, column: number): boolean;

  protected offer(score: number, feature: number, lower: number, upper: number): void {
    this.bestScore = score;
    this.bestFeature = feature;
    this.bestLower = lower;
    this.bestUpper = upper;
  }
}
