import type { ColumnType } from '../../schema/columnType';
import type { Prepare } from '../../schema/prepareSchema';
import { categoricalSettings, dateTimeEncoding, numericSettings, textFeatureLimit, textSettings } from '../../schema/prepare';
import { booleanSteps } from './booleanTransformer';
import { categorySteps } from './categoryTransformer';
import type { Dropped } from './dropped';
import { whyDropped } from './dropped';
import { dateTimeParts } from './dateTimeParts';
import { dateTimeSteps, numberSettingsOfDates } from './dateTimeTransformer';
import { numberSteps } from './numberTransformer';
import type { PreparationStep } from './preparationStep';
import { targetSteps } from './targetTransformer';
import { textSteps } from './textTransformer';

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
  /** How many features it will give; for dates and texts the most there can be, with target encoding those of one outcome. */
  readonly outputs: number;
  /** Where it stays one feature of category codes: the most there can be. */
  readonly categories?: number;
}

/**
 * What `fitColumn` will do to a column, as far as the whole file tells: a missing value or a rare category may by chance lie in
 * no training row.
 */
export function planColumn(facts: ColumnFacts, prepare: Prepare, keepConstant = false): PlannedColumn | Dropped {
  const missing = facts.missing > 0;
  const dropped = whyDropped(facts, prepare, keepConstant);
  if (dropped !== undefined) {
    return { dropped };
  }
  switch (facts.type) {
    case 'boolean': {
      const { impute } = categoricalSettings(prepare, facts.name);
      return { steps: booleanSteps({ missing, impute }), outputs: impute === 'constant' && missing ? 2 : 1 };
    }
    case 'categorical':
      return planCategory(facts, prepare);
    case 'text': {
      const settings = textSettings(prepare, facts.name);
      return { steps: textSteps({ ...settings, encode: settings.encode === 'hashing' ? 'hashing' : 'tfidf' }), outputs: textFeatureLimit(settings, facts.present + facts.missing) };
    }
    case 'dateTime': {
      const { scale: scaler, impute } = numberSettingsOfDates(prepare, facts.name);
      const cyclic = dateTimeEncoding(prepare, facts.name) === 'cyclic';
      const parts = dateTimeParts.length - (isMidnight(facts.minimum) && isMidnight(facts.maximum) ? 1 : 0);
      return { steps: dateTimeSteps({ scaler, missing, leftMissing: impute === 'none', cyclic }), outputs: cyclic ? 2 * parts - 1 : parts };
    }
    case 'integer':
    case 'numeric': {
      const { impute, scale: scaler, indicator, transform } = numericSettings(prepare, facts.name);
      return {
        steps: numberSteps({ impute, scaler, missing, indicator: indicator && missing, powered: transform === 'yeoJohnson' && facts.distinct > 1 }),
        outputs: indicator && missing ? 2 : 1,
      };
    }
  }
}

function planCategory(facts: ColumnFacts, prepare: Prepare): PlannedColumn {
  const { impute, encode, maxCategories, minFrequency } = categoricalSettings(prepare, facts.name);
  const missing = facts.missing > 0;
  const categories = facts.distinct + (impute === 'constant' && missing ? 1 : 0);
  // How many categories are too rare isn't known before they are counted: what one-hot gives is then the most there can be.
  const rare = (encode === 'oneHot' || encode === 'ordinal') && categories > maxCategories || minFrequency > 1;
  return encode === 'target'
    ? { steps: targetSteps({ missing, impute, rare, scaler: prepare.numeric.scale }), outputs: 1 }
    : {
        steps: categorySteps({ encode, missing, impute, rare }),
        outputs: encode === 'oneHot' ? Math.min(categories, maxCategories) : 1,
        ...(encode === 'ordinal' ? { categories: Math.min(categories, maxCategories) } : {}),
      };
}

function isMidnight(epoch: number | undefined): boolean {
  return epoch !== undefined && epoch % 86_400_000 === 0;
}
