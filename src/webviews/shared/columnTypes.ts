import type { ColumnType } from '../../schema/columnType';

/** Names of column types that people read, in the order in which they are offered. */
export const columnTypeLabels: Readonly<Record<ColumnType, string>> = {
  numeric: 'Numeric',
  integer: 'Integer',
  categorical: 'Categorical',
  boolean: 'Boolean',
  dateTime: 'Date-time',
  text: 'Text',
};

export const columnTypes: readonly ColumnType[] = ['numeric', 'integer', 'categorical', 'boolean', 'dateTime', 'text'];

/** True for text that names a column type. */
export function isColumnType(text: string): text is ColumnType {
  return columnTypes.some((type) => type === text);
}
