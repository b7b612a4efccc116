import type { Moments } from './gram';
import { computeMoments, rowProducts } from './gram';
import type { Matrix } from './matrix';
import { MemoryPlan } from './memoryPlan';
import { Team } from './team';

/** Rows that the kernel multiplies together. */
const blockRows = 64;
/** Below so many products, starting the kernel costs more than it brings. */
const smallWork = 1e6;
/** With fewer rows one thread is faster than several. */
const rowsOfOneThread = 20_000;
/** Partial sums that rows are dealt to: the most threads that can work. */
const mostSlots = 16;
/** What all partial sums together may take, in bytes. */
const slotBytes = 2 ** 27;
/** Products that one call may compute: some 50 ms. */
const productsPerCall = 4e8;
/** The products of more rows than this would not fit. */
const mostProductRows = 20_000;
/** Rows from which the shifts are estimated. */
const sampleRows = 512;

export interface MomentsOptions {
  /** False keeps the values as they are: a model without intercept. */
  readonly centre: boolean;
  /** Called every few milliseconds; may throw. */
  readonly pause: () => void;
  /** How much each row counts in all sums and means; all the same when absent. */
  readonly weights?: Float64Array;
  /** How many may be used; the result doesn't depend on it. Default: 1. */
  readonly threads?: number;
}

/** Means and centred second moments: by the kernel where that is worth it and its sums fit, else in plain TypeScript. */
export function momentsOf(features: Matrix, target: Float64Array, options: MomentsOptions): Moments {
  const { rows, columns } = features;
  return rows * columns * columns >= smallWork && slotsFor(paddedColumns(columns)) > 0
    ? computeMomentsByKernel(features, target, options)
    : computeMoments(features, target, options.centre, options.pause, options.weights);
}

/** What computeMoments computes, by the kernel; kernels/linear/moments.ts tells how. */
export function computeMomentsByKernel(features: Matrix, target: Float64Array, options: MomentsOptions): Moments {
  const { rows, columns } = features;
  const { pause, weights, threads = 1 } = options;
  const layout = planMoments(features, weights !== undefined, rows < rowsOfOneThread ? 1 : threads);
  layout.plan.check('use fewer features');
  const shifts = options.centre ? estimateMeans(features, target) : new Float64Array(columns + 1);
  const team = new Team({ kernel: 'linear', threads: layout.threads, bytes: layout.plan.bytes, sources: [features.values] });
  try {
    team.float64(layout.shifts, columns + 1).set(shifts);
    team.float64(layout.target, rows).set(target);
    if (weights !== undefined) {
      const scales = team.float64(layout.scales, rows);
      for (let row = 0; row < rows; row++) {
        scales[row] = Math.sqrt(weights[row]);
      }
    }
    team.float64(layout.products, layout.slots * layout.padded * layout.padded).fill(0);
    team.uint32(layout.settings, 9).set([
      columns, layout.padded, layout.slots, layout.chunkRows, layout.shifts, layout.target, layout.scales, layout.panels, layout.products,
    ]);
    team.run('configureMoments', layout.settings);
    const rowsPerCall = layout.slots * layout.chunkRows;
    for (let firstRow = 0; firstRow < rows; firstRow += rowsPerCall) {
      pause();
      team.mapRows('addMoments', {
        source: 0, columns, firstRow, rowCount: Math.min(rowsPerCall, rows - firstRow), staging: layout.staging, stagingRows: blockRows,
        chunkRows: layout.chunkRows,
      });
    }
    return centred(addSlots(team, layout), layout.padded, shifts, options.centre);
  } finally {
    team.dispose();
  }
}

/** What rowProducts of gram.ts computes: by the kernel where that is worth it. */
export function rowProductsOf(features: Matrix, means: Float64Array, options: Pick<MomentsOptions, 'pause' | 'threads'>): Float64Array {
  const { rows, columns } = features;
  return rows * rows * columns >= smallWork && rows <= mostProductRows
    ? computeRowProductsByKernel(features, means, options)
    : rowProducts(features, means, options.pause);
}

