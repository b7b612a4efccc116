import os from 'node:os';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import { MemoryPlan } from '../../compute/memoryPlan';
import { Team } from '../../compute/team';
import type { PredictContext } from '../estimator';
import { KeptReady } from '../keptReady';
import { reportRows } from '../probabilities';
import type { SvmKernel } from './svmKernel';
import { evaluateKernel, hasKernelMagnitude, svmKernelKinds } from './svmKernel';
import { panelRows, ringRows, rowMeans, settingsCount, stagingRowsFor, tileRowsFor, writeSettings } from './svmLayout';

const mostThreads = 8;
/** Multiplications below which starting threads costs more than they bring. */
const smallWork = 2e7;
/** Multiplications between two looks at the cancel flag: some 50 ms. */
const workPerBatch = 1e9;
/** What a kernel value takes besides a multiplication a feature. */
const valueWork = 20;

export interface DecisionFunctions {
  readonly kernel: SvmKernel;
  readonly supportVectors: Matrix;
  /** functions × support vectors. */
  readonly coefficients: Matrix;
  readonly intercepts: Float64Array;
}

/** A machine's decision functions, with the support vectors in a kernel's memory as long as somebody keeps it ready. */
export class Decisions {
  private readonly kernel = new KeptReady<DecisionKernel>();
  private readonly isForKernel: boolean;

  constructor(
    private readonly functions: DecisionFunctions,
    private readonly mostHelpers = Math.min(os.availableParallelism(), mostThreads),
  ) {
    const { supportVectors } = functions;
    this.isForKernel = supportVectors.rows > 0 && hasKernelMagnitude(supportVectors, 0, supportVectors.rows);
  }

  /** @returns how to let go; see Model. */
  keepReady(): () => void {
    return this.kernel.keep();
  }

  /**
   * rows × functions: the sum over support vectors plus the intercept; kernels/svm/decisions.ts computes it, with kernel values in 32-bit
   * floats as in the fit. A row's decisions are the same bits whatever rows come with it and whatever the number of threads. Rows with values
   * that 32-bit floats can't square are decided in 64 bits.
   */
  of(features: Matrix, context?: PredictContext): Matrix {
    const { functions, mostHelpers } = this;
    const result = zeros(features.rows, functions.intercepts.length);
    if (this.isForKernel && features.rows > 0) {
      this.kernel.use(() => new DecisionKernel(functions, features.rows, mostHelpers), (kernel) => kernel.decide(features, result, context));
      decidePlainly(functions, features, result, (row) => !hasKernelMagnitude(features, row, row + 1), context);
    } else {
      decidePlainly(functions, features, result, () => true, context);
    }
    return result;
  }
}

/** The threads and the kernel's memory, with the support vectors in it, until `dispose`. */
class DecisionKernel {
  private readonly layout: ReturnType<typeof planDecisions>;
  private readonly team: Team;
  /** The rows of a batch, where all threads see them. */
  private readonly batch: Matrix;

  /** @param expectedRows how many will be decided at a time, about: decides how much memory is set aside, and whether threads are worth it. */
  constructor(private readonly functions: DecisionFunctions, expectedRows: number, mostHelpers: number) {
    const { supportVectors, intercepts } = functions;
    const { rows, columns } = supportVectors;
    const threads = rows * (columns + valueWork) * expectedRows < smallWork ? 1 : mostHelpers;
    const perRow = rows * (columns + valueWork + 2 * intercepts.length);
    const batchRows = Math.max(1, Math.min(expectedRows, 4096, Math.floor(workPerBatch / perRow)));
    this.layout = planDecisions(functions, batchRows, threads);
    this.layout.plan.check('predict with a model of fewer support vectors');
    this.batch = zeros(batchRows, columns);
    this.team = new Team({ kernel: 'svm', threads, bytes: this.layout.plan.bytes, sources: [supportVectors.values, this.batch.values] });
    try {
      this.storeSupportVectors();
    } catch (error) {
      this.team.dispose();
      throw error;
    }
  }

