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
 */
export function encodeByTarget(levels: Int32Array, outcome: Float64Array, categories: number, smooth: number | 'auto'): Encoding {
  const counts = new Float64Array(categories);
  const sums = new Float64Array(categories);
  let [rows, total] = [0, 0];
  forEachRow(levels.length, (row) => {
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
  forEachRow(levels.length, (row) => {
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

function forEachRow(rows: number, visit: (row: number) => void): void {
  for (let row = 0; row < rows; row++) {
    visit(row);
  }
}

/**
 * Each row's encoding as its fold sees it: learned from the rows of all other folds, so that no row's own target is in its
 * features (scikit-learn's TargetEncoder.fit_transform).
 */
export function crossFit(levels: Int32Array, outcome: Float64Array, categories: number, smooth: number | 'auto', foldOfRow: Uint32Array): Float64Array {
  const folds = foldOfRow.reduce((most, fold) => Math.max(most, fold), 0) + 1;
  // The last place of a fold holds what is true of all its rows, whatever their category.
  const size = categories + 1;
  const { counts, means } = othersMeans(levels, outcome, foldOfRow, folds, size);
  const squares = smooth === 'auto' ? othersSquares(levels, outcome, foldOfRow, folds, means, size) : means;
  const encodings = new Float64Array(folds * size);
  for (let fold = 0; fold < folds; fold++) {
    const last = fold * size + categories;
    encodings[last] = means[last];
    for (let place = fold * size; place < last; place++) {
      const count = counts[place];
      const between = (squares[last] / counts[last]) * count;
      const share = smooth === 'auto' ? between / (between + squares[place] / count) : count / (count + smooth);
      encodings[place] = count === 0 || Number.isNaN(share) ? means[last] : share * means[place] + (1 - share) * means[last];
    }
  }
  const encoded = new Float64Array(levels.length);
  for (let row = 0; row < levels.length; row++) {
    encoded[row] = encodings[foldOfRow[row] * size + (levels[row] < 0 ? categories : levels[row])];
  }
  return encoded;
}

/** How many rows of all other folds each category has, and their mean; fold after fold. Nothing of a fold's own rows enters. */
function othersMeans(levels: Int32Array, outcome: Float64Array, foldOfRow: Uint32Array, folds: number, size: number): { counts: Float64Array; means: Float64Array } {
  const ownCounts = new Float64Array(folds * size);
  const ownSums = new Float64Array(folds * size);
  for (let row = 0; row < levels.length; row++) {
    const start = foldOfRow[row] * size;
    ownCounts[start + size - 1]++;
    ownSums[start + size - 1] += outcome[row];
    if (levels[row] >= 0) {
      ownCounts[start + levels[row]]++;
      ownSums[start + levels[row]] += outcome[row];
    }
  }
  const counts = new Float64Array(folds * size);
  const means = new Float64Array(folds * size);
  for (let fold = 0; fold < folds; fold++) {
    for (let level = 0; level < size; level++) {
      for (let other = 0; other < folds; other++) {
        counts[fold * size + level] += other === fold ? 0 : ownCounts[other * size + level];
        means[fold * size + level] += other === fold ? 0 : ownSums[other * size + level];
      }
      means[fold * size + level] /= counts[fold * size + level];
    }
  }
  return { counts, means };
}

/** The squared distances of all other folds' rows from their means, summed up likewise. */
function othersSquares(levels: Int32Array, outcome: Float64Array, foldOfRow: Uint32Array, folds: number, means: Float64Array, size: number): Float64Array {
  const squares = new Float64Array(folds * size);
  for (let row = 0; row < levels.length; row++) {
    for (let fold = 0; fold < folds; fold++) {
      if (fold !== foldOfRow[row]) {
        const last = fold * size + size - 1;
        squares[last] += (outcome[row] - means[last]) ** 2;
        if (levels[row] >= 0) {
          const place = fold * size + levels[row];
          squares[place] += (outcome[row] - means[place]) ** 2;
        }
      }
    }
  }
  return squares;
}
