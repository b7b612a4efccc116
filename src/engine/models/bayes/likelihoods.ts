import type { Matrix } from '../../compute/matrix';
import type { SavedModel } from '../estimator';
import { damaged, savedCount, savedFloat64, savedInt32 } from '../savedModels';

/** How usual some features' values are in each class. */
export interface Likelihood {
  /**
   * Adds the logarithm of a row's likelihood in each class.
   *
   * @param values rows one after another. @param offset where the row begins. @param logs one a class.
   */
  addLogs(values: Float64Array, offset: number, logs: Float64Array): void;
  save(): SavedModel['arrays'];
}

/** Features that are bell curves in each class: scikit-learn's GaussianNB. */
export class GaussianLikelihood implements Likelihood {
  /** Per class, what doesn't depend on the row: logarithms of the curves' heights. */
  private readonly heights: Float64Array;

  /** @param places the features. @param means classes × places. @param variances likewise, above 0. */
  constructor(
    private readonly places: Int32Array,
    private readonly means: Float64Array,
    private readonly variances: Float64Array,
  ) {
    this.heights = Float64Array.from({ length: means.length / places.length }, (_, k) =>
      -0.5 * variances.subarray(k * places.length, (k + 1) * places.length).reduce((sum, variance) => sum + Math.log(2 * Math.PI * variance), 0));
  }

  addLogs(values: Float64Array, offset: number, logs: Float64Array): void {
    const { places, means, variances } = this;
    for (let k = 0; k < logs.length; k++) {
      let distance = 0;
      for (let j = 0; j < places.length; j++) {
        const deviation = values[offset + places[j]] - means[k * places.length + j];
        distance += (deviation * deviation) / variances[k * places.length + j];
      }
      logs[k] += this.heights[k] - 0.5 * distance;
    }
  }

  save(): SavedModel['arrays'] {
    return { curves: this.places, means: this.means, variances: this.variances };
  }

  static load(saved: SavedModel, classes: number, columns: number): GaussianLikelihood | undefined {
    if (!('means' in saved.arrays)) {
      return undefined;
    }
    const places = savedPlaces(saved, 'curves', columns);
    const length = classes * places.length;
    return new GaussianLikelihood(places, savedFloat64(saved, 'means', length), savedFloat64(saved, 'variances', length));
  }
}

/** Features of codes, each counted in each class: scikit-learn's CategoricalNB, and BernoulliNB for two codes. */
export class CategoryLikelihood implements Likelihood {
  /** @param places the features. @param starts where each one's codes begin, and the end. @param logs classes × all codes. */
  constructor(
    private readonly places: Int32Array,
    private readonly starts: Int32Array,
    private readonly table: Float64Array,
    private readonly aboveZero: boolean,
  ) {}

  /** A code that no training row could have says nothing. */
  addLogs(values: Float64Array, offset: number, logs: Float64Array): void {
    const { places, starts, table, aboveZero } = this;
    const codes = starts[places.length];
    for (let j = 0; j < places.length; j++) {
      const value = values[offset + places[j]];
      const code = aboveZero ? Number(value > 0) : value;
      if (code >= 0 && code < starts[j + 1] - starts[j]) {
        const at = starts[j] + Math.trunc(code);
        for (let k = 0; k < logs.length; k++) {
          logs[k] += table[k * codes + at];
        }
      }
    }
  }

  save(): SavedModel['arrays'] {
    return { counted: this.places, codeStarts: this.starts, codeLogs: this.table, codesAboveZero: Int32Array.of(Number(this.aboveZero)) };
  }

  static load(saved: SavedModel, classes: number, columns: number): CategoryLikelihood | undefined {
    if (!('codeLogs' in saved.arrays)) {
      return undefined;
    }
    const places = savedPlaces(saved, 'counted', columns);
    const starts = savedInt32(saved, 'codeStarts', places.length + 1);
    if (starts[0] !== 0 || starts.some((start, j) => j > 0 && start < starts[j - 1])) {
      throw damaged('codeStarts');
    }
    const table = savedFloat64(saved, 'codeLogs', classes * starts[places.length]);
    return new CategoryLikelihood(places, starts, table, savedInt32(saved, 'codesAboveZero', 1)[0] === 1);
  }
}

/** Features that count something, all together: scikit-learn's MultinomialNB. */
export class CountLikelihood implements Likelihood {
  /** @param logs classes × features: logarithm of each one's share of the class's counts. */
  constructor(private readonly table: Float64Array, private readonly columns: number) {}

