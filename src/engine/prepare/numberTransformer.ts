import { z } from 'zod';
import type { NumericSettings } from '../../schema/prepare';
import { numbersAt } from '../data/numbers';
import type { Column, NumericColumn } from '../data/table';
import { asNumeric } from './columnKinds';
import { missingCategory } from './categories';
import type { ColumnTransformer, FeatureWriter } from './columnTransformer';
import type { NumericStrategy } from './imputer';
import { fitNumericImputer } from './imputer';
import type { Scaling } from './scaler';
import { fitScaler } from './scaler';
import { fitQuantiles, quantileShare } from './quantileScale';
import type { PreparationStep } from './preparationStep';
import { count, shortNumber, stepOf } from './preparationStep';
import { fitYeoJohnson, yeoJohnson } from './yeoJohnson';

/** One number's preparation: what a missing one becomes, then its scaling. */
export const numberFeatureSchema = z.strictObject({
  /** Replaces missing values; null leaves them missing. */
  fill: z.number().nullable(),
  /** λ of the Yeo-Johnson transformation that comes before the scaling. */
  lambda: z.number().optional(),
  /** Quantiles of the training rows (after the transformation): the number becomes its share among them. */
  quantiles: z.array(z.number()).min(2).optional(),
  center: z.number(),
  scale: z.number(),
});
export type NumberFeature = z.infer<typeof numberFeatureSchema>;

export const numberStateSchema = numberFeatureSchema.extend({
  kind: z.literal('number'),
  impute: z.enum(['mean', 'median', 'mostFrequent', 'constant', 'knn', 'none']),
  scaler: z.enum(['standard', 'minMax', 'robust', 'quantile', 'none']),
  /** True when a second feature is 1 where the number is missing. */
  marksMissing: z.boolean().optional(),
  /** Missing values among the training rows. */
  missing: z.number(),
});
export type NumberState = z.infer<typeof numberStateSchema>;

/** A numeric column becomes one feature: imputed, then scaled. */
export class NumberTransformer implements ColumnTransformer {
  readonly outputs: readonly string[];

  constructor(name: string, readonly state: NumberState) {
    this.outputs = state.marksMissing === true ? [name, `${name}=${missingCategory}`] : [name];
  }

  /** @param filled the column without missing values, where other columns told them. */
  static fit(column: Column, trainRows: Uint32Array, settings: NumericSettings, filled?: NumericColumn): NumberTransformer {
    const values = numbersAt(asNumeric(column).numbers, trainRows);
    const missing = values.length - countPresent(values);
    return new NumberTransformer(column.name, {
      kind: 'number',
      impute: settings.impute,
      scaler: settings.scale,
      missing,
      ...(settings.indicator && missing > 0 ? { marksMissing: true } : {}),
      ...fitNumber(filled === undefined ? values : numbersAt(filled.numbers, trainRows), settings),
    });
  }

  get steps(): PreparationStep[] {
    const { impute, scaler, missing, marksMissing, lambda } = this.state;
    return numberSteps({ impute, scaler, missing: missing > 0, indicator: marksMissing === true, powered: lambda !== undefined }, this.state);
  }

  writer(column: Column, filled?: NumericColumn): FeatureWriter {
    const { numbers } = asNumeric(column);
    const { center, scale, marksMissing } = this.state;
    const fill = this.state.fill ?? Number.NaN;
    const shape = shaper(this.state);
    const source = filled?.numbers ?? numbers;
    return (rows, into, offset) => {
      const values = numbersAt(source, rows);
      for (let i = 0, at = offset; i < rows.length; i++, at += into.columns) {
        const value = values[i];
        const known = Number.isNaN(value) ? fill : value;
        into.values[at] = ((shape === undefined ? known : shape(known)) - center) / scale;
      }
      if (marksMissing === true) {
        const known = filled === undefined ? values : numbersAt(numbers, rows);
        for (let i = 0, at = offset + 1; i < rows.length; i++, at += into.columns) {
          into.values[at] = Number.isNaN(known[i]) ? 1 : 0;
        }
      }
    };
  }
}

/**
 * Learns imputation and scaling; the scaler sees imputed values, and of those left missing none.
 *
 * @param train with NaN where missing; not all of them. It is filled in place.
 */
