import type { Association, Correlations } from '../../schema/profile';
import { mostComparedColumns } from '../../schema/profileLimits';
import type { StepContext } from '../stepContext';
import { numbersAt } from './numbers';
import { ascendingOrder, averageRanks, ranksBeside } from './ranks';
import type { CategoricalColumn, NumericColumn, Table } from './table';

/** Rank correlations need sorting; so many rows tell them to two digits or better. */
const mostRows = 10_000;
/** Columns with more categories in the sample than this tell rows apart rather than kinds of rows. */
const mostCategories = 100;

/**
 * How columns go together, in at most 10,000 evenly spread rows. Each pair is measured over the rows in which both have a
 * value, as pandas' `corr` does.
 */
export function correlate(table: Table, context: StepContext): Correlations {
  const rows = sampleRows(table.rowCount);
  const numbers = table.columns.filter((column): column is NumericColumn => column.kind === 'numeric').slice(0, mostComparedColumns);
  const values = numbers.map((column) => numbersAt(column.numbers, rows));
  const categories = table.columns
    .filter((column): column is CategoricalColumn => column.kind === 'categorical' && column.type !== 'text')
    .map((column) => ({ name: column.name, codes: compactCodes(column, rows) }))
    .filter(({ codes }) => codes.count > 0 && codes.count <= mostCategories)
    .slice(0, mostComparedColumns);
  const names = numbers.map(({ name }) => name);
  return {
    rows: rows.length,
    pearson: square(names, (a, b) => pearson(values[a], values[b]), context),
    spearman: square(names, rankCorrelation(values), context),
    cramersV: square(categories.map(({ name }) => name), (a, b) => cramersV(categories[a].codes, categories[b].codes), context),
    correlationRatio: {
      categories: categories.map(({ name }) => name),
      numbers: names,
      values: categories.map(({ codes }) => {
        context.throwIfCancelled();
        return values.map((column) => correlationRatio(codes, column));
      }),
    },
  };
}

function sampleRows(count: number): Uint32Array {
  const size = Math.min(count, mostRows);
  return Uint32Array.from({ length: size }, (_, i) => Math.floor((i * count) / size));
}

function square(columns: string[], measure: (a: number, b: number) => number | null, context: StepContext): Association {
  const values = columns.map(() => new Array<number | null>(columns.length).fill(null));
  for (let a = 0; a < columns.length; a++) {
    context.throwIfCancelled();
    for (let b = a; b < columns.length; b++) {
      values[a][b] = values[b][a] = measure(a, b);
    }
  }
  return { columns, values };
}

/** Pearson's r over the places where both have a value (the others are NaN); null with fewer than two, or where one never varies. */
export function pearson(x: Float64Array, y: Float64Array): number | null {
  let count = 0;
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < x.length; i++) {
    // Only NaN differs from itself.
    if (x[i] === x[i] && y[i] === y[i]) {
      count++;
      sumX += x[i];
      sumY += y[i];
    }
  }
  const meanX = Number.isFinite(sumX) ? sumX / count : meanBeside(x, y);
  const meanY = Number.isFinite(sumY) ? sumY / count : meanBeside(y, x);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < x.length; i++) {
    if (x[i] === x[i] && y[i] === y[i]) {
      const dx = x[i] - meanX;
      const dy = y[i] - meanY;
      xx += dx * dx;
      yy += dy * dy;
      xy += dx * dy;
    }
  }
  const size = Math.sqrt(xx * yy);
  const r = size > 0 && Number.isFinite(size) ? xy / size : xy / Math.sqrt(xx) / Math.sqrt(yy);
  return count < 2 || xx === 0 || yy === 0 ? null : Math.max(-1, Math.min(1, r));
}

/** The mean of what has a value beside it, where its sum is too large for a number. */
function meanBeside(values: Float64Array, other: Float64Array): number {
  let [mean, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i]) && !Number.isNaN(other[i])) {
      count++;
      mean += values[i] / count - mean / count;
    }
  }
  return mean;
}

