import type { Finding } from '../../schema/profile';
import { UserError } from '../errors';

/** At most this share of rows may be left out for having too many fields; more means that the file is something else. */
const toleratedShare = 0.01;
const linesShown = 5;

/**
 * Rows whose number of fields differs from the header's. Too few: the missing ones at the end count as missing values. Too
 * many: empty ones at the end are ignored; a row with more values than columns can't be assigned to them, so it is left
 * out and reported, and too many of those make the file unreadable.
 */
export class RaggedRows {
  private readonly short: number[] = [];
  private shortCount = 0;
  private readonly long: { readonly line: number; readonly fields: number }[] = [];
  private longCount = 0;

  constructor(
    private readonly fileName: string,
    private readonly delimiter: string,
    private readonly columnCount: number,
  ) {}

  get leftOutCount(): number {
    return this.longCount;
  }

  /** @returns false when the row must be left out. */
  accepts(fields: readonly string[], line: number): boolean {
    if (fields.length < this.columnCount) {
      this.shortCount++;
      if (this.short.length < linesShown) {
        this.short.push(line);
      }
      return true;
    }
    if (fields.slice(this.columnCount).every((field) => field.trim() === '')) {
      return true;
    }
    this.longCount++;
    if (this.long.length < linesShown) {
      this.long.push({ line, fields: fields.length });
    }
    return false;
  }

  /**
   * @param accepted how many rows were kept.
   * @throws UserError when too many rows had to be left out.
   */
  findings(accepted: number): Finding[] {
    const findings: Finding[] = [];
    if (this.longCount > 0) {
      const [{ line, fields }] = this.long;
      const mend = `put quotes around values that contain "${this.delimiter === '\t' ? 'a tab' : this.delimiter}", or name the missing columns`;
      if (this.longCount > toleratedShare * (accepted + this.longCount)) {
        throw new UserError(
          `"${this.fileName}" has ${fields} fields on line ${line} but ${this.columnCount} column names on its first line; ${mend}.`,
        );
      }
      const lines = listLines(this.long.map((row) => row.line), this.longCount);
      findings.push({
        code: 'raggedRows',
        severity: 'warning',
        message: `${rows(this.longCount)} with more than ${this.columnCount} fields left out (${lines}); ${mend}.`,
      });
    }
    if (this.shortCount > 0) {
      const lines = listLines(this.short, this.shortCount);
      findings.push({
        code: 'raggedRows',
        severity: 'warning',
        message: `${rows(this.shortCount)} with fewer than ${this.columnCount} fields (${lines}); the fields at the end count as missing.`,
      });
    }
    return findings;
  }
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}

function listLines(lines: readonly number[], count: number): string {
  const shown = lines.join(', ');
  return `line${count === 1 ? '' : 's'} ${shown}${count > lines.length ? ', …' : ''}`;
}
