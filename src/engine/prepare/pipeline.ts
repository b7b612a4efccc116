import { z } from 'zod';
import type { ColumnType } from '../../schema/columnType';
import { columnTypeSchema } from '../../schema/columnType';
import type { ColumnPreparation } from '../../schema/evaluation';
import type { Experiment } from '../../schema/experiment';
import type { Matrix } from '../compute/matrix';
import { zeros } from '../compute/matrix';
import type { Column, Table } from '../data/table';
import { UserError } from '../errors';
import { didYouMean, quotedList } from '../suggest';
import type { ColumnTransformer } from './columnTransformer';
import { fitColumn, restoreTransformer, transformerStateSchema, typeRead } from './columnTransformer';

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
});
export type PipelineState = z.infer<typeof pipelineStateSchema>;

/** Rows are written block by block, so that a block's part of the matrix stays in the processor's cache while column after column fills it. */
const blockRows = 256;

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
  private readonly features: readonly FeatureColumn[];

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
    this.featureNames = this.features.flatMap(({ transformer }) => transformer.outputs);
    this.sources = this.features.flatMap(({ name, transformer }) => transformer.outputs.map(() => name));
  }

  /**
   * @param trainRows the only rows that it looks at.
   * @throws UserError when no column is left to learn from.
   */
  static fit(table: Table, trainRows: Uint32Array, experiment: Experiment): FittedPipeline {
    const excluded = new Set(experiment.features.exclude);
    const columns = table.columns.map((column): PipelineState['columns'][number] => {
      const { name, type } = column;
      if (name === experiment.target) {
        return { name, type, role: 'target' };
      }
      if (excluded.has(name)) {
        return { name, type, role: 'excluded' };
      }
      const fitted = fitColumn(column, trainRows, experiment.prepare);
      return 'dropped' in fitted
        ? { name, type, role: 'dropped', reason: fitted.dropped }
        : { name, type, role: 'feature', transformer: fitted.state };
    });
    if (!columns.some(({ role }) => role === 'feature')) {
      throw nothingLeft(columns);
    }
    return new FittedPipeline({ target: experiment.target, columns });
  }

  static fromState(state: PipelineState): FittedPipeline {
    return new FittedPipeline(state);
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
    const matrix = zeros(rows.length, this.featureNames.length);
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
        steps: reason === undefined ? [...(transformer?.steps ?? [])] : [reason],
        outputs: [...(transformer?.outputs ?? [])],
      };
    });
  }

  /** The types that a new file's columns must be read with. */
  inputTypes(): Record<string, ColumnType> {
    return Object.fromEntries(this.features.map(({ name, transformer }) => [name, typeRead(transformer.state)]));
  }
}

function findColumn(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    const names = table.columns.map((candidate) => candidate.name);
    throw new UserError(`The data lacks column "${name}", which the model needs; add it or mend its name.${didYouMean(name, names)}`);
  }
  return column;
}

function nothingLeft(columns: PipelineState['columns']): UserError {
  const dropped = columns.filter(({ role }) => role === 'dropped');
  return dropped.length === 0
    ? new UserError('No column is left to learn from: all but the target are excluded; exclude fewer.')
    : new UserError(
      `No column is left to learn from: ${quotedList(dropped.map(({ name }) => name))} can't be used (${dropped[0].name}: ${dropped[0].reason ?? ''}); exclude fewer columns or change their types.`,
    );
}