  decide({ rows, columns, values }: Matrix, result: Matrix, context: PredictContext | undefined): void {
    const { team, layout: { decisions, staging, stagingRows }, functions: { intercepts } } = this;
    for (let first = 0; first < rows; first += this.batch.rows) {
      context?.throwIfCancelled();
      reportRows(context, first, rows);
      const rowCount = Math.min(this.batch.rows, rows - first);
      this.batch.values.set(values.subarray(first * columns, (first + rowCount) * columns));
      team.run('startBatch', 0);
      team.mapRows('decideRows', { source: 1, columns, firstRow: 0, rowCount, staging, stagingRows });
      const sums = team.float64(decisions, rowCount * intercepts.length);
      sums.forEach((sum, i) => (result.values[first * intercepts.length + i] = sum + intercepts[i % intercepts.length]));
    }
  }

  dispose(): void {
    this.team.dispose();
  }

  private storeSupportVectors(): void {
    const { team, layout, functions } = this;
    const { supportVectors: { rows, columns }, coefficients, intercepts, kernel } = functions;
    team.float64(layout.means, columns).set(rowMeans(functions.supportVectors, kernel));
    team.uint32(layout.members, layout.size).forEach((_, row, members) => (members[row] = row));
    const weights = team.float64(layout.coefficients, intercepts.length * layout.size).fill(0);
    intercepts.forEach((_, f) => weights.set(coefficients.values.subarray(f * rows, (f + 1) * rows), f * layout.size));
    configure(team, layout, functions);
    const { staging, stagingRows } = layout;
    team.mapRows('storeRows', { source: 0, columns, firstRow: 0, rowCount: rows, staging, stagingRows });
    team.run('packPanels');
  }
}

/** The same in 64-bit floats and plain loops, for chosen rows. */
function decidePlainly(
  { kernel, supportVectors, coefficients, intercepts }: DecisionFunctions,
  features: Matrix,
  result: Matrix,
  isChosen: (row: number) => boolean,
  context: PredictContext | undefined,
): void {
  const count = supportVectors.rows;
  const kernelRow = new Float64Array(count);
  for (let row = 0; row < features.rows; row++) {
    if (!isChosen(row)) {
      continue;
    }
    context?.throwIfCancelled();
    kernelRow.forEach((_, k) => (kernelRow[k] = evaluateKernel(kernel, features, row, supportVectors, k)));
    intercepts.forEach((intercept, f) => {
      let sum = intercept;
      for (let k = 0; k < count; k++) {
        sum += coefficients.values[f * count + k] * kernelRow[k];
      }
      result.values[row * intercepts.length + f] = sum;
    });
  }
}

/** Lays the memory out; kernels/svm/layout.ts tells what each region holds. */
function planDecisions({ supportVectors, intercepts }: DecisionFunctions, batch: number, threads: number) {
  const { rows, columns } = supportVectors;
  const plan = new MemoryPlan();
  const size = Math.ceil(rows / panelRows) * panelRows;
  const tileRows = tileRowsFor(columns);
  const stagingRows = stagingRowsFor(columns);
  return {
    plan, size, tileRows, stagingRows,
    settings: plan.reserve('settings', 512),
    means: plan.reserve('means', columns * 8),
    rows: plan.reserve('support vectors', rows * columns * 4),
    rowHalves: plan.reserve('squared lengths', rows * 4),
    members: plan.reserve('row numbers', size * 4),
    panels: plan.reserve('packed support vectors', size * columns * 4),
    halves: plan.reserve('squared lengths', size * 4),
    coefficients: plan.reserve('coefficients', intercepts.length * size * 8),
    decisions: plan.reserve('decisions', batch * intercepts.length * 8),
    queries: plan.reserve('rows', threads * (8 * columns + 16)),
    rings: plan.reserve('kernel values', threads * ringRows * tileRows * 4),
    staging: plan.reserve('staging', threads * stagingRows * columns * 8),
  };
}

function configure(
  team: Team, layout: ReturnType<typeof planDecisions>, { kernel, supportVectors, intercepts }: DecisionFunctions,
): void {
  writeSettings(team.uint32(layout.settings, settingsCount), {
    ...layout, memberCount: supportVectors.rows, memberPadded: layout.size, features: supportVectors.columns,
    kernel: svmKernelKinds.indexOf(kernel.kind), degree: kernel.degree, functions: intercepts.length,
  });
  team.float64(layout.settings + 256, 3).set([kernel.gamma, kernel.coef0, 0]);
  team.run('configure', layout.settings);
}
