import type { Task } from '../../schema/algorithm';
import type { Evaluation } from '../../schema/evaluation';
import { mainMetric } from '../../schema/metrics';
import type { Matrix } from '../compute/matrix';
import { takeRows, zeros } from '../compute/matrix';
import type { RandomStream } from '../compute/random';
import { rowNumbers } from '../compute/rowNumbers';
import type { Model } from '../models/estimator';
import type { StepContext } from '../stepContext';
import { featureAssociations } from './association';

const mostRows = 2000;
const fewestRows = 200;
/** Rows × features that are sampled, at most: with more than 100 features fewer rows are taken. */
const mostSampledCells = 200_000;
const repeats = 5;
/** Rows × features that are predicted in all, at most: some seconds of work. Beyond, the least promising columns are left out. */
const mostCells = 5e8;
const fewestColumns = 50;
/** What all predictions may be foreseen to take, in seconds: of models that answer slowly fewer rows are taken. */
const mostSeconds = 60;
/** Rows × features of one call to the model, about: large enough to be worth the call, small enough to cancel soon. */
const cellsPerCall = 500_000;

/** What decides how many rows and columns importance is measured with. */
export interface ImportanceShape {
  /** Of the prepared rows. */
  readonly features: number;
  /** That they come from. */
  readonly columns: number;
  /** Foreseen on a usual machine rather than measured here, so that the same rows are sampled everywhere. */
  readonly secondsPerPrediction: number;
}

/** How many test rows are sampled at most. */
export function importanceRows({ features, columns, secondsPerPrediction }: ImportanceShape): number {
  const affordable = Math.floor(mostSeconds / (repeats * Math.max(1, columns) * Math.max(Number.MIN_VALUE, secondsPerPrediction)));
  return Math.min(mostRows, Math.max(fewestRows, Math.min(affordable, Math.floor(mostSampledCells / features))));
}

/** How many predictions are made in all. @param rows the sampled ones. */
export function importancePredictions(rows: number, { features, columns }: ImportanceShape): number {
  return rows * (1 + repeats * Math.min(columns, measuredColumns(rows, features)));
}

function measuredColumns(rows: number, features: number): number {
  return Math.max(fewestColumns, Math.floor(mostCells / (repeats * rows * features)));
}

/**
 * How much source columns matter to a model: the loss of accuracy (or R²) when a column's values are shuffled among the test
 * rows, all features that came from it together (Breiman: "Random forests", Machine Learning 45, 2001, section 10;
 * scikit-learn's permutation_importance). The standard deviation is that of the repeats (divided by n).
 *
 * Of thousands of columns only those are measured whose features go most with the model's answers.
 *
 * @param features the test rows' features. @param target class codes or numbers, one a row.
 * @param sources the column that each feature came from.
 * @param secondsPerPrediction what a row's prediction is foreseen to take.
 */
export async function permutationImportance(
  model: Pick<Model, 'predict' | 'keepReady'>,
  features: Matrix,
  target: Float64Array,
  sources: readonly string[],
  task: Task,
  random: RandomStream,
  context: StepContext,
  secondsPerPrediction = 0,
): Promise<Evaluation['importance']> {
  const release = model.keepReady?.();
  try {
    return await measureImportance(model, features, target, sources, task, random, context, secondsPerPrediction);
  } finally {
    release?.();
  }
}

async function measureImportance(
  model: Pick<Model, 'predict'>,
  features: Matrix,
  target: Float64Array,
  sources: readonly string[],
  task: Task,
  random: RandomStream,
  context: StepContext,
  secondsPerPrediction: number,
): Promise<Evaluation['importance']> {
  const mostSampled = importanceRows({ features: features.columns, columns: new Set(sources).size, secondsPerPrediction });
  const sample = shuffledRows(features.rows, random.split('rows')).slice(0, mostSampled).sort();
  const matrix = takeRows(features, sample);
  const actual = Float64Array.from(sample, (row) => target[row]);
  const score = task === 'classification' ? accuracy : r2;
  const answers = await model.predict(matrix, { report: (_fraction, message) => context.report(0, message), throwIfCancelled: () => context.throwIfCancelled() });
  const best = score(actual, answers);
  const columns = promisingColumns(matrix, answers, sources, task, () => context.throwIfCancelled());
  const shuffles = columns.flatMap((column) => Array.from({ length: repeats }, (_, repeat) => ({ column, repeat })));
  const losses: number[] = [];
  const perCall = Math.min(shuffles.length, Math.max(1, Math.floor(cellsPerCall / (matrix.rows * matrix.columns))));
  const stack = new ShuffledStack(matrix, perCall);
  for (let start = 0; start < shuffles.length; start += perCall) {
    context.throwIfCancelled();
    const batch = shuffles.slice(start, start + perCall);
    batch.forEach(({ column, repeat }, copy) => {
      stack.shuffle(copy, column.places, shuffledRows(matrix.rows, random.split(column.name, repeat)));
    });
    const predicted = await model.predict(stack.first(batch.length), {
      report: (fraction) => context.report((losses.length + fraction * batch.length) / shuffles.length, `shuffling column "${batch[0].column.name}"`),
      throwIfCancelled: () => context.throwIfCancelled(),
    });
    batch.forEach(({ column }, copy) => {
      losses.push(best - score(actual, predicted.subarray(copy * matrix.rows, (copy + 1) * matrix.rows)));
      stack.restore(copy, column.places);
    });
    context.report(losses.length / shuffles.length, `shuffled column "${batch[batch.length - 1].column.name}"`);
  }
  const importances = columns.map(({ name }, c) => ({ column: name, ...meanAndDeviation(losses.slice(c * repeats, (c + 1) * repeats)) }));
  // The sort is stable: equally important columns stay in the data's order.
  importances.sort((a, b) => b.mean - a.mean);
  return { metric: mainMetric(task), repeats, rows: sample.length, features: importances };
}

