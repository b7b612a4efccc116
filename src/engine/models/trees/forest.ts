import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { PredictContext } from '../estimator';
import { normalizeRows, reportRows } from '../probabilities';
import type { BinThresholds } from './binning';
import { binRows } from './binning';
import type { GrownTree, LeafValues } from './growTree';

/** Bins of a feature fit in so many bits of a node's split. */
const binBits = 8;
const binMask = (1 << binBits) - 1;

/** A tree ready to answer, over bins. Nodes are in preorder: a node's left child is the next node. */
export interface BinnedTree {
  /** feature · 256 + bin: rows with at most this bin go left. At a leaf −1 − its number. */
  readonly splits: Int32Array;
  /** The right child of each node; 0 at leaves. */
  readonly right: Int32Array;
  readonly leaves: LeafValues;
}

/** Turns a grown tree into one that answers. A split between two bins that are not neighbours falls in their middle. */
export function binnedTree({ features, lower, upper, leaves }: GrownTree): BinnedTree {
  const splits = features.map((feature, node) =>
    feature < 0 ? -1 : feature * (1 << binBits) + ((lower[node] + upper[node] - 1) >> 1));
  return linkTree(splits, leaves);
}

/**
 * Numbers the leaves and finds the right children, both of which follow from the preorder.
 *
 * @param splits splits, any negative number at leaves; overwritten.
 * @throws RangeError when the nodes don't make one tree.
 */
export function linkTree(splits: Int32Array, leaves: LeafValues): BinnedTree {
  const right = new Int32Array(splits.length);
  /** Nodes whose right child is still to come. */
  const open: number[] = [];
  let leaf = 0;
  for (let node = 0; node < splits.length; node++) {
    if (splits[node] >= 0) {
      open.push(node);
      continue;
    }
    splits[node] = -1 - leaf++;
    const parent = open.pop();
    if ((parent === undefined) !== (node === splits.length - 1)) {
      throw new RangeError('The nodes are not one tree.');
    }
    if (parent !== undefined) {
      right[parent] = node + 1;
    }
  }
  return { splits, right, leaves };
}

/** Feature and bin of a split that is not a leaf. */
export function decodeSplit(split: number): { feature: number; bin: number } {
  return { feature: split >> binBits, bin: split & binMask };
}

/** Where a tree's leaves begin in `classes` and `values`. */
function leafStarts(counts: Int32Array): Int32Array {
  const starts = new Int32Array(counts.length + 1);
  for (let leaf = 0; leaf < counts.length; leaf++) {
    starts[leaf + 1] = starts[leaf] + counts[leaf];
  }
  return starts;
}

/**
 * Rows are carried through all trees together: so many that a tree, which may be larger than a cache, is worth fetching, and so few that
 * their bins stay in a cache.
 */
const [fewestBlockRows, mostBlockRows, blockBins] = [512, 16_384, 1 << 19];

/** Rows × trees between two looks at the cancel flag: some tenth of a second. */
const visitsBetweenLooks = 100_000;

/** Averages what many trees answer. */
export class Forest {
  private readonly starts: readonly Int32Array[];
  /** Whether a row's bins are more than the trees ask for on its way down, so that values are compared themselves. */
  private readonly isWide: boolean;

  /** @param offset regression: what leaves' values are measured from. */
  constructor(readonly thresholds: BinThresholds, readonly trees: readonly BinnedTree[], readonly offset = 0) {
    this.starts = trees.map(({ leaves }) => leafStarts(leaves.counts));
    const questions = trees.reduce((sum, { splits }) => sum + Math.log2(splits.length + 1), 0);
    this.isWide = thresholds.starts.length - 1 > questions;
  }

  /** Where the leaves of a tree begin in its `classes` and `values`. */
  leafStarts(tree: number): Int32Array {
    return this.starts[tree];
  }

  /** Regression: the mean of the trees' values. */
  values(features: Matrix, context?: PredictContext): Float64Array {
    const sums = new Float64Array(features.rows);
    this.visit(features, context, (tree, leaf, row) => {
      sums[row] += tree.leaves.values[leaf];
    });
    return sums.map((sum) => sum / this.trees.length + this.offset);
  }

  /** Classification: the mean of the shares in the trees' leaves. */
  probabilities(features: Matrix, classCount: number, context?: PredictContext): Matrix {
    const probabilities = zeros(features.rows, classCount);
    const { values } = probabilities;
    this.visit(features, context, (tree, leaf, row, index) => {
      const { classes, values: shares } = tree.leaves;
      const starts = this.starts[index];
      for (let entry = starts[leaf]; entry < starts[leaf + 1]; entry++) {
        values[row * classCount + classes[entry]] += shares[entry];
      }
    });
    normalizeRows(probabilities);
    return probabilities;
  }

  private visit(
    features: Matrix,
    context: PredictContext | undefined,
    atLeaf: (tree: BinnedTree, leaf: number, row: number, index: number) => void,
  ): void {
    const { rows, columns, values } = features;
    const most = Math.min(rows, Math.max(fewestBlockRows, Math.min(mostBlockRows, Math.floor(blockBins / columns))));
    const bins = new Uint8Array(this.isWide ? 0 : most * columns);
    const { thresholds } = this;
    for (let start = 0; start < rows; start += most) {
      context?.throwIfCancelled();
      const count = Math.min(most, rows - start);
      if (!this.isWide) {
        binRows(features, start, count, thresholds, bins);
      }
      let visits = 0;
      this.trees.forEach((tree, index) => {
        for (let i = 0; i < count; i++) {
          const leaf = this.isWide ? leafOfValues(tree, thresholds, values, (start + i) * columns) : leafOf(tree, bins, i * columns);
          atLeaf(tree, leaf, start + i, index);
        }
        visits += count;
        if (visits > visitsBetweenLooks) {
          context?.throwIfCancelled();
          reportRows(context, start + Math.floor((count * (index + 1)) / this.trees.length), rows);
          visits = 0;
        }
      });
      reportRows(context, start + count, rows);
    }
  }
}

/** What `leafOf` finds, without bins; `offset` is where the row's values begin. */
function leafOfValues({ splits, right }: BinnedTree, { values: borders, starts }: BinThresholds, values: Float64Array, offset: number): number {
  let node = 0;
  let split = splits[0];
  while (split >= 0) {
    const feature = split >> binBits;
    // A bin is at most b when the value is at most border b, and always where there are no more borders.
    const border = starts[feature] + (split & binMask);
    node = border >= starts[feature + 1] || values[offset + feature] <= borders[border] ? node + 1 : right[node];
    split = splits[node];
  }
  return -1 - split;
}

/** The number of the leaf that a row falls into; `offset` is where its bins begin. */
export function leafOf({ splits, right }: BinnedTree, bins: Uint8Array, offset: number): number {
  let node = 0;
  let split = splits[0];
  while (split >= 0) {
    node = bins[offset + (split >> binBits)] <= (split & binMask) ? node + 1 : right[node];
    split = splits[node];
  }
  return -1 - split;
}
