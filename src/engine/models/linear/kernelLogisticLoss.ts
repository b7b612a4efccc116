import type { Matrix } from '../../compute/matrix';
import { MemoryPlan } from '../../compute/memoryPlan';
import { Team } from '../../compute/team';
import type { LogisticLossOptions } from './logisticLoss';
import { addPenalty } from './logisticLoss';

const panelRows = 32;
/** Below so many products a pass, plain TypeScript takes less time than starting the kernel. */
const smallWork = 50_000;
/** With fewer rows one thread is faster than several, unless a pass has so many products that they pay for starting the others. */
const rowsOfOneThread = 20_000;
const productsOfOneThread = 1e7;
/** Partial sums that rows are dealt to: the most threads that can work. */
const mostSlots = 16;
/** What all partial sums together may take, in bytes. */
const slotBytes = 2 ** 27;
/** Products that one call may compute: some 50 ms. */
const productsPerCall = 2e8;
/** Rows that the exact passes take through the staging area together, about, in numbers. */
const stagingCells = 16_384;
/** Sums that a cache holds, in bytes; where they take more, so many panels go together, in calls of some tenths of a second. */
const cachedLanes = 2 ** 18;
const mostPanelsAtOnce = 4;
/** Rows from which shifts and factors are estimated. */
const sampleRows = 512;

/** Whether the kernel is worth it, and its sums fit. */
export function kernelFits({ rows, columns }: Matrix, outputs: number): boolean {
  return rows * columns * outputs >= smallWork && outputs * (columns + 1) * 8 <= slotBytes;
}

/**
 * What LogisticLoss computes, by the kernel: quickly in 32-bit floats, with an error of about 1e-7 of the features' standard deviations,
 * or exactly. kernels/linear tells how. Close it in a `finally`.
 */
