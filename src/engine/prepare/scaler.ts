import { meanOf, quantile } from '../data/columnStatistics';

export type ScalerKind = 'standard' | 'minMax' | 'robust' | 'none';

/** Scales a number x to (x − center) / scale. */
export interface Scaling {
  readonly center: number;
  /** Never 0. */
  readonly scale: number;
}

/**
 * How a feature's numbers are scaled: to mean 0 and standard deviation 1 (scikit-learn's StandardScaler, which divides by n)
 * to the range 0 to 1 (MinMaxScaler), or to median 0 and interquartile range 1 (RobustScaler). A feature that never varies keeps its scale.
 *
 * @param values the training rows' values, none missing; at least one.
 */
export function fitScaler(values: Float64Array, kind: ScalerKind): Scaling {
  switch (kind) {
    case 'none':
      return { center: 0, scale: 1 };
    case 'standard': {
      const mean = meanOf(values);
      // Deviations are measured in units of the largest one, so that squares of huge or tiny numbers neither overflow nor vanish.
      let largest = 0;
      for (let i = 0; i < values.length; i++) {
        largest = Math.max(largest, Math.abs(values[i] - mean));
      }
      let squares = 0;
      for (let i = 0; i < values.length; i++) {
        const deviation = (values[i] - mean) / (largest || 1);
        squares += deviation * deviation;
      }
      return { center: mean, scale: largest * Math.sqrt(squares / values.length) || 1 };
    }
    case 'robust': {
      const sorted = Float64Array.from(values).sort();
      return { center: quantile(sorted, 0.5), scale: quantile(sorted, 0.75) - quantile(sorted, 0.25) || 1 };
    }
    case 'minMax': {
      const minimum = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
      const maximum = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
      return { center: minimum, scale: maximum - minimum || 1 };
    }
  }
}