/** Sixty-four columns at a time are brought into the kernel's memory. */
export function computeRowProductsByKernel(
  { rows, columns, values }: Matrix,
  means: Float64Array,
  { pause, threads = 1 }: Pick<MomentsOptions, 'pause' | 'threads'>,
): Float64Array {
  const plan = new MemoryPlan();
  const padded = Math.ceil(rows / 4) * 4;
  const settings = plan.reserve('settings', 64);
  const products = plan.reserve('products of rows', padded * padded * 8);
  const block = plan.reserve('blocks of columns', padded * blockRows * 8);
  plan.check('use fewer rows');
  const team = new Team({ kernel: 'linear', threads, bytes: plan.bytes });
  try {
    team.uint32(settings, 9).set([0, padded, 1, 1, 0, 0, 0, 0, products]);
    team.run('configureMoments', settings);
    const sums = team.float64(products, padded * padded).fill(0);
    const cells = team.float64(block, padded * blockRows).fill(0);
    for (let first = 0; first < columns; first += blockRows) {
      pause();
      const width = Math.min(blockRows, columns - first);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < blockRows; j++) {
          cells[(i >> 2) * 4 * blockRows + j * 4 + (i & 3)] = j < width ? values[i * columns + first + j] - means[first + j] : 0;
        }
      }
      team.run('addRowProducts', block);
    }
    const result = new Float64Array(rows * rows);
    for (let i = 0; i < rows; i++) {
      for (let k = i; k < rows; k++) {
        result[i * rows + k] = sums[i * padded + k];
        result[k * rows + i] = sums[i * padded + k];
      }
    }
    return result;
  } finally {
    team.dispose();
  }
}

type MomentsLayout = ReturnType<typeof planMoments>;

function planMoments({ rows, columns }: Matrix, weighted: boolean, threads: number) {
  const plan = new MemoryPlan();
  const padded = paddedColumns(columns);
  const slots = slotsFor(padded);
  const blocksPerCall = Math.max(1, Math.floor(productsPerCall / (slots * blockRows * padded * padded)));
  return {
    plan, padded, slots, threads,
    chunkRows: blockRows * Math.min(Math.ceil(rows / (slots * blockRows)), blocksPerCall),
    settings: plan.reserve('settings', 64),
    shifts: plan.reserve('shifts', (columns + 2) * 8),
    target: plan.reserve('the target', rows * 8),
    scales: weighted ? plan.reserve('row weights', rows * 8) : 0,
    panels: plan.reserve('blocks of rows', threads * padded * blockRows * 8),
    products: plan.reserve('products of features', slots * padded * padded * 8),
    staging: plan.reserve('staging', threads * blockRows * columns * 8),
  };
}

/** The features, the target and the ones, padded to whole tiles. */
function paddedColumns(columns: number): number {
  return Math.ceil((columns + 2) / 4) * 4;
}

function slotsFor(padded: number): number {
  return Math.min(mostSlots, Math.floor(slotBytes / (padded * padded * 8)));
}

/** Near the means of the features and, last, the target; exactly a column's value where that is always the same. */
function estimateMeans({ rows, columns, values }: Matrix, target: Float64Array): Float64Array {
  const means = new Float64Array(columns + 1);
  const step = Math.max(1, Math.floor(rows / sampleRows));
  let count = 0;
  for (let row = 0; row < rows; row += step) {
    count++;
    for (let j = 0; j < columns; j++) {
      means[j] += values[row * columns + j] - values[j];
    }
    means[columns] += target[row] - target[0];
  }
  return means.map((sum, j) => sum / count + (j < columns ? values[j] : target[0]));
}

/** Adds the partial sums in their order. */
function addSlots(team: Team, { products, padded, slots }: MomentsLayout): Float64Array {
  const size = padded * padded;
  const sum = team.float64(products, size).slice();
  for (let slot = 1; slot < slots; slot++) {
    const part = team.float64(products + slot * size * 8, size);
    for (let i = 0; i < size; i++) {
      sum[i] += part[i];
    }
  }
  return sum;
}

/** Takes off what the shifts left of the means. @param products upper triangle, padded × padded. */
function centred(products: Float64Array, padded: number, shifts: Float64Array, centre: boolean): Moments {
  const columns = shifts.length - 1;
  const ones = columns + 1;
  const total = products[ones * padded + ones];
  // What is left of each column's mean.
  const rest = Float64Array.from({ length: ones }, (_, j) => (centre ? products[j * padded + ones] / total : 0));
  const product = (i: number, j: number): number => products[i * padded + j] - total * rest[i] * rest[j];
  const gram = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) {
    for (let j = i; j < columns; j++) {
      // Rounding must not leave a square below 0.
      const value = i === j ? Math.max(0, product(i, i)) : product(i, j);
      gram[i * columns + j] = value;
      gram[j * columns + i] = value;
    }
  }
  return {
    gram,
    moment: Float64Array.from({ length: columns }, (_, j) => product(j, columns)),
    targetSquares: Math.max(0, product(columns, columns)),
    featureMeans: Float64Array.from({ length: columns }, (_, j) => shifts[j] + rest[j]),
    targetMean: shifts[columns] + rest[columns],
  };
}
