import type { ColumnProfile, Histogram } from '../../schema/profile';
import { allNumbers } from './numbers';
import type { CategoricalColumn, Column } from './table';

const mostTopValues = 10;
/** Integers with at most so many distinct values are counted value by value, too. */
const fewIntegers = 50;

/** How often each distinct value occurs. */
export interface ValueCounts {
  readonly missing: number;
  /** By category code, or in ascending order of numbers. */
  readonly values: readonly (string | number)[];
  readonly counts: Uint32Array;
}

/** Counts a column's values. */
export function countValues(column: Column): ValueCounts {
  return column.kind === 'categorical' ? countCategories(column) : countNumbers(allNumbers(column.numbers));
}

function countCategories({ codes, categories }: CategoricalColumn): ValueCounts {
  const counts = new Uint32Array(categories.length);
  let missing = 0;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row];
    if (code < 0) {
      missing++;
    } else {
      counts[code]++;
    }
  }
  return { missing, values: categories, counts };
}

/** Counts numbers, which come sorted: quantiles need that anyway. */
function countNumbers(numbers: Float64Array): ValueCounts & { readonly sorted: Float64Array } {
  const sorted = Float64Array.from(numbers).sort();
  let present = sorted.length;
  // Typed arrays sort NaN to the end.
  while (present > 0 && Number.isNaN(sorted[present - 1])) {
    present--;
  }
  const values: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < present; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) {
      counts[counts.length - 1]++;
    } else {
      // Adding zero turns −0 into 0.
      values.push(sorted[i] + 0);
      counts.push(1);
    }
  }
  return { missing: sorted.length - present, values, counts: Uint32Array.from(counts), sorted: sorted.subarray(0, present) };
}

/** Above so many rows quantiles, histograms and distinct numbers come from that many rows, evenly spread. */
export const mostCountedRows = 200_000;
const histogramBins = 20;
/** Tukey's fences lie this many interquartile ranges beyond the quartiles. */
const fenceRanges = 1.5;

/** What is in one column. */
export function profileColumn(column: Column): ColumnProfile {
  const { name, type } = column;
  if (column.kind === 'categorical') {
    const { missing, values, counts } = countCategories(column);
    return { name, type, missing, distinct: countDistinct(counts), topValues: topValues(values, counts) };
  }
  const numbers = allNumbers(column.numbers);
  const sampled = numbers.length > mostCountedRows;
  const { missing, values, counts, sorted } = countNumbers(sampled ? evenSample(numbers, mostCountedRows) : numbers);
  const distinct = countDistinct(counts);
  const listed = type === 'integer' && distinct <= fewIntegers;
  // Integers with few values are counted in all rows, as categories are.
  const all = sampled && listed ? countNumbers(numbers) : { values, counts };
  return {
    name,
    type,
    missing: sampled ? countMissing(numbers) : missing,
    distinct,
    ...(sorted.length === 0 ? {} : { numeric: summarize(numbers, sorted, type === 'integer') }),
    ...(listed ? { topValues: topValues(all.values, all.counts) } : {}),
  };
}

function countDistinct(counts: Uint32Array): number {
  return counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
}

/** Every k-th value and those between as the number of values demands. */
export function evenSample(values: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => values[Math.floor((i * values.length) / size)]);
}

function countMissing(values: Float64Array): number {
  let missing = 0;
  for (let i = 0; i < values.length; i++) {
    missing += Number.isNaN(values[i]) ? 1 : 0;
  }
  return missing;
}

function topValues(values: readonly (string | number)[], counts: Uint32Array): { value: string; count: number }[] {
  const order = Array.from(counts.keys()).filter((i) => counts[i] > 0);
  // Array's sort is stable: equal counts stay in the order of appearance (or of size, for numbers).
  order.sort((a, b) => counts[b] - counts[a]);
  return order.slice(0, mostTopValues).map((i) => ({ value: String(values[i]), count: counts[i] }));
}

