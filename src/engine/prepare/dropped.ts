import type { ColumnType } from '../../schema/columnType';
import type { Prepare } from '../../schema/prepareSchema';
import { categoricalSettings, numericSettings, textSettings } from '../../schema/prepare';

/** Why a column can't become a feature. */
export interface Dropped {
  readonly dropped: string;
}

/** What of a column decides whether it can become a feature. */
export interface Usability {
  readonly name: string;
  readonly type: ColumnType;
  /** Rows with a value. */
  readonly present: number;
  readonly missing: number;
  /** Different values; counting may stop at two. */
  readonly distinct: number;
}

/** Why a column is left out; undefined when it isn't. @param keepConstant keeps columns that have one value only. */
export function whyDropped({ name, type, present, missing, distinct }: Usability, prepare: Prepare, keepConstant: boolean): string | undefined {
  if (type === 'text' && textSettings(prepare, name).encode === 'drop') {
    return 'left out: texts aren\'t to be used';
  }
  if (type === 'text' && keepConstant) {
    return 'left out: texts have no place in a grid of columns';
  }
  if (present === 0) {
    return 'left out: no training row has a value';
  }
  const mayDrop = !keepConstant && prepare.select.constant && distinct === 1;
  return mayDrop && (missing === 0 || !missingTells(name, type, prepare)) ? 'left out: the same value in every training row' : undefined;
}

/** True when rows without a value differ from the others after preparation, so that a single value tells something. */
function missingTells(name: string, type: ColumnType, prepare: Prepare): boolean {
  if (type === 'text') {
    return true;
  }
  if (type === 'categorical' || type === 'boolean') {
    return categoricalSettings(prepare, name).impute !== 'mostFrequent';
  }
  const { impute, indicator } = numericSettings(prepare, name);
  return impute === 'constant' || impute === 'none' || (indicator && type !== 'dateTime');
}
