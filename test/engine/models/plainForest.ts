import type { RandomStream } from '../../../src/engine/compute/random';
import { binByColumn } from '../../../src/engine/models/trees/binning';
import type { BinThresholds } from '../../../src/engine/models/trees/binning';
import type { BinnedTree } from '../../../src/engine/models/trees/forest';
import { linkTree } from '../../../src/engine/models/trees/forest';
import { treeStream } from '../../../src/engine/models/trees/growForest';
import type { ForestProblem, KernelForestOptions } from '../../../src/engine/models/trees/kernelForest';

/** A border between the bins `lower` and `upper` of a feature, and how good it is. */
interface Border {
  readonly feature: number;
  readonly lower: number;
  readonly upper: number;
  readonly worth: number;
}

/**
 * What the forest kernel must grow, in plain TypeScript and no faster than that: each node looks through all borders of the features
 * drawn. Sums are exact, hence the same in any order, when weights and targets are small multiples of a power of two.
 */
export class PlainForest {
  private readonly bins: Uint8Array;
  private readonly outputs: number;
  private splits: number[] = [];
  private leaves: { counts: number[]; classes: number[]; values: number[] } = { counts: [], classes: [], values: [] };
  private order: number[] = [];
  private drawn: Int32Array = new Int32Array(0);
  private treeWeight = 0;

  constructor(
    private readonly problem: ForestProblem,
    private readonly options: KernelForestOptions,
    private readonly thresholds: BinThresholds,
  ) {
    this.bins = binByColumn(problem.features, thresholds);
    this.outputs = Math.max(1, problem.classCount);
  }

  grow(count: number, random: RandomStream): BinnedTree[] {
    return Array.from({ length: count }, (_, tree) => this.growTree(treeStream(random, tree)));
  }

  private growTree(random: RandomStream): BinnedTree {
    const { features: { rows, columns } } = this.problem;
    this.splits = [];
    this.leaves = { counts: [], classes: [], values: [] };
    this.order = Array.from({ length: columns }, (_, feature) => feature);
    const { bootstrapRows } = this.options;
    this.drawn = new Int32Array(rows).fill(bootstrapRows === null ? 1 : 0);
    const bootstrap = random.split('bootstrap');
    for (let i = 0; i < (bootstrapRows ?? 0); i++) {
      this.drawn[bootstrap.nextInt(rows)]++;
    }
    const root = Array.from(this.drawn.keys()).filter((row) => this.drawn[row] > 0);
    this.treeWeight = this.sums(root).weight;
    this.growNode(root, 0, random.split('features'));
    const { counts, classes, values } = this.leaves;
    return linkTree(Int32Array.from(this.splits), {
      counts: Int32Array.from(counts), classes: Int32Array.from(classes), values: Float32Array.from(values),
    });
  }

  private growNode(rows: readonly number[], depth: number, random: RandomStream): void {
    const { maxDepth, minSamplesSplit, minSamplesLeaf } = this.options;
    const { target } = this.problem;
    const mayBeSplit = rows.some((row) => target[row] !== target[rows[0]]) && rows.length >= minSamplesSplit
      && rows.length >= 2 * minSamplesLeaf && (maxDepth === null || depth < maxDepth);
    const border = mayBeSplit ? this.bestBorder(rows, random) : undefined;
    if (border === undefined) {
      this.splits.push(-1);
      this.addLeaf(rows);
      return;
    }
    const { feature, lower, upper } = border;
    this.splits.push(feature * 256 + ((lower + upper - 1) >> 1));
    this.growNode(rows.filter((row) => this.bin(feature, row) <= lower), depth + 1, random);
    this.growNode(rows.filter((row) => this.bin(feature, row) > lower), depth + 1, random);
  }

  private bestBorder(rows: readonly number[], random: RandomStream): Border | undefined {
    const { maxFeatures, minImpurityDecrease, randomBorders } = this.options;
    const { columns } = this.problem.features;
    // The first feature that tells two rows apart is as good as any other, so that no border is drawn in another.
    const isEnough = rows.length === 2 && randomBorders && minImpurityDecrease <= 0;
    const least = this.leastWorth(rows);
    let best: Border | undefined;
    let varies = false;
    for (let place = 0; place < maxFeatures; place++) {
      this.drawFeature(place, random);
    }
    for (let place = 0; place < columns && (place < maxFeatures || !varies) && !(isEnough && varies); place++) {
      if (place >= maxFeatures) {
        this.drawFeature(place, random);
      }
      const feature = this.order[place];
      const used = [...new Set(rows.map((row) => this.bin(feature, row)))].sort((a, b) => a - b);
      if (used.length < 2) {
        continue;
      }
      varies = true;
      const borders = randomBorders ? [this.drawBorder(feature, used, random)] : used.slice(1).map((upper, i) => [used[i], upper] as const);
      for (const [lower, upper] of borders) {
        const worth = this.worth(rows, feature, lower);
        if (worth >= least && worth > (best?.worth ?? -1)) {
          best = { feature, lower, upper, worth };
        }
      }
    }
    return best;
  }

