/** At most so many quantiles are kept, as scikit-learn's `n_quantiles`. */
export const mostQuantiles = 1000;

/** The training values' quantiles at evenly spaced shares from 0 to 1. @param values at least one, none missing. */
export function fitQuantiles(values: Float64Array): number[] {
  const sorted = Float64Array.from(values).sort();
  const count = Math.max(2, Math.min(mostQuantiles, sorted.length));
  return Array.from({ length: count }, (_, i) => {
    // Multiplied before it is divided, a whole place stays whole, and ties stay ties.
    const place = (i * (sorted.length - 1)) / (count - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  });
}

/**
 * The share of training values below a number, 0 to 1 (scikit-learn's QuantileTransformer to a uniform distribution):
 * interpolated between quantiles; among equal quantiles the middle of their shares.
 */
export function quantileShare(value: number, quantiles: readonly number[]): number {
  const last = quantiles.length - 1;
  if (value <= quantiles[0]) {
    return 0;
  }
  if (value >= quantiles[last]) {
    return 1;
  }
  return (interpolate(value, quantiles, lastAtMost(value, quantiles)) + interpolate(value, quantiles, firstAtLeast(value, quantiles) - 1)) / 2 / last;
}

/** The place of a value among quantiles, counted from 0, by the line through quantiles i and i + 1. */
function interpolate(value: number, quantiles: readonly number[], i: number): number {
  return quantiles[i + 1] === quantiles[i] ? i : i + (value - quantiles[i]) / (quantiles[i + 1] - quantiles[i]);
}

function lastAtMost(value: number, quantiles: readonly number[]): number {
  let [low, high] = [0, quantiles.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (quantiles[middle] <= value) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

function firstAtLeast(value: number, quantiles: readonly number[]): number {
  let [low, high] = [0, quantiles.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (quantiles[middle] >= value) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
