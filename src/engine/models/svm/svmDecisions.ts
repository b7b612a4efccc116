import os from 'node:os';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import { MemoryPlan } from '../../compute/memoryPlan';
import { Team } from '../../compute/team';
import type { PredictContext } from '../estimator';
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

/**
 * rows × functions: the sum over support vectors plus the intercept; kernels/svm/decisions.ts computes it, with kernel values in 32-bit
 * floats as in the fit. A row's decisions are the same bits whatever rows come with it and whatever the number of threads. Rows with values
 * that 32-bit floats can't square are decided in 64 bits.
 */
export function decide(
  functions: DecisionFunctions,
  features: Matrix,
  context?: PredictContext,
  mostHelpers = Math.min(os.availableParallelism(), mostThreads),
): Matrix {
  const { supportVectors, intercepts } = functions;
  const result = zeros(features.rows, intercepts.length);
  if (supportVectors.rows > 0 && features.rows > 0 && hasKernelMagnitude(supportVectors, 0, supportVectors.rows)) {
    const perRow = supportVectors.rows * (features.columns + valueWork);
    decideByKernel(functions, features, result, perRow * features.rows < smallWork ? 1 : mostHelpers, context);
  } else {
    decidePlainly(functions, features, result, () => true, context);
    return result;
  }
  decidePlainly(functions, features, result, (row) => !hasKernelMagnitude(features, row, row + 1), context);
  return result;
}

function decideByKernel(
  functions: DecisionFunctions, features: Matrix, result: Matrix, threads: number, context: PredictContext | undefined,
): void {
  const { supportVectors, coefficients, intercepts, kernel } = functions;
  const { rows: count, columns } = supportVectors;
  const perRow = count * (columns + valueWork + 2 * intercepts.length);
  const batch = Math.max(1, Math.min(features.rows, 4096, Math.floor(workPerBatch / perRow)));
  const layout = planDecisions(functions, batch, threads);
  layout.plan.check('predict with a model of fewer support vectors');
  const team = new Team({ kernel: 'svm', threads, bytes: layout.plan.bytes, sources: [supportVectors.values, features.values] });
  try {
    team.float64(layout.means, columns).set(rowMeans(supportVectors, kernel));
    team.uint32(layout.members, layout.size).forEach((_, row, members) => (members[row] = row));
    const weights = team.float64(layout.coefficients, intercepts.length * layout.size).fill(0);
    intercepts.forEach((_, f) => weights.set(coefficients.values.subarray(f * count, (f + 1) * count), f * layout.size));
    configure(team, layout, functions);
    const { staging, stagingRows } = layout;
    team.mapRows('storeRows', { source: 0, columns, firstRow: 0, rowCount: count, staging, stagingRows });
    team.run('packPanels');
    for (let first = 0; first < features.rows; first += batch) {
      context?.throwIfCancelled();
      reportRows(context, first, features.rows);
      const rowCount = Math.min(batch, features.rows - first);
      team.run('startBatch', first);
      team.mapRows('decideRows', { source: 1, columns, firstRow: first, rowCount, staging, stagingRows });
      const sums = team.float64(layout.decisions, rowCount * intercepts.length);
      sums.forEach((sum, i) => (result.values[first * intercepts.length + i] = sum + intercepts[i % intercepts.length]));
    }
  } finally {
    team.dispose();
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
