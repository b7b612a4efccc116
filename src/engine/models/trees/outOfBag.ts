import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { RandomStream } from '../../compute/random';
import { regressionMetrics } from '../../evaluate/regressionMetrics';
import type { OutOfBagScore } from '../estimator';
import { mostProbable } from '../probabilities';
import { binRows } from './binning';
import type { Forest } from './forest';
import { leafOf } from './forest';
import { treeStream } from './growForest';

/** Rows between two looks at the cancel flag. */
const rowsBetweenLooks = 65536;

export interface OutOfBagInput {
  readonly features: Matrix;
  /** Class codes, or values. */
  readonly target: Float64Array;
  /** 0 for regression. */
  readonly classCount: number;
  /** Rows that were drawn for each tree. */
  readonly bootstrapRows: number;
  /** The number of each of the forest's trees, which tells its random stream. */
  readonly treeIndices: readonly number[];
}

/**
 * How good a forest is on its own training rows, each judged by those trees alone that were not grown on it (Breiman, "Out-of-bag
 * estimation", 1996): scikit-learn's `oob_score_`. Which rows a tree saw is drawn again from its random stream.
 *
 * @param random the stream that the trees' streams were split from. @param pause called every few milliseconds; may throw.
 */
export function outOfBagScore(forest: Forest, input: OutOfBagInput, random: RandomStream, pause: () => void): OutOfBagScore {
  const { features: { rows, columns }, classCount, bootstrapRows, treeIndices } = input;
  const bins = new Uint8Array(rows * columns);
  for (let start = 0; start < rows; start += rowsBetweenLooks) {
    pause();
    const count = Math.min(rowsBetweenLooks, rows - start);
    binRows(input.features, start, count, forest.thresholds, bins.subarray(start * columns));
  }
  const outputs = Math.max(1, classCount);
  const sums = zeros(rows, outputs);
  const judges = new Uint32Array(rows);
  const drawn = new Uint8Array(rows);
  forest.trees.forEach((tree, place) => {
    drawRows(drawn, bootstrapRows, treeStream(random, treeIndices[place]).split('bootstrap'));
    const starts = forest.leafStarts(place);
    const { classes, values } = tree.leaves;
    for (let row = 0; row < rows; row++) {
      if (row % rowsBetweenLooks === 0) {
        pause();
      }
      if (drawn[row] === 1) {
        continue;
      }
      judges[row]++;
      const leaf = leafOf(tree, bins, row * columns);
      if (classCount === 0) {
        sums.values[row] += values[leaf];
        continue;
      }
      for (let entry = starts[leaf]; entry < starts[leaf + 1]; entry++) {
        sums.values[row * outputs + classes[entry]] += values[entry];
      }
    }
  });
  return score(input, sums, judges);
}

/** Marks the rows that a tree's bootstrap drew, as growTree.ts draws them. */
function drawRows(drawn: Uint8Array, count: number, random: RandomStream): void {
  drawn.fill(0);
  for (let i = 0; i < count; i++) {
    drawn[random.nextInt(drawn.length)] = 1;
  }
}

function score({ target, classCount }: OutOfBagInput, sums: Matrix, judges: Uint32Array): OutOfBagScore {
  const judged = Uint32Array.from(judges.keys()).filter((row) => judges[row] > 0);
  if (judged.length === 0) {
    return { score: null, rows: 0 };
  }
  if (classCount > 0) {
    const predicted = mostProbable(sums);
    return { score: judged.filter((row) => predicted[row] === target[row]).length / judged.length, rows: judged.length };
  }
  const actual = Float64Array.from(judged, (row) => target[row]);
  const { r2 } = regressionMetrics(actual, Float64Array.from(judged, (row) => sums.values[row] / judges[row]));
  return { score: Number.isFinite(r2) ? r2 : null, rows: judged.length };
}
