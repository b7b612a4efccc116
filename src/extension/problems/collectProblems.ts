import type { Finding, LabelledMend, Profile } from '../../schema/profile';

/** Something odd about one place of a data file. */
export interface DataProblem {
  readonly code: Finding['code'];
  readonly severity: Finding['severity'];
  /** 1-based line at which its row begins. */
  readonly line: number;
  /** The column of the cell; absent when it is about the whole row. */
  readonly column?: string;
  readonly message: string;
  /** A change of an experiment that mends it. */
  readonly mend?: LabelledMend;
}

/** What to say at each place, by what the finding is about. */
const sentences: Partial<Readonly<Record<Finding['code'], (column: string) => string>>> = {
  raggedRows: () => 'This row doesn\'t have as many fields as there are columns.',
  duplicateRows: () => 'This row repeats an earlier one.',
  mixedTypes: (column) => `This value is not a number, but most values of "${column}" are.`,
  outliers: (column) => `This value lies far from the other values of "${column}".`,
};

/** Findings whose lines are rows to look at rather than places to mend: a missing value is usual, and there may be one in each row. */
const unmarked: ReadonlySet<Finding['code']> = new Set(['missingValues']);

const order: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** The findings of a profile that have a place in the file, most serious first, at most so many places. */
export function collectProblems({ findings }: Pick<Profile, 'findings'>, most: number): DataProblem[] {
  return findings
    .filter(({ code }) => !unmarked.has(code))
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
    .flatMap(({ code, severity, column, lines = [], meaning, message, mend }) => {
      const sentence = sentences[code]?.(column ?? '') ?? message;
      return lines.map((line): DataProblem => ({
        code, severity, line, message: meaning === undefined ? sentence : `${sentence} ${meaning}`,
        ...(column === undefined ? {} : { column }), ...(mend === undefined ? {} : { mend }),
      }));
    })
    .slice(0, most);
}
