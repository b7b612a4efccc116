import type { SavedModel } from '../estimator';
import { damaged, savedBytes, savedFloat64, savedInt32 } from '../savedModels';

/** Bytes of a categorical split: one bit for each of 256 bins. */
const categoryBytes = 32;
const missingBin = 255;

/** Which bin each category code of a feature falls into; absent for a feature of numbers. */
export type CategoryBins = Uint8Array | undefined;

/**
 * Trees as flat arrays, tree after tree. A node with feature −1 is a leaf and `value` what it adds to the raw prediction. At any
 * other node a number goes left when it is at most `threshold`, a category when its bin's bit is set in `categories`.
 */
export class BoostedTrees {
  constructor(
    /** First node of each tree, and the number of nodes. */
    readonly roots: Int32Array,
    readonly feature: Int32Array,
    readonly threshold: Float64Array,
    readonly left: Int32Array,
    readonly right: Int32Array,
    /** Bit 0: missing values go left. Bit 1: the split is categorical. */
    readonly flags: Uint8Array,
    readonly value: Float64Array,
    readonly gain: Float64Array,
    /** Training rows that reached the node. */
    readonly count: Int32Array,
    /** 32 bytes for each categorical split; its number is the node's `threshold`. */
    readonly categories: Uint8Array,
    readonly categoryBins: readonly CategoryBins[],
  ) {}

  get treeCount(): number {
    return this.roots.length - 1;
  }

  /** The value of the leaf that a row reaches. `values` holds rows one after another, `offset` where this one starts. */
  leafValue(tree: number, values: Float64Array, offset: number): number {
    const { feature, threshold, left, right, flags } = this;
    let node = this.roots[tree];
    for (;;) {
      const f = feature[node];
      if (f < 0) {
        return this.value[node];
      }
      const x = values[offset + f];
      const flag = flags[node];
      const goesLeft = (flag & 2) !== 0
        ? this.categoryGoesLeft(node, f, x)
        : x <= threshold[node] || ((flag & 1) !== 0 && Number.isNaN(x));
      node = goesLeft ? left[node] : right[node];
    }
  }

  /** The sum of split gains by feature, which sum to 1 unless no tree has a split. */
  importances(featureCount: number): Float64Array {
    const sums = new Float64Array(featureCount);
    let total = 0;
    for (let node = 0; node < this.feature.length; node++) {
      if (this.feature[node] >= 0) {
        sums[this.feature[node]] += this.gain[node];
        total += this.gain[node];
      }
    }
    return total > 0 ? sums.map((sum) => sum / total) : sums;
  }

  save(): SavedModel['arrays'] {
    const { roots, feature, threshold, left, right, flags, value, gain, count, categories, categoryBins } = this;
    const bins = categoryBins.flatMap((table) => (table === undefined ? [] : [...table]));
    return {
      roots, feature, threshold, left, right, flags, value, gain, count, categories,
      categoryCounts: Int32Array.from(categoryBins, (table) => table?.length ?? 0),
      categoryBins: Uint8Array.from(bins),
    };
  }

  /** @throws UserError when the arrays don't fit together, or a node leads nowhere. */
  static load(saved: SavedModel): BoostedTrees {
    const roots = savedInt32(saved, 'roots');
    const feature = savedInt32(saved, 'feature');
    const nodes = feature.length;
    const counts = savedInt32(saved, 'categoryCounts');
    const bins = savedBytes(saved, 'categoryBins');
    let used = 0;
    const categoryBins = Array.from(counts, (count) => {
      used += count;
      return count === 0 ? undefined : bins.slice(used - count, used);
    });
    const trees = new BoostedTrees(
      roots, feature, savedFloat64(saved, 'threshold', nodes), savedInt32(saved, 'left', nodes),
      savedInt32(saved, 'right', nodes), savedBytes(saved, 'flags', nodes), savedFloat64(saved, 'value', nodes),
      savedFloat64(saved, 'gain', nodes), savedInt32(saved, 'count', nodes), savedBytes(saved, 'categories'), categoryBins,
    );
    trees.check(used === bins.length);
    return trees;
  }

  private categoryGoesLeft(node: number, feature: number, x: number): boolean {
    const bins = this.categoryBins[feature];
    const bin = bins !== undefined && x >= 0 && x < bins.length ? bins[Math.trunc(x)] : missingBin;
    const bits = this.categories[this.threshold[node] * categoryBytes + (bin >> 3)];
    return ((bits >> (bin & 7)) & 1) !== 0;
  }

  /** Children come after their parents within the same tree, so every walk ends. */
  private check(sound: boolean): void {
    const { roots, feature, left, right, flags, threshold, categories, categoryBins } = this;
    if (!sound || roots.length === 0 || roots[0] !== 0 || roots[roots.length - 1] !== feature.length) {
      throw damaged('roots');
    }
    for (let tree = 0; tree < roots.length - 1; tree++) {
      for (let node = roots[tree]; node < roots[tree + 1]; node++) {
        const isSplit = feature[node] >= 0;
        const leads = (child: number) => child > node && child < roots[tree + 1];
        const known = feature[node] < categoryBins.length && (!isSplit || (leads(left[node]) && leads(right[node])));
        const hasBits = (flags[node] & 2) === 0 || (threshold[node] + 1) * categoryBytes <= categories.length;
        if (!known || !hasBits) {
          throw damaged('feature');
        }
      }
    }
  }
}

/** A node as it was grown; its children are numbered within their tree, whose root is the first. */
export interface GrownNode {
  /** −1: a leaf. */
  readonly feature: number;
  readonly threshold: number;
  readonly left: number;
  readonly right: number;
  readonly missingLeft: boolean;
  readonly value: number;
  readonly gain: number;
  readonly count: number;
  /** The bins that go left, of a categorical split: 256 bits. */
  readonly categories?: Uint8Array | undefined;
}

/** Collects trees as they are grown: an array a property, because thousands of trees have hundreds of thousands of nodes. */
export class BoostedTreesBuilder {
  private readonly roots: number[] = [0];
  private readonly feature: number[] = [];
  private readonly threshold: number[] = [];
  private readonly left: number[] = [];
  private readonly right: number[] = [];
  private readonly flags: number[] = [];
  private readonly value: number[] = [];
  private readonly gain: number[] = [];
  private readonly count: number[] = [];
  private readonly categories: number[] = [];

  /** Adds a node to the tree at hand. */
  addNode(node: GrownNode): void {
    const first = this.roots[this.roots.length - 1];
    const isSplit = node.feature >= 0;
    const { categories } = node;
    this.feature.push(node.feature);
    this.threshold.push(categories === undefined ? node.threshold : this.categories.length / categoryBytes);
    this.left.push(isSplit ? first + node.left : 0);
    this.right.push(isSplit ? first + node.right : 0);
    this.flags.push((node.missingLeft ? 1 : 0) | (categories === undefined ? 0 : 2));
    this.value.push(node.value);
    this.gain.push(node.gain);
    this.count.push(node.count);
    if (categories !== undefined) {
      this.categories.push(...categories);
    }
  }

  /** Ends the tree at hand. */
  endTree(): void {
    this.roots.push(this.feature.length);
  }

  build(categoryBins: readonly CategoryBins[]): BoostedTrees {
    return new BoostedTrees(
      new Int32Array(this.roots), new Int32Array(this.feature), new Float64Array(this.threshold), new Int32Array(this.left),
      new Int32Array(this.right), new Uint8Array(this.flags), new Float64Array(this.value), new Float64Array(this.gain),
      new Int32Array(this.count), new Uint8Array(this.categories), categoryBins,
    );
  }
}
