import type { Curve } from '../../schema/evaluation';
import type { Matrix } from '../compute/matrix';
import type { Ranking } from './ranking';
import { averagePrecision, rankByProbability, rocAuc } from './ranking';
import { simplifyLine } from './simplifyLine';

/** More points than this can't be told apart on a chart. */
const maximumPoints = 500;

/**
 * False positive rate (x) against true positive rate (y): one curve for the second of two classes, one a class (against
 * all others) for more. Curves of classes that all or none of the rows belong to are left out: their rates are undefined.
 *
 * @param target true class codes, one a row.
 * @param probabilities rows × classes.
 * @param labels the classes' names.
 */
export function rocCurves(target: Float64Array, probabilities: Matrix, labels: readonly string[]): Curve[] {
  return positiveClasses(labels).flatMap((code) => {
    const ranking = rankByProbability(target, probabilities, code);
    const auc = rocAuc(ranking);
    return auc === null ? [] : [{ label: labels[code], auc, ...rocLine(ranking) }];
  });
}

/**
 * Recall (x) against precision (y), likewise; `auc` is the average precision. Starts at recall 0 with precision 1 by
 * convention. Curves of classes without a row are left out.
 */
export function prCurves(target: Float64Array, probabilities: Matrix, labels: readonly string[]): Curve[] {
  return positiveClasses(labels).flatMap((code) => {
    const ranking = rankByProbability(target, probabilities, code);
    const auc = averagePrecision(ranking);
    return auc === null ? [] : [{ label: labels[code], auc, ...prLine(ranking) }];
  });
}

function positiveClasses(labels: readonly string[]): number[] {
  return labels.length === 2 ? [1] : labels.map((_, code) => code);
}

function rocLine({ positives, negatives, truePositives, falsePositives }: Ranking): { x: number[]; y: number[] } {
  const x = new Float64Array(truePositives.length + 1);
  const y = new Float64Array(truePositives.length + 1);
  for (let i = 0; i < truePositives.length; i++) {
    x[i + 1] = falsePositives[i] / negatives;
    y[i + 1] = truePositives[i] / positives;
  }
  return simplifyLine(x, y, maximumPoints);
}

function prLine({ positives, truePositives, falsePositives }: Ranking): { x: number[]; y: number[] } {
  const x = new Float64Array(truePositives.length + 1);
  const y = new Float64Array(truePositives.length + 1);
  y[0] = 1;
  for (let i = 0; i < truePositives.length; i++) {
    x[i + 1] = truePositives[i] / positives;
    y[i + 1] = truePositives[i] / (truePositives[i] + falsePositives[i]);
  }
  return simplifyLine(x, y, maximumPoints);
}
