import { z } from 'zod';
import type { Experiment } from '../../schema/experiment';
import type { Column } from '../data/table';
import { asNumeric } from './columnKinds';
import type { ColumnTransformer, FeatureWriter } from './columnTransformer';
import type { DateTimePart } from './dateTimeParts';
import { dateTimePart, dateTimeParts } from './dateTimeParts';
import { count, fitNumber, numberFeatureSchema } from './numberTransformer';

export const dateTimeStateSchema = z.strictObject({
  kind: z.literal('dateTime'),
  parts: z.array(numberFeatureSchema.extend({ part: z.enum(['year', 'month', 'day', 'weekday', 'hour']) })).min(1),
  scaler: z.enum(['standard', 'minMax', 'none']),
  missing: z.number(),
});
export type DateTimeState = z.infer<typeof dateTimeStateSchema>;

/** A date becomes its year, month, day, weekday and hour, those of them that vary; each imputed and scaled as a number. */
export class DateTimeTransformer implements ColumnTransformer {
  readonly outputs: readonly string[];

  constructor(name: string, readonly state: DateTimeState) {
    this.outputs = state.parts.map(({ part }) => `${name}.${part}`);
  }

  static fit(column: Column, trainRows: Uint32Array, settings: Experiment['prepare']['numeric']): DateTimeTransformer {
    const { values } = asNumeric(column);
    const valuesOf = (part: DateTimePart): Float64Array => Float64Array.from(trainRows, (row) => dateTimePart(values[row], part));
    const varying = dateTimeParts.filter((part) => varies(valuesOf(part)));
    // Moments within one hour differ by no part; the year stands for them, so that the column keeps a feature.
    const parts = varying.length === 0 ? dateTimeParts.slice(0, 1) : varying;
    return new DateTimeTransformer(column.name, {
      kind: 'dateTime',
      parts: parts.map((part) => ({ part, ...fitNumber(valuesOf(part), settings) })),
      scaler: settings.scale,
      missing: trainRows.reduce((sum, row) => sum + (Number.isNaN(values[row]) ? 1 : 0), 0),
    });
  }

  get steps(): string[] {
    const { parts, scaler, missing } = this.state;
    return [
      `split into ${parts.map(({ part }) => part).join(', ')}`,
      ...(missing > 0 ? [`${count(missing, 'missing value')} replaced in each part`] : []),
      ...(scaler === 'none' ? [] : [scaler === 'standard' ? 'each part scaled to mean 0 and standard deviation 1' : 'each part scaled to the range 0 to 1']),
    ];
  }

  writer(column: Column): FeatureWriter {
    const { values } = asNumeric(column);
    const { parts } = this.state;
    return (rows, into, offset) => {
      for (let i = 0, at = offset; i < rows.length; i++, at += into.columns) {
        for (let p = 0; p < parts.length; p++) {
          const value = dateTimePart(values[rows[i]], parts[p].part);
          into.values[at + p] = ((Number.isNaN(value) ? parts[p].fill : value) - parts[p].center) / parts[p].scale;
        }
      }
    };
  }
}

function varies(values: Float64Array): boolean {
  const first = values.find((value) => !Number.isNaN(value));
  return first !== undefined && values.some((value) => !Number.isNaN(value) && value !== first);
}
