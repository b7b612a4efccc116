import { HouseholderQr } from './householder';

/**
 * A column depends on others when less than this share of its length is left once they are taken out of it: as in
 * scikit-learn's LinearRegression (`tol`), but after columns are scaled to equal length.
 */
export const dependence = 1e-6;
/** For products of columns, hence pivots, shares are squared. */
const dependent = dependence * dependence;
/** Pivots up to here are known to few digits only. */
const independent = 1e-9;

export interface SymmetricSolution {
  readonly solution: Float64Array;
  readonly rank: number;
  /** False when the matrix is so near to a singular one that few digits of the solution can be trusted. */
  readonly reliable: boolean;
}

/**
 * Solves A·x = b for a symmetric positive semidefinite A, by Cholesky's method with diagonal pivoting (Higham, "Accuracy and
 * Stability of Numerical Algorithms", 2nd edition, 2002, section 10.3) after scaling the diagonal to ones. Where A is
 * singular, x is the shortest of all that minimise the error: A's pseudoinverse times b.
 *
 * @param matrix size × size; left as it is.
 */
export function solveSymmetric(matrix: Float64Array, right: Float64Array, pause: () => void): SymmetricSolution {
  const size = right.length;
  const scale = diagonalScale(matrix, size);
  const { factor, order, rank, smallestPivot } = factorize(matrix, scale, size, pause);
  const reliable = smallestPivot >= independent;
  if (rank === size) {
    const scaled = Float64Array.from(order, (i) => right[i] / scale[i]);
    solveLowerTransposed(factor, size, rank, solveLower(factor, size, rank, scaled));
    const solution = new Float64Array(size);
    order.forEach((i, position) => {
      solution[i] = scaled[position] / scale[i];
    });
    return { solution, rank, reliable };
  }
  return { solution: pseudoSolve({ factor, order, scale, rank }, right, pause), rank, reliable };
}

/** Square roots of the diagonal; 1 for zeros, whose whole row and column are zero then. */
export function diagonalScale(matrix: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => Math.sqrt(Math.max(0, matrix[i * size + i])) || 1);
}

/** The lower factor (size × rank, row after row with stride `size`) of the scaled and permuted matrix. */
export function factorize(matrix: Float64Array, scale: Float64Array, size: number, pause: () => void) {
  const factor = new Float64Array(size * size);
  const order = Int32Array.from({ length: size }, (_, i) => i);
  const pivots = Float64Array.from({ length: size }, (_, i) => matrix[i * size + i] / (scale[i] * scale[i]));
  let smallestPivot = Infinity;
  for (let step = 0; step < size; step++) {
    pause();
    let largest = step;
    for (let i = step + 1; i < size; i++) {
      largest = pivots[i] > pivots[largest] ? i : largest;
    }
    if (!(pivots[largest] > dependent)) {
      return { factor, order, rank: step, smallestPivot };
    }
    smallestPivot = Math.min(smallestPivot, pivots[largest]);
    swapRows(factor, order, pivots, step, largest);
    const diagonal = Math.sqrt(pivots[step]);
    factor[step * size + step] = diagonal;
    const column = order[step];
    for (let i = step + 1; i < size; i++) {
      let sum = matrix[order[i] * size + column] / (scale[order[i]] * scale[column]);
      for (let k = 0; k < step; k++) {
        sum -= factor[i * size + k] * factor[step * size + k];
      }
      factor[i * size + step] = sum / diagonal;
      pivots[i] -= factor[i * size + step] * factor[i * size + step];
    }
  }
  return { factor, order, rank: size, smallestPivot };
}

function swapRows(factor: Float64Array, order: Int32Array, pivots: Float64Array, a: number, b: number): void {
  if (a === b) {
    return;
  }
  const size = order.length;
  for (let k = 0; k < a; k++) {
    [factor[a * size + k], factor[b * size + k]] = [factor[b * size + k], factor[a * size + k]];
  }
  [order[a], order[b]] = [order[b], order[a]];
  [pivots[a], pivots[b]] = [pivots[b], pivots[a]];
}

/** With A = F·Fᵀ and F = Q·T by Householder, A's pseudoinverse is Q·T⁻ᵀ·T⁻¹·Qᵀ. */
function pseudoSolve(
  { factor, order, scale, rank }: { factor: Float64Array; order: Int32Array; scale: Float64Array; rank: number },
  right: Float64Array,
  pause: () => void,
): Float64Array {
  const size = right.length;
  const byColumn = new Float64Array(size * rank);
  for (let k = 0; k < rank; k++) {
    order.forEach((i, position) => {
      byColumn[k * size + i] = factor[position * size + k] * scale[i];
    });
  }
  const qr = new HouseholderQr(byColumn, size, rank, { pivot: false, pause });
  const solution = Float64Array.from(right);
  qr.applyTransposed(solution);
  solution.fill(0, rank);
  solveUpper(qr, rank, solution);
  solveUpperTransposed(qr, rank, solution);
  qr.apply(solution);
  return solution;
}

/** Solves R·x = v for the leading `rank` rows and columns of R; x takes v's place. */
function solveUpper(qr: HouseholderQr, rank: number, vector: Float64Array): void {
  for (let i = rank - 1; i >= 0; i--) {
    let sum = vector[i];
    for (let j = i + 1; j < rank; j++) {
      sum -= qr.upper(i, j) * vector[j];
    }
    vector[i] = sum / qr.upper(i, i);
  }
}

/** Solves Rᵀ·x = v likewise. */
export function solveUpperTransposed(qr: HouseholderQr, rank: number, vector: Float64Array): void {
  for (let i = 0; i < rank; i++) {
    let sum = vector[i];
    for (let j = 0; j < i; j++) {
      sum -= qr.upper(j, i) * vector[j];
    }
    vector[i] = sum / qr.upper(i, i);
  }
}

function solveLower(factor: Float64Array, stride: number, rank: number, vector: Float64Array): Float64Array {
  for (let i = 0; i < rank; i++) {
    let sum = vector[i];
    for (let k = 0; k < i; k++) {
      sum -= factor[i * stride + k] * vector[k];
    }
    vector[i] = sum / factor[i * stride + i];
  }
  return vector;
}

function solveLowerTransposed(factor: Float64Array, stride: number, rank: number, vector: Float64Array): void {
  for (let i = rank - 1; i >= 0; i--) {
    let sum = vector[i];
    for (let k = i + 1; k < rank; k++) {
      sum -= factor[k * stride + i] * vector[k];
    }
    vector[i] = sum / factor[i * stride + i];
  }
}
