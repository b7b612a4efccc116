import { z } from 'zod';
import type { Experiment } from '../../schema/experiment';
import type { Column } from '../data/table';
import { asNumeric } from './columnKinds';
import type { ColumnTransformer, FeatureWriter } from './columnTransformer';
import type { NumericStrategy } from './imputer';
import { fitNumericImputer } from './imputer';
import type { Scaling } from './scaler';
import { fitScaler } from './scaler';

/** One number's preparation: what a missing one becomes, then its scaling. */
export const numberFeatureSchema = z.strictObject({
  /** Replaces missing values. */
  fill: z.number(),
  center: z.number(),
  scale: z.number(),
});
export type NumberFeature = z.infer<typeof numberFeatureSchema>;

export const numberStateSchema = numberFeatureSchema.extend({
  kind: z.literal('number'),
  impute: z.enum(['mean', 'median', 'mostFrequent', 'constant']),
  scaler: z.enum(['standard', 'minMax', 'none']),
  /** Missing values among the training rows. */
  missing: z.number(),
});
export type NumberState = z.infer<typeof numberStateSchema>;

type NumericSettings = Experiment['prepare']['numeric'];

/** A numeric column becomes one feature: imputed, then scaled. */
export class NumberTransformer implements ColumnTransformer {
  readonly outputs: readonly string[];

  constructor(name: string, readonly state: NumberState) {
    this.outputs = [name];
  }

  static fit(column: Column, trainRows: Uint32Array, settings: NumericSettings): NumberTransformer {
    const { values } = asNumeric(column);
    const train = Float64Array.from(trainRows, (row) => values[row]);
    const missing = train.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
    return new NumberTransformer(column.name, {
      kind: 'number',
      impute: settings.impute,
      scaler: settings.scale,
      missing,
      ...fitNumber(train, settings),
    });
  }

  get steps(): string[] {
    const { impute, fill, scaler, missing } = this.state;
    const imputing = missing > 0 ? [`${count(missing, 'missing value')} replaced by ${strategyWords[impute]}, ${shortNumber(fill)}`] : [];
    return [...imputing, ...scalingSteps(scaler, this.state)];
  }

  writer(column: Column): FeatureWriter {
    const { values } = asNumeric(column);
    const { fill, center, scale } = this.state;
    return (rows, into, offset) => {
      for (let i = 0, at = offset; i < rows.length; i++, at += into.columns) {
        const value = values[rows[i]];
        into.values[at] = ((Number.isNaN(value) ? fill : value) - center) / scale;
      }
    };
  }
}

/** Learns imputation and scaling; the scaler sees imputed values. @param train with NaN where missing; not all of them. */
export function fitNumber(train: Float64Array, settings: NumericSettings): NumberFeature {
  const fill = fitNumericImputer(train.filter((value) => !Number.isNaN(value)), settings.impute, settings.fillValue);
  const { center, scale } = fitScaler(train.map((value) => (Number.isNaN(value) ? fill : value)), settings.scale);
  return { fill, center, scale };
}

const strategyWords: Readonly<Record<NumericStrategy, string>> = {
  mean: 'the mean',
  median: 'the median',
  mostFrequent: 'the most frequent value',
  constant: 'a constant',
};

/** Words for a scaling with its fitted values. */
export function scalingSteps(scaler: NumberState['scaler'], { center, scale }: Scaling): string[] {
  switch (scaler) {
    case 'none':
      return [];
    case 'standard':
      return [`scaled to mean 0 and standard deviation 1 (mean ${shortNumber(center)}, standard deviation ${shortNumber(scale)})`];
    case 'minMax':
      return [`scaled to the range 0 to 1 (from ${shortNumber(center)} to ${shortNumber(center + scale)})`];
  }
}

/** A number for reading: up to six significant digits. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** "1 row", "2 rows". */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
