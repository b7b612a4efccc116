import type { ColumnProfile } from '../../schema/profile';
import type { Column } from './table';

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

/** Counts a column's values; numbers come sorted, which quantiles need anyway. */
export function countValues(column: Column): ValueCounts & { readonly sorted?: Float64Array } {
  if (column.kind === 'categorical') {
    const counts = new Uint32Array(column.categories.length);
    let missing = 0;
    for (const code of column.codes) {
      if (code < 0) {
        missing++;
      } else {
        counts[code]++;
      }
    }
    return { missing, values: column.categories, counts };
  }
  const sorted = Float64Array.from(column.values).sort();
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

/** What is in one column. */
export function profileColumn(column: Column): ColumnProfile {
  const { missing, values, counts, sorted } = countValues(column);
  const distinct = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  const listed = column.kind === 'categorical' || (column.type === 'integer' && distinct <= fewIntegers);
  return {
    name: column.name,
    type: column.type,
    missing,
    distinct,
    ...(sorted === undefined || sorted.length === 0 ? {} : { numeric: summarize(sorted) }),
    ...(listed ? { topValues: topValues(values, counts) } : {}),
  };
}

function topValues(values: readonly (string | number)[], counts: Uint32Array): { value: string; count: number }[] {
  const order = Array.from(counts.keys()).filter((i) => counts[i] > 0);
  // Array's sort is stable: equal counts stay in the order of appearance (or of size, for numbers).
  order.sort((a, b) => counts[b] - counts[a]);
  return order.slice(0, mostTopValues).map((i) => ({ value: String(values[i]), count: counts[i] }));
}

/** @param sorted at least one number, ascending. */
function summarize(sorted: Float64Array): NonNullable<ColumnProfile['numeric']> {
  const mean = meanOf(sorted);
  let squares = 0;
  for (const value of sorted) {
    squares += (value - mean) ** 2;
  }
  return {
    minimum: sorted[0],
    maximum: sorted[sorted.length - 1],
    mean,
    std: sorted.length < 2 ? null : Math.sqrt(squares / (sorted.length - 1)),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)],
  };
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
