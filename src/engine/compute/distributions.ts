/*
 * Tail probabilities of Student's t and the normal distribution, and t's quantiles, to about 1e-12 of their value (1e-10 with a
 * million degrees of freedom) however far out: no difference from 1 is ever taken where the result is small.
 */

const mostSteps = 10_000;
const smallest = 1e-300;

/**
 * Probability that |T| exceeds |t| for Student's t: I_x(ν/2, ½) with x = ν / (ν + t²) (Abramowitz, Stegun 1964, 26.7.1).
 *
 * @param degrees degrees of freedom ν, above 0.
 */
export function studentTwoSided(t: number, degrees: number): number {
  if (Number.isNaN(t)) {
    return Number.NaN;
  }
  const square = (t * t) / degrees;
  if (!Number.isFinite(square)) {
    return 0;
  }
  const a = degrees / 2;
  const x = 1 / (1 + square);
  // x^a (1 − x)^½ / B(a, ½); logarithms of 1 + t²/ν keep the digits that x near 1 would lose.
  const front = Math.exp(-a * Math.log1p(square)) * Math.sqrt(square / (1 + square)) * (gammaRatio(a) / Math.sqrt(Math.PI));
  if (x < (a + 1) / (a + 2.5)) {
    return (front * betaFraction(a, 0.5, x)) / a;
  }
  return 1 - (front * betaFraction(0.5, a, 1 - x)) / 0.5;
}

/**
 * The t that |T| exceeds with probability `alpha`, by bisection on its logarithm.
 *
 * @param alpha between 0 and 1. @param degrees degrees of freedom, above 0.
 */
export function studentQuantile(alpha: number, degrees: number): number {
  let [low, high] = [1e-10, 1];
  while (studentTwoSided(high, degrees) > alpha && high < 1e300) {
    low = high;
    high *= 4;
  }
  for (let step = 0; step < 200 && high - low > 2e-16 * high; step++) {
    const middle = low + (high - low) / 2;
    if (studentTwoSided(middle, degrees) > alpha) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high;
}

/** Probability that the size of a standard normal number exceeds |z|: erfc(|z| / √2). */
export function normalTwoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  if (!(x < 27)) {
    return Number.isNaN(z) ? Number.NaN : 0;
  }
  return x < 2 ? 1 - erfSeries(x) : erfcFraction(x);
}

/** The z that the size of a standard normal number exceeds with probability 0.05. */
export const normalQuantile95 = 1.959963984540054;

/** Γ(a + ½) / Γ(a), by its asymptotic series from a = 50 on and the recurrence below (Tricomi, Erdélyi 1951). */
function gammaRatio(a: number): number {
  let ratio = 1;
  let at = a;
  for (; at < 50; at++) {
    ratio *= at / (at + 0.5);
  }
  const inverse = 1 / at;
  const square = inverse * inverse;
  const logarithm = 0.5 * Math.log(at) - inverse * (1 / 8 - square * (1 / 192 - square * (1 / 640 - square * (17 / 14336))));
  return ratio * Math.exp(logarithm);
}

/** The continued fraction of the incomplete beta function by Lentz's method (Press et al., "Numerical Recipes", 3rd edition, 2007, section 6.4). */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= mostSteps; m++) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      fraction *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-16) {
      break;
    }
  }
  return fraction;
}

function away(value: number): number {
  return Math.abs(value) < smallest ? smallest : value;
}

/** erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n + 1)!! (Abramowitz, Stegun 1964, 7.1.6), whose terms are all positive. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > 1e-18 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** erfc(x) for x ≥ 2 by its continued fraction (Abramowitz, Stegun 1964, 7.1.14), from the far end. */
function erfcFraction(x: number): number {
  let tail = 0;
  for (let k = 120; k >= 1; k--) {
    tail = k / 2 / (x + tail);
  }
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + tail);
}
