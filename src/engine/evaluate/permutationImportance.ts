import type { Task } from '../../schema/algorithm';
import type { Evaluation } from '../../schema/evaluation';
import { mainMetric } from '../../schema/metrics';
import type { Matrix } from '../compute/matrix';
import { takeRows } from '../compute/matrix';
import type { RandomStream } from '../compute/random';
import type { Model } from '../models/estimator';
import type { StepContext } from '../stepContext';

const mostRows = 2000;
const repeats = 5;

/**
 * How much each source column matters to a model: the loss of accuracy (or R²) when the column's values are shuffled among the
 * test rows, all features that came from it together (Breiman: "Random forests", Machine Learning 45, 2001, section 10;
 * scikit-learn's permutation_importance). The standard deviation is that of the repeats (divided by n).
 *
 * @param features the test rows' features. @param target class codes or numbers, one a row.
 * @param sources the column that each feature came from.
 */
export function permutationImportance(
  model: Model,
  features: Matrix,
  target: Float64Array,
  sources: readonly string[],
  task: Task,
  random: RandomStream,
  context: StepContext,
): Evaluation['importance'] {
  const sample = sampleRows(features.rows, random.split('rows'));
  const matrix = takeRows(features, sample);
  const actual = Float64Array.from(sample, (row) => target[row]);
  const score = task === 'classification' ? accuracy : r2;
  const best = score(actual, model.predict(matrix));
  const columns = [...new Set(sources)];
  const importances = columns.map((column, c) => {
    const places = sources.flatMap((source, place) => (source === column ? [place] : []));
    const losses = Array.from({ length: repeats }, (_, repeat) => {
      context.throwIfCancelled();
      const shuffled = shufflePlaces(matrix, places, random.split(column, repeat));
      return best - score(actual, model.predict(shuffled));
    });
    context.report((c + 1) / columns.length, `shuffled column "${column}"`);
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / repeats;
    const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / repeats;
    return { column, mean, std: Math.sqrt(variance) };
  });
  // The sort is stable: equally important columns stay in the data's order.
  importances.sort((a, b) => b.mean - a.mean);
  return { metric: mainMetric(task), repeats, rows: sample.length, features: importances };
}

/** At most 2,000 rows, drawn without replacement, ascending. */
function sampleRows(rows: number, random: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  if (rows <= mostRows) {
    return order;
  }
  random.shuffle(order);
  return order.slice(0, mostRows).sort();
}

function shufflePlaces(matrix: Matrix, places: readonly number[], random: RandomStream): Matrix {
  const order = Uint32Array.from({ length: matrix.rows }, (_, row) => row);
  random.shuffle(order);
  const shuffled = takeRows(matrix, Uint32Array.from({ length: matrix.rows }, (_, row) => row));
  for (const place of places) {
    for (let row = 0; row < matrix.rows; row++) {
      shuffled.values[row * matrix.columns + place] = matrix.values[order[row] * matrix.columns + place];
    }
  }
  return shuffled;
}

function accuracy(target: Float64Array, predicted: Float64Array): number {
  return target.reduce((right, label, row) => right + (label === predicted[row] ? 1 : 0), 0) / target.length;
}

/** 1 − residual sum of squares / total sum of squares; 0 for a target that doesn't vary. */
function r2(actual: Float64Array, predicted: Float64Array): number {
  const mean = actual.reduce((sum, value) => sum + value, 0) / actual.length;
  const total = actual.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const rest = actual.reduce((sum, value, row) => sum + (value - predicted[row]) ** 2, 0);
  return total === 0 ? 0 : 1 - rest / total;
}
