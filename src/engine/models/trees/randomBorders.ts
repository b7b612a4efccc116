import type { RandomStream } from '../../compute/random';
import type { BinThresholds } from './binning';
import { ClassificationSearch } from './classificationSearch';
import type { TreeOptions, TreeProblem } from './growTree';

/**
 * Extra trees' way to split for classes (Geurts, Ernst, Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006): each feature
 * tried offers one border, drawn at random between the node's least and greatest value. The kernel does the same, faster, for few classes
 * and the Gini impurity (kernels/forest/randomBorder.ts).
 */
export class RandomBorderSearch extends ClassificationSearch {
  constructor(problem: TreeProblem, options: TreeOptions, private readonly thresholds: BinThresholds) {
    super(problem, options);
  }

  override tryFeature(feature: number, random: RandomStream): boolean {
    const { codes, rows } = this.problem;
    const column = feature * rows;
    let [first, last] = [codes[column + this.nodeRows[0]], codes[column + this.nodeRows[0]]];
    for (let i = 1; i < this.count; i++) {
      const code = codes[column + this.nodeRows[i]];
      first = code < first ? code : first;
      last = code > last ? code : last;
    }
    if (first === last) {
      return false;
    }
    this.considerBorder(feature, drawBorder(this.thresholds, feature, first, last, random));
    return true;
  }
}

/**
 * Draws a value evenly between the middles of a node's least and greatest bin, and takes the border next above it, also where none of its
 * rows lies.
 *
 * @param first the least bin. @param last the greatest, another one. @returns the last bin left of the border, at least `first`, below `last`.
 */
export function drawBorder(thresholds: BinThresholds, feature: number, first: number, last: number, random: RandomStream): number {
  const start = thresholds.starts[feature];
  const low = middleOf(thresholds, feature, first);
  const value = low + random.next() * (middleOf(thresholds, feature, last) - low);
  let [from, to] = [first, last - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (thresholds.values[start + middle] < value) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

/** About where the values of a bin lie; the outermost bins are taken to be as wide as their neighbours. */
function middleOf({ values, starts }: BinThresholds, feature: number, bin: number): number {
  const [start, count] = [starts[feature], starts[feature + 1] - starts[feature]];
  if (count === 1) {
    return bin;
  }
  const width = (at: number): number => values[start + at + 1] - values[start + at];
  const below = bin > 0 ? values[start + bin - 1] : values[start] - width(0);
  const above = bin < count ? values[start + bin] : values[start + count - 1] + width(count - 2);
  return below / 2 + above / 2;
}
