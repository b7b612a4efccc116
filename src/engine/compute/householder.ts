/**
 * The QR factorisation A·P = Q·R of a matrix by Householder reflections, on request with column pivoting, which brings the
 * rank to light (Golub, Van Loan, "Matrix Computations", 4th edition, 2013, algorithms 5.2.1 and 5.4.1). Q is kept as
 * its reflections and never formed.
 */
export class HouseholderQr {
  /** Column j of A·P came from column `permutation[j]` of A. */
  readonly permutation: Int32Array;
  private readonly scales: Float64Array;

  /**
   * @param values the matrix, column after column: element (i, j) at `values[j * rows + i]`; overwritten.
   * @param options.pause called once a column; may throw.
   */
  constructor(
    private readonly values: Float64Array,
    readonly rows: number,
    readonly columns: number,
    options: { readonly pivot: boolean; readonly pause?: () => void },
  ) {
    this.permutation = Int32Array.from({ length: columns }, (_, j) => j);
    this.scales = new Float64Array(this.depth);
    for (let step = 0; step < this.depth; step++) {
      options.pause?.();
      if (options.pivot) {
        this.swapColumns(step, this.largestColumn(step));
      }
      this.reflect(step);
    }
  }

  /** How many reflections there are: the smaller side. */
  get depth(): number {
    return Math.min(this.rows, this.columns);
  }

  /** Element of R; `column` counts permuted columns, and `row` ≤ `column`. */
  upper(row: number, column: number): number {
    return this.values[column * this.rows + row];
  }

  /** How many diagonal elements of R stand out from rounding errors; meaningful with pivoting. */
  rank(tolerance: number): number {
    const largest = Math.abs(this.upper(0, 0));
    let rank = 0;
    while (rank < this.depth && Math.abs(this.upper(rank, rank)) > tolerance * largest) {
      rank++;
    }
    return rank;
  }

  /** Replaces a vector of `rows` elements by Qᵀ times it. */
  applyTransposed(vector: Float64Array): void {
    for (let step = 0; step < this.depth; step++) {
      this.applyReflection(step, vector, 0);
    }
  }

  /** Replaces a vector of `rows` elements by Q times it. */
  apply(vector: Float64Array): void {
    for (let step = this.depth - 1; step >= 0; step--) {
      this.applyReflection(step, vector, 0);
    }
  }

  private largestColumn(step: number): number {
    let largest = step;
    let largestSquares = -1;
    for (let j = step; j < this.columns; j++) {
      // Norms are computed afresh: updating them loses digits where columns nearly depend on each other.
      let squares = 0;
      for (let i = j * this.rows + step; i < (j + 1) * this.rows; i++) {
        squares += this.values[i] * this.values[i];
      }
      if (squares > largestSquares) {
        largestSquares = squares;
        largest = j;
      }
    }
    return largest;
  }

  private swapColumns(a: number, b: number): void {
    if (a === b) {
      return;
    }
    const { values, rows, permutation } = this;
    const column = values.slice(a * rows, (a + 1) * rows);
    values.copyWithin(a * rows, b * rows, (b + 1) * rows);
    values.set(column, b * rows);
    [permutation[a], permutation[b]] = [permutation[b], permutation[a]];
  }

  /** Makes column `step` zero below the diagonal; the reflection's vector (its first element 1, not stored) takes the place. */
  private reflect(step: number): void {
    const { values, rows } = this;
    const begin = step * rows;
    let tail = 0;
    for (let i = step + 1; i < rows; i++) {
      tail += values[begin + i] * values[begin + i];
    }
    if (tail === 0) {
      return;
    }
    const diagonal = values[begin + step];
    const norm = -Math.sign(diagonal || 1) * Math.sqrt(diagonal * diagonal + tail);
    this.scales[step] = (norm - diagonal) / norm;
    const divisor = diagonal - norm;
    for (let i = step + 1; i < rows; i++) {
      values[begin + i] /= divisor;
    }
    values[begin + step] = norm;
    for (let j = step + 1; j < this.columns; j++) {
      this.applyReflection(step, values, j * rows);
    }
  }

  private applyReflection(step: number, target: Float64Array, offset: number): void {
    const scale = this.scales[step];
    if (scale === 0) {
      return;
    }
    const { values, rows } = this;
    const begin = step * rows;
    let product = target[offset + step];
    for (let i = step + 1; i < rows; i++) {
      product += values[begin + i] * target[offset + i];
    }
    product *= scale;
    target[offset + step] -= product;
    for (let i = step + 1; i < rows; i++) {
      target[offset + i] -= product * values[begin + i];
    }
  }
}