interface SourceColumn {
  readonly name: string;
  /** Places of its features. */
  readonly places: readonly number[];
}

/** All source columns, or those of very many that are worth the time, in the data's order. */
function promisingColumns(matrix: Matrix, answers: Float64Array, sources: readonly string[], task: Task, pause: () => void): SourceColumn[] {
  const places = new Map<string, number[]>();
  sources.forEach((source, place) => places.set(source, [...(places.get(source) ?? []), place]));
  const columns = Array.from(places, ([name, own]) => ({ name, places: own }));
  const most = measuredColumns(matrix.rows, matrix.columns);
  if (columns.length <= most) {
    return columns;
  }
  const associations = featureAssociations(matrix, answers, task, pause);
  const promise = columns.map((column) => column.places.reduce((largest, place) => Math.max(largest, associations[place]), 0));
  const chosen = new Set(Array.from(columns.keys()).sort((a, b) => promise[b] - promise[a]).slice(0, most));
  return columns.filter((_, c) => chosen.has(c));
}

function shuffledRows(rows: number, random: RandomStream): Uint32Array {
  const order = rowNumbers(rows);
  random.shuffle(order);
  return order;
}

/** Copies of a matrix one below the other, in each of which some columns may be shuffled and restored in place. */
class ShuffledStack {
  private readonly stacked: Matrix;

  constructor(private readonly matrix: Matrix, copies: number) {
    this.stacked = zeros(matrix.rows * copies, matrix.columns);
    for (let copy = 0; copy < copies; copy++) {
      this.stacked.values.set(matrix.values, copy * matrix.values.length);
    }
  }

  /** Puts row `order[i]`'s values of some columns into row i of a copy. */
  shuffle(copy: number, places: readonly number[], order: Uint32Array): void {
    const { rows, columns, values } = this.matrix;
    const offset = copy * values.length;
    for (let row = 0; row < rows; row++) {
      for (const place of places) {
        this.stacked.values[offset + row * columns + place] = values[order[row] * columns + place];
      }
    }
  }

  restore(copy: number, places: readonly number[]): void {
    this.shuffle(copy, places, rowNumbers(this.matrix.rows));
  }

  /** The first copies, as a view. */
  first(copies: number): Matrix {
    const { columns, values } = this.stacked;
    const rows = this.matrix.rows * copies;
    return { rows, columns, values: values.subarray(0, rows * columns) };
  }
}

function meanAndDeviation(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) };
}

function accuracy(target: Float64Array, predicted: Float64Array): number {
  return target.reduce((right, label, row) => right + (label === predicted[row] ? 1 : 0), 0) / target.length;
}

/**
 * 1 − residual sum of squares / total sum of squares; 0 for a target that doesn't vary. Counted in units of the largest
 * deviation, whose square can't overflow.
 */
function r2(actual: Float64Array, predicted: Float64Array): number {
  const mean = actual.reduce((sum, value) => sum + value / actual.length, 0);
  const unit = actual.reduce((largest, value) => Math.max(largest, Math.abs(value - mean)), 0);
  if (unit === 0) {
    return 0;
  }
  const total = actual.reduce((sum, value) => sum + ((value - mean) / unit) ** 2, 0);
  const rest = actual.reduce((sum, value, row) => sum + ((value - predicted[row]) / unit) ** 2, 0);
  return 1 - rest / total;
}
