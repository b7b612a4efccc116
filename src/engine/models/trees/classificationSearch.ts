import type { LeafValues, TreeOptions, TreeProblem } from './growTree';
import { SplitSearch } from './splitSearch';

/**
 * The split that lowers the Gini impurity or the entropy most (Breiman et al. 1984, section 4.3; Quinlan 1986). Both
 * impurities, times the weight of their side, are a term of that weight minus a sum of terms of the classes' weights:
 *
 *   Gini:     w − Σ wₖ² / w            entropy:     w·ln w − Σ wₖ·ln wₖ
 *
 * so a scan keeps, for each side, the weight and that sum, and updates them row by row or code by code.
 */
export class ClassificationSearch extends SplitSearch {
  private readonly histogram: Float64Array;
  private readonly stride: number;
  private readonly labels: Int32Array;
  private readonly nodeClassWeights: Float64Array;
  private readonly leftClassWeights: Float64Array;
  private readonly leafCounts: Int32Array;
  private readonly leafClasses: Int32Array;
  private readonly leafShares: Float32Array;
  private leafCount = 0;
  private leafEntries = 0;
  private rowWeights: Float64Array = new Float64Array(0);
  private totalWeight = 0;
  private nodeWeight = 0;
  private readonly usesEntropy: boolean;

  constructor(problem: TreeProblem, options: TreeOptions) {
    super(problem, options, problem.classCount + 1);
    const { rows, classCount, codeCount } = problem;
    this.stride = classCount + 1;
    // Histograms of more cells than this are never used: see SplitSearch.tryFeature.
    this.histogram = new Float64Array(codeCount * this.stride <= 8 * rows ? codeCount * this.stride : 0);
    this.labels = new Int32Array(rows);
    this.nodeClassWeights = new Float64Array(classCount);
    this.leftClassWeights = new Float64Array(classCount);
    this.leafCounts = new Int32Array(rows);
    this.leafClasses = new Int32Array(rows);
    this.leafShares = new Float32Array(rows);
    this.usesEntropy = options.criterion === 'entropy';
  }

  startTree(rowWeights: Float64Array): void {
    const { target, classWeights } = this.problem;
    this.rowWeights = rowWeights.map((weight, row) => weight * classWeights[target[row]]);
    this.totalWeight = this.rowWeights.reduce((sum, weight) => sum + weight, 0);
    this.leafCount = 0;
    this.leafEntries = 0;
  }

  addLeaf(): void {
    const { nodeClassWeights, nodeWeight } = this;
    let occurring = 0;
    for (let label = 0; label < nodeClassWeights.length; label++) {
      if (nodeClassWeights[label] > 0) {
        this.leafClasses[this.leafEntries] = label;
        this.leafShares[this.leafEntries] = nodeClassWeights[label] / nodeWeight;
        this.leafEntries++;
        occurring++;
      }
    }
    this.leafCounts[this.leafCount++] = occurring;
  }

  takeLeaves(): LeafValues {
    return {
      counts: this.leafCounts.slice(0, this.leafCount),
      classes: this.leafClasses.slice(0, this.leafEntries),
      values: this.leafShares.slice(0, this.leafEntries),
    };
  }

  protected gather(): void {
    const { nodeRows, weights, labels, count, nodeClassWeights, rowWeights } = this;
    const { target } = this.problem;
    nodeClassWeights.fill(0);
    const first = target[nodeRows[0]];
    let pure = true;
    let weightSum = 0;
    for (let i = 0; i < count; i++) {
      const row = nodeRows[i];
      const label = target[row];
      const weight = rowWeights[row];
      pure &&= label === first;
      labels[i] = label;
      weights[i] = weight;
      weightSum += weight;
      nodeClassWeights[label] += weight;
    }
    this.isPure = pure;
    // The terms of a pure side are its weight squared, or its weight times its logarithm.
    this.perfectScore = (this.usesEntropy ? 0 : weightSum) - 1e-12 * weightSum;
    this.nodeWeight = weightSum;
  }

