import type { ColumnType } from '../../schema/columnType';
import type { Experiment } from '../../schema/experiment';

/** Why a column can't become a feature. */
export interface Dropped {
  readonly dropped: string;
}

/** What of a column decides whether it can become a feature. */
export interface Usability {
  readonly type: ColumnType;
  /** Rows with a value. */
  readonly present: number;
  readonly missing: number;
  /** Different values; counting may stop at two. */
  readonly distinct: number;
}

/** Why a column is left out; undefined when it isn't. @param keepConstant keeps columns that have one value only. */
export function whyDropped({ type, present, missing, distinct }: Usability, prepare: Experiment['prepare'], keepConstant: boolean): string | undefined {
  if (type === 'text') {
    return 'left out: free text can\'t be used by this kind of model';
  }
  if (present === 0) {
    return 'left out: no training row has a value';
  }
  const isCategory = type === 'categorical' || type === 'boolean';
  const missingTells = isCategory || prepare.numeric.impute === 'constant';
  return !keepConstant && distinct === 1 && (missing === 0 || !missingTells) ? 'left out: the same value in every training row' : undefined;
}
