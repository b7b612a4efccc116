import type { Column, NumericColumn } from './table';

/** A column with fewer rows a value than this on average can single rows out; it determines any target without meaning. */
const leastRowsPerValue = 5;
const leastRows = 20;
/** |Pearson's r| from which a number repeats the target in other units. */
const surelyCopied = 0.9999;

/**
 * True when `column` alone determines `target` so exactly that it is probably known only after the target is: each of its
 * values goes with one target value, or (numbers) each class fills an interval of its own, or it is a linear function of a numeric
 * target. Rows where either is missing don't count.
 *
 * @param classification whether the target is read as classes.
 */
export function determines(column: Column, target: Column, classification: boolean): boolean {
  const known = rowsWithBoth(column, target);
  if (known.length < leastRows) {
    return false;
  }
  if (!classification) {
    return column.kind === 'numeric' && target.kind === 'numeric' && isLinear(column, target, known);
  }
  const classes = new Set(Array.from(known, (row) => valueAt(target, row)));
  if (classes.size < 2) {
    return false;
  }
  return mapsToOneClass(column, target, known)
    || (column.kind === 'numeric' && known.length >= leastRowsPerValue * classes.size * 4 && isOrderedByClass(column, target, known, classes.size));
}

function valueAt(column: Column, row: number): number {
  return column.kind === 'numeric' ? column.values[row] : column.codes[row];
}

function rowsWithBoth(column: Column, target: Column): Uint32Array {
  const rows: number[] = [];
  const missing = (of: Column, row: number): boolean =>
    of.kind === 'numeric' ? Number.isNaN(of.values[row]) : of.codes[row] < 0;
  const length = target.kind === 'numeric' ? target.values.length : target.codes.length;
  for (let row = 0; row < length; row++) {
    if (!missing(column, row) && !missing(target, row)) {
      rows.push(row);
    }
  }
  return Uint32Array.from(rows);
}

function mapsToOneClass(column: Column, target: Column, rows: Uint32Array): boolean {
  const classOf = new Map<number, number>();
  const mostValues = rows.length / leastRowsPerValue;
  for (const row of rows) {
    const value = valueAt(column, row);
    const label = valueAt(target, row);
    const earlier = classOf.get(value);
    if (earlier === undefined) {
      classOf.set(value, label);
      if (classOf.size > mostValues) {
        return false;
      }
    } else if (earlier !== label) {
      return false;
    }
  }
  return classOf.size > 1;
}

function isOrderedByClass(column: NumericColumn, target: Column, rows: Uint32Array, classes: number): boolean {
  const sorted = Array.from(rows).sort((a, b) => column.values[a] - column.values[b]);
  let changes = 0;
  for (let i = 1; i < sorted.length; i++) {
    if (valueAt(target, sorted[i]) !== valueAt(target, sorted[i - 1])) {
      changes++;
      if (changes >= classes || column.values[sorted[i]] === column.values[sorted[i - 1]]) {
        return false;
      }
    }
  }
  return true;
}

function isLinear(column: NumericColumn, target: NumericColumn, rows: Uint32Array): boolean {
  let [sumX, sumY] = [0, 0];
  for (const row of rows) {
    sumX += column.values[row];
    sumY += target.values[row];
  }
  const [meanX, meanY] = [sumX / rows.length, sumY / rows.length];
  let [xx, yy, xy] = [0, 0, 0];
  for (const row of rows) {
    const x = column.values[row] - meanX;
    const y = target.values[row] - meanY;
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  return xx > 0 && yy > 0 && Math.abs(xy) / Math.sqrt(xx * yy) >= surelyCopied;
}
