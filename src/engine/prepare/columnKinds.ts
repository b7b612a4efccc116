import type { CategoricalColumn, Column, NumericColumn } from '../data/table';

/** @throws TypeError when the column holds categories: a defect, since columns are read with the pipeline's types. */
export function asNumeric(column: Column): NumericColumn {
  if (column.kind !== 'numeric') {
    throw new TypeError(`Column ${column.name} holds categories, not numbers.`);
  }
  return column;
}

/** @throws TypeError when the column holds numbers. */
export function asCategorical(column: Column): CategoricalColumn {
  if (column.kind !== 'categorical') {
    throw new TypeError(`Column ${column.name} holds numbers, not categories.`);
  }
  return column;
}
