import { z } from 'zod';
import type { ColumnType } from '../../schema/columnType';
import type { Prepare } from '../../schema/prepareSchema';
import { categoricalSettings, numericSettings, textSettings } from '../../schema/prepare';
import type { Matrix } from '../compute/matrix';
import type { RandomStream } from '../compute/random';
import { allNumbers } from '../data/numbers';
import type { Column, NumericColumn } from '../data/table';
import { BooleanTransformer, booleanStateSchema } from './booleanTransformer';
import { CategoryTransformer, categoryStateSchema } from './categoryTransformer';
import { DateTimeTransformer, dateTimeStateSchema } from './dateTimeTransformer';
import type { Dropped } from './dropped';
import { whyDropped } from './dropped';
import { NumberTransformer, numberStateSchema } from './numberTransformer';
import type { PreparationStep } from './preparationStep';
import { TargetTransformer, targetStateSchema } from './targetTransformer';
import { TextTransformer, textStateSchema } from './textTransformer';

/** Turns one column's cells into features; fitted on training rows. Its state is plain data. */
export interface ColumnTransformer {
  readonly state: TransformerState;
  /** Names of the features, at least one. */
  readonly outputs: readonly string[];
  /** What it does, in order, with what it has learned. */
  readonly steps: readonly PreparationStep[];
  /**
   * What writes a column's features; made once for a column, used block by block.
   *
   * @param filled the column with its missing numbers replaced, where other columns told them.
   */
  writer(column: Column, filled?: NumericColumn): FeatureWriter;
}

/** Writes the features of the given rows into the columns of `into` from `offset` on, row i into row i. */
export type FeatureWriter = (rows: Uint32Array, into: Matrix, offset: number) => void;

/** A transformer that was just fitted. */
export interface FittedColumn {
  readonly transformer: ColumnTransformer;
  /** Writes training rows, and those alone, where their features differ from what new rows would get: encodings learned from the target. */
  readonly trainingWriter?: FeatureWriter;
}

/** What transformers learn from. */
export interface TrainingSide {
  /** Rows of the table; the only ones that are looked at. */
  readonly rows: Uint32Array;
  /** Class codes or numbers, one for each of `rows`. */
  readonly target: Float64Array;
  /** Labels by class code; empty for regression. */
  readonly classes: readonly string[];
  /** The fold of each of `rows`, for what is learned from the target. */
  folds(): Uint32Array;
  readonly random: RandomStream;
}

export const transformerStateSchema = z.discriminatedUnion('kind', [
  numberStateSchema,
  dateTimeStateSchema,
  booleanStateSchema,
  categoryStateSchema,
  targetStateSchema,
  textStateSchema,
]);
export type TransformerState = z.infer<typeof transformerStateSchema>;

/**
 * What a column becomes, learned from the training rows alone.
 *
 * @param filled the column with its missing numbers replaced.
 */
export function fitColumn(column: Column, train: TrainingSide, prepare: Prepare, filled?: NumericColumn): FittedColumn | Dropped {
  const { rows } = train;
  if (column.kind === 'numeric') {
    return {
      transformer: column.type === 'dateTime'
        ? DateTimeTransformer.fit(column, rows, prepare)
        : NumberTransformer.fit(column, rows, numericSettings(prepare, column.name), filled),
    };
  }
  const settings = categoricalSettings(prepare, column.name);
  switch (column.type) {
    case 'text': {
      const fitted = TextTransformer.fit(column, rows, textSettings(prepare, column.name), train.random.split('text'));
      return 'dropped' in fitted ? fitted : { transformer: fitted };
    }
    case 'boolean':
      return { transformer: BooleanTransformer.fit(column, rows, settings) };
    case 'categorical':
      return settings.encode === 'target'
        ? TargetTransformer.fit(column, train, settings, prepare.numeric)
        : { transformer: CategoryTransformer.fit(column, rows, settings) };
  }
}

/** Why a column is left out before anything is learned from it; undefined when it isn't. */
export function whyColumnDropped(column: Column, rows: Uint32Array, prepare: Prepare, keepConstant: boolean): string | undefined {
  const [present, distinct] = countPresent(column, rows);
  return whyDropped({ name: column.name, type: column.type, present, missing: rows.length - present, distinct }, prepare, keepConstant);
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
    case 'target':
      return new TargetTransformer(name, state);
    case 'text':
      return new TextTransformer(name, state);
  }
}

/** How many rows have a value, and how many different ones there are (counted up to two). */
function countPresent(column: Column, rows: Uint32Array): [present: number, distinct: 0 | 1 | 2] {
  const values = column.kind === 'categorical' ? column.codes : allNumbers(column.numbers);
  const isMissing = column.kind === 'categorical' ? (value: number) => value < 0 : (value: number) => Number.isNaN(value);
  let present = 0;
  let first = Number.NaN;
  let several = false;
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]];
    if (!isMissing(value)) {
      first = present === 0 ? value : first;
      several ||= value !== first;
      present++;
    }
  }
  return [present, present === 0 ? 0 : several ? 2 : 1];
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
    case 'target':
      return 'categorical';
    case 'text':
      return 'text';
  }
}
