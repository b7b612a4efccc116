import type { RandomStream } from '../../compute/random';
import type { BinThresholds } from './binning';
import { ClassificationSearch } from './classificationSearch';
import { RandomBorderSearch } from './randomBorders';
import { RegressionSearch } from './regressionSearch';
import type { SplitSearch } from './splitSearch';

/** What trees are grown on; typed arrays over shared memory, so that worker threads see them. */
export interface TreeProblem {
  readonly rows: number;
  readonly columns: number;
  /** The features' values as small whole numbers in the same order, column after column: `j * rows + i`. */
  readonly codes: Uint8Array | Int32Array;
  /** Codes are below this. */
  readonly codeCount: number;
  /** Class codes, or values. */
  readonly target: Float64Array;
  /** 0 for regression. */
  readonly classCount: number;
  /** How much a row of each class counts; empty for regression. */
  readonly classWeights: Float64Array;
  /** Where codes that are bins are cut. With them extra trees are grown, for classes only: borders are drawn at random. */
  readonly randomBorders?: BinThresholds;
}

export interface TreeOptions {
  readonly criterion: 'gini' | 'entropy' | 'squaredError';
  /** Splits from the root to a leaf at most; null for no limit. */
  readonly maxDepth: number | null;
  /** Rows that a node needs to be split, and that each child keeps. */
  readonly minSamplesSplit: number;
  readonly minSamplesLeaf: number;
  /** A split must lower the impurity, weighted by the share of rows that it concerns, by at least this. */
  readonly minImpurityDecrease: number;
  /** Features that are tried for a split, at least 1. */
  readonly maxFeatures: number;
  /** Rows drawn with replacement for the tree; null to take each row once. */
  readonly bootstrapRows: number | null;
}

/** A grown tree: nodes in preorder, so that a node's left child is the next one. Leaves are numbered in that order. */
export interface GrownTree {
  /** The feature that a node asks for; −1 at a leaf. */
  readonly features: Int32Array;
  /** A node's left rows have at most the code `lower` of its feature, its right rows at least `upper`. */
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly leaves: LeafValues;
}

/** What leaves answer. Classification: the classes that occur in a leaf and their shares. Regression: one value a leaf. */
export interface LeafValues {
  /** Classification: how many classes occur in each leaf. Empty for regression. */
  readonly counts: Int32Array;
  /** Classification: their codes, leaf after leaf. Empty for regression. */
  readonly classes: Int32Array;
  /** Shares, one for each of `classes`; or values, one a leaf. */
  readonly values: Float32Array;
}

/** Rows times features looked at between two calls of `pause`: some milliseconds. */
const workBetweenPauses = 1 << 18;

interface PendingNode {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

/**
 * Grows classification and regression trees depth first (Breiman, Friedman, Olshen, Stone: "Classification and Regression
 * Trees", 1984, chapters 2 and 8), with scikit-learn's rules for when a node becomes a leaf. Its buffers serve many trees.
 */
export class TreeGrower {
  private readonly search: SplitSearch;
  private readonly rows: Uint32Array;
  private readonly rightRows: Uint32Array;
  private readonly rowWeights: Float64Array;
  private readonly featureOrder: Int32Array;
  private readonly nodes: { features: Int32Array; lower: Int32Array; upper: Int32Array };
  private nodeCount = 0;
  private workUntilPause = workBetweenPauses;
  private settledRows = 0;
  private leafCount = 0;

  /** @param pause called every few milliseconds with how many rows have come to their leaf and how many leaves there are; may throw. */
  constructor(
    private readonly problem: TreeProblem,
    private readonly options: TreeOptions,
    private readonly pause: (settledRows: number, leaves: number) => void,
  ) {
    const { rows, columns } = problem;
    this.search = searchFor(problem, options);
    this.rows = new Uint32Array(rows);
    this.rightRows = new Uint32Array(rows);
    this.rowWeights = new Float64Array(rows);
    this.featureOrder = new Int32Array(columns);
    this.nodes = {
      features: new Int32Array(2 * rows), lower: new Int32Array(2 * rows), upper: new Int32Array(2 * rows),
    };
  }

