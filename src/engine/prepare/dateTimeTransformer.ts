import { z } from 'zod';
import type { Prepare } from '../../schema/prepareSchema';
import type { NumericSettings } from '../../schema/prepare';
import { dateTimeEncoding, numericSettings } from '../../schema/prepare';
import { numbersAt } from '../data/numbers';
import type { Column } from '../data/table';
import { asNumeric } from './columnKinds';
import type { ColumnTransformer, FeatureWriter } from './columnTransformer';
import type { DateTimePart } from './dateTimeParts';
import { dateTimePart, dateTimePartNames, dateTimeParts, partAngle } from './dateTimeParts';
import { fitNumber, numberFeatureSchema, scalerWords, shaper } from './numberTransformer';
import type { PreparationStep } from './preparationStep';
import { count, stepOf } from './preparationStep';

export const dateTimeStateSchema = z.strictObject({
  kind: z.literal('dateTime'),
  parts: z.array(numberFeatureSchema.extend({
    part: z.enum(dateTimePartNames),
    /** Set when the part is a coordinate of its point on a circle. */
    circle: z.enum(['sin', 'cos']).optional(),
  })).min(1),
  scaler: z.enum(['standard', 'minMax', 'robust', 'quantile', 'none']),
  missing: z.number(),
});
export type DateTimeState = z.infer<typeof dateTimeStateSchema>;

/** A date becomes its year, month, day, weekday and hour, those of them that vary; each imputed and scaled as a number. */
export class DateTimeTransformer implements ColumnTransformer {
  readonly outputs: readonly string[];

  constructor(name: string, readonly state: DateTimeState) {
    this.outputs = state.parts.map(({ part, circle }) => (circle === undefined ? `${name}.${part}` : `${name}.${part}.${circle}`));
  }

  static fit(column: Column, trainRows: Uint32Array, prepare: Prepare): DateTimeTransformer {
    const settings = numberSettingsOfDates(prepare, column.name);
    const encode = dateTimeEncoding(prepare, column.name);
    const dates = numbersAt(asNumeric(column).numbers, trainRows);
    const varying = dateTimeParts.filter((part) => varies(dates, part));
    // Moments within one hour differ by no part; the year stands for them, so that the column keeps a feature.
    const parts = varying.length === 0 ? dateTimeParts.slice(0, 1) : varying;
    return new DateTimeTransformer(column.name, {
      kind: 'dateTime',
      parts: parts.flatMap((part): DateTimeState['parts'] => {
        const values = dates.map((date) => dateTimePart(date, part));
        return encode === 'cyclic' && part !== 'year'
          ? (['sin', 'cos'] as const).map((circle) => ({ part, circle, ...fitNumber(values.map((value) => Math[circle](partAngle(value, part))), settings) }))
          : [{ part, ...fitNumber(values, settings) }];
      }),
      scaler: settings.scale,
      missing: dates.reduce((sum, date) => sum + (Number.isNaN(date) ? 1 : 0), 0),
    });
  }

  get steps(): PreparationStep[] {
    const { parts, scaler, missing } = this.state;
    return dateTimeSteps({ scaler, missing: missing > 0, leftMissing: parts[0].fill === null, cyclic: parts.some(({ circle }) => circle !== undefined) }, this.state);
  }

  writer(column: Column): FeatureWriter {
    const { numbers } = asNumeric(column);
    const { parts } = this.state;
    const shapes = parts.map(shaper);
    return (rows, into, offset) => {
      const dates = numbersAt(numbers, rows);
      for (let i = 0, at = offset; i < rows.length; i++, at += into.columns) {
        for (let p = 0; p < parts.length; p++) {
          const { part, circle, fill, center, scale } = parts[p];
          const plain = dateTimePart(dates[i], part);
          const value = circle === undefined || part === 'year' ? plain : Math[circle](partAngle(plain, part));
          const known = Number.isNaN(value) ? fill ?? Number.NaN : value;
          into.values[at + p] = ((shapes[p]?.(known) ?? known) - center) / scale;
        }
      }
    };
  }
}

/** What is to be done to dates. */
export interface DateTimePlan {
  readonly scaler: DateTimeState['scaler'];
  /** True when values are missing. */
  readonly missing: boolean;
  /** True when they are left missing. */
  readonly leftMissing: boolean;
  /** True when parts become points on a circle. */
  readonly cyclic: boolean;
}

/** What is done to dates, in words; with what was learned, once it was. */
export function dateTimeSteps({ scaler, missing, leftMissing, cyclic }: DateTimePlan, fitted?: DateTimeState): PreparationStep[] {
  return [
    stepOf('split into the parts that vary', fitted, ({ parts }) => [...new Set(parts.map(({ part }) => part))].join(', ')),
    ...(cyclic ? [stepOf('parts that come round again written as points on a circle')] : []),
    ...(missing ? [stepOf(leftMissing ? 'missing values left to the algorithm' : 'missing values replaced in each part', fitted, (state) => count(state.missing, 'row'))] : []),
    ...(scaler === 'none' ? [] : [stepOf(`each part ${scalerWords[scaler]}`)]),
  ];
}

/** Dates are filled by their own statistics: what other columns tell is asked for numbers only. */
export function numberSettingsOfDates(prepare: Prepare, name: string): NumericSettings {
  const settings = numericSettings(prepare, name);
  return settings.impute === 'knn' ? { ...settings, impute: 'median' } : settings;
}

function varies(dates: Float64Array, part: DateTimePart): boolean {
  let first: number | undefined;
  for (let i = 0; i < dates.length; i++) {
    if (!Number.isNaN(dates[i])) {
      const value = dateTimePart(dates[i], part);
      first ??= value;
      if (value !== first) {
        return true;
      }
    }
  }
  return false;
}
