/** A cell off the diagonal: rows of one class that were taken for another. */
export interface Confusion {
  readonly actual: string;
  readonly predicted: string;
  readonly count: number;
  /** Share of the true class's rows. */
  readonly share: number;
}

/** How well one class is told from the others. */
export interface ClassScore {
  readonly label: string;
  /** Test rows of the class. */
  readonly support: number;
  /** Null when nothing was predicted as the class. */
  readonly precision: number | null;
  /** Null when no test row belongs to the class. */
  readonly recall: number | null;
  readonly f1: number | null;
}

/** @param matrix rows are true classes, columns predicted ones. */
export function confusions(matrix: readonly (readonly number[])[], classes: readonly string[]): Confusion[] {
  return matrix
    .flatMap((row, actual) => {
      const total = sum(row);
      return row.flatMap((count, predicted) =>
        predicted === actual || count === 0
          ? []
          : [{ actual: classes[actual] ?? '', predicted: classes[predicted] ?? '', count, share: count / total }]);
    })
    .sort((a, b) => b.count - a.count);
}

/** Precision, recall and F1 of each class, from counts; 2 TP / (2 TP + FP + FN) is F1 without dividing by zero twice. */
export function classScores(matrix: readonly (readonly number[])[], classes: readonly string[]): ClassScore[] {
  return classes.map((label, index) => {
    const support = sum(matrix[index] ?? []);
    const predicted = sum(matrix.map((row) => row[index] ?? 0));
    const right = matrix[index]?.[index] ?? 0;
    return {
      label,
      support,
      precision: predicted === 0 ? null : right / predicted,
      recall: support === 0 ? null : right / support,
      f1: support + predicted === 0 ? null : (2 * right) / (support + predicted),
    };
  });
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
