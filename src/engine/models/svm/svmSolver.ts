import type { Matrix } from '../../compute/matrix';
import { MemoryPlan } from '../../compute/memoryPlan';
import { Team } from '../../compute/team';
import type { SvmKernel } from './svmKernel';
import { svmKernelKinds } from './svmKernel';

const panelRows = 32;
const stagingCells = 32768;
/** Matrix elements that may be computed between two looks at the cancel flag: some 50 ms. */
const productsPerCall = 2e8;

/** One problem in the form of kernels/svm/solve.ts: bounds of beta = y · α and where v starts, one a row. */
export interface SvmProblem {
  /** Rows of the training data. */
  readonly rows: Uint32Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly start: Float64Array;
}

/** A solved problem: f(x) = Σ beta_k K(x_k, x) + intercept. */
export interface SvmSolution {
  /** One for each of the problem's rows. */
  readonly beta: Float64Array;
  readonly intercept: number;
  readonly iterations: number;
  /** True when it was ended before the optimality conditions held. */
  readonly stopped: boolean;
}

/** How a problem is watched while it is solved. */
export interface SolveContext {
  /** Called some ten times a second: the share that is done, as the distance from the optimum tells it, and the same in words. */
  report(fraction: number, message: string): void;
  throwIfCancelled(): void;
  /** True ends the work with what it has come to. */
  isToEnd(): boolean;
}

export interface SvmSolverOptions {
  readonly kernel: SvmKernel;
  /** Regression: ε, half the tube's width; 0 for classification. */
  readonly epsilon: number;
  readonly tolerance: number;
  readonly cacheMegabytes: number;
  /** null: no limit. */
  readonly maxIter: number | null;
}

/** Solves problems on rows of one matrix. Close it in a `finally`. */
export class SvmSolver {
  private readonly team: Team;
  private readonly layout: ReturnType<typeof planSvm>;

  /** @param mostRows rows of the largest problem. */
  constructor(
    private readonly features: Matrix,
    private readonly options: SvmSolverOptions,
    mostRows: number,
    threads: number,
  ) {
    const cacheRows = Math.floor((options.cacheMegabytes * 1e6) / (4 * padded(mostRows)));
    const slots = Math.max(2, Math.min(mostRows, cacheRows));
    this.layout = planSvm(features, mostRows, slots, threads);
    this.layout.plan.check('train on fewer rows, or lower the cache size');
    const { values } = features;
    this.team = new Team({ kernel: 'svm', threads, bytes: this.layout.plan.bytes, sources: [values] });
    this.storeRows();
  }

  close(): void {
    this.team.dispose();
  }

  async solve(problem: SvmProblem, context: SolveContext): Promise<SvmSolution> {
    const { team, layout, options } = this;
    const count = problem.rows.length;
    const size = padded(count);
    this.writeProblem(problem, size);
    this.configure(count);
    team.run('packProblem');
    team.run('beginSolve');
    const perCall = Math.max(1, Math.min(2000, Math.floor(productsPerCall / (size * (2 * this.features.columns + 40)))));
    let iterations = 0;
    let turned = Date.now();
    let firstGap: number | undefined;
    let stopped = false;
    for (;;) {
      const finished = team.run('solve', perCall, options.tolerance) === 1;
      iterations += perCall;
      if (finished || (options.maxIter !== null && iterations >= options.maxIter)) {
        break;
      }
      if (Date.now() - turned > 100) {
        const gap = team.runAlone('currentGap');
        firstGap ??= gap;
        context.report(shareDone(firstGap, gap, options.tolerance), `step ${iterations}, ${gap.toPrecision(3)} from the optimum`);
        await new Promise((resolve) => setImmediate(resolve));
        turned = Date.now();
      }
      context.throwIfCancelled();
      if (context.isToEnd()) {
        stopped = true;
        break;
      }
    }
    const beta = team.float64(layout.beta, count).slice();
    return { beta, intercept: this.intercept(problem, beta), iterations, stopped };
  }

