import type { Association, Correlations } from '../../schema/profile';

/** A heat map of more columns can't be read; those that go together most stand for the rest. */
export const mostShown = 20;
const listedPairs = 12;

export const measures = ['pearson', 'spearman', 'cramersV', 'correlationRatio'] as const;
export type Measure = (typeof measures)[number];

/** What a measure is called, and what it says. */
export const measureWords: Readonly<Record<Measure, { readonly label: string; readonly help: string }>> = {
  pearson: { label: 'Pearson', help: 'How well a straight line describes one number by another: −1 falling, 0 not at all, 1 rising.' },
  spearman: { label: 'Spearman', help: 'As Pearson, but of ranks: any rising or falling relation counts, and outliers hardly do.' },
  cramersV: { label: 'Cramér\'s V', help: 'How far one category tells another: 0 not at all, 1 entirely.' },
  correlationRatio: { label: 'Correlation ratio', help: 'How much of a number\'s variation its category explains: 0 nothing, 1 all.' },
};

/** A rectangle of a measure between columns. */
export interface Matrix {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly values: readonly (readonly (number | null)[])[];
  /** Whether both sides are the same columns. */
  readonly square: boolean;
}

export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly value: number;
}

export function matrixOf(correlations: Correlations, measure: Measure): Matrix {
  if (measure === 'correlationRatio') {
    const { categories, numbers, values } = correlations.correlationRatio;
    return { rows: categories, columns: numbers, values, square: false };
  }
  const { columns, values }: Association = correlations[measure];
  return { rows: columns, columns, values, square: true };
}

/** The measures that this data has anything for. */
export function offeredMeasures(correlations: Correlations): Measure[] {
  return measures.filter((measure) => {
    const { rows, columns, square } = matrixOf(correlations, measure);
    return rows.length >= (square ? 2 : 1) && columns.length >= (square ? 2 : 1);
  });
}

/** The pairs that go together most, the strongest first. */
export function strongestPairs({ rows, columns, values, square }: Matrix, most = listedPairs): Pair[] {
  const pairs = rows.flatMap((a, i) => columns.flatMap((b, j) => {
    const value = values[i]?.[j];
    return value === null || value === undefined || (square && j <= i) ? [] : [{ a, b, value }];
  }));
  return pairs.sort((x, y) => Math.abs(y.value) - Math.abs(x.value)).slice(0, most);
}

/** The matrix, or where it has too many columns that of those which go together most, in their own order. */
export function shownMatrix(matrix: Matrix, most = mostShown): Matrix {
  const { rows, columns, values, square } = matrix;
  if (rows.length <= most && columns.length <= most) {
    return matrix;
  }
  const strength = (value: number | null | undefined): number => Math.abs(value ?? 0);
  const best = (count: number, of: (index: number) => number): number[] =>
    Array.from({ length: count }, (_, index) => index).sort((a, b) => of(b) - of(a)).slice(0, most).sort((a, b) => a - b);
  const shownRows = best(rows.length, (i) => Math.max(0, ...(values[i] ?? []).map((value, j) => (square && i === j ? 0 : strength(value)))));
  const shownColumns = square ? shownRows : best(columns.length, (j) => Math.max(0, ...values.map((row) => strength(row[j]))));
  return {
    rows: shownRows.map((i) => rows[i] ?? ''),
    columns: shownColumns.map((j) => columns[j] ?? ''),
    values: shownRows.map((i) => shownColumns.map((j) => values[i]?.[j] ?? null)),
    square,
  };
}