  /** Grows one tree; what it is depends on the problem, the options and this stream only. */
  grow(random: RandomStream): GrownTree {
    const rowCount = this.drawRows(random.split('bootstrap'));
    const featureStream = random.split('features');
    this.featureOrder.forEach((_, j) => {
      this.featureOrder[j] = j;
    });
    this.search.startTree(this.rowWeights);
    this.nodeCount = 0;
    [this.settledRows, this.leafCount] = [0, 0];
    const pending: PendingNode[] = [{ start: 0, end: rowCount, depth: 0 }];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      const middle = this.splitNode(node, featureStream);
      if (middle !== undefined) {
        pending.push({ start: middle, end: node.end, depth: node.depth + 1 });
        pending.push({ start: node.start, end: middle, depth: node.depth + 1 });
      }
    }
    return {
      features: this.nodes.features.slice(0, this.nodeCount),
      lower: this.nodes.lower.slice(0, this.nodeCount),
      upper: this.nodes.upper.slice(0, this.nodeCount),
      leaves: this.search.takeLeaves(),
    };
  }

  /** Fills `rowWeights` with how often each row counts, and `rows` with those that count; returns how many. */
  private drawRows(random: RandomStream): number {
    const { rows } = this.problem;
    const { bootstrapRows } = this.options;
    if (bootstrapRows === null) {
      this.rowWeights.fill(1);
    } else {
      this.rowWeights.fill(0);
      for (let i = 0; i < bootstrapRows; i++) {
        this.rowWeights[random.nextInt(rows)]++;
      }
    }
    let count = 0;
    for (let row = 0; row < rows; row++) {
      if (this.rowWeights[row] > 0) {
        this.rows[count++] = row;
      }
    }
    return count;
  }

  /** Adds a node; returns where its right child's rows begin, or undefined when it became a leaf. */
  private splitNode({ start, end, depth }: PendingNode, random: RandomStream): number | undefined {
    const { maxDepth, minSamplesSplit, minSamplesLeaf } = this.options;
    const { search, nodes } = this;
    const count = end - start;
    const node = this.nodeCount++;
    search.startNode(this.rows, start, end);
    const mayBeSplit = !search.isPure && count >= minSamplesSplit && count >= 2 * minSamplesLeaf
      && (maxDepth === null || depth < maxDepth);
    if (!mayBeSplit || !this.findSplit(random, count)) {
      nodes.features[node] = -1;
      search.addLeaf();
      this.settledRows += count;
      this.leafCount++;
      return undefined;
    }
    nodes.features[node] = search.bestFeature;
    nodes.lower[node] = search.bestLower;
    nodes.upper[node] = search.bestUpper;
    return this.partition(start, end, search.bestFeature, search.bestLower);
  }

  /** Tries features in random order: `maxFeatures` of them, and on until one isn't constant among the node's rows. */
  private findSplit(random: RandomStream, count: number): boolean {
    const { featureOrder, search } = this;
    const { maxFeatures } = this.options;
    const columns = featureOrder.length;
    let anyVaries = false;
    for (let tried = 0; tried < columns && (tried < maxFeatures || !anyVaries) && !search.isPerfect; tried++) {
      const chosen = tried + random.nextInt(columns - tried);
      const feature = featureOrder[chosen];
      featureOrder[chosen] = featureOrder[tried];
      featureOrder[tried] = feature;
      anyVaries = search.tryFeature(feature, random) || anyVaries;
      this.workUntilPause -= count;
      if (this.workUntilPause <= 0) {
        this.pause(this.settledRows, this.leafCount);
        this.workUntilPause = workBetweenPauses;
      }
    }
    return search.bestFeature >= 0;
  }

  /** Brings the left rows to the front, both sides in their old order, so that memory is read forwards. */
  private partition(start: number, end: number, feature: number, lower: number): number {
    const { rows, rightRows } = this;
    const { codes, rows: rowCount } = this.problem;
    const column = feature * rowCount;
    let left = start;
    let right = 0;
    for (let i = start; i < end; i++) {
      const row = rows[i];
      if (codes[column + row] <= lower) {
        rows[left++] = row;
      } else {
        rightRows[right++] = row;
      }
    }
    rows.set(rightRows.subarray(0, right), left);
    return left;
  }
}

function searchFor(problem: TreeProblem, options: TreeOptions): SplitSearch {
  if (problem.classCount === 0) {
    return new RegressionSearch(problem, options);
  }
  return problem.randomBorders === undefined
    ? new ClassificationSearch(problem, options)
    : new RandomBorderSearch(problem, options, problem.randomBorders);
}
