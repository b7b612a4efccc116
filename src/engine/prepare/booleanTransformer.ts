import { z } from 'zod';
import type { CategoricalSettings } from '../../schema/prepare';
import { parseBoolean } from '../data/cellText';
import type { CategoricalColumn, Column } from '../data/table';
import { missingCategory } from './categories';
import { asCategorical } from './columnKinds';
import type { ColumnTransformer, FeatureWriter } from './columnTransformer';
import type { PreparationStep } from './preparationStep';
import { count, stepOf } from './preparationStep';

export const booleanStateSchema = z.strictObject({
  kind: z.literal('boolean'),
  /** Replaces missing values: 0 or 1; null leaves them missing. */
  fill: z.number().nullable(),
  /** True when a second feature marks missing values. */
  marksMissing: z.boolean(),
  missing: z.number(),
});
export type BooleanState = z.infer<typeof booleanStateSchema>;

/** True and false become 1 and 0; missing values the more frequent of the two, or a feature of their own. */
export class BooleanTransformer implements ColumnTransformer {
  readonly outputs: readonly string[];

  constructor(name: string, readonly state: BooleanState) {
    this.outputs = state.marksMissing ? [name, `${name}=${missingCategory}`] : [name];
  }

  static fit(
    column: CategoricalColumn,
    trainRows: Uint32Array,
    settings: CategoricalSettings,
  ): BooleanTransformer {
    const truth = truthByCode(column);
    let [missing, ones] = [0, 0];
    for (const row of trainRows) {
      const code = column.codes[row];
      missing += code < 0 ? 1 : 0;
      ones += code < 0 ? 0 : truth[code];
    }
    const own = settings.impute === 'constant';
    const zeros = trainRows.length - missing - ones;
    return new BooleanTransformer(column.name, {
      kind: 'boolean',
      fill: settings.impute === 'none' ? null : !own && ones > zeros ? 1 : 0,
      marksMissing: own && missing > 0,
      missing,
    });
  }

  get steps(): PreparationStep[] {
    const { fill, marksMissing, missing } = this.state;
    return booleanSteps({ missing: missing > 0, impute: fill === null ? 'none' : marksMissing ? 'constant' : 'mostFrequent' }, this.state);
  }

  writer(column: Column): FeatureWriter {
    const categorical = asCategorical(column);
    const truth = truthByCode(categorical);
    const { fill, marksMissing } = this.state;
    return (rows, into, offset) => {
      for (let i = 0, at = offset; i < rows.length; i++, at += into.columns) {
        const code = categorical.codes[rows[i]];
        into.values[at] = code < 0 ? fill ?? Number.NaN : truth[code];
        if (marksMissing) {
          into.values[at + 1] = code < 0 ? 1 : 0;
        }
      }
    };
  }
}

/** What is done to true and false, in words; with what was learned, once it was. */
export function booleanSteps({ missing, impute }: { readonly missing: boolean; readonly impute: CategoricalSettings['impute'] }, fitted?: BooleanState): PreparationStep[] {
  const inRows = (state: BooleanState): string => count(state.missing, 'row');
  const imputing = {
    none: stepOf('missing values left to the algorithm', fitted, inRows),
    constant: stepOf('missing values marked by a feature of their own', fitted, inRows),
    mostFrequent: stepOf('missing values replaced by the more frequent one', fitted, (state) => `${state.fill === 1 ? 'true' : 'false'}, in ${inRows(state)}`),
  }[impute];
  return [...(missing ? [imputing] : []), stepOf('true and false turned into 1 and 0')];
}

function truthByCode(column: CategoricalColumn): Uint8Array {
  return Uint8Array.from(column.categories, (text) => (parseBoolean(text) === true ? 1 : 0));
}