/** @param values all rows, NaN where missing. @param sorted those of the sample, ascending; at least one. */
function summarize(values: Float64Array, sorted: Float64Array, integers: boolean): NonNullable<ColumnProfile['numeric']> {
  const { minimum, maximum, mean, std, skew } = moments(values);
  const quartiles: [number, number, number] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
  const range = quartiles[2] - quartiles[0];
  const [low, high] = [quartiles[0] - fenceRanges * range, quartiles[2] + fenceRanges * range];
  let outliers = 0;
  for (let i = 0; i < values.length; i++) {
    outliers += values[i] < low || values[i] > high ? 1 : 0;
  }
  return {
    minimum,
    maximum,
    mean,
    std,
    quartiles,
    tails: [quantile(sorted, 0.01), quantile(sorted, 0.05), quantile(sorted, 0.95), quantile(sorted, 0.99)],
    skew,
    histogram: histogramOf(values, minimum, maximum, integers),
    outliers: { count: outliers, low, high },
  };
}

/** Moments over all rows, missing ones aside; skewness is G1 (Joanes, Gill: "Comparing measures of sample skewness and kurtosis", 1998), as in pandas. */
function moments(values: Float64Array): { minimum: number; maximum: number; mean: number; std: number | null; skew: number | null } {
  let [count, minimum, maximum, sum] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isNaN(value)) {
      count++;
      sum += value;
      minimum = value < minimum ? value : minimum;
      maximum = value > maximum ? value : maximum;
    }
  }
  let mean = sum / count;
  let rest = 0;
  for (let i = 0; i < values.length; i++) {
    rest += Number.isNaN(values[i]) ? 0 : values[i] - mean;
  }
  mean += rest / count;
  // In units of the largest deviation neither squares nor cubes overflow or vanish.
  const unit = Math.max(maximum - mean, mean - minimum) || 1;
  let [squares, cubes] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) {
      const deviation = (values[i] - mean) / unit;
      squares += deviation * deviation;
      cubes += deviation * deviation * deviation;
    }
  }
  const deviation = Math.sqrt(squares / count);
  return {
    // Adding zero turns −0 into 0.
    minimum: minimum + 0,
    maximum: maximum + 0,
    mean,
    std: count < 2 ? null : unit * Math.sqrt(squares / (count - 1)),
    skew: count < 3 || minimum === maximum ? null : (Math.sqrt(count * (count - 1)) / (count - 2)) * (cubes / count / deviation ** 3),
  };
}

/** Counts in bins of one width, as numpy's histogram; whole numbers of a small range get a bin each. */
export function histogramOf(values: Float64Array, minimum: number, maximum: number, integers: boolean): Histogram {
  const whole = integers && maximum - minimum < histogramBins;
  const bins = whole ? maximum - minimum + 1 : minimum === maximum ? 1 : histogramBins;
  const [low, high] = whole ? [minimum, maximum + 1] : minimum === maximum ? [minimum - 0.5, maximum + 0.5] : [minimum, maximum];
  const width = high - low;
  const edges = Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + (i / bins) * width));
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isNaN(value)) {
      let bin = Math.min(bins - 1, Math.floor(((value - low) / width) * bins));
      // Rounding may have put the value on the wrong side of an edge.
      bin += value < edges[bin] ? -1 : bin < bins - 1 && value >= edges[bin + 1] ? 1 : 0;
      counts[bin]++;
    }
  }
  return { edges, counts };
}

/** The mean in two passes: the second adds what rounding lost in the first. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) {
    sum += value;
  }
  const mean = sum / values.length;
  let rest = 0;
  for (const value of values) {
    rest += value - mean;
  }
  return mean + rest / values.length;
}

/**
 * The quantile by linear interpolation between order statistics, as numpy's and pandas' default (Hyndman, Fan: "Sample
 * quantiles in statistical packages", The American Statistician 50, 1996, definition 7).
 *
 * @param sorted at least one number, ascending. @param share 0 to 1.
 */
export function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
