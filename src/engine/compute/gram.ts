import type { Matrix } from './matrix';

/** The sums from which every least squares problem on these rows can be solved. */
export interface Moments {
  /** Means of the features; zeros when not centred. */
  readonly featureMeans: Float64Array;
  /** Mean of the target; 0 when not centred. */
  readonly targetMean: number;
  /** Features' products with each other, after the means are subtracted: columns × columns, symmetric. */
  readonly gram: Float64Array;
  /** Features' products with the target, after the means are subtracted. */
  readonly moment: Float64Array;
  /** The target's squares, after the mean is subtracted. */
  readonly targetSquares: number;
}

/** Rows are taken four at a time, so that a sum is loaded and stored once for four products. */
const rowsAtOnce = 4;
const productsBetweenPauses = 1 << 20;

/**
 * Means and centred second moments of features and target. Two passes: products of values whose mean was subtracted
 * first keep the digits that one-pass formulas lose when means are large (Chan, Golub, LeVeque, "Algorithms for computing
 * the sample variance", The American Statistician 37, 1983).
 *
 * @param centre false keeps the values as they are: a model without intercept.
 * @param pause called every few milliseconds; may throw.
 * @param weights how much each row counts in all sums and means; all the same when absent.
 */
export function computeMoments(
  features: Matrix,
  target: Float64Array,
  centre: boolean,
  pause: () => void,
  weights?: Float64Array,
): Moments {
  const { rows, columns } = features;
  const featureMeans = centre ? columnMeans(features, weights) : new Float64Array(columns);
  const targetMean = centre ? mean(target, weights) : 0;
  const gram = new Float64Array(columns * columns);
  const moment = new Float64Array(columns);
  const panel = new Float64Array(rowsAtOnce * columns);
  const targets = new Float64Array(rowsAtOnce);
  const rowsBetweenPauses = rowsAtOnce * Math.ceil(productsBetweenPauses / (rowsAtOnce * columns * columns + 1));
  let targetSquares = 0;
  for (let row = 0; row < rows; row += rowsAtOnce) {
    if (row % rowsBetweenPauses === 0) {
      pause();
    }
    for (let r = 0; r < rowsAtOnce; r++) {
      const present = row + r < rows;
      const scale = weights === undefined || !present ? 1 : Math.sqrt(weights[row + r]);
      targets[r] = present ? scale * (target[row + r] - targetMean) : 0;
      targetSquares += targets[r] * targets[r];
      const from = (row + r) * columns;
      const to = r * columns;
      for (let j = 0; j < columns; j++) {
        panel[to + j] = present ? scale * (features.values[from + j] - featureMeans[j]) : 0;
      }
    }
    addProducts(panel, targets, gram, moment);
  }
  mirrorUpper(gram, columns);
  return { featureMeans, targetMean, gram, moment, targetSquares };
}

/** Adds four rows' products to the upper triangle of `gram` and to `moment`. */
function addProducts(panel: Float64Array, targets: Float64Array, gram: Float64Array, moment: Float64Array): void {
  const columns = moment.length;
  const row1 = columns;
  const row2 = 2 * columns;
  const row3 = 3 * columns;
  for (let i = 0; i < columns; i++) {
    const value0 = panel[i];
    const value1 = panel[row1 + i];
    const value2 = panel[row2 + i];
    const value3 = panel[row3 + i];
    moment[i] += value0 * targets[0] + value1 * targets[1] + value2 * targets[2] + value3 * targets[3];
    const offset = i * columns;
    for (let j = i; j < columns; j++) {
      gram[offset + j] += value0 * panel[j] + value1 * panel[row1 + j] + value2 * panel[row2 + j] + value3 * panel[row3 + j];
    }
  }
}

/**
 * Products of rows with each other, after `means` are subtracted: rows × rows, symmetric. The dual of the Gram matrix,
 * smaller when there are more columns than rows.
 */
export function rowProducts(features: Matrix, means: Float64Array, pause: () => void): Float64Array {
  const { rows, columns, values } = features;
  const centred = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      centred[i * columns + j] = values[i * columns + j] - means[j];
    }
  }
  const products = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    pause();
    const own = i * columns;
    for (let k = i; k < rows; k++) {
      const other = k * columns;
      let even = 0;
      let odd = 0;
      for (let j = 0; j + 1 < columns; j += 2) {
        even += centred[own + j] * centred[other + j];
        odd += centred[own + j + 1] * centred[other + j + 1];
      }
      if (columns % 2 === 1) {
        even += centred[own + columns - 1] * centred[other + columns - 1];
      }
      products[i * rows + k] = even + odd;
    }
  }
  mirrorUpper(products, rows);
  return products;
}

/** The mean of each column, weighted when there are weights. */
export function columnMeans({ rows, columns, values }: Matrix, weights?: Float64Array): Float64Array {
  const means = new Float64Array(columns);
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const begin = i * columns;
    const weight = weights === undefined ? 1 : weights[i];
    total += weight;
    for (let j = 0; j < columns; j++) {
      means[j] += weight * values[begin + j];
    }
  }
  return means.map((sum) => sum / total);
}

/** The mean of all values, weighted when there are weights. */
export function mean(values: Float64Array, weights?: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    sum += weight * values[i];
    total += weight;
  }
  return sum / total;
}

function mirrorUpper(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      matrix[j * size + i] = matrix[i * size + j];
    }
  }
}
