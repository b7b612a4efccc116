import Papa from 'papaparse';
import { UserError } from '../errors';
import type { Newline } from './dialect';

/** A row that has not ended after so many characters is taken for a quote that is never closed. */
const longestRow = 8 * 1024 * 1024;

export interface CsvDialect {
  readonly delimiter: string;
  readonly newline: Newline;
}

interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly code: string }[];
  readonly meta: { readonly cursor: number };
}

/**
 * Cuts a text that arrives piece by piece into rows of fields and knows the line of each. Blank lines are skipped.
 */
export class CsvRows {
  private rest = '';
  private line = 1;
  private readonly parser: Papa.Parser;

  /** @param onRow told every row and the 1-based line of its first character. */
  constructor(
    private readonly dialect: CsvDialect,
    private readonly fileName: string,
    private readonly onRow: (fields: string[], line: number) => void,
  ) {
    this.parser = new Papa.Parser(dialect);
  }

  push(text: string): void {
    this.rest = this.parse(this.rest + text, true);
    if (this.rest.length > longestRow) {
      throw this.rest.includes('"')
        ? this.unclosedQuote()
        : new UserError(`"${this.fileName}" holds more than ${longestRow} characters on line ${this.line}; check that it is a CSV file.`);
    }
  }

  end(): void {
    this.parse(this.rest, false);
    this.rest = '';
  }

  /** @returns the unfinished row at the end. */
  private parse(text: string, ignoreLastRow: boolean): string {
    const { data, errors, meta } = this.parser.parse(text, 0, ignoreLastRow) as Parsed;
    const unclosed = !ignoreLastRow && errors.some(({ code }) => code === 'MissingQuotes');
    for (let i = 0; i < data.length; i++) {
      if (unclosed && i === data.length - 1) {
        throw this.unclosedQuote();
      }
      this.handOver(data[i]);
    }
    return text.slice(meta.cursor);
  }

  private handOver(fields: string[]): void {
    const { line } = this;
    this.line++;
    for (const field of fields) {
      if (field.includes(this.dialect.newline)) {
        this.line += field.split(this.dialect.newline).length - 1;
      }
    }
    const last = fields.length - 1;
    if (fields[last].endsWith('\r')) {
      fields[last] = fields[last].slice(0, -1);
    }
    if (fields.length > 1 || fields[0].trim() !== '') {
      this.onRow(fields, line);
    }
  }

  private unclosedQuote(): UserError {
    return new UserError(
      `"${this.fileName}" has a quote (") that is never closed, in the row that starts on line ${this.line}; close it, or double it if it belongs to the text.`,
    );
  }
}
