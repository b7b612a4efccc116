import { z } from 'zod';
import type { ColumnType } from '../../schema/columnType';
import { columnTypeSchema } from '../../schema/columnType';
import type { ColumnPreparation } from '../../schema/evaluation';
import type { Experiment } from '../../schema/experiment';
import type { Matrix } from '../compute/matrix';
import type { RandomStream } from '../compute/random';
import { rowNumbers } from '../compute/rowNumbers';
import { allNumbers } from '../data/numbers';
import type { Table } from '../data/table';
import { UserError } from '../errors';
import type { StepContext } from '../stepContext';
import { silentContext } from '../stepContext';
import { asNumeric } from './columnKinds';
import { restoreTransformer, transformerStateSchema, typeRead } from './columnTransformer';
import { fitPipeline } from './fitPipeline';
import { KnnImputer, knnImputerStateSchema } from './knnImputer';
import { count, inWords, shortNumber } from './preparationStep';
import { findColumn, RowFeatures } from './rowFeatures';
import type { SequenceLayout, WindowState } from './windows';
import { fillForward, makeWindows, orderRows, rowsWithWindow, windowStateSchema } from './windows';

/** A fitted pipeline as data. */
export const pipelineStateSchema = z.strictObject({
  target: z.string(),
  /** Columns in the data's order. */
  columns: z.array(z.strictObject({
    name: z.string(),
    type: columnTypeSchema,
    role: z.enum(['feature', 'target', 'excluded', 'dropped']),
    /** Why it is dropped. */
    reason: z.string().optional(),
    transformer: transformerStateSchema.optional(),
  })),
  /** Fills missing numbers by the rows that are most alike. */
  knn: knnImputerStateSchema.optional(),
  /** Products of features, by their places among the columns' features; they come after those. */
  products: z.array(z.array(z.int().min(0)).min(2)).optional(),
  /** Features and products that are left out, by their places; `with` is the one that a feature goes with. */
  leftOut: z.array(z.strictObject({ feature: z.int().min(0), with: z.int().min(0).optional(), correlation: z.number().optional() })).optional(),
  /** When each row is a window of the rows before it. */
  windows: windowStateSchema.optional(),
});
export type PipelineState = z.infer<typeof pipelineStateSchema>;

/** Arrays of a fitted pipeline, which are kept beside its state. */
export interface PipelineArrays {
  /** Donor rows × columns of the imputer by neighbours, where there is one. */
  readonly knnDonors?: Float64Array;
}

/** What an algorithm needs of the preparation beyond the experiment's settings. */
export interface PipelineNeeds {
  /** Columns with one value only stay, and each keeps its place. */
  readonly keepConstant?: boolean;
  /** Each row becomes a window of the rows before it. */
  readonly windows?: WindowState;
}

/** What a pipeline learns from: the training rows, and what they are to teach. */
export interface TrainingRows {
  /** Rows of the table; the only ones that are looked at. */
  readonly rows: Uint32Array;
  /** Class codes or numbers, one for each of `rows`. */
  readonly target: Float64Array;
  /** Labels by class code; empty for regression. */
  readonly classes: readonly string[];
}

/** A fitted pipeline together with the features that an estimator is to learn from. */
export interface FittedOnRows {
  readonly pipeline: FittedPipeline;
  /** The training rows that became features: all of them, or those with a window before them. */
  readonly rows: Uint32Array;
  /** Features of `rows`. Where an encoding learns from the target, each row's is learned from other rows. */
  readonly features: Matrix;
}

/** Features of rows before they are combined, so that one column can be changed and what follows from it too. */
export interface ColumnFeatures {
  readonly features: Matrix;
  /** The column that each of them came from. */
  readonly sources: readonly string[];
  /** What the model is given for them. */
  readonly combine: (features: Matrix) => Matrix;
}

/** What turns rows of a table into rows of features, learned from training rows alone and then the same for all rows. */
export class FittedPipeline {
  readonly featureNames: readonly string[];
  /** The column that each feature came from; of a product of columns, the first one. */
  readonly sources: readonly string[];
  /** For each feature the number of its codes when it is an ordinal-coded category, 0 for all others. */
  readonly categoryCounts: readonly number[];
  /** How a row is laid out when it is a window. */
  readonly sequence?: SequenceLayout;
  private readonly rowFeatures: RowFeatures;

