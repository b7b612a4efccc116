/** What target encoding learns of one outcome (a class, or the number to predict). */
export interface Encoding {
  /** The encoding of each category. */
  readonly values: Float64Array;
  /** The mean of the target, which stands for categories that no row had. */
  readonly mean: number;
}

/**
 * The mean of the target in each category, drawn towards the overall mean: scikit-learn's TargetEncoder (Micci-Barreca: "A
 * preprocessing scheme for high-cardinality categorical attributes", SIGKDD Explorations 3, 2001; equation 7 for a fixed
 * number of rows, 5 and 6 for `auto`).
 *
 * @param levels the category of each row, below 0 for none. @param outcome one number a row.
 * @param included which rows count; all when absent.
 */
export function encodeByTarget(levels: Int32Array, outcome: Float64Array, categories: number, smooth: number | 'auto', included?: (row: number) => boolean): Encoding {
  const counts = new Float64Array(categories);
  const sums = new Float64Array(categories);
  let [rows, total] = [0, 0];
  forEachRow(levels.length, included, (row) => {
    rows++;
    total += outcome[row];
    if (levels[row] >= 0) {
      counts[levels[row]]++;
      sums[levels[row]] += outcome[row];
    }
  });
  const mean = total / rows;
  if (smooth !== 'auto') {
    return { mean, values: sums.map((sum, level) => (counts[level] + smooth === 0 ? mean : (sum + smooth * mean) / (counts[level] + smooth))) };
  }
  const means = sums.map((sum, level) => sum / counts[level]);
  const squares = new Float64Array(categories);
  let variance = 0;
  forEachRow(levels.length, included, (row) => {
    variance += (outcome[row] - mean) ** 2 / rows;
    if (levels[row] >= 0) {
      squares[levels[row]] += (outcome[row] - means[levels[row]]) ** 2;
    }
  });
  return {
    mean,
    values: means.map((own, level) => {
      const between = variance * counts[level];
      const share = between / (between + squares[level] / counts[level]);
      // Without rows, or where nothing varies, the share is 0 / 0.
      return Number.isNaN(share) ? mean : share * own + (1 - share) * mean;
    }),
  };
}

function forEachRow(rows: number, included: ((row: number) => boolean) | undefined, visit: (row: number) => void): void {
  for (let row = 0; row < rows; row++) {
    if (included === undefined || included(row)) {
      visit(row);
    }
  }
}

/**
 * Each row's encoding as its fold sees it: learned from the rows of all other folds, so that no row's own target is in its
 * features (scikit-learn's TargetEncoder.fit_transform).
 */
export function crossFit(levels: Int32Array, outcome: Float64Array, categories: number, smooth: number | 'auto', foldOfRow: Uint32Array): Float64Array {
  const encoded = new Float64Array(levels.length);
  const folds = foldOfRow.reduce((most, fold) => Math.max(most, fold), 0) + 1;
  for (let fold = 0; fold < folds; fold++) {
    const { values, mean } = encodeByTarget(levels, outcome, categories, smooth, (row) => foldOfRow[row] !== fold);
    for (let row = 0; row < levels.length; row++) {
      if (foldOfRow[row] === fold) {
        encoded[row] = levels[row] < 0 ? mean : values[levels[row]];
      }
    }
  }
  return encoded;
}
