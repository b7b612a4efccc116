import type { Matrix } from '../../compute/matrix';
import { MemoryPlan } from '../../compute/memoryPlan';
import { Team } from '../../compute/team';
import type { SvmKernel } from './svmKernel';
import { svmKernelKinds } from './svmKernel';
import { panelRows, ringRows, rowMeans, settingsCount, stagingRowsFor, tileRowsFor, writeSettings } from './svmLayout';

/** Rows of the problem for each row of a working set, and the set's ends; see `workingSetRows`. */
const rowsPerSetRow = 20;
const fewestSetRows = 512;
const mostSetRows = 1024;
/** Numbers of the working set's rows that are compared with each other; many features make for smaller sets. */
const mostSetWork = 1e8;
/** Multiplications that may be done between two looks at the cancel flag: some 50 ms. */
const workPerCall = 2e9;
/** Where the kernel's state has the number of steps taken (kernels/svm/state.ts). */
const stepCountAt = 12;
/** The kernel counts steps in 32 bits. */
const mostSteps = 2 ** 31 - 1;

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
    const steps = team.int32(layout.state + stepCountAt, 1);
    let turned = Date.now();
    let firstGap: number | undefined;
    let stopped = false;
    let limit = options.maxIter ?? mostSteps;
    while (team.run('advance', workPerCall, options.tolerance, limit) === 0) {
      if (Date.now() - turned > 100) {
        const gap = team.runAlone('currentGap');
        firstGap ??= gap;
        context.report(shareDone(firstGap, gap, options.tolerance), `step ${steps[0]}, ${gap.toPrecision(3)} from the optimum`);
        await new Promise((resolve) => setImmediate(resolve));
        turned = Date.now();
      }
      context.throwIfCancelled();
      if (!stopped && context.isToEnd()) {
        stopped = true;
        // No further step, but those of the block under way have yet to reach the other rows.
        limit = steps[0];
      }
    }
    const beta = team.float64(layout.beta, count).slice();
    return { beta, intercept: this.intercept(problem, beta), iterations: steps[0], stopped };
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
    const { rows, columns } = features;
    team.float64(layout.means, columns).set(rowMeans(features, this.options.kernel));
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
    writeSettings(team.uint32(layout.settings, settingsCount), {
      ...layout, memberCount: count, memberPadded: padded(count), features: features.columns, kernel: svmKernelKinds.indexOf(kernel.kind),
      degree: kernel.degree,
    });
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

/**
 * Rows of the working set. Larger sets need fewer rounds; each step within one takes longer. With no more rows than the smallest set the
 * problem is one set.
 */
function workingSetRows(rows: number, columns: number): number {
  const wanted = Math.min(mostSetRows, Math.max(fewestSetRows, rows / rowsPerSetRow), Math.sqrt(mostSetWork / columns));
  return padded(Math.min(rows, Math.floor(wanted)));
}

/** Lays the memory out; kernels/svm/layout.ts tells what each region holds. */
function planSvm({ rows, columns }: Matrix, mostRows: number, slots: number, threads: number) {
  const plan = new MemoryPlan();
  const size = padded(mostRows);
  const rowBytes = 4 * columns;
  const setRows = workingSetRows(mostRows, columns);
  const tileRows = tileRowsFor(columns);
  const stagingRows = stagingRowsFor(columns);
  return {
    plan, slots, setRows, tileRows, stagingRows,
    settings: plan.reserve('settings', 512),
    means: plan.reserve('means', columns * 8),
    rows: plan.reserve('rows', rows * rowBytes),
    rowHalves: plan.reserve('squared lengths', rows * 4),
    members: plan.reserve('row numbers', size * 4),
    panels: plan.reserve('packed rows', size * rowBytes),
    halves: plan.reserve('squared lengths', size * 4),
    diagonal: plan.reserve('the diagonal', size * 4),
    values: plan.reserve('gradients', size * 8),
    beta: plan.reserve('coefficients', size * 8),
    lower: plan.reserve('bounds', size * 8),
    upper: plan.reserve('bounds', size * 8),
    upBias: plan.reserve('biases', size * 8),
    lowBias: plan.reserve('biases', size * 8),
    inSet: plan.reserve('marks', size),
    violations: plan.reserve('violations', size * 2),
    slotOf: plan.reserve('cache tables', size * 4),
    rowOf: plan.reserve('cache tables', slots * 4),
    stampOf: plan.reserve('cache tables', slots * 4),
    usedMarks: plan.reserve('cache tables', slots),
    // Besides the kernel matrix and packed rows, at most 84 bytes a row.
    set: plan.reserve('the working set', setRows * (setRows * 4 + rowBytes + 96)),
    rings: plan.reserve('kernel values', threads * ringRows * tileRows * 4),
    records: plan.reserve('extremes', threads * 64),
    counts: plan.reserve('counts', threads * 2048),
    state: plan.reserve('state', 64),
    staging: plan.reserve('staging', threads * stagingRows * columns * 8),
    cache: plan.reserve('cached rows of the kernel matrix', slots * size * 4),
  };
}