export class KernelLogisticLoss {
  /** 1 for two classes, else the number of classes. */
  readonly outputs: number;
  /** Length of a point. */
  readonly size: number;
  /** The features' means and variances. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
  private readonly layout: ReturnType<typeof planLogistic>;
  private readonly team: Team;
  private readonly weightSum: number;
  private readonly shifts: Float64Array;
  private readonly factors: Float64Array;

  /** @param target class codes, 0 … classWeights.length − 1, one a row of `features`. */
  constructor(
    private readonly features: Matrix,
    target: Float64Array,
    private readonly options: LogisticLossOptions,
    threads: number,
  ) {
    const classCount = options.classWeights.length;
    this.outputs = classCount === 2 ? 1 : classCount;
    this.size = this.outputs * (features.columns + 1);
    this.layout = planLogistic(features, classCount, isWorthThreads(features, this.outputs) ? threads : 1);
    this.layout.plan.check('use fewer rows or features');
    ({ shifts: this.shifts, factors: this.factors } = estimateRanges(features));
    this.team = new Team({ kernel: 'linear', threads: this.layout.threads, bytes: this.layout.plan.bytes, sources: [features.values] });
    try {
      this.weightSum = this.writeRows(target);
      ({ means: this.means, variances: this.variances } = this.storePanels());
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.team.dispose();
  }

  /** Writes the gradient at `point` and returns the value; both to about seven digits. Not finite where 32 bits don't do. */
  readonly evaluateQuickly = (point: Float64Array, gradient: Float64Array): number => {
    const { team, layout, outputs, shifts, factors } = this;
    const { columns } = this.features;
    const coefficients = team.float32(layout.coefficients, this.size);
    for (let k = 0; k < outputs; k++) {
      let intercept = point[outputs * columns + k];
      for (let j = 0; j < columns; j++) {
        coefficients[k * columns + j] = point[k * columns + j] / factors[j];
        intercept += point[k * columns + j] * shifts[j];
      }
      coefficients[outputs * columns + k] = intercept;
    }
    this.clearSlots();
    const chunks = Math.ceil(layout.padded / layout.chunkRows);
    for (let first = 0; first < chunks; first += layout.slots) {
      this.options.pause();
      team.run('evaluateBlocks', first, Math.min(layout.slots, chunks - first));
    }
    const loss = this.addSlots(gradient);
    for (let k = 0; k < outputs; k++) {
      const byIntercept = gradient[outputs * columns + k];
      for (let j = 0; j < columns; j++) {
        gradient[k * columns + j] = gradient[k * columns + j] / factors[j] + shifts[j] * byIntercept;
      }
    }
    return addPenalty(point, gradient, loss, { coefficients: outputs * columns, weightSum: this.weightSum, l2: this.options.l2 });
  };

  /** Writes the gradient at `point` and returns the value. */
  readonly evaluate = (point: Float64Array, gradient: Float64Array): number => {
    const { team, layout, outputs } = this;
    const { columns, rows } = this.features;
    team.float64(layout.point, this.size).set(point);
    this.clearSlots();
    const rowsPerCall = layout.slots * layout.chunkRows;
    for (let firstRow = 0; firstRow < rows; firstRow += rowsPerCall) {
      this.options.pause();
      team.mapRows('addExactRows', this.staged(firstRow, rowsPerCall));
    }
    const loss = this.addSlots(gradient);
    return addPenalty(point, gradient, loss, { coefficients: outputs * columns, weightSum: this.weightSum, l2: this.options.l2 });
  };

  /** Writes labels, weights and settings. @returns the weight of all rows together. */
  private writeRows(target: Float64Array): number {
    const { team, layout, outputs } = this;
    const { classWeights } = this.options;
    const { rows, columns } = this.features;
    const labels = team.int32(layout.labels, layout.padded).fill(0);
    const weights = team.float32(layout.rowWeights, layout.padded).fill(0);
    let weightSum = 0;
    for (let row = 0; row < rows; row++) {
      labels[row] = target[row];
      weights[row] = classWeights[target[row]];
      weightSum += classWeights[target[row]];
    }
    team.float64(layout.classWeights, classWeights.length).set(classWeights);
    team.float64(layout.shifts, columns).set(this.shifts);
    team.float64(layout.factors, columns).set(this.factors);
    team.uint32(layout.settings, 18).set([
      rows, columns, outputs, layout.slots, layout.chunkRows, layout.panels, layout.labels, layout.rowWeights, layout.coefficients,
      layout.point, layout.classWeights, layout.logits, layout.lanes, layout.slotsAt, layout.shifts, layout.factors, layout.sums,
      layout.panelsAtOnce,
    ]);
    team.run('configureLogistic', layout.settings);
    return weightSum;
  }

  /** Fills the panels. @returns the features' means and variances. */
  private storePanels(): { means: Float64Array; variances: Float64Array } {
    const { team, layout } = this;
    const { columns, rows } = this.features;
    const even = columns + (columns % 2);
    team.float64(layout.sums, layout.slots * 2 * even).fill(0);
    const rowsPerCall = layout.slots * layout.chunkRows;
    for (let firstRow = 0; firstRow < rows; firstRow += rowsPerCall) {
      this.options.pause();
      team.mapRows('storeRows', this.staged(firstRow, rowsPerCall));
    }
    const means = new Float64Array(columns);
    const squares = new Float64Array(columns);
    for (let slot = 0; slot < layout.slots; slot++) {
      const sums = team.float64(layout.sums + slot * 2 * even * 8, 2 * even);
      for (let j = 0; j < columns; j++) {
        means[j] += sums[j] / rows;
        squares[j] += sums[even + j] / rows;
      }
    }
    return {
      variances: squares.map((square, j) => Math.max(0, square - means[j] * means[j]) / this.factors[j] ** 2),
      means: means.map((value, j) => this.shifts[j] + value / this.factors[j]),
    };
  }

  private staged(firstRow: number, rowsPerCall: number) {
    const { layout } = this;
    const { columns, rows } = this.features;
    return {
      source: 0, columns, firstRow, rowCount: Math.min(rowsPerCall, rows - firstRow), staging: layout.staging,
      stagingRows: layout.stagingRows, chunkRows: layout.chunkRows,
    };
  }

  private clearSlots(): void {
    this.team.float64(this.layout.slotsAt, this.layout.slots * (this.size + 1)).fill(0);
  }

  /** Adds the partial sums in their order. @returns that of the losses. */
  private addSlots(gradient: Float64Array): number {
    const { team, layout, size } = this;
    gradient.fill(0);
    let loss = 0;
    for (let slot = 0; slot < layout.slots; slot++) {
      const part = team.float64(layout.slotsAt + slot * (size + 1) * 8, size + 1);
      for (let i = 0; i < size; i++) {
        gradient[i] += part[i];
      }
      loss += part[size];
    }
    return loss;
  }
}

function isWorthThreads({ rows, columns }: Matrix, outputs: number): boolean {
  return rows >= rowsOfOneThread || rows * columns * outputs >= productsOfOneThread;
}

/** Lays the memory out; kernels/linear/logisticRows.ts tells what each region holds. */
function planLogistic({ rows, columns }: Matrix, classCount: number, threads: number) {
  const plan = new MemoryPlan();
  const outputs = classCount === 2 ? 1 : classCount;
  const size = outputs * (columns + 1);
  const padded = Math.ceil(rows / panelRows) * panelRows;
  const panelsPerStage = Math.max(1, Math.floor(stagingCells / (columns * panelRows)));
  const stagingRows = panelsPerStage * panelRows;
  // A slot without rows would be one that a thread waits for in vain.
  const slots = Math.max(1, Math.min(mostSlots, Math.ceil(padded / stagingRows), Math.floor(slotBytes / ((size + 1) * 8))));
  const panelsAtOnce = size * 16 > cachedLanes ? mostPanelsAtOnce : 1;
  const stagesPerCall = Math.max(Math.ceil(panelsAtOnce / panelsPerStage), Math.floor(productsPerCall / (slots * stagingRows * size)));
  const even = columns + (columns % 2);
  return {
    plan, padded, panelsAtOnce, slots, threads, stagingRows,
    chunkRows: stagingRows * Math.min(Math.ceil(padded / (slots * stagingRows)), stagesPerCall),
    settings: plan.reserve('settings', 128),
    panels: plan.reserve('rows', padded * columns * 4),
    labels: plan.reserve('labels', padded * 4),
    rowWeights: plan.reserve('row weights', padded * 4),
    coefficients: plan.reserve('coefficients', size * 4),
    point: plan.reserve('coefficients', size * 8),
    classWeights: plan.reserve('class weights', classCount * 8),
    logits: plan.reserve('logits', threads * panelsAtOnce * outputs * panelRows * 4),
    lanes: plan.reserve('gradients', threads * size * 16),
    slotsAt: plan.reserve('gradients', slots * (size + 1) * 8),
    shifts: plan.reserve('shifts', even * 8),
    factors: plan.reserve('factors', even * 8),
    sums: plan.reserve('sums', slots * 2 * even * 8),
    staging: plan.reserve('staging', threads * stagingRows * columns * 8),
  };
}

/** Near the features' means, and the inverse of their standard deviations, from a sample: so that 32-bit floats hold the rows well. */
function estimateRanges({ rows, columns, values }: Matrix): { shifts: Float64Array; factors: Float64Array } {
  const step = Math.max(1, Math.floor(rows / sampleRows));
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  let count = 0;
  for (let row = 0; row < rows; row += step) {
    count++;
    for (let j = 0; j < columns; j++) {
      // Relative to the first row: for a constant feature exactly 0.
      const difference = values[row * columns + j] - values[j];
      sums[j] += difference;
      squares[j] += difference * difference;
    }
  }
  const variances = squares.map((square, j) => square / count - (sums[j] / count) ** 2);
  return {
    shifts: sums.map((sum, j) => values[j] + sum / count),
    // A feature that the sample sees constant keeps its unit.
    factors: variances.map((variance) => (variance > 0 && Number.isFinite(variance) ? 1 / Math.sqrt(variance) : 1)),
  };
}
