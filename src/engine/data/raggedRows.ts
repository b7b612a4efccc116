import type { Finding } from '../../schema/profile';
import { UserError } from '../errors';

/** At most this share of rows may be left out for having too many fields; more means that the file is something else. */
const toleratedShare = 0.01;
const linesShown = 5;

/** Rows whose number of fields differs from the number of columns, the first of each kind by line. */
export interface RaggedCounts {
  readonly short: readonly { readonly line: number; readonly fields: number }[];
  readonly shortCount: number;
  readonly long: readonly { readonly line: number; readonly fields: number }[];
  readonly longCount: number;
}

/**
 * What is to be said about ragged rows. Too few fields: the missing ones at the end count as missing values. Too many: empty
 * ones at the end are ignored; a row with more values than columns can't be assigned to them, so it is left out and
 * reported, and too many of those make the file unreadable.
 *
 * @param accepted how many rows were kept.
 * @throws UserError when too many rows had to be left out.
 */
export function raggedFindings(
  { short, shortCount, long, longCount }: RaggedCounts,
  accepted: number,
  columnCount: number,
  { delimiter, header }: { readonly delimiter: string; readonly header: boolean },
  fileName: string,
): Finding[] {
  const findings: Finding[] = [];
  if (longCount > 0) {
    const [{ line, fields }] = long;
    const mend = `put quotes around values that contain "${delimiter === '\t' ? 'a tab' : delimiter}", or name the missing columns`;
    if (longCount > toleratedShare * (accepted + longCount)) {
      throw new UserError(`"${fileName}" has ${fields} fields on line ${line} but ${columnCount} ${header ? 'column names on its first line' : 'on its first one'}; ${mend}.`);
    }
    findings.push({
      code: 'raggedRows',
      severity: 'warning',
      message: `${rows(longCount)} with more than ${columnCount} fields left out (${listLines(long, longCount)}); ${mend}.`,
      lines: long.map((row) => row.line),
    });
  }
  if (shortCount > 0) {
    findings.push({
      code: 'raggedRows',
      severity: 'warning',
      message: `${rows(shortCount)} with fewer than ${columnCount} fields (${listLines(short, shortCount)}); the fields at the end count as missing.`,
      lines: short.map((row) => row.line),
    });
  }
  return findings;
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}

function listLines(ragged: RaggedCounts['short'], count: number): string {
  const shown = ragged.slice(0, linesShown).map(({ line }) => line).join(', ');
  return `line${count === 1 ? '' : 's'} ${shown}${count > linesShown ? ', …' : ''}`;
}
