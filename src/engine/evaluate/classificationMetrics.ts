import type { Metrics } from '../../schema/run';
import type { Matrix } from '../compute/matrix';
import { confusionMatrix } from './confusionMatrix';
import type { Ranking } from './ranking';
import { averagePrecision, rankByProbability, rocAuc } from './ranking';

/**
 * Every metric of `classificationMetricNames`, with scikit-learn's definitions and conventions:
 *
 * - precision, recall and F1 are 0 where they would divide by zero; their macro averages run over the classes that occur
 *   among true or predicted ones, balanced accuracy over those that occur among true ones;
 * - `rocAuc` and `prAuc` (average precision) take the second of two classes as positive. With more classes they are the
 *   mean over one-versus-rest problems, of those classes for which the problem is defined on these rows (scikit-learn
 *   refuses to answer when a class is missing); null when there is none.
 *
 * @param target true class codes, at least one row.
 * @param predicted predicted class codes, one a row.
 * @param probabilities rows × classes.
 */
export function classificationMetrics(target: Float64Array, predicted: Float64Array, probabilities: Matrix): Metrics {
  const classCount = probabilities.columns;
  const counts = confusionMatrix(target, predicted, classCount);
  const { accuracy, ...averages } = averagesOverClasses(counts, target.length);
  return {
    accuracy,
    ...averages,
    ...rankingMetrics(target, probabilities),
    logLoss: logLoss(target, probabilities),
    mcc: matthewsCorrelation(counts, target.length),
  };
}

function averagesOverClasses(counts: number[][], rows: number) {
  const macro = { precision: 0, recall: 0, f1: 0 };
  const weighted = { precision: 0, recall: 0, f1: 0 };
  let occurring = 0;
  let recallOfTrueClasses = 0;
  let trueClasses = 0;
  let hits = 0;
  for (let label = 0; label < counts.length; label++) {
    const hit = counts[label][label];
    const trueRows = counts[label].reduce((sum, count) => sum + count, 0);
    const predictedRows = counts.reduce((sum, row) => sum + row[label], 0);
    if (trueRows + predictedRows === 0) {
      continue;
    }
    const precision = ratio(hit, predictedRows);
    const recall = ratio(hit, trueRows);
    const f1 = ratio(2 * hit, trueRows + predictedRows);
    hits += hit;
    occurring++;
    trueClasses += Number(trueRows > 0);
    recallOfTrueClasses += recall;
    macro.precision += precision;
    macro.recall += recall;
    macro.f1 += f1;
    weighted.precision += precision * trueRows;
    weighted.recall += recall * trueRows;
    weighted.f1 += f1 * trueRows;
  }
  const accuracy = hits / rows;
  return {
    accuracy,
    balancedAccuracy: recallOfTrueClasses / trueClasses,
    precisionMacro: macro.precision / occurring,
    recallMacro: macro.recall / occurring,
    f1Macro: macro.f1 / occurring,
    // With one label a row, every wrong answer is one false positive and one false negative: all three are the accuracy.
    precisionMicro: accuracy,
    recallMicro: accuracy,
    f1Micro: accuracy,
    precisionWeighted: weighted.precision / rows,
    recallWeighted: weighted.recall / rows,
    f1Weighted: weighted.f1 / rows,
  };
}

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}

function rankingMetrics(target: Float64Array, probabilities: Matrix) {
  const rankings: Ranking[] = [];
  for (let label = probabilities.columns === 2 ? 1 : 0; label < probabilities.columns; label++) {
    rankings.push(rankByProbability(target, probabilities, label));
  }
  return { rocAuc: meanOfDefined(rankings.map(rocAuc)), prAuc: meanOfDefined(rankings.map(averagePrecision)) };
}

function meanOfDefined(values: (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

/**
 * Mean negative logarithm of the true class's probability (Bishop 2006, section 4.3.4). Probabilities are kept away from
 * 0 and 1 by the machine's epsilon, so that one sure and wrong answer doesn't make it infinite.
 */
function logLoss(target: Float64Array, probabilities: Matrix): number {
  let sum = 0;
  for (let i = 0; i < target.length; i++) {
    const probability = probabilities.values[i * probabilities.columns + target[i]];
    sum -= Math.log(Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probability)));
  }
  return sum / target.length;
}

/**
 * Matthews's correlation coefficient for any number of classes (Gorodkin, "Comparing two K-category assignments by a
 * K-category correlation coefficient", Computational Biology and Chemistry 28, 2004); 0 when the true or predicted
 * classes are all the same.
 */
function matthewsCorrelation(counts: number[][], rows: number): number {
  let hits = 0;
  let products = 0;
  let trueSquares = 0;
  let predictedSquares = 0;
  for (let label = 0; label < counts.length; label++) {
    const trueRows = counts[label].reduce((sum, count) => sum + count, 0);
    const predictedRows = counts.reduce((sum, row) => sum + row[label], 0);
    hits += counts[label][label];
    products += trueRows * predictedRows;
    trueSquares += trueRows * trueRows;
    predictedSquares += predictedRows * predictedRows;
  }
  const total = rows * rows;
  const denominator = Math.sqrt(total - trueSquares) * Math.sqrt(total - predictedSquares);
  return denominator === 0 ? 0 : (hits * rows - products) / denominator;
}