  protected scanOrdered(feature: number): void {
    const { orderedCodes, orderedSlots, weights, labels, count, nodeWeight, nodeClassWeights, leftClassWeights } = this;
    const { minSamplesLeaf } = this.options;
    leftClassWeights.fill(0);
    let leftWeight = 0;
    let leftTerms = 0;
    let rightTerms = this.termsOf(nodeClassWeights, 0);
    for (let i = 0; i + minSamplesLeaf < count; i++) {
      const slot = orderedSlots[i];
      const label = labels[slot];
      const weight = weights[slot];
      const left = leftClassWeights[label];
      const right = nodeClassWeights[label] - left;
      leftTerms += this.term(left + weight) - this.term(left);
      rightTerms += this.term(right - weight) - this.term(right);
      leftClassWeights[label] = left + weight;
      leftWeight += weight;
      if (orderedCodes[i] !== orderedCodes[i + 1] && i + 1 >= minSamplesLeaf) {
        const score = this.score(leftWeight, leftTerms) + this.score(nodeWeight - leftWeight, rightTerms);
        this.consider(score, feature, orderedCodes[i], orderedCodes[i + 1]);
      }
    }
  }

  protected scanHistogram(feature: number, column: number): boolean {
    this.fillHistogram(column);
    const { histogram, stride, count, leftClassWeights } = this;
    const { minSamplesLeaf } = this.options;
    leftClassWeights.fill(0);
    let leftRows = 0;
    let lower = -1;
    let varies = false;
    for (let code = 0; leftRows < count; code++) {
      const cell = code * stride;
      const rows = histogram[cell];
      if (rows === 0) {
        continue;
      }
      if (lower >= 0) {
        varies = true;
        if (leftRows >= minSamplesLeaf && count - leftRows >= minSamplesLeaf) {
          this.consider(this.scoreOfSides(), feature, lower, code);
        }
      }
      leftRows += rows;
      for (let label = 0; label < leftClassWeights.length; label++) {
        leftClassWeights[label] += histogram[cell + 1 + label];
      }
      lower = code;
    }
    return varies;
  }

  /** Offers the border behind a code. */
  protected considerBorder(feature: number, border: number): void {
    const { nodeRows, weights, labels, count, leftClassWeights } = this;
    const { codes, rows } = this.problem;
    const { minSamplesLeaf } = this.options;
    leftClassWeights.fill(0);
    let leftRows = 0;
    for (let i = 0; i < count; i++) {
      if (codes[feature * rows + nodeRows[i]] <= border) {
        leftClassWeights[labels[i]] += weights[i];
        leftRows++;
      }
    }
    if (leftRows >= minSamplesLeaf && count - leftRows >= minSamplesLeaf) {
      this.consider(this.scoreOfSides(), feature, border, border + 1);
    }
  }

  private fillHistogram(column: number): void {
    const { histogram, stride, nodeRows, weights, labels, count } = this;
    const { codes } = this.problem;
    histogram.fill(0);
    for (let i = 0; i < count; i++) {
      const cell = codes[column + nodeRows[i]] * stride;
      histogram[cell]++;
      histogram[cell + 1 + labels[i]] += weights[i];
    }
  }

  private scoreOfSides(): number {
    const { leftClassWeights, nodeClassWeights, nodeWeight } = this;
    let leftWeight = 0;
    let leftTerms = 0;
    let rightTerms = 0;
    for (let label = 0; label < leftClassWeights.length; label++) {
      const left = leftClassWeights[label];
      leftWeight += left;
      leftTerms += this.term(left);
      rightTerms += this.term(nodeClassWeights[label] - left);
    }
    return this.score(leftWeight, leftTerms) + this.score(nodeWeight - leftWeight, rightTerms);
  }

  private termsOf(classWeights: Float64Array, start: number): number {
    let sum = start;
    for (let label = 0; label < classWeights.length; label++) {
      sum += this.term(classWeights[label]);
    }
    return sum;
  }

  /** A class's part of a side's score. */
  private term(weight: number): number {
    if (this.usesEntropy) {
      return weight > 0 ? weight * Math.log(weight) : 0;
    }
    return weight * weight;
  }

  /** Minus the impurity of a side, times its weight, up to that weight, which is the same in sum for all splits. */
  private score(weight: number, terms: number): number {
    return this.usesEntropy ? terms - weight * Math.log(weight) : terms / weight;
  }

  private consider(score: number, feature: number, lower: number, upper: number): void {
    if (score > this.bestScore && this.decreases(score)) {
      this.offer(score, feature, lower, upper);
    }
  }

  private decreases(score: number): boolean {
    const { minImpurityDecrease } = this.options;
    if (minImpurityDecrease === 0) {
      return true;
    }
    const decrease = score - this.score(this.nodeWeight, this.termsOf(this.nodeClassWeights, 0));
    // Entropy is measured in bits.
    const unit = this.usesEntropy ? Math.LN2 : 1;
    return decrease >= minImpurityDecrease * this.totalWeight * unit;
  }
}
