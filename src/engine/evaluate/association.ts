import type { Task } from '../../schema/algorithm';
import type { Matrix } from '../compute/matrix';

/**
 * How much each feature goes with a model's answers, 0 to 1: the squared correlation with predicted numbers, or the share of
 * the feature's variance that lies between the predicted classes (Pearson's correlation ratio η², 1905).
 *
 * @param answers predicted class codes or numbers, one a row. @param pause called for each feature, to throw when the work is to stop.
 */
export function featureAssociations({ rows, columns, values }: Matrix, answers: Float64Array, task: Task, pause: () => void): Float64Array {
  return Float64Array.from({ length: columns }, (_, column) => {
    pause();
    const feature = withMeans(Float64Array.from({ length: rows }, (_unused, row) => values[row * columns + column]));
    return task === 'regression' ? squaredCorrelation(feature, answers) : correlationRatio(feature, answers);
  });
}

/** Missing values count as the mean of the others. */
function withMeans(feature: Float64Array): Float64Array {
  const present = feature.filter((value) => !Number.isNaN(value));
  return present.length === feature.length ? feature : feature.map((value) => (Number.isNaN(value) ? meanOf(present) : value));
}

function squaredCorrelation(x: Float64Array, y: Float64Array): number {
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xx += (x[i] - meanX) ** 2;
    yy += (y[i] - meanY) ** 2;
    xy += (x[i] - meanX) * (y[i] - meanY);
  }
  const ratio = (xy / xx) * (xy / yy);
  return Number.isFinite(ratio) ? ratio : 0;
}

function correlationRatio(x: Float64Array, classes: Float64Array): number {
  const mean = meanOf(x);
  const sums = new Map<number, { sum: number; count: number }>();
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    const group = sums.get(classes[i]) ?? { sum: 0, count: 0 };
    group.sum += x[i] - mean;
    group.count++;
    sums.set(classes[i], group);
    total += (x[i] - mean) ** 2;
  }
  const between = [...sums.values()].reduce((sum, group) => sum + group.sum ** 2 / group.count, 0);
  const ratio = between / total;
  return Number.isFinite(ratio) ? ratio : 0;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
