/** The losses that boosting minimises; the order is that of the kernel (kernels/boosting/gradients.ts). */
export const boostingLosses = [
  'squaredError', 'absoluteError', 'huber', 'poisson', 'quantile', 'binary', 'multinomial',
] as const;
export type BoostingLoss = (typeof boostingLosses)[number];

/** Whether the hessian is 1 for every row of weight 1. */
export function hasConstantHessian(loss: BoostingLoss): boolean {
  return loss === 'squaredError' || loss === 'absoluteError' || loss === 'huber' || loss === 'quantile';
}

/** Losses of one number whose best tree only shifts and scales when the target does, so that it can be standardised. */
export function isEquivariant(loss: BoostingLoss): boolean {
  return hasConstantHessian(loss);
}

/**
 * The constant raw prediction that minimises the weighted loss, one an output: scikit-learn's `fit_intercept_only`.
 *
 * @param rows the rows that count.
 * @param parameter the quantile, for that loss.
 */
export function baselineScores(
  loss: BoostingLoss,
  target: Float64Array,
  weights: Float64Array | undefined,
  rows: Uint32Array,
  { classCount, parameter }: { readonly classCount: number; readonly parameter: number },
): Float64Array {
  switch (loss) {
    case 'squaredError':
      return Float64Array.of(mean(target, rows));
    case 'absoluteError':
    case 'huber':
      return Float64Array.of(quantile(target, rows, 0.5));
    case 'quantile':
      return Float64Array.of(quantile(target, rows, parameter));
    case 'poisson':
      return Float64Array.of(Math.log(mean(target, rows)));
    case 'binary': {
      const [negative, positive] = classShares(target, weights, rows, 2);
      return Float64Array.of(Math.log(positive / negative));
    }
    case 'multinomial': {
      const logs = classShares(target, weights, rows, classCount).map((share) => Math.log(share));
      const middle = logs.reduce((sum, value) => sum + value, 0) / classCount;
      return logs.map((value) => value - middle);
    }
  }
}

function mean(values: Float64Array, rows: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) {
    sum += values[rows[i]];
  }
  return sum / rows.length;
}

/** By linear interpolation, numpy's default. */
function quantile(values: Float64Array, rows: Uint32Array, share: number): number {
  const sorted = Float64Array.from(rows, (row) => values[row]).sort();
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** Each class's share of the weight, at least a machine epsilon so that its logarithm exists. */
function classShares(
  target: Float64Array,
  weights: Float64Array | undefined,
  rows: Uint32Array,
  classCount: number,
): Float64Array {
  const sums = new Float64Array(classCount);
  let total = 0;
  for (let i = 0; i < rows.length; i++) {
    const label = target[rows[i]];
    const weight = weights?.[label] ?? 1;
    sums[label] += weight;
    total += weight;
  }
  return sums.map((sum) => Math.max(sum / total, Number.EPSILON));
}

/** What `meanLoss` reads: raw scores of the fit's rows, output after output. */
export interface LossInput {
  readonly scores: Float32Array;
  /** Rows between two outputs in `scores`. */
  readonly stride: number;
  readonly outputs: number;
  readonly target: Float32Array;
  readonly weights?: Float32Array;
  readonly rows: Uint32Array;
}

/** The weighted mean loss of rows, up to a constant that depends on the target alone. */
export function meanLoss(loss: BoostingLoss, input: LossInput, parameter: number): number {
  const { rows, weights } = input;
  let sum = 0;
  let total = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const weight = weights === undefined ? 1 : weights[row];
    sum += weight * lossOfRow(loss, input, row, parameter);
    total += weight;
  }
  return sum / total;
}

function lossOfRow(loss: BoostingLoss, { scores, stride, outputs, target }: LossInput, row: number, parameter: number): number {
  const score = scores[row];
  const y = target[row];
  const residual = y - score;
  const size = Math.abs(residual);
  switch (loss) {
    case 'squaredError':
      return 0.5 * residual * residual;
    case 'absoluteError':
      return size;
    case 'huber':
      return size <= parameter ? 0.5 * residual * residual : parameter * (size - 0.5 * parameter);
    case 'quantile':
      return residual >= 0 ? parameter * residual : (parameter - 1) * residual;
    case 'poisson':
      return Math.exp(score) - y * score;
    case 'binary':
      return Math.log1p(Math.exp(-Math.abs(score))) + Math.max(score, 0) - y * score;
    case 'multinomial': {
      let greatest = -Infinity;
      for (let k = 0; k < outputs; k++) {
        greatest = Math.max(greatest, scores[k * stride + row]);
      }
      let sum = 0;
      for (let k = 0; k < outputs; k++) {
        sum += Math.exp(scores[k * stride + row] - greatest);
      }
      return Math.log(sum) + greatest - scores[y * stride + row];
    }
  }
}