  private constructor(private readonly state: PipelineState, knn: KnnImputer | undefined) {
    this.rowFeatures = rowFeaturesOf(state, knn);
    const { names, sources, categoryCounts } = this.rowFeatures;
    const { windows, target } = state;
    if (windows === undefined) {
      [this.featureNames, this.sources, this.categoryCounts] = [names, sources, categoryCounts];
      return;
    }
    const perStep = windows.history ? { names: [...names, target], sources: [...sources, target] } : { names, sources };
    this.featureNames = stepsBefore(windows).flatMap((before) => perStep.names.map((name) => `${name}[-${before}]`));
    this.sources = stepsBefore(windows).flatMap(() => perStep.sources);
    this.categoryCounts = this.featureNames.map(() => 0);
    this.sequence = { steps: windows.steps, features: perStep.names.length, ...(windows.history ? { history: names.length } : {}) };
  }

  /**
   * Learns a pipeline and prepares the training rows with it.
   *
   * @param random draws folds and samples.
   * @throws UserError when no column is left to learn from; what the context throws.
   */
  static fitTransform(
    table: Table, train: TrainingRows, experiment: Experiment, random: RandomStream, needs: PipelineNeeds = {}, context: StepContext = silentContext,
  ): FittedOnRows {
    const { state, knn, features, learnsFromTarget } = fitPipeline(table, train, experiment, random, needs, context);
    const pipeline = new FittedPipeline(state, knn);
    if (state.windows === undefined) {
      return { pipeline, rows: train.rows, features };
    }
    const rows = pipeline.usableRows(table, train.rows, true);
    // Encodings learned from the target are those of training rows for all that lie in training windows.
    const own = learnsFromTarget ? { rows: train.rows, features } : undefined;
    return { pipeline, rows, features: pipeline.windowsOf(table, rows, own, context) };
  }

  /** @param arrays what `toArrays` gave. @throws UserError when they don't go with the state. */
  static fromState({ knn, ...state }: PipelineState, arrays: PipelineArrays): FittedPipeline {
    const imputer = knn === undefined ? undefined : KnnImputer.load(knn, arrays.knnDonors);
    return new FittedPipeline({ ...state, ...(imputer === undefined ? {} : { knn: imputer.state }) }, imputer);
  }

  /** How rows become windows of the rows before them, where they do. */
  get windows(): WindowState | undefined {
    return this.state.windows;
  }

  toState(): PipelineState {
    return this.state;
  }

  /** What of the pipeline is too large for its state. */
  toArrays(): PipelineArrays {
    const { knn } = this.rowFeatures.parts;
    return knn === undefined ? {} : { knnDonors: knn.donors };
  }

  /**
   * The features of the given rows, in that order.
   *
   * @returns rows × features; NaN where missing values are left to the algorithm, else nothing missing.
   * @throws UserError when the table lacks a column.
   */
  transform(table: Table, rows: Uint32Array, context: StepContext = silentContext): Matrix {
    return this.state.windows === undefined ? this.rowFeatures.transform(table, rows, undefined, context) : this.windowsOf(table, rows, undefined, context);
  }

  /**
   * The same before features of several columns are combined: what a model makes of one column can be asked by changing the
   * column's own features and combining again.
   *
   * @param transformed the same rows' features, which are given back where nothing is combined.
   */
  columnFeatures(table: Table, rows: Uint32Array, transformed: Matrix): ColumnFeatures {
    if (this.state.windows !== undefined || this.rowFeatures.parts.products.length === 0) {
      return { features: transformed, sources: this.sources, combine: (features) => features };
    }
    return {
      features: this.rowFeatures.writeColumns(table, rows),
      sources: this.rowFeatures.columnSources,
      combine: (features) => this.rowFeatures.combine(features),
    };
  }

  /**
   * The rows that `transform` can be asked for: all, or those with a full window before them.
   *
   * @param forTraining takes only as many windows as the stride asks for.
   * @throws UserError when none is left.
   */
  usableRows(table: Table, rows: Uint32Array, forTraining = false): Uint32Array {
    const { windows } = this.state;
    if (windows === undefined) {
      return rows;
    }
    const usable = rowsWithWindow(windows, orderRows(table, windows), rows, forTraining);
    if (usable.length === 0) {
      throw new UserError(`No row has ${windows.steps + windows.horizon - 1} rows before it, which a window of ${windows.steps} with horizon ${windows.horizon} needs; use a shorter window or more rows.`);
    }
    return usable;
  }