/** Spearman's ρ: Pearson's r of ranks. Ranks are made once a column; anew, from an order made once, for a pair in which one value misses the other. */
function rankCorrelation(values: readonly Float64Array[]): (a: number, b: number) => number | null {
  const complete = values.map((column) => column.every((value) => !Number.isNaN(value)));
  const ranks = values.map((column, i) => (complete[i] ? averageRanks(column) : column));
  const orders = new Map<number, Uint32Array>();
  const orderOf = (column: number): Uint32Array => {
    const order = orders.get(column) ?? ascendingOrder(values[column]);
    orders.set(column, order);
    return order;
  };
  const size = values[0]?.length ?? 0;
  const [ranksOfA, ranksOfB] = [new Float64Array(size), new Float64Array(size)];
  return (a, b) => {
    if (complete[a] && complete[b]) {
      return pearson(ranks[a], ranks[b]);
    }
    ranksBeside(values[a], orderOf(a), values[b], ranksOfA);
    ranksBeside(values[b], orderOf(b), values[a], ranksOfB);
    let count = 0;
    for (let row = 0; row < size; row++) {
      if (!Number.isNaN(values[a][row]) && !Number.isNaN(values[b][row])) {
        // Never ahead of the row that is read.
        ranksOfA[count] = ranksOfA[row];
        ranksOfB[count] = ranksOfB[row];
        count++;
      }
    }
    return pearson(ranksOfA.subarray(0, count), ranksOfB.subarray(0, count));
  };
}

/** Codes of the rows looked at, counted through; −1 where missing. */
export interface CompactCodes {
  readonly codes: Int32Array;
  readonly count: number;
}

function compactCodes(column: CategoricalColumn, rows: Uint32Array): CompactCodes {
  const codeOf = new Map<number, number>();
  const codes = Int32Array.from(rows, (row) => {
    const code = column.codes[row];
    if (code < 0) {
      return -1;
    }
    const known = codeOf.get(code) ?? codeOf.size;
    codeOf.set(code, known);
    return known;
  });
  return { codes, count: codeOf.size };
}

/** Cramér's V (Cramér, "Mathematical methods of statistics", 1946, section 21.9); null where one never varies. */
export function cramersV(a: CompactCodes, b: CompactCodes): number | null {
  const table = new Float64Array(a.count * b.count);
  const [ofA, ofB] = [new Float64Array(a.count), new Float64Array(b.count)];
  let total = 0;
  for (let i = 0; i < a.codes.length; i++) {
    const [x, y] = [a.codes[i], b.codes[i]];
    if (x >= 0 && y >= 0) {
      table[x * b.count + y]++;
      ofA[x]++;
      ofB[y]++;
      total++;
    }
  }
  const degrees = Math.min(ofA.filter((count) => count > 0).length, ofB.filter((count) => count > 0).length) - 1;
  if (degrees < 1) {
    return null;
  }
  let chiSquare = 0;
  for (let x = 0; x < a.count; x++) {
    for (let y = 0; y < b.count; y++) {
      const expected = (ofA[x] * ofB[y]) / total;
      chiSquare += expected === 0 ? 0 : (table[x * b.count + y] - expected) ** 2 / expected;
    }
  }
  return Math.min(1, Math.sqrt(chiSquare / total / degrees));
}

/** η: the root of the share of a number's variation that lies between the categories' means; null where it never varies. */
export function correlationRatio({ codes, count }: CompactCodes, values: Float64Array): number | null {
  const [sums, counts] = [new Float64Array(count), new Float64Array(count)];
  let [total, sum] = [0, 0];
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] >= 0 && !Number.isNaN(values[i])) {
      sums[codes[i]] += values[i];
      counts[codes[i]]++;
      sum += values[i];
      total++;
    }
  }
  const mean = sum / total;
  let [between, all] = [0, 0];
  for (let code = 0; code < count; code++) {
    between += counts[code] === 0 ? 0 : counts[code] * (sums[code] / counts[code] - mean) ** 2;
  }
  for (let i = 0; i < codes.length; i++) {
    all += codes[i] >= 0 && !Number.isNaN(values[i]) ? (values[i] - mean) ** 2 : 0;
  }
  return total < 2 || all === 0 ? null : Math.min(1, Math.sqrt(between / all));
}