  addLogs(values: Float64Array, offset: number, logs: Float64Array): void {
    const { table, columns } = this;
    for (let k = 0; k < logs.length; k++) {
      let sum = 0;
      for (let j = 0; j < columns; j++) {
        sum += values[offset + j] * table[k * columns + j];
      }
      logs[k] += sum;
    }
  }

  save(): SavedModel['arrays'] {
    return { countLogs: this.table };
  }

  static load(saved: SavedModel, classes: number): CountLikelihood | undefined {
    const columns = savedCount(saved, 'columns');
    return 'countLogs' in saved.arrays ? new CountLikelihood(savedFloat64(saved, 'countLogs', classes * columns), columns) : undefined;
  }
}

function savedPlaces(saved: SavedModel, name: string, columns: number): Int32Array {
  const places = savedInt32(saved, name);
  if (places.length === 0 || places.some((place) => place < 0 || place >= columns)) {
    throw damaged(name);
  }
  return places;
}

/**
 * Means and variances of each class, widened by a share of the largest variance of a feature.
 *
 * @param target places of the rows' classes among those that occur. @param counts rows of each.
 */
export function fitCurves(
  { rows, columns, values }: Matrix, places: Int32Array, target: Float64Array, counts: Float64Array, varSmoothing: number,
): GaussianLikelihood {
  const width = places.length;
  const means = new Float64Array(counts.length * width);
  const variances = new Float64Array(counts.length * width);
  const allMeans = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < width; j++) {
      means[target[i] * width + j] += values[i * columns + places[j]];
      allMeans[j] += values[i * columns + places[j]];
    }
  }
  means.forEach((sum, index) => (means[index] = sum / counts[Math.floor(index / width)]));
  allMeans.forEach((sum, j) => (allMeans[j] = sum / rows));
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < width; j++) {
      const value = values[i * columns + places[j]];
      variances[target[i] * width + j] += (value - means[target[i] * width + j]) ** 2;
      squares[j] += (value - allMeans[j]) ** 2;
    }
  }
  // Where no feature varies at all, any width will do: all classes are equally far.
  const largest = squares.reduce((most, sum) => Math.max(most, sum), 0) / rows;
  const widening = largest === 0 ? 1 : varSmoothing * largest;
  variances.forEach((sum, index) => (variances[index] = sum / counts[Math.floor(index / width)] + widening));
  return new GaussianLikelihood(places, means, variances);
}

/**
 * Smoothed shares of each code in each class.
 *
 * @param codeCounts how many codes each of the features has. @param aboveZero takes values above 0 for code 1, all others for 0.
 */
export function fitCategories(
  { rows, columns, values }: Matrix, places: Int32Array, codeCounts: Int32Array, target: Float64Array, counts: Float64Array, alpha: number, aboveZero: boolean,
): CategoryLikelihood {
  const starts = new Int32Array(places.length + 1);
  codeCounts.forEach((count, j) => (starts[j + 1] = starts[j] + count));
  const codes = starts[places.length];
  const table = new Float64Array(counts.length * codes);
  const seen = new Float64Array(counts.length * places.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < places.length; j++) {
      const value = values[i * columns + places[j]];
      const code = aboveZero ? Number(value > 0) : value;
      if (code >= 0 && code < codeCounts[j]) {
        table[target[i] * codes + starts[j] + Math.trunc(code)]++;
        seen[target[i] * places.length + j]++;
      }
    }
  }
  for (let k = 0; k < counts.length; k++) {
    for (let j = 0; j < places.length; j++) {
      const total = Math.log(seen[k * places.length + j] + alpha * codeCounts[j]);
      for (let at = k * codes + starts[j]; at < k * codes + starts[j + 1]; at++) {
        table[at] = Math.log(table[at] + alpha) - total;
      }
    }
  }
  return new CategoryLikelihood(places, starts, table, aboveZero);
}

/** Smoothed shares of each feature in the sum of each class's counts. */
export function fitCounts({ rows, columns, values }: Matrix, target: Float64Array, classes: number, alpha: number): CountLikelihood {
  const table = new Float64Array(classes * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      table[target[i] * columns + j] += values[i * columns + j];
    }
  }
  for (let k = 0; k < classes; k++) {
    const own = table.subarray(k * columns, (k + 1) * columns);
    const total = Math.log(own.reduce((sum, count) => sum + count, 0) + alpha * columns);
    own.forEach((count, j) => (own[j] = Math.log(count + alpha) - total));
  }
  return new CountLikelihood(table, columns);
}