export function fitNumber(train: Float64Array, settings: NumericSettings): NumberFeature {
  const present = withoutMissing(train);
  const fill = settings.impute === 'none' ? null : fitNumericImputer(present, settings.impute === 'knn' ? 'mean' : settings.impute, settings.fillValue);
  const known = fill === null || present.length === train.length ? present : filledWith(train, fill);
  const lambda = settings.transform === 'yeoJohnson' && known.some((value) => value !== known[0]) ? fitYeoJohnson(known) : undefined;
  const transformed = lambda === undefined ? known : known.map((value) => yeoJohnson(value, lambda));
  return {
    // Adding 0 turns −0, which JSON doesn't keep, into 0.
    fill: fill === null ? null : fill + 0,
    ...(lambda === undefined ? {} : { lambda }),
    ...(settings.scale === 'quantile' ? { quantiles: fitQuantiles(transformed), center: 0, scale: 1 } : fitScaler(transformed, settings.scale)),
  };
}

function countPresent(values: Float64Array): number {
  let present = 0;
  for (let i = 0; i < values.length; i++) {
    present += Number.isNaN(values[i]) ? 0 : 1;
  }
  return present;
}

function withoutMissing(values: Float64Array): Float64Array {
  const present = countPresent(values);
  if (present === values.length) {
    return values;
  }
  const kept = new Float64Array(present);
  for (let i = 0, at = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) {
      kept[at++] = values[i];
    }
  }
  return kept;
}

function filledWith(values: Float64Array, fill: number): Float64Array {
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) {
      values[i] = fill;
    }
  }
  return values;
}

/** What happens to a number between imputation and scaling; undefined when nothing does. */
export function shaper({ lambda, quantiles }: NumberFeature): ((value: number) => number) | undefined {
  if (lambda === undefined && quantiles === undefined) {
    return undefined;
  }
  return (value) => {
    if (Number.isNaN(value)) {
      return value;
    }
    const powered = lambda === undefined ? value : yeoJohnson(value, lambda);
    return quantiles === undefined ? powered : quantileShare(powered, quantiles);
  };
}

/** What is to be done to a number. */
export interface NumberPlan {
  readonly impute: NumericSettings['impute'];
  readonly scaler: NumberState['scaler'];
  /** True when values are missing. */
  readonly missing: boolean;
  /** True when a second feature marks them. */
  readonly indicator: boolean;
  /** True with a Yeo-Johnson transformation. */
  readonly powered: boolean;
}

/** What is done to a number, in words; with what was learned, once it was. */
export function numberSteps({ impute, scaler, missing, indicator, powered }: NumberPlan, fitted?: NumberState): PreparationStep[] {
  return [
    ...(missing ? [numberImputing(impute, fitted)] : []),
    ...(indicator ? [stepOf('missing values marked by a feature of their own')] : []),
    ...(powered ? [stepOf('made more like a normal distribution by the Yeo-Johnson transformation', fitted, ({ lambda }) => `λ ${shortNumber(lambda ?? 1)}`)] : []),
    ...scalingSteps(scaler, fitted),
  ];
}

function numberImputing(impute: NumericSettings['impute'], fitted: NumberState | undefined): PreparationStep {
  switch (impute) {
    case 'none':
      return stepOf('missing values left to the algorithm', fitted, (state) => count(state.missing, 'row'));
    case 'knn':
      return stepOf('missing values replaced by the mean of the rows that are most alike', fitted, (state) => count(state.missing, 'row'));
    default:
      return stepOf(`missing values replaced by ${strategyWords[impute]}`, fitted, (state) => `${shortNumber(state.fill ?? 0)}, in ${count(state.missing, 'row')}`);
  }
}

const strategyWords: Readonly<Record<NumericStrategy, string>> = {
  mean: 'the mean',
  median: 'the median',
  mostFrequent: 'the most frequent value',
  constant: 'a constant',
};

/** What a scaling does, in words. */
export function scalingSteps(scaler: NumberState['scaler'], fitted?: Scaling): PreparationStep[] {
  const learned: Readonly<Record<typeof scaler, ((scaling: Scaling) => string) | undefined>> = {
    none: undefined,
    quantile: undefined,
    standard: ({ center, scale }) => `mean ${shortNumber(center)}, standard deviation ${shortNumber(scale)}`,
    robust: ({ center, scale }) => `median ${shortNumber(center)}, range ${shortNumber(scale)}`,
    minMax: ({ center, scale }) => `from ${shortNumber(center)} to ${shortNumber(center + scale)}`,
  };
  return scaler === 'none' ? [] : [stepOf(scalerWords[scaler], fitted, learned[scaler])];
}

/** What each scaling does. */
export const scalerWords = {
  standard: 'scaled to mean 0 and standard deviation 1',
  minMax: 'scaled to the range 0 to 1',
  robust: 'scaled to median 0 and interquartile range 1',
  quantile: 'replaced by its rank among the training rows, 0 to 1',
} as const;
