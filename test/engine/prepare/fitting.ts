import { RandomStream } from '../../../src/engine/compute/random';
import type { Table } from '../../../src/engine/data/table';
import type { FittedOnRows, PipelineNeeds } from '../../../src/engine/prepare/pipeline';
import { FittedPipeline, pipelineStateSchema } from '../../../src/engine/prepare/pipeline';
import type { ExperimentFile } from '../../../src/schema/experiment';
import { experimentOf } from '../experiments';

/** The target that tests learn from unless they say otherwise: two classes in turn. */
export interface TestTarget {
  readonly values: ArrayLike<number>;
  readonly classes: readonly string[];
}

export function allRows(table: Table): Uint32Array {
  return Uint32Array.from({ length: table.rowCount }, (_, row) => row);
}

/** Fits on some rows and gives their features too. @param target of all rows of the table. */
export function fitOn(
  table: Table, rows: ArrayLike<number>, file: Partial<ExperimentFile>,
  target: TestTarget = { values: Array.from({ length: table.rowCount }, (_, row) => row % 2), classes: ['a', 'b'] },
  needs: PipelineNeeds = {},
): FittedOnRows {
  const train = { rows: Uint32Array.from(rows), target: Float64Array.from(rows, (row) => target.values[row]), classes: target.classes };
  return FittedPipeline.fitTransform(table, train, experimentOf(file), RandomStream.fromSeed(7), needs);
}

/** A pipeline that was fitted, saved and read back. */
export function fitPipeline(...given: Parameters<typeof fitOn>): FittedPipeline {
  const { pipeline } = fitOn(...given);
  return FittedPipeline.fromState(pipelineStateSchema.parse(JSON.parse(JSON.stringify(pipeline.toState()))), pipeline.toArrays());
}

/** Each feature's values for all rows of a table. */
export function featuresByName(pipeline: FittedPipeline, table: Table): Record<string, number[]> {
  const matrix = pipeline.transform(table, allRows(table));
  return Object.fromEntries(pipeline.featureNames.map((name, j) => [name, Array.from({ length: matrix.rows }, (_, i) => matrix.values[i * matrix.columns + j])]));
}
