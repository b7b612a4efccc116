import { z } from 'zod';
import type { ColumnType } from '../../schema/columnType';
import { columnTypeSchema } from '../../schema/columnType';
import type { ColumnPreparation } from '../../schema/evaluation';
import type { Experiment } from '../../schema/experiment';
import type { Matrix } from '../compute/matrix';
import { zeros } from '../compute/matrix';
import type { RandomStream } from '../compute/random';
import type { Column, Table } from '../data/table';
import { UserError } from '../errors';
import { didYouMean, quotedList } from '../suggest';
import { asNumeric } from './columnKinds';
import type { ColumnTransformer, TransformerState } from './columnTransformer';
import { fitColumn, restoreTransformer, transformerStateSchema, typeRead } from './columnTransformer';
import { inWords } from './preparationStep';
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
  /** When each row is a window of the rows before it. */
  windows: windowStateSchema.optional(),
});
export type PipelineState = z.infer<typeof pipelineStateSchema>;

/** What an algorithm needs of the preparation beyond the experiment's settings. */
export interface PipelineNeeds {
  /** Columns with one value only stay. */
  readonly keepConstant?: boolean;
  /** Each row becomes a window of the rows before it. */
  readonly windows?: WindowState;
}

/** Rows are written block by block, so that a block's part of the matrix stays in the processor's cache while column after column fills it. */
const blockRows = 256;

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

interface FeatureColumn {
  readonly name: string;
  readonly transformer: ColumnTransformer;
  /** The first of its features among all. */
  readonly offset: number;
}

/** What turns rows of a table into rows of features, learned from training rows alone and then the same for all rows. */
export class FittedPipeline {
  readonly featureNames: readonly string[];
  /** The column that each feature came from. */
  readonly sources: readonly string[];
  /** For each feature the number of its codes when it is an ordinal-coded category, 0 for all others. */
  readonly categoryCounts: readonly number[];
  /** How a row is laid out when it is a window. */
  readonly sequence?: SequenceLayout;
  private readonly features: readonly FeatureColumn[];
  /** Features of one row of the table. */
  private readonly width: number;

  private constructor(private readonly state: PipelineState) {
    let offset = 0;
    this.features = state.columns.flatMap(({ name, transformer: saved }) => {
      if (saved === undefined) {
        return [];
      }
      const transformer = restoreTransformer(name, saved);
      const feature = { name, transformer, offset };
      offset += transformer.outputs.length;
      return [feature];
    });
    this.width = offset;
    const names = this.features.flatMap(({ transformer }) => transformer.outputs);
    const sources = this.features.flatMap(({ name, transformer }) => transformer.outputs.map(() => name));
    const { windows, target } = state;
    const perStep = windows?.history === true ? { names: [...names, target], sources: [...sources, target] } : { names, sources };
    this.featureNames = windows === undefined ? names : stepsBefore(windows).flatMap((before) => perStep.names.map((name) => `${name}[-${before}]`));
    this.sources = windows === undefined ? sources : stepsBefore(windows).flatMap(() => perStep.sources);
    this.categoryCounts = windows === undefined
      ? this.features.flatMap(({ transformer: { state: fitted, outputs } }) => outputs.map(() => codeCount(fitted)))
      : this.featureNames.map(() => 0);
    this.sequence = windows === undefined
      ? undefined
      : { steps: windows.steps, features: perStep.names.length, ...(windows.history ? { history: names.length } : {}) };
  }

  /**
   * Learns a pipeline and prepares the training rows with it.
   *
   * @param random draws folds and samples.
   * @throws UserError when no column is left to learn from.
   */
  static fitTransform(table: Table, train: TrainingRows, experiment: Experiment, _random: RandomStream, needs: PipelineNeeds = {}): FittedOnRows {
    const pipeline = FittedPipeline.fit(table, train.rows, experiment, needs);
    const rows = pipeline.usableRows(table, train.rows, true);
    return { pipeline, rows, features: pipeline.transform(table, rows) };
  }