  /**
   * The mean of v where beta is inside its bounds; where none is, the middle of what the bounds allow (libsvm's calculate_rho).
   */
  private intercept({ lower, upper }: SvmProblem, beta: Float64Array): number {
    const { team, layout, options } = this;
    const values = team.float64(layout.values, beta.length);
    const tube = 2 * options.epsilon;
    let sum = 0;
    let free = 0;
    let least = Infinity;
    let greatest = -Infinity;
    for (let row = 0; row < beta.length; row++) {
      const below = tube > 0 && beta[row] < 0;
      const isFree = beta[row] > lower[row] && beta[row] < upper[row] && !(tube > 0 && beta[row] === 0);
      if (isFree) {
        sum += values[row] + (below ? tube : 0);
        free++;
      }
      if (beta[row] < upper[row]) {
        greatest = Math.max(greatest, values[row] + (below ? tube : 0));
      }
      if (beta[row] > lower[row]) {
        least = Math.min(least, values[row] + (tube > 0 && beta[row] <= 0 ? tube : 0));
      }
    }
    if (free > 0) {
      return sum / free;
    }
    // With all rows of one sign only one side bounds the intercept.
    return Number.isFinite(least) && Number.isFinite(greatest) ? (least + greatest) / 2 : Number.isFinite(least) ? least : greatest;
  }

  private storeRows(): void {
    const { team, layout, features } = this;
    const { rows, columns, values } = features;
    const means = team.float64(layout.means, columns).fill(0);
    if (this.options.kernel.kind === 'rbf') {
      // Distances don't change when all rows move, and small numbers keep more digits.
      for (let i = 0; i < values.length; i++) {
        means[i % columns] += values[i] / rows;
      }
    }
    this.configure(1);
    team.mapRows('storeRows', {
      source: 0, columns, firstRow: 0, rowCount: rows, staging: layout.staging, stagingRows: layout.stagingRows,
    });
  }

  private writeProblem({ rows, lower, upper, start }: SvmProblem, size: number): void {
    const { team, layout } = this;
    team.uint32(layout.members, size).fill(0).set(rows);
    team.float64(layout.lower, size).fill(0).set(lower);
    team.float64(layout.upper, size).fill(0).set(upper);
    team.float64(layout.values, size).fill(0).set(start);
    team.float64(layout.beta, size).fill(0);
  }

  private configure(count: number): void {
    const { team, layout, options, features } = this;
    const { kernel } = options;
    team.uint32(layout.settings, 23).set([
      count, padded(count), features.columns, svmKernelKinds.indexOf(kernel.kind), kernel.degree, layout.slots, layout.rows,
      layout.members, layout.panels, layout.norms, layout.diagonal, layout.values, layout.beta, layout.lower, layout.upper,
      layout.upBias, layout.lowBias, layout.cache, layout.slotOf, layout.rowOf, layout.usedMarks, layout.records, layout.means,
    ]);
    team.float64(layout.settings + 256, 3).set([kernel.gamma, kernel.coef0, 2 * options.epsilon]);
    team.run('configure', layout.settings);
  }
}

/** The gap falls about as a power of the steps, so that its digits tell how much of the way is behind. */
function shareDone(firstGap: number, gap: number, tolerance: number): number {
  const way = Math.log(firstGap / tolerance);
  return way > 0 && gap > 0 ? Math.min(1, Math.max(0, Math.log(firstGap / gap) / way)) : 0;
}

function padded(rows: number): number {
  return Math.ceil(rows / panelRows) * panelRows;
}

/** Lays the memory out; kernels/svm/layout.ts tells what each region holds. */
function planSvm({ rows, columns }: Matrix, mostRows: number, slots: number, threads: number) {
  const plan = new MemoryPlan();
  const size = padded(mostRows);
  const stagingRows = Math.max(1, Math.min(1024, Math.floor(stagingCells / columns)));
  return {
    plan,
    slots,
    stagingRows,
    settings: plan.reserve('settings', 512),
    means: plan.reserve('means', columns * 8),
    rows: plan.reserve('rows', rows * columns * 4),
    members: plan.reserve('row numbers', size * 4),
    panels: plan.reserve('packed rows', size * columns * 4),
    norms: plan.reserve('norms', size * 4),
    diagonal: plan.reserve('the diagonal', size * 4),
    values: plan.reserve('gradients', size * 8),
    beta: plan.reserve('coefficients', size * 8),
    lower: plan.reserve('bounds', size * 8),
    upper: plan.reserve('bounds', size * 8),
    upBias: plan.reserve('biases', size * 8),
    lowBias: plan.reserve('biases', size * 8),
    slotOf: plan.reserve('cache tables', threads * size * 4),
    rowOf: plan.reserve('cache tables', threads * slots * 4),
    usedMarks: plan.reserve('cache tables', threads * slots),
    records: plan.reserve('proposals', threads * 128),
    staging: plan.reserve('staging', threads * stagingRows * columns * 8),
    cache: plan.reserve('cached rows of the kernel matrix', slots * size * 4),
  };
}