  private drawFeature(place: number, random: RandomStream): void {
    const chosen = place + random.nextInt(this.order.length - place);
    [this.order[place], this.order[chosen]] = [this.order[chosen], this.order[place]];
  }

  /** Between the middles of the outermost used bins. */
  private drawBorder(feature: number, used: readonly number[], random: RandomStream): readonly [number, number] {
    const [first, last] = [used[0], used[used.length - 1]];
    const { values, starts } = this.thresholds;
    const own = values.subarray(starts[feature], starts[feature + 1]);
    const middle = (bin: number): number => {
      const inner = Math.min(Math.max(bin, 1), own.length - 1);
      if (own.length < 2) {
        return own[0];
      }
      const half = (own[inner] - own[inner - 1]) / 2;
      return bin === 0 ? own[0] - half : bin === own.length ? own[bin - 1] + half : own[bin - 1] / 2 + own[bin] / 2;
    };
    const value = middle(first) + (random.nextUint32() / 4294967296) * (middle(last) - middle(first));
    let lower = first;
    while (lower < last - 1 && own[lower] < value) {
      lower++;
    }
    return [lower, lower + 1];
  }

  /** How much the impurity falls, times a number that is the same for all borders of a node; see kernels/forest/search.ts. */
  private worth(rows: readonly number[], feature: number, lower: number): number {
    const { minSamplesLeaf } = this.options;
    const left = rows.filter((row) => this.bin(feature, row) <= lower);
    if (left.length < minSamplesLeaf || rows.length - left.length < minSamplesLeaf) {
      return NaN;
    }
    const all = this.sums(rows);
    const { weight, target, classes } = this.sums(left);
    const product = weight * (all.weight - weight);
    if (this.problem.classCount <= 2) {
      return (target * all.weight - weight * all.target) ** 2 / product;
    }
    const squares = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);
    const products = classes.reduce((sum, own, label) => sum + own * all.classes[label], 0);
    return (squares(classes) * all.weight + (squares(all.classes) - 2 * products) * weight) / product;
  }

  /** The worth of the least decrease of the impurity that is asked for. */
  private leastWorth(rows: readonly number[]): number {
    const { minImpurityDecrease } = this.options;
    if (minImpurityDecrease === 0) {
      return -1;
    }
    const { weight, classes } = this.sums(rows);
    const decrease = minImpurityDecrease * this.treeWeight;
    switch (this.problem.classCount) {
      case 0:
        return decrease * weight;
      case 2:
        return (decrease * weight) / 2;
      default:
        return decrease + classes.reduce((sum, value) => sum + value * value, 0) / weight;
    }
  }

  /** Weight, sum of weight · target, and the weight of each class. */
  private sums(rows: readonly number[]): { weight: number; target: number; classes: number[] } {
    const { classCount, classWeights, target } = this.problem;
    const classes = new Array<number>(this.outputs).fill(0);
    let weight = 0;
    let sum = 0;
    for (const row of rows) {
      const own = this.drawn[row] * (classCount === 0 ? 1 : classWeights[target[row]]);
      weight += own;
      sum += own * target[row];
      classes[classCount === 0 ? 0 : target[row]] += own;
    }
    return { weight, target: sum, classes };
  }

  private addLeaf(rows: readonly number[]): void {
    const { weight, target, classes } = this.sums(rows);
    if (this.problem.classCount === 0) {
      this.leaves.values.push(target / weight);
      return;
    }
    const present = classes.flatMap((own, label) => (own > 0 ? [label] : []));
    this.leaves.counts.push(present.length);
    this.leaves.classes.push(...present);
    this.leaves.values.push(...present.map((label) => classes[label] / weight));
  }

  private bin(feature: number, row: number): number {
    return this.bins[feature * this.problem.features.rows + row];
  }
}