  private static fit(table: Table, trainRows: Uint32Array, experiment: Experiment, needs: PipelineNeeds): FittedPipeline {
    const excluded = new Set(experiment.features.exclude);
    const columns = table.columns.map((column): PipelineState['columns'][number] => {
      const { name, type } = column;
      if (name === experiment.target) {
        return { name, type, role: 'target' };
      }
      if (excluded.has(name)) {
        return { name, type, role: 'excluded' };
      }
      const fitted = fitColumn(column, trainRows, experiment.prepare, needs.keepConstant);
      return 'dropped' in fitted
        ? { name, type, role: 'dropped', reason: fitted.dropped }
        : { name, type, role: 'feature', transformer: fitted.state };
    });
    if (!columns.some(({ role }) => role === 'feature') && needs.windows?.history !== true) {
      throw nothingLeft(columns);
    }
    return new FittedPipeline({ target: experiment.target, columns, ...(needs.windows === undefined ? {} : { windows: needs.windows }) });
  }

  static fromState(state: PipelineState): FittedPipeline {
    return new FittedPipeline(state);
  }

  /** How rows become windows of the rows before them, where they do. */
  get windows(): WindowState | undefined {
    return this.state.windows;
  }

  toState(): PipelineState {
    return this.state;
  }

  /**
   * The features of the given rows, in that order.
   *
   * @returns rows × features, nothing missing.
   * @throws UserError when the table lacks a column.
   */
  transform(table: Table, rows: Uint32Array): Matrix {
    const { windows, target } = this.state;
    if (windows === undefined) {
      return this.transformRows(table, rows);
    }
    const order = orderRows(table, windows);
    const all = this.transformRows(table, Uint32Array.from({ length: table.rowCount }, (_, row) => row));
    const history = windows.history ? fillForward(asNumeric(findColumn(table, target)).values, order) : undefined;
    return makeWindows(windows, order, rows, all, history);
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

  private transformRows(table: Table, rows: Uint32Array): Matrix {
    const matrix = zeros(rows.length, this.width);
    const writers = this.features.map(({ name, transformer, offset }) => ({ write: transformer.writer(findColumn(table, name)), offset }));
    for (let start = 0; start < rows.length; start += blockRows) {
      const block = rows.subarray(start, start + blockRows);
      const values = matrix.values.subarray(start * matrix.columns, (start + block.length) * matrix.columns);
      for (const { write, offset } of writers) {
        write(block, { rows: block.length, columns: matrix.columns, values }, offset);
      }
    }
    return matrix;
  }

  /** What was done to each column, in the data's order. */
  describe(): ColumnPreparation[] {
    return this.state.columns.map(({ name, type, role, reason }) => {
      const transformer = this.features.find((feature) => feature.name === name)?.transformer;
      return {
        column: name,
        type,
        role,
        steps: reason === undefined ? (transformer?.steps ?? []).map(inWords) : [reason],
        outputs: [...(transformer?.outputs ?? [])],
      };
    });
  }

  /** The types that a new file's columns must be read with. */
  inputTypes(): Record<string, ColumnType> {
    const { windows, target } = this.state;
    return Object.fromEntries([
      ...this.features.map(({ name, transformer }) => [name, typeRead(transformer.state)] as const),
      ...(windows?.history === true ? [[target, 'numeric'] as const] : []),
    ]);
  }
}

/** How many rows before the predicted one each step of a window lies, oldest first. */
function stepsBefore({ steps, horizon }: WindowState): number[] {
  return Array.from({ length: steps }, (_, step) => horizon + steps - 1 - step);
}

/** How many codes an ordinal-coded category has; 0 for everything else. */
function codeCount(state: TransformerState): number {
  return state.kind === 'category' && state.encode === 'ordinal' ? state.frequent.length + (state.rare.length > 0 ? 1 : 0) : 0;
}

function findColumn(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    const names = table.columns.map((candidate) => candidate.name);
    throw new UserError(`The data lacks column "${name}", which the model needs; add it or mend its name.${didYouMean(name, names)}`);
  }
  return column;
}

/** What to say when no column can become a feature. */
export function nothingLeft(columns: readonly Pick<PipelineState['columns'][number], 'name' | 'role' | 'reason'>[]): UserError {
  const dropped = columns.filter(({ role }) => role === 'dropped');
  return dropped.length === 0
    ? new UserError('No column is left to learn from: all but the target are excluded; exclude fewer.')
    : new UserError(
      `No column is left to learn from: ${quotedList(dropped.map(({ name }) => name))} can't be used (${dropped[0].name}: ${dropped[0].reason ?? ''}); exclude fewer columns or change their types.`,
    );
}
