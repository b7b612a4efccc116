import { allNumbers } from './numbers';
import type { Column } from './table';

/** A column with fewer rows a value than this on average can single rows out; it determines any target without meaning. */
const leastRowsPerValue = 5;
const leastRows = 20;
/** Few rows fall into intervals by chance. */
const leastRowsPerClass = 20;
/** |Pearson's r| from which a number repeats the target in other units. */
const surelyCopied = 0.9999;

/** The target as each column is held against it. */
interface TargetRows {
  /** Numbers or codes; NaN where missing. */
  readonly values: Float64Array;
  /** The class of each row, counted from 0; −1 where missing. */
  readonly classOf: Int32Array;
  readonly classes: number;
}

/**
 * Tells of columns whether one alone determines `target` so exactly that it is probably known only after the target is: each of its
 * values goes with one target value, or (numbers) each class fills an interval of its own, or it is a linear function of a numeric
 * target. Rows where either is missing don't count.
 *
 * @param classification whether the target is read as classes.
 */
export function leakageTest(target: Column, classification: boolean): (column: Column) => boolean {
  const rows = targetRows(target);
  return (column) => {
    const x = numbersOf(column);
    const known = countKnown(x, rows.values);
    if (known < leastRows) {
      return false;
    }
    if (!classification) {
      return column.kind === 'numeric' && target.kind === 'numeric' && isLinear(x, rows.values, known);
    }
    return mapsToOneClass(x, rows.values, known) || (column.kind === 'numeric' && fillsIntervals(x, rows, known));
  };
}

function targetRows(target: Column): TargetRows {
  const values = numbersOf(target);
  const numbers = new Map<number, number>();
  const classOf = Int32Array.from(values, (value) => {
    if (Number.isNaN(value)) {
      return -1;
    }
    const known = numbers.get(value) ?? numbers.size;
    numbers.set(value, known);
    return known;
  });
  return { values, classOf, classes: numbers.size };
}

function countKnown(x: Float64Array, y: Float64Array): number {
  let known = 0;
  for (let row = 0; row < x.length; row++) {
    // NaN is the one number that isn't equal to itself.
    known += Number(x[row] === x[row] && y[row] === y[row]);
  }
  return known;
}

/** A column's numbers, or its categories' codes; NaN where missing. */
function numbersOf(column: Column): Float64Array {
  return column.kind === 'numeric' ? allNumbers(column.numbers) : Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : code));
}

function mapsToOneClass(x: Float64Array, y: Float64Array, known: number): boolean {
  const classOf = new Map<number, number>();
  const classes = new Set<number>();
  for (let row = 0; row < x.length; row++) {
    if (Number.isNaN(x[row]) || Number.isNaN(y[row])) {
      continue;
    }
    const earlier = classOf.get(x[row]);
    if (earlier === undefined) {
      classOf.set(x[row], y[row]);
      classes.add(y[row]);
      if (classOf.size > known / leastRowsPerValue) {
        return false;
      }
    } else if (earlier !== y[row]) {
      return false;
    }
  }
  return classes.size > 1;
}

/** True when the classes' ranges of numbers don't touch each other. */
function fillsIntervals(x: Float64Array, { classOf, classes }: TargetRows, known: number): boolean {
  const least = new Float64Array(classes).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(classes).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < x.length; row++) {
    const label = classOf[row];
    const value = x[row];
    if (label >= 0) {
      // Comparisons with NaN are false.
      least[label] = value < least[label] ? value : least[label];
      most[label] = value > most[label] ? value : most[label];
    }
  }
  const present = Array.from(least.keys()).filter((label) => least[label] <= most[label]);
  if (present.length > known / leastRowsPerClass) {
    return false;
  }
  const ordered = present.sort((a, b) => least[a] - least[b]);
  return ordered.length > 1 && ordered.every((label, i) => i === 0 || most[ordered[i - 1]] < least[label]);
}

function isLinear(x: Float64Array, y: Float64Array, known: number): boolean {
  const both = (row: number): boolean => !Number.isNaN(x[row]) && !Number.isNaN(y[row]);
  let [sumX, sumY] = [0, 0];
  for (let row = 0; row < x.length; row++) {
    if (both(row)) {
      sumX += x[row];
      sumY += y[row];
    }
  }
  const [meanX, meanY] = [sumX / known, sumY / known];
  let [xx, yy, xy] = [0, 0, 0];
  for (let row = 0; row < x.length; row++) {
    if (both(row)) {
      xx += (x[row] - meanX) ** 2;
      yy += (y[row] - meanY) ** 2;
      xy += (x[row] - meanX) * (y[row] - meanY);
    }
  }
  return xx > 0 && yy > 0 && Math.abs(xy) / Math.sqrt(xx * yy) >= surelyCopied;
}
