import type { ColumnType } from '../../schema/columnType';
import type { Experiment } from '../../schema/experiment';
import { booleanSteps } from './booleanTransformer';
import { categorySteps } from './categoryTransformer';
import type { Dropped } from './dropped';
import { whyDropped } from './dropped';
import { dateTimeParts } from './dateTimeParts';
import { dateTimeSteps } from './dateTimeTransformer';
import { numberSteps } from './numberTransformer';
import type { PreparationStep } from './preparationStep';

/** What is known of a column before any row of it is looked at for a model: from its profile. */
export interface ColumnFacts {
  readonly name: string;
  readonly type: ColumnType;
  /** Rows with a value. */
  readonly present: number;
  readonly missing: number;
  readonly distinct: number;
  /** Of numbers and dates (milliseconds since 1970 UTC); absent without any value. */
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a column will become. */
export interface PlannedColumn {
  readonly steps: readonly PreparationStep[];
  /** How many features it will give; for dates the most there can be. */
  readonly outputs: number;
}

/**
 * What `fitColumn` will do to a column, as far as the whole file tells: a missing value or a rare category may by chance lie in
 * no training row.
 */
export function planColumn(facts: ColumnFacts, prepare: Experiment['prepare'], keepConstant = false): PlannedColumn | Dropped {
  const { numeric, categorical, dateTime } = prepare;
  const missing = facts.missing > 0;
  const dropped = whyDropped(facts, prepare, keepConstant);
  if (dropped !== undefined) {
    return { dropped };
  }
  const own = categorical.impute === 'constant';
  switch (facts.type) {
    case 'boolean':
      return { steps: booleanSteps({ missing, marksMissing: own && missing }), outputs: own && missing ? 2 : 1 };
    case 'categorical':
    case 'text': {
      const categories = facts.distinct + (own && missing ? 1 : 0);
      const rare = categorical.encode !== 'frequency' && categories > categorical.maxCategories;
      return {
        steps: categorySteps({ encode: categorical.encode, missing, own, rare }),
        outputs: categorical.encode === 'oneHot' ? Math.min(categories, categorical.maxCategories) : 1,
      };
    }
    case 'dateTime': {
      const cyclic = dateTime.encode === 'cyclic';
      const parts = dateTimeParts.length - (isMidnight(facts.minimum) && isMidnight(facts.maximum) ? 1 : 0);
      return { steps: dateTimeSteps({ scaler: numeric.scale, missing, cyclic }), outputs: cyclic ? 2 * parts - 1 : parts };
    }
    case 'integer':
    case 'numeric':
      return {
        steps: numberSteps({ impute: numeric.impute, scaler: numeric.scale, missing, indicator: numeric.indicator && missing, powered: numeric.transform === 'yeoJohnson' && facts.distinct > 1 }),
        outputs: numeric.indicator && missing ? 2 : 1,
      };
  }
}

function isMidnight(epoch: number | undefined): boolean {
  return epoch !== undefined && epoch % 86_400_000 === 0;
}
