import type { DatasetProfile, DatasetSnapshot, DatasetTable, FromDataset } from '../../schema/datasetView';
import type { ColumnProfile, Finding, Profile } from '../../schema/profile';
import type { NavigationStore } from '../shared/navigation';

/** All that the view knows of an open file. */
export interface DatasetModel {
  readonly snapshot: DatasetSnapshot;
  readonly table: DatasetTable;
  readonly profile: Profile;
  readonly extent: DatasetProfile['extent'];
  /** Columns by name; of two with one name the first. */
  readonly columns: ReadonlyMap<string, ColumnProfile>;
}

/** What parts of the view may do. */
export interface DatasetContext {
  readonly navigation: NavigationStore;
  post(message: FromDataset): void;
  /** Shows the rows of these lines only. */
  showRows(finding: Finding): void;
  /** Opens a column's panel, and brings the column into sight if asked. */
  showColumn(name: string, scroll: boolean): void;
}

/** Puts together what has come; undefined while something is still missing. */
export function datasetModel(
  snapshot: DatasetSnapshot | undefined, table: DatasetTable | undefined, made: DatasetProfile | undefined,
): DatasetModel | undefined {
  if (snapshot === undefined || table === undefined || made === undefined || made.generation !== table.generation) {
    return undefined;
  }
  const columns = new Map<string, ColumnProfile>();
  for (const column of made.profile.columns) {
    if (!columns.has(column.name)) {
      columns.set(column.name, column);
    }
  }
  return { snapshot, table, profile: made.profile, extent: made.extent, columns };
}

/** The rows that a profile's counts of missing and distinct values are out of. */
export function countedRows({ profile, extent }: Pick<DatasetModel, 'profile' | 'extent'>): number {
  return extent === 'sample' ? profile.sampledRows ?? profile.rows : profile.rows;
}

/** An estimate with no more digits than it deserves. */
export function roughly(rows: number): number {
  return Number(rows.toPrecision(2));
}

/** The share of a column's cells that hold no value, 0 to 1. */
export function missingShare(model: Pick<DatasetModel, 'profile' | 'extent'>, { missing }: Pick<ColumnProfile, 'missing'>): number {
  const rows = countedRows(model);
  return rows === 0 ? 0 : missing / rows;
}

const severities: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** Lower is more serious; within a severity a leak comes first, since it makes every metric worthless. */
function seriousness({ severity, code }: Finding): number {
  return severities.indexOf(severity) * 2 + (code === 'possibleLeakage' ? 0 : 1);
}

/** Findings, most serious first; equally serious ones stay in their order. */
export function sortedFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => seriousness(a.finding) - seriousness(b.finding) || a.index - b.index)
    .map(({ finding }) => finding);
}
