import type { Matrix } from '../compute/matrix';

/**
 * What a classifier that calls rows positive from some score on gets right and wrong, for every distinct score from the
 * highest to the lowest: element i counts rows whose score is at least the (i + 1)-th highest.
 */
export interface Ranking {
  readonly positives: number;
  readonly negatives: number;
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
}

/** Ranks rows by the probability of one class, which counts as positive; all others are negative. */
export function rankByProbability(target: Float64Array, probabilities: Matrix, label: number): Ranking {
  let positives = 0;
  for (let i = 0; i < target.length; i++) {
    positives += Number(target[i] === label);
  }
  const positiveScores = new Float64Array(positives);
  const negativeScores = new Float64Array(target.length - positives);
  let positive = 0;
  let negative = 0;
  for (let i = 0; i < target.length; i++) {
    const score = probabilities.values[i * probabilities.columns + label];
    if (target[i] === label) {
      positiveScores[positive++] = score;
    } else {
      negativeScores[negative++] = score;
    }
  }
  // Sorting the two kinds apart and merging them spares an index array, and typed arrays sort fast.
  return mergeScores(positiveScores.sort(), negativeScores.sort());
}

/** @param positiveScores ascending. @param negativeScores ascending. */
function mergeScores(positiveScores: Float64Array, negativeScores: Float64Array): Ranking {
  const truePositives = new Float64Array(positiveScores.length + negativeScores.length);
  const falsePositives = new Float64Array(truePositives.length);
  let positive = positiveScores.length;
  let negative = negativeScores.length;
  let count = 0;
  while (positive > 0 || negative > 0) {
    const score = Math.max(
      positive > 0 ? positiveScores[positive - 1] : -Infinity,
      negative > 0 ? negativeScores[negative - 1] : -Infinity,
    );
    while (positive > 0 && positiveScores[positive - 1] >= score) {
      positive--;
    }
    while (negative > 0 && negativeScores[negative - 1] >= score) {
      negative--;
    }
    truePositives[count] = positiveScores.length - positive;
    falsePositives[count] = negativeScores.length - negative;
    count++;
  }
  return {
    positives: positiveScores.length,
    negatives: negativeScores.length,
    truePositives: truePositives.slice(0, count),
    falsePositives: falsePositives.slice(0, count),
  };
}

/**
 * Area under the ROC curve, by the trapezoidal rule: the probability that a positive row scores higher than a negative
 * one, ties counting half (Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006, section 7).
 *
 * @returns null without positives or without negatives.
 */
export function rocAuc({ positives, negatives, truePositives, falsePositives }: Ranking): number | null {
  if (positives === 0 || negatives === 0) {
    return null;
  }
  let doubledArea = 0;
  let truePositivesBefore = 0;
  let falsePositivesBefore = 0;
  for (let i = 0; i < truePositives.length; i++) {
    doubledArea += (falsePositives[i] - falsePositivesBefore) * (truePositives[i] + truePositivesBefore);
    truePositivesBefore = truePositives[i];
    falsePositivesBefore = falsePositives[i];
  }
  return doubledArea / 2 / positives / negatives;
}

/**
 * Average precision: the precision at each threshold, weighed by the recall gained there (Manning, Raghavan, Schütze,
 * "Introduction to Information Retrieval", 2008, section 8.4). Unlike the trapezoidal rule it isn't too optimistic.
 *
 * @returns null without positives.
 */
export function averagePrecision({ positives, truePositives, falsePositives }: Ranking): number | null {
  if (positives === 0) {
    return null;
  }
  let sum = 0;
  let truePositivesBefore = 0;
  for (let i = 0; i < truePositives.length; i++) {
    const precision = truePositives[i] / (truePositives[i] + falsePositives[i]);
    sum += (truePositives[i] - truePositivesBefore) * precision;
    truePositivesBefore = truePositives[i];
  }
  return sum / positives;
}
