import { z } from 'zod';
import type { ColumnType } from '../../schema/columnType';
import type { Experiment } from '../../schema/experiment';
import type { Matrix } from '../compute/matrix';
import type { Column } from '../data/table';
import { CategoryTransformer, categoryStateSchema } from './categoryTransformer';
import { BooleanTransformer, booleanStateSchema } from './booleanTransformer';
import { DateTimeTransformer, dateTimeStateSchema } from './dateTimeTransformer';
import type { Dropped } from './dropped';
import { whyDropped } from './dropped';
import { NumberTransformer, numberStateSchema } from './numberTransformer';
import type { PreparationStep } from './preparationStep';

/** Turns one column's cells into features; fitted on training rows. Its state is plain data. */
export interface ColumnTransformer {
  readonly state: TransformerState;
  /** Names of the features, at least one. */
  readonly outputs: readonly string[];
  /** What it does, in order, with what it has learned. */
  readonly steps: readonly PreparationStep[];
  /** What writes a column's features; made once for a column, used block by block. */
  writer(column: Column): FeatureWriter;
}

/** Writes the features of the given rows into the columns of `into` from `offset` on, row i into row i. */
export type FeatureWriter = (rows: Uint32Array, into: Matrix, offset: number) => void;

export const transformerStateSchema = z.discriminatedUnion('kind', [
  numberStateSchema,
  dateTimeStateSchema,
  booleanStateSchema,
  categoryStateSchema,
]);
export type TransformerState = z.infer<typeof transformerStateSchema>;

/** What a column becomes, learned from the training rows alone. @param keepConstant keeps columns that have one value only. */
export function fitColumn(
  column: Column,
  trainRows: Uint32Array,
  prepare: Experiment['prepare'],
  keepConstant = false,
): ColumnTransformer | Dropped {
  const [present, distinct] = column.type === 'text' ? [0, 0] : countPresent(column, trainRows);
  const dropped = whyDropped({ type: column.type, present, missing: trainRows.length - present, distinct }, prepare, keepConstant);
  if (dropped !== undefined) {
    return { dropped };
  }
  if (column.kind === 'categorical') {
    return column.type === 'boolean'
      ? BooleanTransformer.fit(column, trainRows, prepare.categorical)
      : CategoryTransformer.fit(column, trainRows, prepare.categorical);
  }
  return column.type === 'dateTime'
    ? DateTimeTransformer.fit(column, trainRows, prepare)
    : NumberTransformer.fit(column, trainRows, prepare.numeric);
}

/** The transformer whose state was saved. */
export function restoreTransformer(name: string, state: TransformerState): ColumnTransformer {
  switch (state.kind) {
    case 'number':
      return new NumberTransformer(name, state);
    case 'dateTime':
      return new DateTimeTransformer(name, state);
    case 'boolean':
      return new BooleanTransformer(name, state);
    case 'category':
      return new CategoryTransformer(name, state);
  }
}

/** How many rows have a value, and how many different ones there are (counted up to two). */
function countPresent(column: Column, rows: Uint32Array): [present: number, distinct: 0 | 1 | 2] {
  const value = (row: number): number | undefined => {
    if (column.kind === 'categorical') {
      return column.codes[row] < 0 ? undefined : column.codes[row];
    }
    return Number.isNaN(column.values[row]) ? undefined : column.values[row];
  };
  let present = 0;
  let first: number | undefined;
  let distinct: 0 | 1 | 2 = 0;
  for (const row of rows) {
    const cell = value(row);
    if (cell !== undefined) {
      present++;
      first ??= cell;
      distinct = cell !== first ? 2 : distinct === 0 ? 1 : distinct;
    }
  }
  return [present, distinct];
}

/** The types that a saved transformer's column must be read with. */
export function typeRead(state: TransformerState): ColumnType {
  switch (state.kind) {
    case 'number':
      return 'numeric';
    case 'dateTime':
      return 'dateTime';
    case 'boolean':
      return 'boolean';
    case 'category':
      return 'categorical';
  }
}
