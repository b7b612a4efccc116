import type { Coefficient, Coefficients } from '../../schema/evaluation';
import { normalQuantile95, normalTwoSided, studentQuantile, studentTwoSided } from '../compute/distributions';
import type { FittedCoefficients, Inference, Model } from '../models/estimator';

const mostFeatures = 1000;
/** Coefficients of all outputs together, at most. */
const mostCoefficients = 5000;
const alpha = 0.05;

/**
 * A linear model's coefficients with their standard errors, tests and 95 % confidence intervals where they have them; undefined
 * for any other model.
 *
 * @param classes labels by class code; empty for regression.
 */
export function describeCoefficients(model: Model, featureNames: readonly string[], classes: readonly string[], rows: number): Coefficients | undefined {
  const fitted = model.fittedCoefficients?.();
  if (fitted === undefined) {
    return undefined;
  }
  const { coefficients, intercepts, inference } = fitted;
  const count = featureNames.length;
  const isLogistic = classes.length > 0;
  const shown = largest(coefficients, count, Math.max(1, Math.min(mostFeatures, Math.floor(mostCoefficients / intercepts.length))));
  const judge = judgeOf(inference);
  const outputs = Array.from(intercepts, (intercept, output) => ({
    ...(isLogistic ? { class: classes[fitted.classes[output]] } : {}),
    coefficients: [
      entry('(intercept)', intercept, typeof inference === 'string' ? undefined : inference.interceptError, isLogistic, judge),
      ...shown.map((j) => entry(featureNames[j], coefficients[output * count + j], typeof inference === 'string' ? undefined : inference.standardErrors[j], isLogistic, judge)),
    ],
  }));
  return {
    kind: isLogistic ? 'logistic' : 'linear',
    outputs,
    omitted: count - shown.length,
    rows,
    ...(typeof inference === 'string' || inference.degreesOfFreedom === null ? {} : { degreesOfFreedom: inference.degreesOfFreedom }),
    ...(typeof inference === 'string' || inference.residualStandardError === undefined ? {} : { residualStandardError: inference.residualStandardError }),
    notes: notesOf(fitted, count),
  };
}

/** The places of the features with the largest coefficients, in the features' order. */
function largest(coefficients: Float64Array, count: number, most: number): number[] {
  const places = Array.from({ length: count }, (_, j) => j);
  if (count <= most) {
    return places;
  }
  const sizes = new Float64Array(count);
  coefficients.forEach((value, i) => (sizes[i % count] = Math.max(sizes[i % count], Math.abs(value))));
  return places.sort((a, b) => sizes[b] - sizes[a] || a - b).slice(0, most).sort((a, b) => a - b);
}

interface Judge {
  readonly pValue: (statistic: number) => number;
  /** Half of a confidence interval, in standard errors. */
  readonly reach: number;
}

function judgeOf(inference: Inference | string): Judge {
  const degrees = typeof inference === 'string' ? null : inference.degreesOfFreedom;
  return degrees === null
    ? { pValue: normalTwoSided, reach: normalQuantile95 }
    : { pValue: (statistic) => studentTwoSided(statistic, degrees), reach: studentQuantile(alpha, degrees) };
}

function entry(feature: string, coefficient: number, error: number | undefined, isLogistic: boolean, { pValue, reach }: Judge): Coefficient {
  const ratio = Math.exp(coefficient);
  const head = { feature, coefficient, ...(isLogistic ? { oddsRatio: Number.isFinite(ratio) ? ratio : null } : {}) };
  if (error === undefined) {
    return head;
  }
  // Residuals of an exact fit are 0, or nothing but rounding.
  const isKnown = Number.isFinite(error) && error > 0;
  const statistic = coefficient / error;
  return isKnown
    ? { ...head, standardError: error, statistic, pValue: pValue(statistic), lower: coefficient - reach * error, upper: coefficient + reach * error }
    : { ...head, standardError: null, statistic: null, pValue: null, lower: null, upper: null };
}

function notesOf({ inference, classes }: FittedCoefficients, count: number): string[] {
  const units = 'A coefficient belongs to its feature as prepared: of a scaled number it is per standard deviation or range, not per unit.';
  const sides = classes.length === 1 ? 'Coefficients are of the log-odds of this class against the other.' : 'Each class\'s coefficients count against those of the others.';
  const dependent = typeof inference !== 'string' && inference.rank < count
    ? [`Only ${inference.rank} of ${count} features are independent of each other and of the intercept (categories written as a feature each always depend on it): where a feature can be expressed by others, no single coefficient is right, so it has no standard error, and the shortest solution is shown.`]
    : [];
  return [units, ...(classes.length > 0 ? [sides] : []), ...dependent, ...(typeof inference === 'string' && inference !== '' ? [inference] : [])];
}
