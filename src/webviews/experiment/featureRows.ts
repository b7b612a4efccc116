import type { ColumnType } from '../../schema/columnType';
import type { ColumnProfile } from '../../schema/profile';
import { columnSummary } from './columnSummary';
import { effectiveType, exclusionReasons } from './formModel';
import type { FormModel } from './formModel';

/** One column of the data as the feature table shows it. */
export interface FeatureRow {
  readonly name: string;
  readonly isTarget: boolean;
  readonly included: boolean;
  readonly type: ColumnType;
  /** The type found in the data. */
  readonly inferred: ColumnType;
  /** Share of rows without a value, 0 to 1. */
  readonly missing: number;
  readonly distinct: number;
  readonly summary: string;
  /** Why the data suggests leaving the column out. */
  readonly reason: string | undefined;
  /** How the column is prepared where it differs from its kind: "encode target, smooth 3"; empty when it doesn't. */
  readonly own: string;
}

/** All columns of the data in its own order. */
export function featureRows(model: FormModel): readonly FeatureRow[] {
  const { profile, file } = model;
  if (profile === null) {
    return [];
  }
  const excluded = new Set(file.features?.exclude ?? []);
  const reasons = exclusionReasons(profile);
  return profile.columns.map((column) => featureRow(column, model, excluded, reasons, profile.rows));
}

function featureRow(
  column: ColumnProfile, { file }: FormModel, excluded: ReadonlySet<string>, reasons: ReadonlyMap<string, string>, rows: number,
): FeatureRow {
  const { name, type, missing, distinct } = column;
  const isTarget = name === file.target;
  return {
    name,
    isTarget,
    included: !isTarget && !excluded.has(name),
    type: effectiveType(file, column),
    inferred: type,
    missing: rows === 0 ? 0 : missing / rows,
    distinct,
    summary: columnSummary(column),
    reason: isTarget ? undefined : reasons.get(name),
    own: Object.entries(file.prepare?.columns?.[name] ?? {}).map(([setting, value]) => `${setting} ${String(value)}`).join(', '),
  };
}

/** Rows whose name, type or summary holds the text, whatever its case. */
export function filterRows(rows: readonly FeatureRow[], text: string): readonly FeatureRow[] {
  const wanted = text.trim().toLowerCase();
  return wanted === '' ? rows : rows.filter(({ name, type }) => name.toLowerCase().includes(wanted) || type.toLowerCase() === wanted);
}
