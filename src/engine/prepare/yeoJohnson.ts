/**
 * The Yeo-Johnson transformation (Yeo, Johnson: "A new family of power transformations to improve normality or symmetry",
 * Biometrika 87, 2000): a power for positive numbers and its mirror image for negative ones.
 */
export function yeoJohnson(value: number, lambda: number): number {
  if (value >= 0) {
    return lambda === 0 ? Math.log1p(value) : Math.expm1(lambda * Math.log1p(value)) / lambda;
  }
  const mirrored = 2 - lambda;
  return mirrored === 0 ? -Math.log1p(-value) : -Math.expm1(mirrored * Math.log1p(-value)) / mirrored;
}

/** Between these lies any λ of use; beyond them powers of ordinary numbers overflow. */
const [smallest, largest] = [-20, 20];
const inverseGolden = (Math.sqrt(5) - 1) / 2;
const coarseSteps = 80;
const fineSteps = 60;

/**
 * The λ under which the transformed values are likeliest to be normally distributed: the maximum of the log-likelihood
 * −n/2 · log(variance) + (λ − 1) · Σ sign(x) · log(1 + |x|), searched on a grid and then by golden section.
 *
 * @param values none missing, not all equal.
 */
export function fitYeoJohnson(values: Float64Array): number {
  const logs = values.reduce((sum, value) => sum + Math.sign(value) * Math.log1p(Math.abs(value)), 0);
  const likelihood = (lambda: number): number => (lambda - 1) * logs - (values.length / 2) * Math.log(varianceUnder(values, lambda));
  let [best, bestLikelihood] = [1, Number.NEGATIVE_INFINITY];
  const step = (largest - smallest) / coarseSteps;
  for (let i = 0; i <= coarseSteps; i++) {
    const own = likelihood(smallest + i * step);
    if (own > bestLikelihood) {
      [best, bestLikelihood] = [smallest + i * step, own];
    }
  }
  let [low, high] = [best - step, best + step];
  for (let i = 0; i < fineSteps; i++) {
    const [left, right] = [high - inverseGolden * (high - low), low + inverseGolden * (high - low)];
    if (likelihood(left) > likelihood(right)) {
      high = right;
    } else {
      low = left;
    }
  }
  return (low + high) / 2;
}

/** A λ under which the values differ by less than this share of their size leaves nothing of them; it is never chosen. */
const leastSpread = 1e-7;

function varianceUnder(values: Float64Array, lambda: number): number {
  let [mean, squares, largest] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = yeoJohnson(values[i], lambda);
    const deviation = value - mean;
    mean += deviation / (i + 1);
    squares += deviation * (value - mean);
    largest = Math.max(largest, Math.abs(value));
  }
  const variance = squares / values.length;
  return variance > (leastSpread * largest) ** 2 ? variance : Number.POSITIVE_INFINITY;
}