  /** @param own features of some rows that stand for what `transform` would give. */
  private windowsOf(table: Table, rows: Uint32Array, own: { readonly rows: Uint32Array; readonly features: Matrix } | undefined, context: StepContext): Matrix {
    const { windows, target } = this.state;
    if (windows === undefined) {
      throw new TypeError('This pipeline makes no windows.');
    }
    const order = orderRows(table, windows);
    const all = this.rowFeatures.transform(table, rowNumbers(table.rowCount), undefined, context);
    own?.rows.forEach((row, i) => {
      all.values.set(own.features.values.subarray(i * all.columns, (i + 1) * all.columns), row * all.columns);
    });
    const history = windows.history ? fillForward(allNumbers(asNumeric(findColumn(table, target)).numbers), order) : undefined;
    return makeWindows(windows, order, rows, all, history);
  }

  /** What was done to each column, in the data's order. */
  describe(): ColumnPreparation[] {
    const { columns, leftOut = [], products = [] } = this.state;
    const { rowFeatures } = this;
    const { sources } = rowFeatures;
    const width = rowFeatures.columnFeatures.length;
    const transformedBy = new Map(rowFeatures.parts.columns.map((column) => [column.name, column]));
    const outputsOf = grouped(rowFeatures.names, (_, feature) => sources[feature]);
    const goneFrom = grouped(leftOut.filter(({ feature }) => feature < width), ({ feature }) => rowFeatures.sourceOf(feature));
    return columns.map(({ name, type, role, reason }) => {
      const transformed = transformedBy.get(name);
      if (reason !== undefined || transformed === undefined) {
        return { column: name, type, role, steps: reason === undefined ? [] : [reason], outputs: [] };
      }
      const factors = products.filter((product) => product.some((place) => rowFeatures.columnSources[place] === name)).length;
      const gone = goneFrom.get(name) ?? [];
      return {
        column: name,
        type,
        role,
        steps: [
          ...transformed.transformer.steps.map(inWords),
          ...(factors > 0 ? [`multiplied with other numbers (${count(factors, 'product')})`] : []),
          ...gone.map(({ feature, with: twin, correlation }) => twin === undefined
            ? `${rowFeatures.nameOf(feature)} left out: the same in every training row`
            : `${rowFeatures.nameOf(feature)} left out: goes with ${rowFeatures.nameOf(twin)} (correlation ${shortNumber(correlation ?? 1)})`),
        ],
        outputs: outputsOf.get(name) ?? [],
      };
    });
  }

  /** The types that a new file's columns must be read with. */
  inputTypes(): Record<string, ColumnType> {
    const { windows, target, knn } = this.state;
    return Object.fromEntries([
      ...(knn?.columns ?? []).map((name) => [name, 'numeric'] as const),
      ...this.rowFeatures.parts.columns.map(({ name, transformer }) => [name, typeRead(transformer.state)] as const),
      ...(windows?.history === true ? [[target, 'numeric'] as const] : []),
    ]);
  }
}

/** The items of each key, in their order. */
function grouped<T>(items: readonly T[], keyOf: (item: T, index: number) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  items.forEach((item, index) => {
    const key = keyOf(item, index);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [item]);
    } else {
      group.push(item);
    }
  });
  return groups;
}

function rowFeaturesOf({ columns, products = [], leftOut = [] }: PipelineState, knn: KnnImputer | undefined): RowFeatures {
  return new RowFeatures({
    columns: columns.flatMap(({ name, transformer }) => (transformer === undefined ? [] : [{ name, transformer: restoreTransformer(name, transformer) }])),
    ...(knn === undefined ? {} : { knn }),
    products,
    leftOut,
  });
}

/** How many rows before the predicted one each step of a window lies, oldest first. */
function stepsBefore({ steps, horizon }: WindowState): number[] {
  return Array.from({ length: steps }, (_, step) => horizon + steps - 1 - step);
}
