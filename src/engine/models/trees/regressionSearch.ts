import type { LeafValues, TreeOptions, TreeProblem } from './growTree';
import { SplitSearch } from './splitSearch';

/** A histogram's numbers for one code: rows, their weight, the sum of their deviations. The fourth keeps indices cheap. */
const cellsPerCode = 4;

/** Scores that differ by less than this share differ by rounding. */
const almostAll = 1 - 1e-12;

/**
 * The split that lowers the squared error most. With y measured from the node's mean, that is the one with the largest
 * L²/w(L) + R²/w(R), where L and R are the weighted sums of y on both sides and w their weights.
 */
export class RegressionSearch extends SplitSearch {
  private readonly histogram: Float64Array;
  /** Weight times deviation from the node's mean, one for each of the node's rows. */
  private readonly deviations: Float64Array;
  private readonly leafValues: Float32Array;
  private leafCount = 0;
  private rowWeights: Float64Array = new Float64Array(0);
  private totalWeight = 0;
  private nodeWeight = 0;
  private mean = 0;

  constructor(problem: TreeProblem, options: TreeOptions) {
    super(problem, options, cellsPerCode);
    this.histogram = new Float64Array(problem.codeCount * cellsPerCode);
    this.deviations = new Float64Array(problem.rows);
    this.leafValues = new Float32Array(problem.rows);
  }

  startTree(rowWeights: Float64Array): void {
    this.rowWeights = rowWeights;
    this.totalWeight = rowWeights.reduce((sum, weight) => sum + weight, 0);
    this.leafCount = 0;
  }

  addLeaf(): void {
    this.leafValues[this.leafCount++] = this.mean;
  }

  takeLeaves(): LeafValues {
    return { counts: new Int32Array(0), classes: new Int32Array(0), values: this.leafValues.slice(0, this.leafCount) };
  }

  protected gather(): void {
    const { nodeRows, weights, deviations, count, rowWeights } = this;
    const { target } = this.problem;
    const first = target[nodeRows[0]];
    let weightSum = 0;
    let sum = 0;
    let pure = true;
    for (let i = 0; i < count; i++) {
      const row = nodeRows[i];
      const weight = rowWeights[row];
      // Measured from the first value, the sum keeps its digits however far all values are from 0.
      const distance = target[row] - first;
      pure &&= distance === 0;
      weights[i] = weight;
      deviations[i] = distance;
      weightSum += weight;
      sum += weight * distance;
    }
    const shift = sum / weightSum;
    let squares = 0;
    for (let i = 0; i < count; i++) {
      const deviation = deviations[i] - shift;
      deviations[i] = weights[i] * deviation;
      squares += weights[i] * deviation * deviation;
    }
    this.perfectScore = squares * almostAll;
    this.isPure = pure;
    this.nodeWeight = weightSum;
    this.mean = first + shift;
  }

  protected scanOrdered(feature: number): void {
    const { orderedCodes, orderedSlots, weights, deviations, count, nodeWeight } = this;
    const { minSamplesLeaf } = this.options;
    let leftWeight = 0;
    let leftSum = 0;
    for (let i = 0; i + minSamplesLeaf < count; i++) {
      const slot = orderedSlots[i];
      leftWeight += weights[slot];
      leftSum += deviations[slot];
      if (orderedCodes[i] !== orderedCodes[i + 1] && i + 1 >= minSamplesLeaf) {
        this.consider(feature, leftWeight, leftSum, nodeWeight - leftWeight, orderedCodes[i], orderedCodes[i + 1]);
      }
    }
  }

  protected scanHistogram(feature: number, column: number): boolean {
    this.fillHistogram(column);
    const { histogram, count, nodeWeight } = this;
    const { minSamplesLeaf } = this.options;
    let leftRows = 0;
    let leftWeight = 0;
    let leftSum = 0;
    let lower = -1;
    let varies = false;
    for (let code = 0; leftRows < count; code++) {
      const cell = code * cellsPerCode;
      const rows = histogram[cell];
      if (rows === 0) {
        continue;
      }
      if (lower >= 0) {
        varies = true;
        if (leftRows >= minSamplesLeaf && count - leftRows >= minSamplesLeaf) {
          this.consider(feature, leftWeight, leftSum, nodeWeight - leftWeight, lower, code);
        }
      }
      leftRows += rows;
      leftWeight += histogram[cell + 1];
      leftSum += histogram[cell + 2];
      lower = code;
    }
    return varies;
  }

  private fillHistogram(column: number): void {
    const { histogram, nodeRows, weights, deviations, count } = this;
    const { codes } = this.problem;
    histogram.fill(0);
    for (let i = 0; i < count; i++) {
      const cell = codes[column + nodeRows[i]] * cellsPerCode;
      histogram[cell]++;
      histogram[cell + 1] += weights[i];
      histogram[cell + 2] += deviations[i];
    }
  }

  private consider(
    feature: number,
    leftWeight: number,
    leftSum: number,
    rightWeight: number,
    lower: number,
    upper: number,
  ): void {
    // Deviations sum up to 0, so the right sum is the left one's opposite, and the score is the whole decrease.
    const score = leftSum * leftSum * (1 / leftWeight + 1 / rightWeight);
    if (score > this.bestScore && score >= this.options.minImpurityDecrease * this.totalWeight) {
      this.offer(score, feature, lower, upper);
    }
  }
}
