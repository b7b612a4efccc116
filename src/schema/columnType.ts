import { z } from 'zod';

/** What a column's values mean. */
export const columnTypeSchema = z.enum(['integer', 'numeric', 'boolean', 'categorical', 'dateTime', 'text']);
export type ColumnType = z.infer<typeof columnTypeSchema>;
