import type { Task } from '../../schema/algorithm';
import type { Evaluation } from '../../schema/evaluation';
import type { Metrics } from '../../schema/run';
import type { Matrix } from '../compute/matrix';
import { UserError } from '../errors';
import type { Model, PredictContext } from '../models/estimator';
import { mostProbable } from '../models/probabilities';
import { classificationMetrics } from './classificationMetrics';
import { confusionMatrix } from './confusionMatrix';
import { prCurves, rocCurves } from './curves';
import { regressionMetrics } from './regressionMetrics';

/** What a model answers for some rows. */
export interface Predictions {
  /** Class codes or numbers, one a row. */
  readonly predicted: Float64Array;
  /** rows × classes; classification only. */
  readonly probabilities?: Matrix;
  /** True when `probabilities` are no such thing but decision values, which rank rows and nothing more. */
  readonly ranksOnly?: boolean;
}

const mostResiduals = 2000;
const residualBins = 30;

/**
 * A model's answers, checked.
 *
 * @throws UserError when they aren't finite numbers, as after a fit that diverged or overflowed.
 * @throws TypeError when a classifier gives no probabilities: a defect of the algorithm.
 */
export async function predictWith(model: Model, features: Matrix, task: Task, context?: PredictContext): Promise<Predictions> {
  if (task === 'classification' && model.predictsMostProbable === true) {
    const probabilities = await model.predictProba?.(features, context);
    if (probabilities?.values.every(Number.isFinite) === true) {
      return { predicted: mostProbable(probabilities), probabilities };
    }
  }
  const half = (from: number): PredictContext | undefined => context && {
    report: (fraction, message) => context.report((from + fraction) / (task === 'regression' ? 1 : 2), message),
    throwIfCancelled: () => context.throwIfCancelled(),
  };
  const predicted = await model.predict(features, half(0));
  if (!predicted.every(Number.isFinite)) {
    throw new UserError('The model answers with numbers beyond all bounds; look for extreme values in the data, scale it, or choose another algorithm.');
  }
  if (task === 'regression') {
    return { predicted };
  }
  const probabilities = await model.predictProba?.(features, half(1));
  if (probabilities === undefined && model.decisionValues !== undefined) {
    return { predicted, probabilities: await model.decisionValues(features, half(1)), ranksOnly: true };
  }
  if (probabilities === undefined) {
    throw new TypeError('The classifier gives no probabilities.');
  }
  return { predicted, probabilities };
}

/**
 * How good predictions are; null where a metric is undefined or too large for a number (squares of 10²⁰⁰, say).
 *
 * @param target class codes or numbers, one a row.
 */
export function scoreMetrics(target: Float64Array, { predicted, probabilities, ranksOnly }: Predictions): Metrics {
  const metrics = probabilities === undefined
    ? regressionMetrics(target, predicted)
    : classificationMetrics(target, predicted, probabilities);
  const isKnown = (name: string, value: number | null): boolean => Number.isFinite(value) && !(ranksOnly === true && name === 'logLoss');
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, isKnown(name, value) ? value : null]));
}

/** The parts of an evaluation that show where a model is wrong. */
export function describeErrors(
  target: Float64Array,
  { predicted, probabilities }: Predictions,
  classes: readonly string[],
): Pick<Evaluation, 'confusionMatrix' | 'rocCurves' | 'prCurves' | 'residuals'> {
  if (probabilities === undefined) {
    return { residuals: describeResiduals(target, predicted) };
  }
  return {
    confusionMatrix: confusionMatrix(target, predicted, classes.length),
    rocCurves: rocCurves(target, probabilities, classes),
    prCurves: prCurves(target, probabilities, classes),
  };
}

function describeResiduals(actual: Float64Array, predicted: Float64Array): NonNullable<Evaluation['residuals']> {
  const shown = evenly(actual.length, mostResiduals);
  return {
    actual: Array.from(shown, (row) => actual[row]),
    predicted: Array.from(shown, (row) => predicted[row]),
    histogram: histogram(actual.map((value, row) => value - predicted[row]), residualBins),
  };
}

/** At most `most` of the indices 0 to length − 1, evenly spaced. */
function evenly(length: number, most: number): Uint32Array {
  const count = Math.min(length, most);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
}

/** Counts in bins of equal width from the smallest to the largest value; the last bin includes its upper edge. */
export function histogram(values: Float64Array, bins: number): { edges: number[]; counts: number[] } {
  const minimum = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const maximum = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (minimum === maximum) {
    return { edges: [minimum, maximum], counts: [values.length] };
  }
  const edges = Array.from({ length: bins + 1 }, (_, i) => (i === bins ? maximum : minimum + ((maximum - minimum) * i) / bins));
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const place = Math.floor(((value - minimum) / (maximum - minimum)) * bins);
    counts[Math.min(place, bins - 1)]++;
  }
  return { edges, counts };
}
